//! What a message in a group says besides its words: whom a command is about, and what has happened to the group itself.
//! Fields that are not as documented are taken for missing: they must not make the message unreadable.

use serde::{Deserialize, de::IgnoredAny};

use super::{RawUser, TEXT_LIMIT};
use crate::domain::{ChatId, GroupEvent, Named, PersonId};

/// The fields of a message that only count in a group.
#[derive(Default, Deserialize)]
pub(super) struct Fields {
    reply_to_message: Option<Replied>,
    entities: Option<Vec<Entity>>,
    forward_origin: Option<IgnoredAny>,
    migrate_to_chat_id: Option<i64>,
    migrate_from_chat_id: Option<i64>,
    left_chat_member: Option<RawUser>,
}

#[derive(Deserialize)]
struct Update {
    message: Fields,
}

#[derive(Deserialize)]
struct Replied {
    message_id: i64,
    from: Option<RawUser>,
    /// Set when somebody speaks as a group or as a channel.
    sender_chat: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Entity {
    #[serde(rename = "type")]
    kind: String,
    user: Option<RawUser>,
}

impl Fields {
    /// Reads them; of a message that has them in another way than documented, none.
    pub(super) fn read(raw: &str) -> Self {
        serde_json::from_str::<Update>(raw)
            .map_or_else(|_| Self::default(), |update| update.message)
    }

    /// It was first said elsewhere: whoever forwards a command does not give it.
    pub(super) const fn is_forwarded(&self) -> bool {
        self.forward_origin.is_some()
    }

    /// Whom a command is about: a mention that carries an id comes before the author of the message that is answered.
    /// In a topic every message answers the one that has opened it, unless it answers another.
    pub(super) fn about(&self, topic: Option<i64>) -> Option<Named> {
        let mut entities = self.entities.iter().flatten();
        let mentioned = entities
            .find(|entity| entity.kind == "text_mention")
            .and_then(|entity| entity.user.as_ref())
            .map(|user| named(user, false));
        let replied = self.reply_to_message.as_ref();
        let replied = replied.filter(|replied| Some(replied.message_id) != topic);
        let replied = replied.and_then(|replied| {
            let hides = replied.sender_chat.is_some();
            replied.from.as_ref().map(|user| named(user, hides))
        });
        mentioned.or(replied)
    }

    /// What has happened to the group itself.
    pub(super) fn event(&self) -> Option<GroupEvent> {
        let to = self.migrate_to_chat_id.map(ChatId);
        let from = self.migrate_from_chat_id.map(ChatId);
        let left = self.left_chat_member.as_ref();
        to.map(GroupEvent::MigratedTo)
            .or(from.map(GroupEvent::MigratedFrom))
            .or(left.map(|user| GroupEvent::Left(PersonId(user.id))))
    }
}

fn named(user: &RawUser, hides: bool) -> Named {
    Named {
        id: PersonId(user.id),
        is_bot: user.is_bot || hides,
        name: user.first_name.chars().take(TEXT_LIMIT).collect(),
    }
}
