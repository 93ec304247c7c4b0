//! Puts what is shown once in front of its person: the secret of a second factor, recovery codes. It goes straight to Telegram and is
//! never stored, logged or put into an answer.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{
    messenger::{Teller, undelivered},
    picture,
};
use crate::{
    app::{Presenter, Undelivered},
    bot::{callback::Callback, message},
    domain::{ChatId, MessageId, PersonId, Purpose},
    secret::Secret,
    telegram::TelegramError,
    texts::{Rich, Style, Text},
};

#[async_trait]
impl Presenter for Teller {
    #[expect(
        clippy::disallowed_methods,
        reason = "the secret is put in front of its person"
    )]
    async fn show_factor(
        &self,
        person: PersonId,
        secret: &Secret,
        address: &Secret,
    ) -> Result<MessageId, Undelivered> {
        let (voice, chat) = (self.voice(person).await, person.private_chat());
        let Some(picture) = picture::of(address) else {
            tracing::error!("a second factor does not fit into a picture");
            return Err(Undelivered::Refused);
        };
        let mut caption = voice.say(Text::FactorPicture);
        caption.paragraph(&Rich::styled(secret.expose(), Style::Spoiler));
        let parameters = json!({
            "chat_id": chat,
            "caption": caption.text(),
            "caption_entities": message::entities(&caption),
            "protect_content": true,
            "reply_markup": { "inline_keyboard": [[copy(&voice.say(Text::ButtonCopy), secret.expose())]] },
        });
        self.send(chat, &parameters, Some(&picture)).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the codes are put in front of their person"
    )]
    async fn show_codes(
        &self,
        person: PersonId,
        purpose: Purpose,
        codes: &[Secret],
    ) -> Result<MessageId, Undelivered> {
        let (voice, chat) = (self.voice(person).await, person.private_chat());
        let listed: Vec<_> = codes.iter().map(Secret::expose).collect();
        let listed = Secret::new(listed.join("\n"));
        let mut text = voice.say(match purpose {
            Purpose::Factor => Text::CodesFactor,
            Purpose::Account => Text::CodesAccount,
        });
        text.paragraph(&Rich::styled(listed.expose(), Style::Spoiler));
        text.paragraph(&voice.say(Text::CodesHint));
        let saved = json!({
            "text": voice.say(Text::ButtonISavedThem).text(),
            "callback_data": Callback::SavedCodes.encode(),
            "style": "success",
        });
        let parameters = json!({
            "chat_id": chat,
            "text": text.text(),
            "entities": message::entities(&text),
            "link_preview_options": { "is_disabled": true },
            "protect_content": true,
            "reply_markup": { "inline_keyboard": [[copy(&voice.say(Text::ButtonCopy), listed.expose())], [saved]] },
        });
        self.send(chat, &parameters, None).await
    }

    async fn take_away(&self, person: PersonId, place: MessageId) -> Result<(), Undelivered> {
        let chat = person.private_chat();
        let deleted = self.sender.make(chat, &message::delete(chat, place)).await;
        if let Err(TelegramError::Stuck(why)) = &deleted {
            tracing::error!(why, "a message with a secret cannot be deleted");
        }
        deleted.map(drop).map_err(undelivered)
    }
}

impl Teller {
    async fn send(
        &self,
        chat: ChatId,
        parameters: &Value,
        picture: Option<&[u8]>,
    ) -> Result<MessageId, Undelivered> {
        let sent = self.sender.send_once(chat, parameters, picture).await;
        sent.map_err(|error| match error {
            // Its words may quote what was sent.
            TelegramError::Refused(_) => {
                tracing::error!("Telegram refuses to show what is shown once");
                Undelivered::Refused
            }
            error => undelivered(error),
        })
    }
}

fn copy(words: &Rich, copied: &str) -> Value {
    json!({ "text": words.text(), "copy_text": { "text": copied } })
}
