//! `editMessageText` and `editMessageReplyMarkup`. An edit never changes whether a message is protected.

use serde::Deserialize;
use serde_json::Value;

use super::send::{LinkPreviewOptions, words};
use crate::sandbox::telegram::{
    entity::Entity,
    keyboard::Keyboard,
    message::{Author, Content},
    params::ChatId,
    refusal::Refusal,
    text::Formatted,
    world::World,
};

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly \
    the same as a current content and reply markup of the message";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EditMessageText {
    chat_id: ChatId,
    message_id: i64,
    text: String,
    parse_mode: Option<String>,
    entities: Option<Vec<Entity>>,
    reply_markup: Option<Keyboard>,
    #[serde(rename = "link_preview_options")]
    _link_preview_options: Option<LinkPreviewOptions>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EditMessageReplyMarkup {
    chat_id: ChatId,
    message_id: i64,
    reply_markup: Option<Keyboard>,
}

/// Without `reply_markup` the buttons go.
pub(super) fn text(
    world: &mut World,
    now_ms: i64,
    edit: EditMessageText,
) -> Result<Value, Refusal> {
    let words = words(&edit.text, edit.parse_mode.as_deref(), edit.entities)?;
    let place = (edit.chat_id.0, edit.message_id);
    change(world, now_ms, place, Some(words), edit.reply_markup)
}

/// Without `reply_markup` the buttons go.
pub(super) fn reply_markup(
    world: &mut World,
    now_ms: i64,
    edit: EditMessageReplyMarkup,
) -> Result<Value, Refusal> {
    let place = (edit.chat_id.0, edit.message_id);
    change(world, now_ms, place, None, edit.reply_markup)
}

fn change(
    world: &mut World,
    now_ms: i64,
    (chat_id, message_id): (i64, i64),
    words: Option<Formatted>,
    keyboard: Option<Keyboard>,
) -> Result<Value, Refusal> {
    let local_pages = world.limits.local_pages;
    let chat = world.writable_chat(chat_id)?;
    let keyboard = keyboard
        .unwrap_or_default()
        .checked(chat.is_private(), local_pages)?;
    let not_found = || Refusal::bad("message to edit not found");
    let message = chat.message(message_id).ok_or_else(not_found)?;
    if message.author != Author::Bot || message.content != Content::Text {
        return Err(Refusal::bad("message can't be edited"));
    }
    if !message.would_change(words.as_ref(), &keyboard) {
        return Err(Refusal::bad(NOT_MODIFIED));
    }
    world.count_edit(chat_id, now_ms)?;
    if let Some(chat) = world.chats.get_mut(&chat_id) {
        if let Some(message) = chat.message_mut(message_id) {
            message.change(words, keyboard, now_ms);
        }
        chat.written.send_modify(|count| *count += 1);
    }
    Ok(world.message_json(chat_id, message_id))
}
