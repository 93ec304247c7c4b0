//! `/age`, and what is pressed on a reminder.

use crate::{
    app::{AppError, Turn, UserError, age, find_key},
    bot::{
        commands::rotate,
        context::{Answer, Context, Outcome},
        conversation::{self, Pick},
        dialogues::Dialogue,
        message::{Message, Reply},
        view,
    },
    domain::{AccountId, KeyAge, KeyRef, Keys, Right},
    texts::Text,
};

/// `/age`: with several accounts first a button for each. `/age ci`: of one key.
pub async fn command(context: &Context, turn: &mut Turn, wanted: &str) -> Outcome {
    if !wanted.is_empty() {
        return Ok(Answer::send(find(context, turn, wanted).await?));
    }
    let accounts = context.app().accounts(turn.person.id).await?;
    let voice = context.voice(turn);
    match accounts.as_slice() {
        [] => Err(UserError::NoAccounts.into()),
        [only] => Ok(Answer::send(view::age::question(&voice, only.account()))),
        several => Ok(Answer::send(view::age::accounts(&voice, several))),
    }
}

/// To the question about the key that is meant, or to a choice.
async fn find(context: &Context, turn: &mut Turn, wanted: &str) -> Result<Message, AppError> {
    let found = find_key::find(context.app(), turn, Right::View, wanted, None).await?;
    match conversation::pick(context, turn, wanted, found, Text::ChooseKeyAge)? {
        Pick::One(account, key) => ask_key(context, turn, &account, key).await,
        Pick::Several {
            question,
            keys,
            message,
        } => {
            conversation::keep(turn, &Dialogue::AgeWhich { question, keys }).await?;
            Ok(message)
        }
        Pick::None(message) => Ok(message),
    }
}

/// Exactly one key is meant; where there is one key, its account's age is its own.
pub async fn ask_key(
    context: &Context,
    turn: &mut Turn,
    account: &AccountId,
    key: KeyRef,
) -> Result<Message, AppError> {
    let (account, ages) = age::of(context.app(), turn, account).await?;
    if account.provider.capabilities().keys != Keys::Many {
        return Ok(view::age::question(&context.voice(turn), &account));
    }
    let question = conversation::question_name(context)?;
    let message = view::age::key_question(&context.voice(turn), &account, &key, &ages, &question);
    let account = account.id;
    let asked = Dialogue::KeyAge {
        question,
        account,
        key,
    };
    conversation::keep(turn, &asked).await?;
    Ok(message)
}

/// The key's age was chosen.
pub async fn choose_key(
    context: &Context,
    turn: &mut Turn,
    account: &AccountId,
    key: &KeyRef,
    own: Option<KeyAge>,
) -> Result<Message, AppError> {
    let ages = age::set_own(context.app(), turn, account, key, own).await?;
    Ok(view::age::key_done(&context.voice(turn), key, &ages))
}

/// The account is known.
pub async fn ask(context: &Context, turn: &mut Turn, account: &AccountId) -> Outcome {
    let owned = context.app().account(turn.person.id, account).await?;
    Ok(Answer::edit(
        context.incoming.message,
        view::age::question(&context.voice(turn), owned.account()),
    ))
}

/// A choice was pressed.
pub async fn choose(
    context: &Context,
    turn: &mut Turn,
    account: &AccountId,
    chosen: KeyAge,
) -> Outcome {
    let account = age::set(context.app(), turn, account, chosen).await?;
    Ok(Answer::edit(
        context.incoming.message,
        view::age::done(&context.voice(turn), &account),
    ))
}

/// `Rotate` on a reminder: the same as `/rotate` with the key's last four characters, in that account.
pub async fn rotate(
    context: &Context,
    turn: &mut Turn,
    account: &AccountId,
    last_four: &str,
) -> Outcome {
    let found =
        find_key::find(context.app(), turn, Right::Rotate, last_four, Some(account)).await?;
    rotate::lead_on(context, turn, last_four, found).await
}

/// `Later` on a reminder.
pub fn later(context: &Context, turn: &Turn) -> Outcome {
    let mut answer = Answer::toast(context.voice(turn).say(Text::DueLater));
    answer.replies.push(Reply::Strip(context.incoming.message));
    Ok(answer)
}
