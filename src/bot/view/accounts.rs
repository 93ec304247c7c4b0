//! `/accounts`.

use super::{Voice, name};
use crate::{
    app::Owned,
    bot::{
        callback::Callback,
        message::{Button, Colour, Message},
    },
    domain::{AccountState, PersonId, Sharing},
    texts::{Rich, Text},
};

/// All accounts with what can be done with each.
pub fn list(voice: &Voice<'_>, accounts: &[Owned], me: PersonId) -> Message {
    if accounts.is_empty() {
        return none(voice);
    }
    let mut message_text = voice.say(Text::AccountsHeading);
    let numbered = accounts.len() > 1;
    for (number, owned) in (1..).zip(accounts) {
        let account = owned.account();
        let mut line = number_of(voice, numbered, number);
        line.push(&voice.fill(
            Text::AccountLine,
            &[
                ("name", name(&account.name).into()),
                ("provider", account.provider.name().into()),
            ],
        ));
        line.line(&state(voice, owned));
        if account.owner != me {
            line.line(&voice.say(Text::AccountSecondOwner));
        }
        message_text.paragraph(&line);
    }
    let mut message = Message::new(message_text);
    for (number, owned) in (1..).zip(accounts) {
        let id = &owned.account().id;
        // With several accounts each row says which one it is for.
        let button = |text: Text, callback: Callback| {
            let mut words = number_of(voice, numbered, number);
            words.push(&voice.say(text));
            Button::press(&words, &callback)
        };
        let first = match owned.account().state {
            AccountState::Linked => button(Text::ButtonKeys, Callback::KeysOf(id.clone(), 0)),
            _ => button(Text::ButtonLinkAgain, Callback::LinkAgain(id.clone())),
        };
        let last = if owned.account().owner == me {
            button(Text::ButtonUnlink, Callback::Unlink(id.clone())).coloured(Colour::Destroys)
        } else {
            let leave = Callback::Share(id.clone(), Sharing::End);
            button(Text::ButtonShareLeaveYes, leave).coloured(Colour::Destroys)
        };
        message = message.row([
            button(Text::ButtonRename, Callback::Rename(id.clone())),
            first,
            last,
        ]);
    }
    message.row([voice.button(Text::ButtonLinkAccount, &Callback::Link)])
}

fn number_of(voice: &Voice<'_>, numbered: bool, number: i64) -> Rich {
    if !numbered {
        return Rich::default();
    }
    let mut text = voice.fill(Text::AccountNumber, &[("number", number.into())]);
    text.push_str(" ");
    text
}

fn state(voice: &Voice<'_>, owned: &Owned) -> Rich {
    let account = owned.account();
    match account.state {
        AccountState::Linked if account.last_four.is_empty() => {
            voice.say(Text::AccountStateLinkedNoFour)
        }
        AccountState::Linked | AccountState::Unlinked => voice.fill(
            Text::AccountStateLinked,
            &[("last_four", account.last_four.as_str().into())],
        ),
        AccountState::Refused => voice.say(Text::AccountStateRefused),
        AccountState::Lost => voice.say(Text::AccountStateLost),
    }
}

/// To someone without an account.
pub fn none(voice: &Voice<'_>) -> Message {
    voice
        .message(Text::AccountsNone)
        .row([voice.button(Text::ButtonLinkAccount, &Callback::Link)])
}
