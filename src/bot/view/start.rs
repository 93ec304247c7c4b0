//! `/start`, `/help`, `/language`, and what is said to those who may not use this Keyporter.

use super::Voice;
use crate::{
    bot::{
        callback::Callback,
        command::Command,
        message::{Button, Message},
    },
    domain::{Language, PersonId, plain_line},
    texts::{Arg, Rich, Style, Text},
};

/// The greeting.
pub fn greeting(voice: &Voice<'_>, first_name: &str) -> Message {
    let known = plain_line(first_name);
    let text = voice.fill(
        Text::StartGreeting,
        &[
            (
                "known",
                Arg::Choice(if known.is_empty() { "no" } else { "yes" }),
            ),
            ("name", known.into()),
        ],
    );
    Message::new(text)
        .row([
            voice.link_button(),
            voice.button(Text::ButtonMyKeys, &Callback::Keys),
        ])
        .row([voice.button(Text::ButtonHelp, &Callback::Help)])
}

/// To someone who is not on the operator's list.
pub fn not_allowed(voice: &Voice<'_>, person: PersonId) -> Message {
    let id = person.to_string();
    let text = voice.fill(
        Text::StartNotAllowed,
        &[("id", Rich::styled(&id, Style::Code).into())],
    );
    Message::new(text).row([Button::copy(&voice.say(Text::ButtonCopyId), &id)])
}

/// All commands with their meaning.
pub fn help(voice: &Voice<'_>, operator: bool) -> Message {
    let mut text = voice.say(Text::HelpHeading);
    text.push_str("\n");
    for command in Command::menu(operator) {
        text.line(&help_line(voice, &command));
    }
    text.paragraph(&voice.say(Text::HelpSecrets));
    Message::new(text).row([
        voice.link_button(),
        voice.button(Text::ButtonMyKeys, &Callback::Keys),
    ])
}

/// The choice of a language.
pub fn languages(voice: &Voice<'_>) -> Message {
    let choices = Language::ALL.map(|language| {
        Button::press(
            &Rich::plain(language.name()),
            &Callback::Speak(Some(language)),
        )
    });
    voice
        .message(Text::LanguageQuestion)
        .row(choices)
        .row([voice.button(Text::ButtonAsTelegram, &Callback::Speak(None))])
}

/// In a group: the way to the private chat.
pub fn group(voice: &Voice<'_>, bot_username: &str) -> Message {
    with_private_chat(voice, voice.message(Text::GroupPrivateOnly), bot_username)
}

/// Something with the way to the private chat under it.
pub fn with_private_chat(voice: &Voice<'_>, message: Message, bot_username: &str) -> Message {
    message.row([private_chat(voice, bot_username, "group")])
}

/// The way to the private chat; `start` comes back with `/start` there.
pub fn private_chat(voice: &Voice<'_>, bot_username: &str, start: &str) -> Button {
    let url = private_link(bot_username, start);
    Button::open(&voice.say(Text::ButtonOpenPrivateChat), &url)
}

/// Leads to the private chat and there to `/start` with that.
pub fn private_link(bot_username: &str, start: &str) -> String {
    format!("https://t.me/{bot_username}?start={start}")
}

/// What can be sent in a group.
pub fn group_help(voice: &Voice<'_>) -> Message {
    let mut text = voice.say(Text::GroupHelp);
    text.push_str("\n");
    for command in Command::menu(false).filter(|command| command.place().is_for_groups()) {
        text.line(&help_line(voice, &command));
    }
    Message::new(text)
}

fn help_line(voice: &Voice<'_>, command: &Command) -> Rich {
    let mut line = Rich::plain(&format!("/{} ", command.name()));
    line.push_str("– ");
    line.push(&voice.say(command.description()));
    line
}
