//! What somebody may do in a group, asked of Telegram at that very moment: an answer of earlier proves nothing.

use serde::Deserialize;
use serde_json::json;

use super::reply::Sender;
use crate::{
    domain::{ChatId, PersonId},
    telegram::TelegramError,
};

/// Somebody in a group.
#[derive(Debug, Default, Deserialize)]
pub struct Member {
    #[serde(default)]
    status: String,
    #[serde(default)]
    can_delete_messages: bool,
}

#[derive(Deserialize)]
struct Me {
    id: PersonId,
}

#[derive(Deserialize)]
struct Administrator {
    user: Me,
    #[serde(flatten)]
    member: Member,
}

impl Member {
    /// Decides for the group.
    pub fn is_administrator(&self) -> bool {
        matches!(self.status.as_str(), "creator" | "administrator")
    }

    /// May take away what others have said.
    pub fn can_delete(&self) -> bool {
        self.status == "creator" || (self.is_administrator() && self.can_delete_messages)
    }
}

/// That person there. Telegram promises this only to bots that are administrators; the others ask for all administrators.
pub async fn member(
    sender: &Sender,
    chat: ChatId,
    person: PersonId,
) -> Result<Member, TelegramError> {
    let of = json!({ "chat_id": chat, "user_id": person });
    match sender.own("getChatMember", &of).await {
        Err(TelegramError::Refused(_)) => {}
        member => return member,
    }
    let all: Vec<Administrator> = sender
        .own("getChatAdministrators", &json!({ "chat_id": chat }))
        .await?;
    let found = all.into_iter().find(|one| one.user.id == person);
    Ok(found.map(|one| one.member).unwrap_or_default())
}

/// The bot itself there.
pub async fn own(sender: &Sender, chat: ChatId) -> Result<Member, TelegramError> {
    let me: Me = sender.own("getMe", &json!({})).await?;
    member(sender, chat, me.id).await
}
