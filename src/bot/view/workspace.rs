//! What a group reads about itself: accounts, roles, and who is asked to show themselves. People are named by what they are called
//! now, as a mention that leads to them: two people may have the same name.

use super::{Voice, name, question::account_arg};
use crate::{
    app::roles::{Changed, Listed},
    bot::{
        callback::Callback,
        command::Command,
        message::{self, Colour, Message},
    },
    domain::{Account, ConfirmationId, Operation, PersonId, Role, plain_line},
    texts::{Arg, Rich, Style, Text},
};

/// What a button for an account does.
#[derive(Clone, Copy)]
pub enum Button {
    /// Bind it.
    Bind,
    /// Take it back.
    Unbind,
}

/// Somebody, as they are called now; the id where that is not known.
pub fn person(id: PersonId, called: &str) -> Rich {
    let called = plain_line(called);
    let shown = if called.is_empty() {
        id.to_string()
    } else {
        called
    };
    Rich::styled(&shown, Style::Mention(id))
}

fn asker(operation: &Operation) -> (&'static str, Arg) {
    let asker = person(operation.person, &operation.detail.asked_by);
    ("name", asker.into())
}

/// Who asked for a request in a group, for its card there.
pub fn asked_by(voice: &Voice<'_>, operation: &Operation) -> Option<Rich> {
    operation
        .is_from_group()
        .then(|| voice.fill(Text::RequestBy, &[asker(operation)]))
}

/// The secret stands elsewhere, as everybody in the group may know.
pub fn shown(voice: &Voice<'_>, operation: &Operation) -> Rich {
    let text = if operation.detail.on_page {
        Text::StepOnPageGroup
    } else {
        Text::StepShownGroup
    };
    voice.fill(text, &[asker(operation)])
}

/// Nothing was created, since there is no private chat for the secret yet.
pub fn chat_closed(voice: &Voice<'_>, operation: &Operation) -> Rich {
    voice.fill(Text::ReasonChatClosedGroup, &[asker(operation)])
}

/// The private chat is open now, so a request from a group goes on.
pub fn taken_up(voice: &Voice<'_>, operation: &Operation) -> Message {
    let number = operation.number.to_string();
    Message::new(voice.fill(Text::WayInTaken, &[("number", number.into())]))
}

/// A button for each account, and who gains or loses what.
pub fn accounts(
    voice: &Voice<'_>,
    what: Button,
    accounts: &[Account],
    questions: &[ConfirmationId],
) -> Message {
    let (question, button, colour) = match what {
        Button::Bind => (Text::BindQuestion, Text::ButtonBind, Colour::Creates),
        Button::Unbind => (Text::UnbindQuestion, Text::ButtonUnbind, Colour::Destroys),
    };
    let mut text = voice.say(question);
    if matches!(what, Button::Bind) {
        text.paragraph(&voice.say(Text::BindGain));
    }
    let mut message = Message::new(text);
    for (account, question) in accounts.iter().zip(questions) {
        let words = voice.fill(button, &[("name", plain_line(&account.name).into())]);
        let yes = Callback::Yes(question.clone());
        message = message.row([message::Button::press(&words, &yes).coloured(colour)]);
    }
    match questions.first() {
        Some(first) => {
            message.row([voice.button(Text::ButtonCancel, &Callback::No(first.clone()))])
        }
        None => message,
    }
}

/// Something about an account.
pub fn about(voice: &Voice<'_>, text: Text, account: &Account) -> Message {
    Message::new(voice.fill(text, &[account_arg(account)]))
}

/// Who is meant?
pub fn who(
    voice: &Voice<'_>,
    role: Role,
    by: PersonId,
    called: &str,
    question: &ConfirmationId,
) -> Message {
    let values = [
        ("role", name(role.code()).into()),
        ("name", person(by, called).into()),
    ];
    Message::new(voice.fill(Text::GrantWho, &values)).row([this_is_me(voice, question)])
}

/// Somebody has said that it is them; the manager decides.
pub fn claim(
    voice: &Voice<'_>,
    role: Role,
    (claimer, called): (PersonId, &str),
    by: PersonId,
    question: &ConfirmationId,
) -> Message {
    let values = [
        ("role", name(role.code()).into()),
        ("person", person(claimer, called).into()),
        ("name", person(by, "").into()),
    ];
    let yes_no = super::question::yes_no(voice, Text::ButtonGrant, Colour::Creates, question);
    Message::new(voice.fill(Text::GrantQuestion, &values)).row(yes_no)
}

/// An anonymous administrator is asked who it is.
pub fn anonymous(voice: &Voice<'_>, command: &Command, question: &ConfirmationId) -> Message {
    let command = Rich::bold(&format!("/{}", command.name()));
    Message::new(voice.fill(Text::GroupAnonymous, &[("command", command.into())]))
        .row([this_is_me(voice, question)])
}

fn this_is_me(voice: &Voice<'_>, question: &ConfirmationId) -> message::Button {
    voice.button(Text::ButtonThisIsMe, &Callback::Me(question.clone()))
}

/// A role was granted.
pub fn granted(voice: &Voice<'_>, role: Role, changed: &Changed, on_list: bool) -> Message {
    let who = || ("person", person(changed.person, &changed.name).into());
    let values = [("role", name(role.code()).into()), who()];
    let mut text = voice.fill(Text::GrantDone, &values);
    if !on_list {
        text.paragraph(&voice.fill(Text::GrantNotOnList, &[who()]));
    }
    Message::new(text)
}

/// Roles were taken away, or there were none.
pub fn ungranted(voice: &Voice<'_>, changed: &Changed) -> Message {
    let who = ("person", person(changed.person, &changed.name).into());
    if changed.roles.is_empty() {
        return Message::new(voice.fill(Text::UngrantNone, &[who]));
    }
    let roles: Vec<_> = changed.roles.iter().map(|role| role.code()).collect();
    let roles = ("roles", name(&roles.join(", ")).into());
    Message::new(voice.fill(Text::UngrantDone, &[who, roles]))
}

/// Who has what.
pub fn roles(voice: &Voice<'_>, listed: &[Listed]) -> Message {
    if listed.is_empty() {
        return voice.message(Text::RolesNone);
    }
    let mut text = voice.say(Text::RolesHeading);
    text.push_str("\n");
    for Listed {
        grant,
        name: called,
        gone,
    } in listed
    {
        let line = if *gone {
            Text::RoleGone
        } else {
            Text::RoleLine
        };
        let values = [
            ("person", person(grant.person, called).into()),
            ("id", grant.person.to_string().into()),
            ("role", name(grant.role.code()).into()),
        ];
        text.line(&voice.fill(line, &values));
    }
    Message::new(text)
}
