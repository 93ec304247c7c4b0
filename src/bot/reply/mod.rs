//! Everything that goes out to Telegram: its limits kept, its refusals waited out or told apart, nothing sent twice blindly.

mod edits;
mod members;
mod messenger;
mod picture;
mod presenter;
mod rate;

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};

use super::message::{Call, Method};
use crate::{
    domain::{ChatId, MessageId},
    intake::Outage,
    ports::Ports,
    rates::{Shared, Urgency},
    telegram::{Telegram, TelegramError, Upload},
};

use edits::{Edit, Edits};
pub use messenger::Teller;
use rate::{Kind, Rate};

/// How long someone waits in the line for an answer to go out, before it is kept for later.
const PATIENCE: Duration = Duration::from_secs(10);

/// One call.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// A press that is not answered by then spins on the phone anyway; nobody is to wait for it in the line.
const PRESS_TIMEOUT: Duration = Duration::from_secs(5);

/// Between two tries; grows.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// A message whose answer was lost may stand in the chat already; it is sent once more and not again.
const SENDS_AFTER_LOSS: u32 = 1;

/// What is read of a sent message; everything else may be of a kind that we do not know.
#[derive(Deserialize)]
struct Sent {
    message_id: MessageId,
}

/// Sends; shared by all.
pub struct Sender {
    telegram: Telegram,
    ports: Ports,
    rate: Rate,
    edits: Edits,
    outage: Outage,
}

impl Sender {
    /// With that many messages a second overall, of all replicas together where they share.
    pub fn new(
        telegram: Telegram,
        ports: Ports,
        per_second: u32,
        shared: Option<Arc<dyn Shared>>,
    ) -> Self {
        Self {
            telegram,
            rate: Rate::new(ports.clone(), per_second, shared),
            ports,
            edits: Edits::default(),
            outage: Outage::default(),
        }
    }

    /// Makes a prepared call; tells the message's id where it is a new one. A message that is already so, or whose end was
    /// wanted and that is gone, is no failure: there is nothing left to do.
    pub async fn make(
        &self,
        chat: ChatId,
        call: &Call,
    ) -> Result<Option<MessageId>, TelegramError> {
        self.make_as(Urgency::Now, chat, call).await
    }

    /// The same for what nobody may wait for: whatever somebody waits for goes first.
    pub async fn make_as(
        &self,
        urgency: Urgency,
        chat: ChatId,
        call: &Call,
    ) -> Result<Option<MessageId>, TelegramError> {
        let edit = call.edited().map(|message| self.edits.begin(chat, message));
        match self.call_raw(urgency, chat, call, edit.as_ref()).await {
            Ok(sent) if call.method.is_new() => Ok(serde_json::from_str::<Sent>(sent.get())
                .map(|sent| sent.message_id)
                .ok()),
            Err(TelegramError::Gone(_) | TelegramError::Stuck(_)) if call.or_anew => {
                self.send_as(urgency, chat, &call.anew()).await.map(Some)
            }
            // Its topic is gone; the chat is not.
            Err(TelegramError::Gone(_)) if call.is_in_a_topic() => self
                .send_as(urgency, chat, &call.outside_of_topics())
                .await
                .map(Some),
            Err(TelegramError::Refused(why)) if let Some(words) = call.without_file() => {
                tracing::error!(why, "Telegram refuses a file");
                self.send_as(urgency, chat, &words).await.map(Some)
            }
            Err(TelegramError::Refused(why)) if let Some(without) = call.without_pages() => {
                tracing::warn!(why, "Telegram takes no button to our pages; it is left out");
                Box::pin(self.make_as(urgency, chat, &without)).await
            }
            Ok(_) | Err(TelegramError::NotModified | TelegramError::Gone(_)) => Ok(None),
            Err(TelegramError::Stuck(_)) if call.method == Method::EditMessageReplyMarkup => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Sends a message and tells its id.
    pub async fn send(&self, chat: ChatId, call: &Call) -> Result<MessageId, TelegramError> {
        self.send_as(Urgency::Now, chat, call).await
    }

    async fn send_as(
        &self,
        urgency: Urgency,
        chat: ChatId,
        call: &Call,
    ) -> Result<MessageId, TelegramError> {
        let sent = self.call_raw(urgency, chat, call, None).await?;
        serde_json::from_str::<Sent>(sent.get())
            .map(|sent| sent.message_id)
            .map_err(|_| TelegramError::Lost("a sent message without an id".to_owned()))
    }

    /// Sends what must not stand in a chat twice: after a lost answer it is not sent again.
    async fn send_once(
        &self,
        chat: ChatId,
        parameters: &Value,
        picture: Option<&[u8]>,
    ) -> Result<MessageId, TelegramError> {
        let deadline = self.rate.now().plus(PATIENCE);
        let wait = self.rate.wait(chat, Kind::Send, Urgency::Now, deadline);
        let too_many = |retry_after| TelegramError::TooMany { retry_after };
        let leave = wait.await.map_err(too_many)?;
        let sending = match picture {
            None => {
                let method = Method::SendMessage.name();
                self.telegram
                    .call_raw(method, parameters, CALL_TIMEOUT)
                    .await
            }
            Some(content) => {
                let picture = Upload {
                    field: "photo",
                    name: "code.png",
                    media_type: "image/png",
                    content,
                };
                self.telegram.upload("sendPhoto", parameters, picture).await
            }
        };
        drop(leave);
        if let Err(TelegramError::TooMany { retry_after }) = &sending {
            self.rate.freeze(chat, *retry_after);
        }
        serde_json::from_str::<Sent>(sending?.get())
            .map(|sent| sent.message_id)
            .map_err(|_| TelegramError::Lost("a sent message without an id".to_owned()))
    }

    /// Answers a press. It is of no use later, so it is tried once more at once and not again.
    pub async fn answer_press(&self, press: &str, text: &str, alert: bool) {
        let mut parameters = json!({ "callback_query_id": press });
        if !text.is_empty() {
            parameters["text"] = json!(text.chars().take(200).collect::<String>());
            parameters["show_alert"] = json!(alert);
        }
        let once = || {
            let method = "answerCallbackQuery";
            self.telegram.call_raw(method, &parameters, PRESS_TIMEOUT)
        };
        let mut answered = once().await;
        if matches!(
            answered,
            Err(TelegramError::Lost(_) | TelegramError::Away(_))
        ) {
            self.ports.sleep(FIRST_PAUSE).await;
            answered = once().await;
        }
        match answered {
            Ok(_) | Err(TelegramError::TooOld) => {}
            Err(error) => tracing::debug!(%error, "a press could not be answered"),
        }
    }

    /// A call about the bot itself.
    pub async fn own<R: DeserializeOwned>(
        &self,
        method: &'static str,
        parameters: &(impl Serialize + Sync),
    ) -> Result<R, TelegramError> {
        self.telegram.call(method, parameters).await
    }

    /// A call with Telegram's limits kept. What surely did not happen is tried again while there is patience;
    /// what may have happened only as often as that does no harm. An edit that a newer one has overtaken in the line is as good as made.
    async fn call_raw(
        &self,
        urgency: Urgency,
        chat: ChatId,
        call: &Call,
        edit: Option<&Edit<'_>>,
    ) -> Result<Box<RawValue>, TelegramError> {
        let is_send = call.method.is_new();
        let kind = match call.method {
            _ if is_send => Kind::Send,
            Method::EditMessageText => Kind::Edit,
            _ => Kind::Other,
        };
        let deadline = self.rate.now().plus(PATIENCE);
        let (mut pause, mut lost) = (FIRST_PAUSE, 0);
        // Once a send was lost it may stand there, whatever keeps the next try away.
        let mut first_loss = None;
        loop {
            let leave = self.rate.wait(chat, kind, urgency, deadline).await;
            let leave = match leave {
                Ok(leave) => leave,
                Err(retry_after) => {
                    return Err(first_loss.unwrap_or(TelegramError::TooMany { retry_after }));
                }
            };
            // What has to be said anew where it cannot be edited is never left out.
            if !call.or_anew && edit.is_some_and(Edit::is_overtaken) {
                return Err(TelegramError::NotModified);
            }
            let answer = self.once(call).await;
            drop(leave);
            let error = match answer {
                Ok(result) => {
                    self.outage.ends("sending to Telegram");
                    edit.into_iter().for_each(Edit::is_made);
                    return Ok(result);
                }
                Err(error) => error,
            };
            match &error {
                TelegramError::TooMany { retry_after } => self.rate.freeze(chat, *retry_after),
                TelegramError::Lost(_) => {
                    lost += 1;
                    if is_send {
                        first_loss.get_or_insert_with(|| error.clone());
                    }
                }
                TelegramError::Away(_) => {}
                _ => return Err(error),
            }
            self.outage.begins("sending to Telegram", "sending", &error);
            if self.rate.now().plus(pause) >= deadline || (is_send && lost > SENDS_AFTER_LOSS) {
                return Err(first_loss.unwrap_or(error));
            }
            if !matches!(error, TelegramError::TooMany { .. }) {
                self.ports.sleep(pause).await;
                pause *= 2;
            }
        }
    }

    async fn once(&self, call: &Call) -> Result<Box<RawValue>, TelegramError> {
        let (method, parameters) = (call.method.name(), &call.parameters);
        let Some(file) = &call.file else {
            return self
                .telegram
                .call_raw(method, parameters, CALL_TIMEOUT)
                .await;
        };
        let document = Upload {
            field: "document",
            name: &file.name,
            media_type: &file.media_type,
            content: file.content.as_bytes(),
        };
        self.telegram.upload(method, parameters, document).await
    }
}
