//! `/secondowner`: who owns each account besides its owner, and what can be done about that.

use super::transfer;
use crate::{
    app::{Turn, UserError, second_owner},
    bot::{
        context::{Answer, Context, Outcome},
        message::Reply,
        view,
    },
    domain::{AccountId, Confirmation, Sharing},
};

/// `/secondowner`: what is on its way, then all accounts.
pub async fn command(context: &Context, turn: &mut Turn) -> Outcome {
    let accounts = context.app().accounts(turn.person.id).await?;
    if accounts.is_empty() {
        return Err(UserError::NoAccounts.into());
    }
    let mut replies = transfer::on_their_way(context, turn).await?;
    let list = view::second_owner::list(&context.voice(turn), &accounts, turn.person.id);
    replies.push(Reply::Send(list));
    Ok(Answer {
        replies,
        ..Answer::nothing()
    })
}

/// One of its buttons.
pub async fn ask(
    context: &Context,
    turn: &mut Turn,
    account: &AccountId,
    what: Sharing,
) -> Outcome {
    let asked = second_owner::ask(context.app(), turn, account, what).await?;
    let voice = context.voice(turn);
    Ok(Answer::send(view::second_owner::question(
        &voice,
        &asked,
        turn.person.id,
    )))
}

/// The yes.
pub async fn confirmed(
    context: &Context,
    turn: &mut Turn,
    confirmation: &Confirmation,
    what: Sharing,
) -> Outcome {
    let (app, person) = (context.app(), turn.person.id);
    let message = match what {
        Sharing::Offer => return transfer::offered(context, turn, confirmation).await,
        Sharing::End => {
            let account = second_owner::end(app, turn, confirmation).await?;
            view::second_owner::ended(&context.voice(turn), &account, person)
        }
        Sharing::TakeOver => {
            let (due_at, account) = second_owner::take_over(app, turn, confirmation).await?;
            view::second_owner::taking_over(&context.voice(turn), due_at, &account)
        }
    };
    Ok(Answer::edit(context.incoming.message, message))
}
