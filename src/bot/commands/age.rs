//! `/age`, and what is pressed on a reminder.

use crate::{
    app::{Turn, UserError, age, find_key},
    bot::{
        commands::rotate,
        context::{Answer, Context, Outcome},
        message::Reply,
        view,
    },
    domain::{AccountId, KeyAge},
    texts::Text,
};

/// `/age`: with several accounts first a button for each.
pub async fn command(context: &Context, turn: &mut Turn) -> Outcome {
    let accounts = context.app().accounts(turn.person.id).await?;
    let voice = context.voice(turn);
    match accounts.as_slice() {
        [] => Err(UserError::NoAccounts.into()),
        [only] => Ok(Answer::send(view::age::question(&voice, only.account()))),
        several => Ok(Answer::send(view::age::accounts(&voice, several))),
    }
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
    let found = find_key::find(context.app(), turn, last_four, Some(account)).await?;
    rotate::lead_on(context, turn, last_four, found).await
}

/// `Later` on a reminder.
pub fn later(context: &Context, turn: &Turn) -> Outcome {
    let mut answer = Answer::toast(context.voice(turn).say(Text::DueLater));
    answer.replies.push(Reply::Strip(context.incoming.message));
    Ok(answer)
}
