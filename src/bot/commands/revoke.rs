//! `/revoke`.

use crate::{
    app::{AppError, Turn, find_key, revoke_key},
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
        dialogues::Dialogue,
        message::Message,
        view,
    },
    domain::{AccountId, Confirmation, KeyRef},
    texts::Text,
};

/// `/revoke staging bot`, `/revoke 9a1c`
pub async fn command(context: &Context, turn: &mut Turn, wanted: &str) -> Outcome {
    let found = find_key::find(context.app(), turn, wanted, None).await?;
    let message = match conversation::pick(context, turn, wanted, found, Text::ChooseKeyRevoke)? {
        conversation::Pick::One(account, key) => ask(context, turn, &account, key).await?,
        conversation::Pick::Several {
            question,
            keys,
            message,
        } => {
            conversation::keep(turn, &Dialogue::RevokeWhich { question, keys }).await?;
            message
        }
        conversation::Pick::None(message) => message,
    };
    Ok(Answer::send(message))
}

/// Exactly one key is meant.
pub async fn ask(
    context: &Context,
    turn: &mut Turn,
    account: &AccountId,
    key: KeyRef,
) -> Result<Message, AppError> {
    let asked = revoke_key::ask(context.app(), turn, account, key).await?;
    Ok(view::question::revoke(&context.voice(turn), &asked))
}

/// `Revoke key`
pub async fn confirmed(context: &Context, turn: &mut Turn, confirmation: &Confirmation) -> Outcome {
    revoke_key::start(
        context.app(),
        turn,
        confirmation,
        conversation::card(context, turn),
    )
    .await?;
    Ok(conversation::under_way())
}
