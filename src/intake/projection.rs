//! Reduces a raw update to the fields that we use, before anything else reads it. So an unknown kind of entity, of chat or of
//! keyboard cannot make a message unreadable, the content of a pressed message (which may show a secret) is dropped,
//! and nothing is stored that is not needed.

mod group;
mod links;
mod membership;
mod service;
mod surrogates;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::leakwatch::{Finding, Leakwatch};
use membership::RawMembership;

use crate::domain::{ChatId, GroupEvent, MessageId, Named, PersonId, UpdateId};

/// Longer texts are cut: no command and no credential is as long, and Telegram's own limit is 4096.
const TEXT_LIMIT: usize = 8192;

/// Telegram's limit for a group's title.
const TITLE_LIMIT: usize = 128;

/// What comes out.
#[derive(Debug)]
pub(super) enum Projected {
    /// Worth handling.
    Keep(Box<Kept>),
    /// Read, and nothing for us.
    Drop(UpdateId),
    /// It has no number that could be acknowledged, or is not an update at all.
    Unreadable(Option<UpdateId>),
}

#[derive(Debug)]
pub(super) struct Kept {
    pub(super) id: UpdateId,
    pub(super) chat: ChatId,
    pub(super) person: PersonId,
    pub(super) payload: Payload,
}

/// What is sealed into the inbox.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Payload {
    pub(super) message: MessageId,
    pub(super) attachment: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) leak: Option<Finding>,
    #[serde(default)]
    pub(super) about: Option<Named>,
    #[serde(default)]
    pub(super) event: Option<GroupEvent>,
    #[serde(default)]
    pub(super) title: String,
    pub(super) update: Value,
}

#[derive(Deserialize)]
struct Numbered {
    update_id: i64,
}

#[derive(Deserialize)]
struct RawUpdate {
    message: Option<RawMessage>,
    edited_message: Option<RawMessage>,
    callback_query: Option<RawPress>,
    my_chat_member: Option<RawMembership>,
}

#[derive(Deserialize)]
struct RawMessage {
    message_id: i64,
    #[serde(default, deserialize_with = "or_default")]
    date: i64,
    chat: RawChat,
    from: Option<RawUser>,
    sender_chat: Option<RawChat>,
    message_thread_id: Option<i64>,
    #[serde(default, deserialize_with = "or_default")]
    is_topic_message: bool,
    text: Option<String>,
    caption: Option<String>,
    /// Not from Telegram: what the watch for leaked keys has found.
    #[serde(skip)]
    leak: Option<Finding>,
}

#[derive(Deserialize)]
struct RawChat {
    id: i64,
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    title: String,
}

#[derive(Default, Deserialize)]
struct RawUser {
    id: i64,
    #[serde(default, deserialize_with = "or_default")]
    is_bot: bool,
    #[serde(default, deserialize_with = "or_default")]
    first_name: String,
    language_code: Option<String>,
}

#[derive(Deserialize)]
struct RawPress {
    id: String,
    from: RawUser,
    message: Option<RawPressed>,
    data: Option<String>,
}

/// Of the pressed message only its place: its text and its buttons may hold a secret.
#[derive(Deserialize)]
struct RawPressed {
    message_id: i64,
    chat: RawChat,
    message_thread_id: Option<i64>,
    #[serde(default, deserialize_with = "or_default")]
    is_topic_message: bool,
}

/// A field that is null means the same as one that is missing.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads one element of Telegram's answer.
pub(super) fn project(raw: &str, leakwatch: &Leakwatch) -> Projected {
    let whole = surrogates::without_lone(raw);
    let raw = whole.as_deref().unwrap_or(raw);
    let id = match serde_json::from_str(raw) {
        Ok(Numbered { update_id }) if update_id >= 0 => UpdateId(update_id),
        // A negative offset would mean something else to Telegram than "confirmed up to here".
        _ => return Projected::Unreadable(None),
    };
    let Ok(update) = serde_json::from_str::<RawUpdate>(raw) else {
        return Projected::Unreadable(Some(id));
    };
    let kept = match update {
        RawUpdate {
            message: Some(message),
            ..
        } if message.is_wordless() && service::is_service(raw) => message.keep_event(raw),
        RawUpdate {
            message: Some(message),
            ..
        } => message.looked_at(leakwatch, raw).keep("message", raw),
        RawUpdate {
            edited_message: Some(message),
            ..
        } => message
            .looked_at(leakwatch, raw)
            .keep("edited_message", raw),
        RawUpdate {
            callback_query: Some(press),
            ..
        } => press.keep(),
        RawUpdate {
            my_chat_member: Some(membership),
            ..
        } => membership.keep(),
        _ => None,
    };
    kept.map_or(Projected::Drop(id), |(chat, person, mut payload)| {
        // teloxide's number is too small for Telegram's; ours travels beside it.
        payload.update["update_id"] = json!(0);
        Projected::Keep(Box::new(Kept {
            id,
            chat,
            person,
            payload,
        }))
    })
}

type Parts = (ChatId, PersonId, Payload);

impl RawMessage {
    fn is_wordless(&self) -> bool {
        self.text.is_none() && self.caption.is_none()
    }

    /// The whole of it, before anything is cut or dropped.
    fn looked_at(mut self, leakwatch: &Leakwatch, raw: &str) -> Self {
        let links = links::of(raw);
        let words = self.text.iter().chain(&self.caption).chain(&links);
        let is_private = self.chat.kind == "private";
        let codes = leakwatch.look(ChatId(self.chat.id), is_private, words.map(String::as_str));
        if !codes.is_empty() {
            let poster = match (&self.sender_chat, &self.from) {
                (Some(chat), _) => chat.title.clone(),
                (None, Some(user)) => user.first_name.clone(),
                (None, None) => String::new(),
            };
            self.leak = Some(Finding {
                codes,
                group: self.chat.title.clone(),
                poster,
            });
        }
        self
    }

    fn keep(self, kind: &str, raw: &str) -> Option<Parts> {
        let private = self.chat.kind == "private";
        let (title, topic) = (self.chat.title(), self.topic());
        let attachment = self.text.is_none();
        let mut text = self.text.or(self.caption).unwrap_or_default();
        // In groups only commands are ours to read, and only those that somebody gives there; of anything else that holds a key only
        // the finding goes on.
        let mut about = None;
        if !private {
            let fields = group::Fields::read(raw);
            // A command that was edited into something else must not run twice.
            if kind != "message" || !text.starts_with('/') || fields.is_forwarded() {
                self.leak.as_ref()?;
                text = String::new();
            } else {
                about = fields.about(topic);
            }
        }
        let from = self.from?;
        let mut message = json!({
            "message_id": small(self.message_id),
            "date": self.date.clamp(0, i64::from(i32::MAX)),
            "chat": self.chat.project()?,
            "from": from.project()?,
            "text": text.chars().take(TEXT_LIMIT).collect::<String>(),
            "entities": [],
        });
        if let Some(sender) = self.sender_chat.as_ref().and_then(RawChat::project) {
            message["sender_chat"] = sender;
        }
        if let Some(thread) = topic {
            message["message_thread_id"] = json!(small(thread));
            message["is_topic_message"] = json!(true);
        }
        let payload = Payload {
            message: MessageId(self.message_id),
            attachment,
            leak: self.leak,
            about,
            event: None,
            title,
            update: json!({ kind: message }),
        };
        Some((ChatId(self.chat.id), PersonId(from.id), payload))
    }

    /// The topic in which it stands; a thread of answers outside of a forum is none.
    fn topic(&self) -> Option<i64> {
        self.message_thread_id.filter(|_| self.is_topic_message)
    }

    /// Of what Telegram itself puts into a group, only what changes who it is and who is in it.
    fn keep_event(self, raw: &str) -> Option<Parts> {
        let event = group::Fields::read(raw).event()?;
        let from = self.from.unwrap_or_default();
        let payload = Payload {
            message: MessageId(self.message_id),
            attachment: false,
            leak: None,
            about: None,
            event: Some(event),
            title: self.chat.title(),
            update: json!({ "message": {
                "message_id": small(self.message_id),
                "date": 1,
                "chat": self.chat.project()?,
                "from": from.project()?,
                "text": "",
                "entities": [],
            } }),
        };
        Some((ChatId(self.chat.id), PersonId(from.id), payload))
    }
}

impl RawPress {
    fn keep(self) -> Option<Parts> {
        let person = self.from.project()?;
        let mut press = json!({
            "id": self.id,
            "from": person,
            "chat_instance": "",
            "data": self.data.unwrap_or_default().chars().take(TEXT_LIMIT).collect::<String>(),
        });
        // A press without a message (too old, inline) is answered in the person's own lane.
        let (mut chat, mut message) = (ChatId(self.from.id), MessageId(0));
        let mut title = String::new();
        if let Some(pressed) = self.message
            && let Some(place) = pressed.chat.project()
        {
            chat = ChatId(pressed.chat.id);
            message = MessageId(pressed.message_id);
            title = pressed.chat.title();
            press["message"] = json!({
                "message_id": small(pressed.message_id),
                "date": 1,
                "chat": place,
                "text": "",
                "entities": [],
            });
            if let Some(thread) = pressed
                .message_thread_id
                .filter(|_| pressed.is_topic_message)
            {
                press["message"]["message_thread_id"] = json!(small(thread));
                press["message"]["is_topic_message"] = json!(true);
            }
        }
        let payload = Payload {
            message,
            attachment: false,
            leak: None,
            about: None,
            event: None,
            title,
            update: json!({ "callback_query": press }),
        };
        Some((chat, PersonId(self.from.id), payload))
    }
}

impl RawChat {
    fn title(&self) -> String {
        self.title.chars().take(TITLE_LIMIT).collect()
    }

    fn project(&self) -> Option<Value> {
        match self.kind.as_str() {
            "private" => Some(json!({ "id": self.id, "type": "private" })),
            kind @ ("group" | "supergroup" | "channel") => {
                Some(json!({ "id": self.id, "type": kind, "title": "" }))
            }
            _ => None,
        }
    }
}

impl RawUser {
    fn project(&self) -> Option<Value> {
        let mut user = json!({
            "id": u64::try_from(self.id).ok()?,
            "is_bot": self.is_bot,
            "first_name": self.first_name.chars().take(TEXT_LIMIT).collect::<String>(),
        });
        if let Some(code) = &self.language_code {
            user["language_code"] = json!(code);
        }
        Some(user)
    }
}

/// teloxide keeps 32 bits; the whole number travels beside it.
fn small(number: i64) -> i64 {
    number.clamp(0, i64::from(i32::MAX))
}

#[cfg(test)]
mod tests;
