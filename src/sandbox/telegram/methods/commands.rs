//! The bot's command lists and descriptions, kept apart by scope and language.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sandbox::telegram::{refusal::Refusal, text::units, world::World};

/// A command in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// 1 to 32 of `[a-z0-9_]`.
    pub command: String,
    /// 1 to 256 characters.
    pub description: String,
    /// Whether only the bot sees who uses it in a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_ephemeral: Option<bool>,
}

/// The commands for one scope and language.
#[derive(Clone, Debug, PartialEq)]
pub struct CommandList {
    /// `{"type":"default"}`, …
    pub scope: Value,
    /// Two letters; empty for all languages without a list of their own.
    pub language_code: String,
    /// 1 to 100 commands.
    pub commands: Vec<Command>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Scope {
    Default {},
    AllPrivateChats {},
    AllGroupChats {},
    AllChatAdministrators {},
    Chat { chat_id: i64 },
    ChatAdministrators { chat_id: i64 },
    ChatMember { chat_id: i64, user_id: i64 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetMyCommands {
    commands: Vec<Command>,
    scope: Option<Scope>,
    language_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhichCommands {
    scope: Option<Scope>,
    language_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetMyDescription {
    description: Option<String>,
    language_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetMyShortDescription {
    short_description: Option<String>,
    language_code: Option<String>,
}

pub(super) fn set(world: &mut World, set: SetMyCommands) -> Result<Value, Refusal> {
    let (scope, language_code) = place(world, set.scope.as_ref(), set.language_code.as_ref())?;
    if !(1..=100).contains(&set.commands.len()) {
        return Err(Refusal::bad("BOT_COMMANDS_COUNT_INVALID"));
    }
    for (
        at,
        Command {
            command,
            description,
            ..
        },
    ) in set.commands.iter().enumerate()
    {
        let is_letter = |letter: u8| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'_');
        let twice = set.commands[..at]
            .iter()
            .any(|earlier| earlier.command == *command);
        if !(1..=32).contains(&command.len()) || !command.bytes().all(is_letter) || twice {
            return Err(Refusal::bad("BOT_COMMAND_INVALID"));
        }
        if !(1..=256).contains(&units(description)) {
            return Err(Refusal::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    forget(world, &scope, &language_code);
    world.commands.push(CommandList {
        scope,
        language_code,
        commands: set.commands,
    });
    Ok(true.into())
}

pub(super) fn get(world: &World, which: &WhichCommands) -> Result<Value, Refusal> {
    let (scope, language) = place(world, which.scope.as_ref(), which.language_code.as_ref())?;
    let mut lists = world.commands.iter();
    let list = lists.find(|list| list.scope == scope && list.language_code == language);
    Ok(json!(list.map_or(&[][..], |list| &list.commands)))
}

pub(super) fn delete(world: &mut World, which: &WhichCommands) -> Result<Value, Refusal> {
    let (scope, language) = place(world, which.scope.as_ref(), which.language_code.as_ref())?;
    forget(world, &scope, &language);
    Ok(true.into())
}

pub(super) fn set_description(world: &mut World, set: SetMyDescription) -> Result<Value, Refusal> {
    describe(
        world,
        "description",
        set.description,
        512,
        set.language_code.as_ref(),
    )
}

pub(super) fn set_short_description(
    world: &mut World,
    set: SetMyShortDescription,
) -> Result<Value, Refusal> {
    let text = set.short_description;
    describe(
        world,
        "short_description",
        text,
        120,
        set.language_code.as_ref(),
    )
}

/// An empty text removes the description.
fn describe(
    world: &mut World,
    which: &'static str,
    text: Option<String>,
    units_max: usize,
    language: Option<&String>,
) -> Result<Value, Refusal> {
    let language = checked_language(language)?;
    let text = text.unwrap_or_default();
    if units(&text) > units_max {
        return Err(Refusal::bad(format!("{which} is too long")));
    }
    if text.is_empty() {
        world.descriptions.remove(&(which, language));
    } else {
        world.descriptions.insert((which, language), text);
    }
    Ok(true.into())
}

fn forget(world: &mut World, scope: &Value, language: &str) {
    let is_other = |list: &CommandList| list.scope != *scope || list.language_code != language;
    world.commands.retain(is_other);
}

fn place(
    world: &World,
    scope: Option<&Scope>,
    language: Option<&String>,
) -> Result<(Value, String), Refusal> {
    let scope = scope.unwrap_or(&Scope::Default {});
    if let Scope::Chat { chat_id }
    | Scope::ChatAdministrators { chat_id }
    | Scope::ChatMember { chat_id, .. } = scope
    {
        world.open_chat(*chat_id)?;
    }
    Ok((json!(scope), checked_language(language)?))
}

/// Two small letters, or none at all.
fn checked_language(code: Option<&String>) -> Result<String, Refusal> {
    let code = code.cloned().unwrap_or_default();
    let is_code = code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_lowercase());
    if code.is_empty() || is_code {
        Ok(code)
    } else {
        Err(Refusal::bad("LANG_CODE_INVALID"))
    }
}
