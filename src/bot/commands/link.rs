//! `/link`, and what a brought credential leads to.

use crate::{
    app::{
        AppError, Turn, UserError, dialogue,
        link::{self, Brought, Linked},
        recover,
    },
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
        dialogues::Dialogue,
        message::Message,
        view,
    },
    domain::{AccountId, Confirmation, ProviderKind},
    texts::Text,
};

/// The menu of providers.
pub async fn providers(context: &Context, turn: &mut Turn) -> Outcome {
    link::check_refusals(turn)?;
    conversation::keep(turn, &Dialogue::LinkProvider).await?;
    Ok(Answer::send(view::link::providers(&context.voice(turn))))
}

/// A provider was chosen; the menu turns into the first question.
pub async fn at(context: &Context, turn: &mut Turn, provider: ProviderKind) -> Outcome {
    link::check_refusals(turn)?;
    begin(context, turn, provider, None, None).await
}

/// `Link again`: only the credential is asked for.
pub async fn again(context: &Context, turn: &mut Turn, account: AccountId) -> Outcome {
    let owned = context.app().account(turn.person.id, &account).await?;
    let provider = owned.account().provider;
    let project = provider
        .capabilities()
        .needs_project
        .then(|| owned.account().project.as_str().to_owned());
    begin(context, turn, provider, project, Some(account)).await
}

async fn begin(
    context: &Context,
    turn: &mut Turn,
    provider: ProviderKind,
    project: Option<String>,
    again: Option<AccountId>,
) -> Outcome {
    let state = if provider.capabilities().needs_project && project.is_none() {
        Dialogue::LinkProject { provider, again }
    } else {
        Dialogue::LinkCredential {
            provider,
            project,
            again,
        }
    };
    let question = conversation::question(context, turn, &state);
    conversation::keep(turn, &state).await?;
    Ok(match state {
        // A card that says what is wrong stays as it is; the question comes below it.
        Dialogue::LinkCredential { again: Some(_), .. } => Answer::send(question),
        _ => Answer::edit(context.incoming.message, question),
    })
}

/// A credential was brought: it is tried, and the question stays open while another one may do better.
pub async fn accept(context: &Context, turn: &mut Turn, brought: Brought) -> Outcome {
    let (provider, again) = (brought.provider, brought.again.clone());
    let four = brought.credential.last_four();
    let hint = recover::is_worth_a_hint(context.app(), turn).await?;
    match link::accept(context.app(), turn, brought).await {
        Ok(linked) => {
            dialogue::end(turn).await?;
            let voice = context.voice(turn);
            let message = view::link::linked(&voice, &linked, &four);
            Ok(Answer::send(match linked {
                Linked::New { .. } if hint => message.then(&voice.say(Text::LinkRecoverHint)),
                _ => message,
            }))
        }
        Err(AppError::User(UserError::ProjectUnknown(_)))
            if provider.capabilities().needs_project =>
        {
            conversation::keep(turn, &Dialogue::LinkProject { provider, again }).await?;
            let voice = context.voice(turn);
            let text = voice.fill(
                Text::LinkProjectUnknown,
                &[("provider", provider.name().into())],
            );
            Ok(Answer::send(
                Message::new(text).row([view::link::cancel(&voice)]),
            ))
        }
        Err(AppError::User(error)) => {
            let may_try_again = matches!(
                error,
                UserError::CredentialRefused(_)
                    | UserError::BadCredential(_)
                    | UserError::ProviderAway(_)
                    | UserError::ProviderBusy(..)
                    | UserError::ProviderRefused(..)
            );
            let voice = context.voice(turn);
            let message = view::error::message(&voice, &error);
            if may_try_again {
                return Ok(Answer::send(message.row([view::link::cancel(&voice)])));
            }
            dialogue::end(turn).await?;
            Ok(Answer::send(message))
        }
        Err(error) => Err(error),
    }
}

/// `Replace it`.
pub async fn replace(context: &Context, turn: &mut Turn, confirmation: &Confirmation) -> Outcome {
    let linked = link::replace(context.app(), turn, confirmation).await?;
    Ok(shown(context, turn, &linked))
}

/// `Link as another account`.
pub async fn link_another(
    context: &Context,
    turn: &mut Turn,
    confirmation: &Confirmation,
) -> Outcome {
    let linked = link::link_as_another(context.app(), turn, confirmation).await?;
    Ok(shown(context, turn, &linked))
}

fn shown(context: &Context, turn: &Turn, linked: &Linked) -> Answer {
    Answer::edit(
        context.incoming.message,
        view::link::linked(&context.voice(turn), linked, ""),
    )
}
