//! `/secondowner`: people are named by their ids, as mentions that lead to them; what they are called is not kept.

use super::{Voice, name, question::yes_no, workspace::person};
use crate::{
    app::{Owned, second_owner::Asked},
    bot::{
        callback::Callback,
        message::{Button, Colour, Message},
    },
    domain::{Account, PersonId, Sharing, Timestamp},
    texts::{Arg, Rich, Text},
};

fn named(account: &Account) -> (&'static str, Arg) {
    ("name", name(&account.name).into())
}

/// The other owner of an account, for that one.
fn other(account: &Account, me: PersonId) -> Option<Rich> {
    let other = account.owners().find(|owner| *owner != me)?;
    Some(person(other, ""))
}

/// All accounts, each with what can be done.
pub fn list(voice: &Voice<'_>, accounts: &[Owned], me: PersonId) -> Message {
    let mut text = voice.say(Text::SecondOwnerHeading);
    text.push_str("\n");
    for account in accounts.iter().map(Owned::account) {
        let line = match other(account, me) {
            None => voice.fill(Text::SecondOwnerNobody, &[named(account)]),
            Some(other) => {
                let line = if account.owner == me {
                    Text::SecondOwnerIs
                } else {
                    Text::SecondOwnerYou
                };
                voice.fill(line, &[named(account), ("person", other.into())])
            }
        };
        text.line(&line);
    }
    let mut message = Message::new(text);
    for account in accounts.iter().map(Owned::account) {
        let button = |text: Text, what: Sharing| {
            let words = voice.fill(text, &[("name", Rich::plain(&account.name).into())]);
            Button::press(&words, &Callback::Share(account.id.clone(), what))
        };
        message = match account.second_owner {
            None => message.row([button(Text::ButtonShare, Sharing::Offer)]),
            Some(_) if account.owner == me => {
                message.row([button(Text::ButtonShareEnd, Sharing::End)])
            }
            Some(_) => message.row([
                button(Text::ButtonTakeOver, Sharing::TakeOver),
                button(Text::ButtonShareLeave, Sharing::End),
            ]),
        };
    }
    message
}

/// The question.
pub fn question(voice: &Voice<'_>, asked: &Asked, me: PersonId) -> Message {
    let account = &asked.account;
    let is_first = account.owner == me;
    let (text, yes, colour) = match asked.what {
        Sharing::Offer => (Text::ShareQuestion, Text::ButtonMakeLink, Colour::Creates),
        Sharing::End if is_first => (
            Text::ShareEndQuestion,
            Text::ButtonShareEndYes,
            Colour::Destroys,
        ),
        Sharing::End => (
            Text::ShareLeaveQuestion,
            Text::ButtonShareLeaveYes,
            Colour::Destroys,
        ),
        Sharing::TakeOver => (
            Text::TakeOverQuestion,
            Text::ButtonTakeOverYes,
            Colour::Creates,
        ),
    };
    let other = other(account, me).unwrap_or_default();
    let values = [named(account), ("person", other.into())];
    let text = voice.fill(text, &values);
    Message::new(text).row(yes_no(voice, yes, colour, &asked.question))
}

/// There is none any more.
pub fn ended(voice: &Voice<'_>, account: &Account, me: PersonId) -> Message {
    let text = if account.owner == me {
        Text::ShareEnded
    } else {
        Text::ShareLeft
    };
    Message::new(voice.fill(text, &[named(account)]))
}

/// It has begun.
pub fn taking_over(voice: &Voice<'_>, due_at: Timestamp, account: &Account) -> Message {
    let values = [named(account), ("time", voice.until(due_at).into())];
    Message::new(voice.fill(Text::TakeOverBegun, &values))
}
