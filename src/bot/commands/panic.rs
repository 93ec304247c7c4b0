//! `/panic`.

use crate::{
    app::{AppError, Turn, UserError, panic},
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
        dialogues::Dialogue,
        message::{Message, Reply},
        view,
    },
    domain::{AccountId, Confirmation, KeyRef},
    texts::Text,
};

/// `/panic`, `/panic staging bot`, `/panic 9a1c`
pub async fn command(context: &Context, turn: &mut Turn, wanted: &str) -> Outcome {
    if wanted.trim().is_empty() {
        let accounts = context.app().accounts(turn.person.id).await?;
        if accounts.is_empty() {
            return Err(UserError::NoAccounts.into());
        }
        return Ok(Answer::send(view::panic::choice(
            &context.voice(turn),
            &accounts,
        )));
    }
    let found = panic::find(context.app(), turn, wanted).await?;
    let message = match conversation::pick(context, turn, wanted, found, Text::ChooseKeyRevoke)? {
        conversation::Pick::One(account, key) => ask_one(context, turn, &account, key).await?,
        conversation::Pick::Several {
            question,
            keys,
            message,
        } => {
            conversation::keep(turn, &Dialogue::PanicWhich { question, keys }).await?;
            message
        }
        conversation::Pick::None(message) => message,
    };
    Ok(Answer::send(message))
}

/// `All keys of` an account, or of all accounts.
pub async fn all(context: &Context, turn: &mut Turn, only: Option<&AccountId>) -> Outcome {
    let asked = panic::ask(context.app(), turn, only).await?;
    let voice = context.voice(turn);
    let mut answer = Answer::edit(
        context.incoming.message,
        view::panic::question(&voice, &asked),
    );
    // A message of its own: it stays when the question has become a card.
    let offer = view::panic::to_replace(&voice, &asked);
    answer.replies.extend(offer.map(Reply::Send));
    Ok(answer)
}

/// Exactly one key is meant.
pub async fn ask_one(
    context: &Context,
    turn: &mut Turn,
    account: &AccountId,
    key: KeyRef,
) -> Result<Message, AppError> {
    let asked = panic::ask_one(context.app(), turn, account, key).await?;
    let voice = context.voice(turn);
    Ok(view::panic::to_replace(&voice, &asked)
        .unwrap_or_else(|| view::panic::question(&voice, &asked)))
}

/// `Revoke all`
pub async fn confirmed(context: &Context, turn: &mut Turn, confirmation: &Confirmation) -> Outcome {
    panic::start(
        context.app(),
        turn,
        confirmation,
        conversation::card(context, turn),
    )
    .await?;
    Ok(conversation::under_way())
}
