//! What the bot says on its own: the words for what the watch has seen, as they go into the outbox, and for what a page is told.

use super::{
    message::Reply,
    view::{self, Voice},
};
use crate::{
    app::{AppError, News, UserError, Words},
    domain::{Language, MessageId, Person, ThreadId, Timestamp},
    texts::Texts,
};

impl Words for Texts {
    fn of(&self, person: &Person, now: Timestamp, news: &News) -> Result<Vec<u8>, AppError> {
        let voice = Voice::new(self, person.language(), now);
        let message = view::watch::news(&voice, news);
        let reply = match news {
            News::Linked(linked) if linked.place != MessageId(0) => {
                Reply::Edit(linked.place, message)
            }
            _ => Reply::Send(message),
        };
        let calls = reply.calls(person.id.private_chat(), ThreadId(0));
        serde_json::to_vec(&calls[0]).map_err(|error| AppError::Broken(error.to_string()))
    }

    fn of_error(&self, language: Language, now: Timestamp, error: &UserError) -> String {
        let voice = Voice::new(self, language, now);
        view::error::on_page(&voice, error).text().to_owned()
    }
}
