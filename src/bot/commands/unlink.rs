//! `/unlink`.

use crate::{
    app::{AppError, Turn, UserError, unlink},
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
        dialogues::Dialogue,
        message::Message,
        view,
    },
    domain::{AccountId, Confirmation},
    texts::Text,
};

/// `/unlink`: with several accounts first a button for each.
pub async fn command(context: &Context, turn: &mut Turn) -> Outcome {
    let accounts = context.app().accounts_decided_by(turn.person.id).await?;
    match accounts.as_slice() {
        [] => Err(UserError::NoAccounts.into()),
        [only] => ask(context, turn, &only.account().id.clone())
            .await
            .map(Answer::send),
        several => {
            let question = conversation::question_name(context)?;
            let state = Dialogue::UnlinkWhich {
                question: question.clone(),
                accounts: several
                    .iter()
                    .map(|owned| owned.account().id.clone())
                    .collect(),
            };
            conversation::keep(turn, &state).await?;
            let voice = context.voice(turn);
            let text = voice.say(Text::ChooseAccountUnlink);
            Ok(Answer::send(view::question::accounts_to_choose(
                &voice, text, several, &question,
            )))
        }
    }
}

/// The account is known.
pub async fn ask(
    context: &Context,
    turn: &mut Turn,
    account: &AccountId,
) -> Result<Message, AppError> {
    let asked = unlink::ask(context.app(), turn, account).await?;
    Ok(view::unlink::question(&context.voice(turn), &asked))
}

/// `Unlink`
pub async fn confirmed(context: &Context, turn: &mut Turn, confirmation: &Confirmation) -> Outcome {
    let account = unlink::unlink(context.app(), turn, confirmation).await?;
    Ok(Answer::edit(
        context.incoming.message,
        view::unlink::done(&context.voice(turn), &account),
    ))
}
