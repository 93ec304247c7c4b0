//! All commands, as one type. Read leniently: in any case, followed by a space or a new line, with our name after an `@`.

use teloxide::utils::command::{BotCommands, ParseError};

use crate::{domain::ChatId, texts::Text};

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
    /// Says whether messages of a group are looked through for keys.
    Leakwatch(String),
    /// Forgets an account.
    Unlink(String),
    /// Gives accounts to another person.
    Transfer(String),
    /// Makes somebody the second owner of an account.
    SecondOwner(String),
    /// Takes over what a lost Telegram account had linked.
    Recover(String),
    /// Asks for a second factor before what weighs most.
    SecondFactor(String),
    /// Lets a group work with an account.
    Bind(String),
    /// Takes an account from a group.
    Unbind(String),
    /// Grants somebody a role in a group.
    Grant(String),
    /// Takes a role from somebody.
    Ungrant(String),
    /// Shows who was granted what in a group.
    Roles(String),
    /// Says how many people have to approve what in a group.
    Policy(String),
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

/// Where a command or a button may be used. Whatever is not said to be for groups does nothing there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the private chat only: it is about what a person owns, or asks for a secret.
    Private,
    /// In groups only.
    Group,
    /// In both.
    Everywhere,
}

impl Place {
    /// Whether that chat is such a place.
    pub const fn includes(self, chat: ChatId) -> bool {
        match self {
            Self::Private => chat.is_private(),
            Self::Group => !chat.is_private(),
            Self::Everywhere => true,
        }
    }

    /// Whether it may be used in groups.
    pub const fn is_for_groups(self) -> bool {
        matches!(self, Self::Group | Self::Everywhere)
    }
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
    pub fn menu(operator: bool) -> impl Iterator<Item = Self> + Clone {
        <Self as strum::IntoEnumIterator>::iter()
            .filter(move |command| operator || !matches!(command, Self::Pause(_)))
    }

    /// Where it may be used.
    pub const fn place(&self) -> Place {
        match self {
            Self::Link(_)
            | Self::Accounts(_)
            | Self::Panic(_)
            | Self::Audit(_)
            | Self::Age(_)
            | Self::Unlink(_)
            | Self::Transfer(_)
            | Self::SecondOwner(_)
            | Self::Recover(_)
            | Self::SecondFactor(_)
            | Self::Language(_)
            | Self::Timezone(_)
            | Self::Pause(_) => Place::Private,
            Self::Bind(_)
            | Self::Unbind(_)
            | Self::Grant(_)
            | Self::Ungrant(_)
            | Self::Roles(_)
            | Self::Policy(_) => Place::Group,
            Self::Leakwatch(_)
            | Self::Start(_)
            | Self::Keys(_)
            | Self::NewKey(_)
            | Self::Rotate(_)
            | Self::Revoke(_)
            | Self::Status(_)
            | Self::Cancel(_)
            | Self::Help(_) => Place::Everywhere,
        }
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
            Self::Leakwatch(_) => "leakwatch",
            Self::Unlink(_) => "unlink",
            Self::Transfer(_) => "transfer",
            Self::SecondOwner(_) => "secondowner",
            Self::Recover(_) => "recover",
            Self::SecondFactor(_) => "secondfactor",
            Self::Bind(_) => "bind",
            Self::Unbind(_) => "unbind",
            Self::Grant(_) => "grant",
            Self::Ungrant(_) => "ungrant",
            Self::Roles(_) => "roles",
            Self::Policy(_) => "policy",
            Self::Language(_) => "language",
            Self::Timezone(_) => "timezone",
            Self::Cancel(_) => "cancel",
            Self::Help(_) => "help",
            Self::Pause(_) => "pause",
        }
    }

    /// What stands after it.
    pub fn rest(&self) -> &str {
        match self {
            Self::Start(rest)
            | Self::Link(rest)
            | Self::Accounts(rest)
            | Self::Keys(rest)
            | Self::NewKey(rest)
            | Self::Rotate(rest)
            | Self::Revoke(rest)
            | Self::Panic(rest)
            | Self::Status(rest)
            | Self::Audit(rest)
            | Self::Age(rest)
            | Self::Leakwatch(rest)
            | Self::Unlink(rest)
            | Self::Transfer(rest)
            | Self::SecondOwner(rest)
            | Self::Recover(rest)
            | Self::SecondFactor(rest)
            | Self::Bind(rest)
            | Self::Unbind(rest)
            | Self::Grant(rest)
            | Self::Ungrant(rest)
            | Self::Roles(rest)
            | Self::Policy(rest)
            | Self::Language(rest)
            | Self::Timezone(rest)
            | Self::Cancel(rest)
            | Self::Help(rest)
            | Self::Pause(rest) => rest,
        }
    }

    /// As it was typed, with what stands after it.
    pub fn typed(&self) -> String {
        format!("/{} {}", self.name(), self.rest())
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
            Self::Leakwatch(_) => Text::CommandLeakwatch,
            Self::Unlink(_) => Text::CommandUnlink,
            Self::Transfer(_) => Text::CommandTransfer,
            Self::SecondOwner(_) => Text::CommandSecondowner,
            Self::Recover(_) => Text::CommandRecover,
            Self::SecondFactor(_) => Text::CommandSecondfactor,
            Self::Bind(_) => Text::CommandBind,
            Self::Unbind(_) => Text::CommandUnbind,
            Self::Grant(_) => Text::CommandGrant,
            Self::Ungrant(_) => Text::CommandUngrant,
            Self::Roles(_) => Text::CommandRoles,
            Self::Policy(_) => Text::CommandPolicy,
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
