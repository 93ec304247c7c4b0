//! `/keys` and its pages.

use crate::{
    app::{Turn, UserError, list_keys},
    bot::{
        context::{Answer, Context, Outcome},
        view,
    },
    domain::{AccountId, Right},
};

/// `/keys`
pub async fn all(context: &Context, turn: &mut Turn) -> Outcome {
    let lists = list_keys::list(context.app(), turn, Right::View, None).await?;
    Ok(Answer::send(view::keys::all(&context.voice(turn), &lists)))
}

/// One account's keys, in the place of the message with the button.
pub async fn page(context: &Context, turn: &mut Turn, account: &AccountId, page: usize) -> Outcome {
    let lists = list_keys::list(context.app(), turn, Right::View, Some(account)).await?;
    let list = lists.first().ok_or(UserError::NoSuchAccount)?;
    Ok(Answer::edit(
        context.incoming.message,
        view::keys::page(&context.voice(turn), list, page),
    ))
}
