//! Changes of who is in a chat, as far as they are about the bot: in, out, or shut out.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Parts, Payload, RawChat, RawUser, or_default};
use crate::domain::{ChatId, MessageId, PersonId};

#[derive(Deserialize)]
pub(super) struct RawMembership {
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

impl RawMembership {
    pub(super) fn keep(self) -> Option<Parts> {
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
            leak: None,
            about: None,
            event: None,
            title: chat.title(),
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
