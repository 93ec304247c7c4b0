//! What the app has to know of a group's people, asked of Telegram each time somebody acts. It must never be remembered: a removed
//! administrator's next press is refused.

use async_trait::async_trait;

use crate::domain::{ChatId, PersonId, Standing};

/// Somebody in a group, as Telegram knows them now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What they are there.
    pub standing: Standing,
    /// It is a bot.
    pub is_bot: bool,
    /// What they are called at the moment, for people to read.
    pub name: String,
}

/// Why Telegram does not say what somebody is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unseen {
    /// It cannot be reached.
    Away,
    /// It tells that only to administrators of the group, and the bot is none.
    NotShown,
}

/// Looks into groups.
#[async_trait]
pub trait Members: Send + Sync {
    /// What that person is in that group, now.
    async fn look(&self, chat: ChatId, person: PersonId) -> Result<Seen, Unseen>;
}
