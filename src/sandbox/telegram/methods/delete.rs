//! `deleteMessage` and `deleteMessages`.

use serde::Deserialize;
use serde_json::Value;

use crate::sandbox::telegram::{
    chat::Chat,
    message::{Author, Message},
    params::ChatId,
    refusal::Refusal,
    world::World,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeleteMessage {
    chat_id: ChatId,
    message_id: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeleteMessages {
    chat_id: ChatId,
    message_ids: Vec<i64>,
}

pub(super) fn one(
    world: &mut World,
    now_ms: i64,
    delete: &DeleteMessage,
) -> Result<Value, Refusal> {
    let lasts_ms = world.limits.delete_ms;
    let chat = world.open_chat(delete.chat_id.0)?;
    let message = chat.message(delete.message_id);
    let message = message.ok_or_else(|| Refusal::bad("message to delete not found"))?;
    if !may_delete(chat, message, now_ms, lasts_ms) {
        return Err(Refusal::bad("message can't be deleted"));
    }
    remove(world, delete.chat_id, delete.message_id, now_ms);
    Ok(true.into())
}

/// Messages that are not there, or can't be deleted, are passed over: the answer proves nothing.
pub(super) fn many(
    world: &mut World,
    now_ms: i64,
    delete: &DeleteMessages,
) -> Result<Value, Refusal> {
    if delete.message_ids.is_empty() {
        return Err(Refusal::bad("message identifiers are not specified"));
    }
    if delete.message_ids.len() > 100 {
        return Err(Refusal::bad("too many message identifiers specified"));
    }
    let lasts_ms = world.limits.delete_ms;
    let chat = world.open_chat(delete.chat_id.0)?;
    let mut ids = delete.message_ids.clone();
    ids.retain(|id| {
        let message = chat.message(*id);
        message.is_some_and(|message| may_delete(chat, message, now_ms, lasts_ms))
    });
    for id in ids {
        remove(world, delete.chat_id, id, now_ms);
    }
    Ok(true.into())
}

/// Young messages only: the bot's own, people's in private chats, anyone's with an administrator's rights.
fn may_delete(chat: &Chat, message: &Message, now_ms: i64, lasts_ms: i64) -> bool {
    let is_young = now_ms - message.first.at_ms < lasts_ms;
    is_young && (message.author == Author::Bot || chat.is_private() || chat.bot.is_admin())
}

fn remove(world: &mut World, chat: ChatId, id: i64, now_ms: i64) {
    if let Some(message) = world.message_mut(chat.0, id) {
        message.deleted_ms = Some(now_ms);
    }
}
