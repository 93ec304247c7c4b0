//! Looks into groups for the app: `getChatMember`, and where Telegram does not tell that to a bot without rights, the list of
//! administrators. Nothing is remembered, and members are never listed.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::Sender;
use crate::{
    app::{Members, Seen, Unseen},
    domain::{ChatId, PersonId, Standing},
    telegram::TelegramError,
};

#[derive(Deserialize)]
struct Member {
    status: String,
    /// A restricted one may be in or out.
    #[serde(rename = "is_member")]
    is_in: Option<bool>,
    user: User,
}

#[derive(Deserialize)]
struct User {
    id: i64,
    #[serde(default)]
    is_bot: bool,
    #[serde(default)]
    first_name: String,
}

impl Member {
    fn seen(self) -> Seen {
        let standing = match self.status.as_str() {
            "creator" | "administrator" => Standing::Administrator,
            "member" => Standing::Member,
            "restricted" if self.is_in == Some(true) => Standing::Member,
            // What is not known gives no right.
            _ => Standing::Gone,
        };
        Seen {
            standing,
            is_bot: self.user.is_bot,
            name: self.user.first_name,
        }
    }
}

#[async_trait]
impl Members for Sender {
    async fn look(&self, chat: ChatId, person: PersonId) -> Result<Seen, Unseen> {
        let parameters = json!({ "chat_id": chat, "user_id": person });
        match self.own::<Member>("getChatMember", &parameters).await {
            Ok(member) if member.user.id == person.0 => Ok(member.seen()),
            Ok(_) => Err(Unseen::Away),
            Err(TelegramError::Refused(why)) => self.among_administrators(chat, person, &why).await,
            Err(error) => Err(unseen(&error)),
        }
    }
}

impl Sender {
    async fn among_administrators(
        &self,
        chat: ChatId,
        person: PersonId,
        why: &str,
    ) -> Result<Seen, Unseen> {
        tracing::debug!(why, "Telegram does not say who somebody is in a group");
        let parameters = json!({ "chat_id": chat });
        let administrators: Vec<Member> = self
            .own("getChatAdministrators", &parameters)
            .await
            .map_err(|error| unseen(&error))?;
        let found = administrators
            .into_iter()
            .find(|member| member.user.id == person.0);
        // Whoever is not shown may be there or not: that is no proof of either.
        found.map(Member::seen).ok_or(Unseen::NotShown)
    }
}

fn unseen(error: &TelegramError) -> Unseen {
    tracing::debug!(%error, "a group cannot be looked into");
    if error.is_passing() {
        Unseen::Away
    } else {
        Unseen::NotShown
    }
}
