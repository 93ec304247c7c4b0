//! `/revoke`.

use crate::{
    app::{
        AppError, Turn,
        find_key::{self, Found},
        revoke_key,
    },
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
        dialogues::Dialogue,
        message::Message,
        view,
    },
    domain::{AccountId, Confirmation, KeyRef, Right},
    texts::Text,
};

/// `/revoke staging bot`, `/revoke 9a1c`
pub async fn command(context: &Context, turn: &mut Turn, wanted: &str) -> Outcome {
    let found = find_key::find(context.app(), turn, Right::Revoke, wanted, None).await?;
    lead_on(context, turn, wanted, found).await
}

/// `Revoke` on an alert: the same as `/revoke` with the key's last four characters, in that account.
pub async fn leaked(
    context: &Context,
    turn: &mut Turn,
    account: &AccountId,
    last_four: &str,
) -> Outcome {
    let found =
        find_key::find(context.app(), turn, Right::Revoke, last_four, Some(account)).await?;
    lead_on(context, turn, last_four, found).await
}

/// To the question about the key that was found, or to a choice.
async fn lead_on(context: &Context, turn: &mut Turn, wanted: &str, found: Found) -> Outcome {
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
