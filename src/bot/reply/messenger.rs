//! The ledger's messenger: puts operations and secrets in front of people. The only file of the bot that hands a secret out;
//! it goes straight to Telegram and is never stored, logged or put into an answer.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;

use super::Sender;
use crate::{
    app::requests::Press,
    app::{App, Messenger, Undelivered},
    bot::{
        callback::Callback,
        message::{self, Button, Call, Message, Method, TEXT_LIMIT},
        view::{Voice, approval, overlap, panic, request, start},
    },
    domain::{
        ChatId, Language, MessageId, Operation, PersonId, ThreadId,
        operation::{Outcome, Reason, Step},
    },
    rates::Urgency,
    secret::Secret,
    telegram::TelegramError,
    texts::{Rich, Style, Text, Texts},
};

/// What a copy button holds, in UTF-16 units.
const COPY_LIMIT: usize = 256;

/// See the module's text.
pub struct Teller {
    app: App,
    texts: Arc<Texts>,
    pub(super) sender: Arc<Sender>,
}

impl Teller {
    /// Tells in each person's language.
    pub fn new(app: App, texts: Arc<Texts>, sender: Arc<Sender>) -> Self {
        Self { app, texts, sender }
    }

    pub(super) async fn voice(&self, person: PersonId) -> Voice<'_> {
        self.voice_in(self.app.language(person).await)
    }

    fn voice_in(&self, language: Language) -> Voice<'_> {
        Voice::new(&self.texts, language, self.app.ports().now()).with_pages(self.app.pages())
    }
}

impl Teller {
    /// Under the card of a request from a group that waits for its person's private chat: the way there, for that person.
    async fn way_in(&self, voice: &Voice<'_>, operation: &Operation) -> Option<Button> {
        let closed = Some(Outcome::NothingDone(Reason::ChatClosed));
        let way = operation.detail.way_in.as_ref();
        let way =
            way.filter(|_| operation.is_from_group() && operation.detail.outcome == closed)?;
        let username = self.app.bot_username().await?;
        Some(start::private_chat(voice, &username, way.as_str()))
    }
}

pub(super) fn undelivered(error: TelegramError) -> Undelivered {
    match error {
        TelegramError::Closed(_) => Undelivered::Closed,
        TelegramError::Gone(_) | TelegramError::Stuck(_) => Undelivered::Gone,
        error if error.is_passing() => Undelivered::Away,
        error => {
            // A fault of ours, or a whim of Telegram's: another message would not fare better, so it waits.
            tracing::error!(%error, "Telegram refuses a message");
            Undelivered::Refused
        }
    }
}

#[async_trait]
impl Messenger for Teller {
    async fn reserve(
        &self,
        operation: &Operation,
        protected: bool,
    ) -> Result<MessageId, Undelivered> {
        let voice = self.voice_in(operation.language);
        let chat = operation.person.private_chat();
        let mut call = message::send(
            chat,
            // In the topic of its card, if that is in the same chat.
            if operation.card.chat == chat {
                operation.card.thread
            } else {
                ThreadId(0)
            },
            &Message::new(voice.say(Text::PlaceEmpty)),
        );
        call.parameters["protect_content"] = json!(protected);
        self.sender.send(chat, &call).await.map_err(undelivered)
    }

    async fn reveal(
        &self,
        operation: &Operation,
        place: MessageId,
        secret: &Secret,
    ) -> Result<(), Undelivered> {
        let voice = self.voice_in(operation.language);
        let chat = operation.person.private_chat();
        let call = revelation(&voice, operation, chat, place, secret);
        match self.sender.call_raw(Urgency::Now, chat, &call, None).await {
            // Already so: it stands there.
            Ok(_) | Err(TelegramError::NotModified) => Ok(()),
            // Its words may quote what was sent.
            Err(TelegramError::Refused(_)) => {
                tracing::error!(
                    operation = operation.number.0,
                    "Telegram refuses to show a new key"
                );
                Err(Undelivered::Refused)
            }
            Err(error) => Err(undelivered(error)),
        }
    }

    async fn offer(&self, operation: &Operation, place: MessageId) -> Result<(), Undelivered> {
        let voice = self.voice_in(operation.language);
        let chat = operation.person.private_chat();
        let call = message::edit(chat, place, &request::on_page(&voice, operation));
        match self.sender.call_raw(Urgency::Now, chat, &call, None).await {
            Ok(_) | Err(TelegramError::NotModified) => Ok(()),
            Err(error) => Err(undelivered(error)),
        }
    }

    async fn withdraw(&self, person: PersonId, place: MessageId) -> Result<(), Undelivered> {
        let voice = self.voice(person).await;
        let chat = person.private_chat();
        // Emptied first: a message older than 48 hours can be edited and not deleted.
        let empty = message::edit(chat, place, &Message::new(voice.say(Text::PlaceEmptied)));
        let emptied = match self.sender.make(chat, &empty).await {
            Ok(_) => true,
            Err(TelegramError::Stuck(_)) => false,
            Err(error) => return Err(undelivered(error)),
        };
        match self.sender.make(chat, &message::delete(chat, place)).await {
            Err(TelegramError::Stuck(_)) if emptied => Ok(()),
            Err(TelegramError::Stuck(why)) => {
                tracing::error!(
                    why,
                    "a message with a secret can neither be emptied nor deleted"
                );
                Err(Undelivered::Gone)
            }
            Err(error) => Err(undelivered(error)),
            Ok(_) => Ok(()),
        }
    }

    async fn show(&self, together: &[Operation]) -> Result<Option<MessageId>, Undelivered> {
        let Some(first) = together.first() else {
            return Ok(None);
        };
        let voice = self.voice_in(first.language);
        let mut card = panic::card(&voice, together);
        if let Some(way) = self.way_in(&voice, first).await {
            card = card.row([way]);
        }
        let place = first.card;
        let edit = message::edit(place.chat, place.message, &card);
        let edited = match place.message {
            MessageId(0) => Err(TelegramError::Gone(String::new())),
            message => {
                let newest = self.sender.edits.begin(place.chat, message);
                let (sender, now) = (&self.sender, Urgency::Now);
                let made = sender.call_raw(now, place.chat, &edit, Some(&newest));
                made.await.map(drop)
            }
        };
        match edited {
            Ok(()) | Err(TelegramError::NotModified) => Ok(None),
            // Deleted by its person, or too old: said anew, since it must not be unknown.
            Err(TelegramError::Gone(_) | TelegramError::Stuck(_)) => {
                let call = message::send(place.chat, place.thread, &card);
                self.sender
                    .send(place.chat, &call)
                    .await
                    .map(Some)
                    .map_err(undelivered)
            }
            Err(error) => Err(undelivered(error)),
        }
    }

    async fn reminder(&self, open: &[Operation]) -> Vec<u8> {
        let Some(first) = open.first() else {
            return Vec::new();
        };
        let voice = self.voice_in(first.language);
        let reminder = match first.step {
            Step::Overlap => overlap::reminder(&voice, first),
            Step::Approval => approval::over(&voice, first),
            Step::Deliver | Step::Shown => request::not_saved(&voice, first),
            _ => panic::reminder(&voice, first, open),
        };
        let call = message::send(first.person.private_chat(), ThreadId(0), &reminder);
        serde_json::to_vec(&call).unwrap_or_default()
    }
}

/// The secret under a spoiler with a copy button; one too long for the button as code, which must not stand in a spoiler.
#[expect(
    clippy::disallowed_methods,
    reason = "the secret is put in front of its person"
)]
fn revelation(
    voice: &Voice<'_>,
    operation: &Operation,
    chat: ChatId,
    place: MessageId,
    secret: &Secret,
) -> Call {
    let fits_button = secret.utf16_len() <= COPY_LIMIT;
    let (style, tap) = if fits_button {
        (Style::Spoiler, Text::SecretUncover)
    } else {
        (Style::Code, Text::SecretTapToCopy)
    };
    let secret_text = Rich::styled(secret.expose(), style);
    let mut text = request::secret_heading(voice, operation);
    text.paragraph(&secret_text);
    text.paragraph(&voice.say(tap));
    text.push_str(" ");
    text.push(&voice.say(Text::SecretHint));
    if text.utf16_len() > TEXT_LIMIT {
        // The longest secrets leave no room for words around them.
        text = secret_text;
    }
    let saved = json!({
        "text": voice.say(Text::ButtonISavedIt).text(),
        "callback_data": Callback::Request(operation.number, Press::Saved).encode(),
        "style": "success",
    });
    let mut rows = vec![json!([saved])];
    if fits_button {
        let copy = json!({ "text": voice.say(Text::ButtonCopy).text(), "copy_text": { "text": secret.expose() } });
        rows.insert(0, json!([copy]));
    }
    Call {
        method: Method::EditMessageText,
        parameters: json!({
            "chat_id": chat,
            "message_id": place,
            "text": text.text(),
            "entities": message::entities(&text),
            "link_preview_options": { "is_disabled": true },
            "reply_markup": { "inline_keyboard": rows },
        }),
        or_anew: false,
        file: None,
    }
}
