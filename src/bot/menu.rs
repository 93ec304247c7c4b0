//! Telegram's command menu, in every language; operators see theirs.

use serde_json::{Value, json};

use super::{command::Command, reply::Sender};
use crate::{
    domain::{Language, PersonId},
    telegram::TelegramError,
    texts::Texts,
};

/// Telegram's limit for a description, in characters.
const DESCRIPTION_LIMIT: usize = 256;

/// Sets the menus. They are a help only: a failure is told to the log and stops nothing.
pub async fn announce(
    sender: &Sender,
    texts: &Texts,
    operators: &[PersonId],
) -> Result<(), TelegramError> {
    let scope = json!({ "type": "all_private_chats" });
    set(sender, texts, &scope, Command::menu(false)).await?;
    let groups = Command::menu(false).filter(|command| command.place().is_for_groups());
    let scope = json!({ "type": "all_group_chats" });
    set(sender, texts, &scope, groups).await?;
    for operator in operators {
        let scope = json!({ "type": "chat", "chat_id": operator });
        // Fails for an operator who has never started the bot; the next start of Keyporter mends it.
        if let Err(error) = set(sender, texts, &scope, Command::menu(true)).await {
            tracing::debug!(%error, "an operator's menu could not be set");
        }
    }
    Ok(())
}

async fn set(
    sender: &Sender,
    texts: &Texts,
    scope: &Value,
    commands: impl Iterator<Item = Command> + Clone + Send,
) -> Result<(), TelegramError> {
    for language in Language::ALL {
        let commands: Vec<_> = commands
            .clone()
            .map(|command| {
                let description = texts.say(language, command.description());
                let description: String =
                    description.text().chars().take(DESCRIPTION_LIMIT).collect();
                json!({ "command": command.name(), "description": description })
            })
            .collect();
        let mut parameters = json!({ "commands": commands, "scope": scope });
        // Without a code it is for everyone whose language has no list of its own.
        if language != Language::default() {
            parameters["language_code"] = json!(language.code());
        }
        let _: Value = sender.own("setMyCommands", &parameters).await?;
    }
    Ok(())
}
