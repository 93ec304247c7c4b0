//! `sendMessage` and `sendChatAction`.

use serde::Deserialize;
use serde_json::Value;

use crate::sandbox::telegram::{
    chat::{Chat, ChatKind},
    entity::Entity,
    html,
    keyboard::{Keyboard, ReplyMarkup},
    message::{Author, Message},
    params::ChatId,
    refusal::Refusal,
    text::{Formatted, settle},
    world::World,
};

/// The longest text before parsing, in bytes.
const RAW_TEXT_BYTES_MAX: usize = 1 << 15;

/// The actions that a chat can show.
const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SendMessage {
    chat_id: ChatId,
    text: String,
    parse_mode: Option<String>,
    entities: Option<Vec<Entity>>,
    protect_content: Option<bool>,
    disable_notification: Option<bool>,
    reply_markup: Option<ReplyMarkup>,
    reply_parameters: Option<ReplyParameters>,
    message_thread_id: Option<i64>,
    message_effect_id: Option<String>,
    #[serde(rename = "link_preview_options")]
    _link_preview_options: Option<LinkPreviewOptions>,
    #[serde(rename = "allow_paid_broadcast")]
    _allow_paid_broadcast: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplyParameters {
    message_id: i64,
    chat_id: Option<ChatId>,
    allow_sending_without_reply: Option<bool>,
}

/// Accepted, but there are no previews here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkPreviewOptions {
    #[serde(rename = "is_disabled")]
    _is_disabled: Option<bool>,
    #[serde(rename = "url")]
    _url: Option<String>,
    #[serde(rename = "prefer_small_media")]
    _prefer_small_media: Option<bool>,
    #[serde(rename = "prefer_large_media")]
    _prefer_large_media: Option<bool>,
    #[serde(rename = "show_above_text")]
    _show_above_text: Option<bool>,
}

pub(super) fn message(world: &mut World, now_ms: i64, send: SendMessage) -> Result<Value, Refusal> {
    let words = words(&send.text, send.parse_mode.as_deref(), send.entities)?;
    if send.message_effect_id.is_some() && !world.chat(send.chat_id.0)?.is_private() {
        return Err(Refusal::bad("EFFECT_ID_INVALID"));
    }
    let outgoing = Outgoing {
        chat: send.chat_id.0,
        topic: send.message_thread_id,
        protected: send.protect_content,
        silent: send.disable_notification,
        markup: send.reply_markup,
        reply: send.reply_parameters,
    };
    outgoing.put(world, now_ms, words, |_| {})
}

/// What all kinds of messages have in common.
pub(super) struct Outgoing {
    pub(super) chat: i64,
    pub(super) topic: Option<i64>,
    pub(super) protected: Option<bool>,
    pub(super) silent: Option<bool>,
    pub(super) markup: Option<ReplyMarkup>,
    pub(super) reply: Option<ReplyParameters>,
}

impl Outgoing {
    /// Puts it into its chat with those words, and with what `fill` adds.
    pub(super) fn put(
        self,
        world: &mut World,
        now_ms: i64,
        words: Formatted,
        fill: impl FnOnce(&mut Message),
    ) -> Result<Value, Refusal> {
        let in_private = world.chat(self.chat)?.is_private();
        let (keyboard, other) = match self.markup {
            Some(ReplyMarkup::Inline(keyboard)) => (
                keyboard.checked(in_private, world.limits.local_pages)?,
                None,
            ),
            Some(ReplyMarkup::Other(markup)) => (Keyboard::default(), Some(markup)),
            None => (Keyboard::default(), None),
        };
        let chat = world.writable_chat(self.chat)?;
        check_topic(chat, self.topic)?;
        let reply_to = reply_to(chat, self.reply.as_ref())?;
        world.count_send(self.chat, now_ms)?;
        let message = world.put(self.chat, Author::Bot, words, now_ms, |message| {
            message.first.keyboard = keyboard;
            message.protected = self.protected.unwrap_or_default();
            message.silent = self.silent.unwrap_or_default();
            message.topic = self.topic;
            message.reply_to = reply_to;
            message.reply_markup = other;
            fill(message);
        });
        Ok(world.message_json(self.chat, message))
    }
}

/// The text as it will be shown.
pub(super) fn words(
    text: &str,
    parse_mode: Option<&str>,
    entities: Option<Vec<Entity>>,
) -> Result<Formatted, Refusal> {
    if text.len() > RAW_TEXT_BYTES_MAX {
        return Err(Refusal::bad("message is too long"));
    }
    match (parse_mode, entities) {
        (None, entities) => settle(text, entities.unwrap_or_default()),
        // What Telegram makes of both is not documented.
        (Some(_), Some(_)) => Err(Refusal::bad("parse_mode and entities exclude each other")),
        (Some(mode), None) => match mode.to_ascii_lowercase().as_str() {
            "html" => {
                let (text, entities) = html::parse(text)?;
                settle(&text, entities)
            }
            "markdown" | "markdownv2" => Err(Refusal::not_emulated("Markdown")),
            _ => Err(Refusal::bad("unsupported parse_mode")),
        },
    }
}

fn check_topic(chat: &Chat, topic: Option<i64>) -> Result<(), Refusal> {
    match topic {
        Some(topic) if chat.kind != ChatKind::Forum || !chat.topics.contains(&topic) => {
            Err(Refusal::bad("message thread not found"))
        }
        _ => Ok(()),
    }
}

fn reply_to(chat: &Chat, reply: Option<&ReplyParameters>) -> Result<Option<i64>, Refusal> {
    let Some(reply) = reply else {
        return Ok(None);
    };
    if reply.chat_id.is_some_and(|other| other.0 != chat.id) {
        return Err(Refusal::not_emulated("replies in another chat"));
    }
    if chat.message(reply.message_id).is_some() {
        return Ok(Some(reply.message_id));
    }
    if reply.allow_sending_without_reply.unwrap_or_default() {
        return Ok(None);
    }
    Err(Refusal::bad("message to be replied not found"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SendChatAction {
    chat_id: ChatId,
    action: String,
    message_thread_id: Option<i64>,
}

pub(super) fn chat_action(world: &World, send: &SendChatAction) -> Result<Value, Refusal> {
    if !ACTIONS.contains(&send.action.as_str()) {
        return Err(Refusal::bad("wrong parameter action in request"));
    }
    let chat = world.writable_chat(send.chat_id.0)?;
    check_topic(chat, send.message_thread_id)?;
    Ok(true.into())
}
