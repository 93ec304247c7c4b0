//! What the bot says on its own: the words for what the watch has seen, as they go into the outbox, and for what a page has brought.

use super::{
    message::{self, Message},
    view::{self, Voice},
};
use crate::{
    app::{AppError, News, UserError, Words, pages::LinkedOnPage},
    domain::{Language, MessageId, Person, ThreadId, Timestamp},
    texts::{Text, Texts},
};

impl Words for Texts {
    fn of(&self, person: &Person, now: Timestamp, news: &News) -> Result<Vec<u8>, AppError> {
        let voice = Voice::new(self, person.language(), now);
        let chat = person.id.private_chat();
        let call = match news {
            News::Linked(linked) => {
                let message = linked_on_page(&voice, linked);
                let reply = match linked.place {
                    MessageId(0) => message::Reply::Send(message),
                    place => message::Reply::Edit(place, message),
                };
                reply.calls(chat, ThreadId(0)).remove(0)
            }
            news => message::send(chat, ThreadId(0), &view::watch::news(&voice, news)),
        };
        serde_json::to_vec(&call).map_err(|error| AppError::Broken(error.to_string()))
    }

    fn of_error(&self, language: Language, now: Timestamp, error: &UserError) -> String {
        let voice = Voice::new(self, language, now);
        view::error::words(&voice, error).0.text().to_owned()
    }
}

fn linked_on_page(voice: &Voice<'_>, on_page: &LinkedOnPage) -> Message {
    let message = view::link::linked(voice, &on_page.linked, &on_page.last_four);
    if on_page.hint && on_page.linked.is_new() {
        return message.then(&voice.say(Text::LinkRecoverHint));
    }
    message
}
