//! All commands, as one type. Read leniently: in any case, followed by a space or a new line, with our name after an `@`.

use teloxide::utils::command::{BotCommands, ParseError};

use crate::texts::Text;

/// A command with what stands after it.
#[derive(Clone, Debug, PartialEq, Eq, BotCommands, strum::EnumIter)]
#[command(rename_rule = "lowercase")]
pub enum Command {
    /// Greets.
    Start(String),
    /// Links an account.
    Link(String),
    /// Shows the linked accounts.
    Accounts(String),
    /// Shows the keys.
    Keys(String),
    /// Creates a key.
    NewKey(String),
    /// Replaces a key.
    Rotate(String),
    /// Revokes a key.
    Revoke(String),
    /// Revokes all keys after a leak.
    Panic(String),
    /// Shows open requests.
    Status(String),
    /// Shows what happened.
    Audit(String),
    /// Says how old keys may become.
    Age(String),
    /// Forgets an account.
    Unlink(String),
    /// Chooses the language.
    Language(String),
    /// Says where it is night when.
    Timezone(String),
    /// Ends a dialogue.
    Cancel(String),
    /// Shows all commands.
    Help(String),
    /// Stops issuing; operators only.
    Pause(String),
}

/// What a text is to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// One of our commands.
    Command(Command),
    /// A command that we do not know.
    Unknown,
    /// A command for another bot.
    NotForUs,
    /// No command at all.
    Text,
}

/// Reads a text.
pub fn read(text: &str, bot_username: &str) -> Read {
    let text = text.trim_start();
    if !text.starts_with('/') {
        return Read::Text;
    }
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let normal = format!("{} {}", word.to_lowercase(), rest.trim());
    match Command::parse(normal.trim_end(), &bot_username.to_lowercase()) {
        Ok(command) => Read::Command(command),
        Err(ParseError::WrongBotName(_)) => Read::NotForUs,
        Err(_) => Read::Unknown,
    }
}

impl Command {
    /// The commands of the menu, in order; those of operators only for them.
    pub fn menu(operator: bool) -> impl Iterator<Item = Self> {
        <Self as strum::IntoEnumIterator>::iter()
            .filter(move |command| operator || !matches!(command, Self::Pause(_)))
    }

    /// As it is typed, without the slash.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Start(_) => "start",
            Self::Link(_) => "link",
            Self::Accounts(_) => "accounts",
            Self::Keys(_) => "keys",
            Self::NewKey(_) => "newkey",
            Self::Rotate(_) => "rotate",
            Self::Revoke(_) => "revoke",
            Self::Panic(_) => "panic",
            Self::Status(_) => "status",
            Self::Audit(_) => "audit",
            Self::Age(_) => "age",
            Self::Unlink(_) => "unlink",
            Self::Language(_) => "language",
            Self::Timezone(_) => "timezone",
            Self::Cancel(_) => "cancel",
            Self::Help(_) => "help",
            Self::Pause(_) => "pause",
        }
    }

    /// What the menu says about it.
    pub const fn description(&self) -> Text {
        match self {
            Self::Start(_) => Text::CommandStart,
            Self::Link(_) => Text::CommandLink,
            Self::Accounts(_) => Text::CommandAccounts,
            Self::Keys(_) => Text::CommandKeys,
            Self::NewKey(_) => Text::CommandNewkey,
            Self::Rotate(_) => Text::CommandRotate,
            Self::Revoke(_) => Text::CommandRevoke,
            Self::Panic(_) => Text::CommandPanic,
            Self::Status(_) => Text::CommandStatus,
            Self::Audit(_) => Text::CommandAudit,
            Self::Age(_) => Text::CommandAge,
            Self::Unlink(_) => Text::CommandUnlink,
            Self::Language(_) => Text::CommandLanguage,
            Self::Timezone(_) => Text::CommandTimezone,
            Self::Cancel(_) => Text::CommandCancel,
            Self::Help(_) => Text::CommandHelp,
            Self::Pause(_) => Text::CommandPause,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_leniently() {
        let new_key = |label: &str| Read::Command(Command::NewKey(label.to_owned()));
        for (text, expected) in [
            ("/newkey staging bot", new_key("staging bot")),
            ("/NEWKEY staging bot", new_key("staging bot")),
            ("/newkey\nstaging bot", new_key("staging bot")),
            ("/newkey@Key_Bot  staging bot ", new_key("staging bot")),
            ("  /newkey", new_key("")),
            ("/newkey \u{202E}x", new_key("\u{202E}x")),
            ("/newkey@other_bot x", Read::NotForUs),
            ("/newkeys", Read::Unknown),
            ("/", Read::Unknown),
            ("/@", Read::NotForUs),
            ("newkey", Read::Text),
            ("", Read::Text),
        ] {
            assert_eq!(read(text, "Key_Bot"), expected, "{text:?}");
        }
    }

    #[test]
    fn every_command_is_read_by_its_own_name() {
        for command in Command::menu(true) {
            let Read::Command(found) = read(&format!("/{}", command.name()), "key_bot") else {
                panic!("{command:?}")
            };
            assert_eq!(found.name(), command.name());
        }
    }
}
