//! What the bot says on its own: the words for what the watch has seen, as they go into the outbox.

use super::{message, view};
use crate::{
    app::{AppError, News, Words},
    domain::{Person, ThreadId, Timestamp},
    texts::Texts,
};

impl Words for Texts {
    fn of(&self, person: &Person, now: Timestamp, news: &News) -> Result<Vec<u8>, AppError> {
        let voice = view::Voice::new(self, person.language(), now);
        let chat = person.id.private_chat();
        let call = message::send(chat, ThreadId(0), &view::watch::news(&voice, news));
        serde_json::to_vec(&call).map_err(|error| AppError::Broken(error.to_string()))
    }
}
