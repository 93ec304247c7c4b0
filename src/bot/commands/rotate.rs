//! `/rotate`.

use crate::{
    app::{
        AppError, Turn, UserError,
        confirm::Stale,
        dialogue,
        find_key::{self, Found},
        rotate_key,
    },
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
        dialogues::Dialogue,
        message::Message,
        view,
    },
    domain::{AccountId, Confirmation, ConfirmationId, KeyRef, Right, operation::OldKeyDies},
    secret::Secret,
    texts::Text,
};

/// `/rotate staging bot`, `/rotate 9a1c`
pub async fn command(context: &Context, turn: &mut Turn, wanted: &str) -> Outcome {
    let found = find_key::find(context.app(), turn, Right::Rotate, wanted, None).await?;
    lead_on(context, turn, wanted, found).await
}

/// To the question about the key that was found, or to a choice.
pub async fn lead_on(context: &Context, turn: &mut Turn, wanted: &str, found: Found) -> Outcome {
    let message = match conversation::pick(context, turn, wanted, found, Text::ChooseKeyRotate)? {
        conversation::Pick::One(account, key) => ask(context, turn, &account, key).await?,
        conversation::Pick::Several {
            question,
            keys,
            message,
        } => {
            conversation::keep(turn, &Dialogue::RotateWhich { question, keys }).await?;
            message
        }
        conversation::Pick::None(message) => message,
    };
    Ok(Answer::send(message))
}

/// `Rotate key`, offered for the one key of an account.
pub async fn only_key(context: &Context, turn: &mut Turn, account: &AccountId) -> Outcome {
    let found = find_key::find(context.app(), turn, Right::Rotate, "", Some(account)).await?;
    let message = match (
        found.exact.into_iter().next(),
        found.unreadable.into_iter().next(),
    ) {
        (Some(found), _) => ask(context, turn, &found.account.id, found.key.to_ref()).await?,
        (None, Some((_, reason))) => return Err(reason.into()),
        (None, None) => return Err(UserError::NoSuchAccount.into()),
    };
    // The offer stays: it may be one of several, or stand beside something else.
    Ok(Answer::send(message))
}

/// Exactly one key is meant.
pub async fn ask(
    context: &Context,
    turn: &mut Turn,
    account: &AccountId,
    key: KeyRef,
) -> Result<Message, AppError> {
    let asked = rotate_key::ask(context.app(), turn, account, key).await?;
    if let (rotate_key::Asked::Guided(account), false) = (&asked, context.chat().is_private()) {
        // The new key has to be typed, which is nothing for a group.
        let voice = context.voice(turn);
        return Ok(view::workspace::about(
            &voice,
            Text::GroupRotateGuided,
            account,
        ));
    }
    Ok(view::question::rotate(&context.voice(turn), &asked))
}

/// When the old key dies, chosen under the question.
pub async fn choose(
    context: &Context,
    turn: &mut Turn,
    question: &ConfirmationId,
    dies: OldKeyDies,
) -> Result<Result<Answer, Stale>, AppError> {
    let chosen = rotate_key::choose(context.app(), turn, question, dies).await?;
    Ok(chosen.map(|asked| {
        let question = view::question::rotate(&context.voice(turn), &asked);
        Answer::edit(context.incoming.message, question)
    }))
}

/// `Rotate key`
pub async fn confirmed(context: &Context, turn: &mut Turn, confirmation: &Confirmation) -> Outcome {
    rotate_key::start(
        context.app(),
        turn,
        confirmation,
        conversation::card(context, turn),
    )
    .await?;
    Ok(conversation::under_way())
}

/// `I have the new key`: asks for it.
pub async fn ask_for_new(context: &Context, turn: &mut Turn, account: &AccountId) -> Outcome {
    let owned = context.app().account(turn.person.id, account).await?;
    conversation::keep(
        turn,
        &Dialogue::RotateGuided {
            account: account.clone(),
        },
    )
    .await?;
    Ok(Answer::send(view::question::guided_key(
        &context.voice(turn),
        owned.account(),
    )))
}

/// The key from the dashboard was sent.
pub async fn take_in(
    context: &Context,
    turn: &mut Turn,
    account: &AccountId,
    new: Secret,
) -> Outcome {
    let taken = rotate_key::take_in(context.app(), turn, account, new).await?;
    let message = match taken {
        Ok(taken) => {
            dialogue::end(turn).await?;
            view::question::guided_done(&context.voice(turn), &taken)
        }
        Err(why) => {
            let owned = context.app().account(turn.person.id, account).await?;
            let voice = context.voice(turn);
            view::question::guided_not_taken(&voice, why, owned.account())
                .row([view::link::cancel(&voice)])
        }
    };
    Ok(Answer::send(message))
}
