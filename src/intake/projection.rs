//! Reduces a raw update to the fields that we use, before anything else reads it. So an unknown kind of entity, of chat or of
//! keyboard cannot make a message unreadable, the content of a pressed message (which may show a secret) is dropped,
//! and nothing is stored that is not needed.

mod service;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::domain::{ChatId, MessageId, PersonId, UpdateId};

/// Longer texts are cut: no command and no credential is as long, and Telegram's own limit is 4096.
const TEXT_LIMIT: usize = 8192;

/// What comes out.
#[derive(Debug)]
pub(super) enum Projected {
    /// Worth handling.
    Keep(Kept),
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
}

#[derive(Deserialize)]
struct RawChat {
    id: i64,
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    kind: String,
}

#[derive(Deserialize)]
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
}

#[derive(Deserialize)]
struct RawMembership {
    chat: RawChat,
    from: RawUser,
    #[serde(default, deserialize_with = "or_default")]
    old_chat_member: RawMember,
    new_chat_member: RawMember,
}

#[derive(Default, Deserialize)]
struct RawMember {
    #[serde(default, deserialize_with = "or_default")]
    status: String,
    /// A restricted one may be in or out.
    is_member: Option<bool>,
    user: Option<RawUser>,
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
pub(super) fn project(raw: &str) -> Projected {
    let whole = without_lone_surrogates(raw);
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
        } if message.is_wordless() && service::is_service(raw) => None,
        RawUpdate {
            message: Some(message),
            ..
        } => message.keep("message"),
        RawUpdate {
            edited_message: Some(message),
            ..
        } => message.keep("edited_message"),
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
        Projected::Keep(Kept {
            id,
            chat,
            person,
            payload,
        })
    })
}

type Parts = (ChatId, PersonId, Payload);

impl RawMessage {
    fn is_wordless(&self) -> bool {
        self.text.is_none() && self.caption.is_none()
    }

    fn keep(self, kind: &str) -> Option<Parts> {
        let private = self.chat.kind == "private";
        let attachment = self.text.is_none();
        let text = self.text.or(self.caption).unwrap_or_default();
        // In groups only commands are ours to read.
        if !private && !text.starts_with('/') {
            return None;
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
        if self.is_topic_message
            && let Some(thread) = self.message_thread_id
        {
            message["message_thread_id"] = json!(small(thread));
            message["is_topic_message"] = json!(true);
        }
        let payload = Payload {
            message: MessageId(self.message_id),
            attachment,
            update: json!({ kind: message }),
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
        if let Some(pressed) = self.message
            && let Some(place) = pressed.chat.project()
        {
            chat = ChatId(pressed.chat.id);
            message = MessageId(pressed.message_id);
            press["message"] = json!({
                "message_id": small(pressed.message_id),
                "date": 1,
                "chat": place,
                "text": "",
                "entities": [],
            });
            if let Some(thread) = pressed.message_thread_id {
                press["message"]["message_thread_id"] = json!(small(thread));
                press["message"]["is_topic_message"] = json!(true);
            }
        }
        let payload = Payload {
            message,
            attachment: false,
            update: json!({ "callback_query": press }),
        };
        Some((chat, PersonId(self.from.id), payload))
    }
}

impl RawMembership {
    fn keep(self) -> Option<Parts> {
        let Self {
            chat,
            from,
            old_chat_member: old,
            new_chat_member: new,
        } = self;
        let user = new.user.as_ref()?.project()?;
        let change = json!({
            "chat": chat.project()?,
            "from": from.project()?,
            "date": 1,
            "old_chat_member": old.standing(&user),
            "new_chat_member": new.standing(&user),
        });
        let payload = Payload {
            message: MessageId(0),
            attachment: false,
            update: json!({ "my_chat_member": change }),
        };
        Some((ChatId(chat.id), PersonId(from.id), payload))
    }
}

impl RawMember {
    /// In, out, or shut out: finer differences are not ours.
    fn standing(&self, user: &Value) -> Value {
        match self.status.as_str() {
            "kicked" => json!({ "status": "kicked", "user": user, "until_date": 0 }),
            "left" => json!({ "status": "left", "user": user }),
            "restricted" if self.is_member == Some(false) => {
                json!({ "status": "left", "user": user })
            }
            _ => json!({ "status": "member", "user": user }),
        }
    }
}

impl RawChat {
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

/// Half of a surrogate pair, written as `\ud83d`, is no character, and one of them would make a whole update unreadable.
/// `None` when there is none.
fn without_lone_surrogates(raw: &str) -> Option<String> {
    let bytes = raw.as_bytes();
    let mut mended: Option<Vec<u8>> = None;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        match (escape(bytes, at), escape(bytes, at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => at += 12,
            (Some(0xD800..=0xDFFF), _) => {
                mended.get_or_insert_with(|| bytes.to_vec())[at..at + 6]
                    .copy_from_slice(b"\\ufffd");
                at += 6;
            }
            _ => at += 2,
        }
    }
    mended.and_then(|bytes| String::from_utf8(bytes).ok())
}

fn escape(bytes: &[u8], at: usize) -> Option<u16> {
    let escape = bytes.get(at..at + 6)?;
    let digits = std::str::from_utf8(escape.strip_prefix(b"\\u")?).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests;
