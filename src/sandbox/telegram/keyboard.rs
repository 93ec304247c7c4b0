//! Keyboards: their wire form, and what Telegram refuses in them.
//!
//! Buttons of kinds that are not listed here are refused as unknown fields.

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Map, Value};

use super::{html::is_link, refusal::Refusal, text::units};

/// Buttons in one row. Not documented; what clients and servers are known to bear.
const ROW_BUTTONS_MAX: usize = 8;
/// Buttons in one keyboard. Not documented either.
const BUTTONS_MAX: usize = 100;

/// The text that a button copies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyText {
    /// 1 to 256 characters.
    pub text: String,
}

/// The Mini App that a button opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebApp {
    /// Only https; see [`Limits::local_pages`](super::Limits::local_pages).
    pub url: String,
}

/// Marks a dead button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disabled {}

/// A button under a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Button {
    /// What stands on it.
    pub text: String,
    /// What a press sends, 1 to 64 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callback_data: Option<String>,
    /// What a press opens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What a press copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_text: Option<CopyText>,
    /// The Mini App that a press opens; private chats only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_app: Option<WebApp>,
    /// A press does nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<Disabled>,
    /// `danger`, `success` or `primary`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// A custom emoji before the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon_custom_emoji_id: Option<String>,
}

/// The buttons under a message; empty if there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keyboard {
    /// The rows, from above.
    pub inline_keyboard: Vec<Vec<Button>>,
    /// Whether the client opens a reply to the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub force_reply: Option<bool>,
}

impl Keyboard {
    /// Whether there is no button.
    pub fn is_empty(&self) -> bool {
        self.inline_keyboard.iter().all(Vec::is_empty)
    }

    /// All buttons, row by row.
    pub fn buttons(&self) -> impl Iterator<Item = &Button> {
        self.inline_keyboard.iter().flatten()
    }

    /// The keyboard without empty rows, or why Telegram does not take it.
    pub(super) fn checked(mut self, in_private: bool, local_pages: bool) -> Result<Self, Refusal> {
        self.inline_keyboard.retain(|row| !row.is_empty());
        let long_row = |row: &Vec<Button>| row.len() > ROW_BUTTONS_MAX;
        if self.inline_keyboard.iter().any(long_row) || self.buttons().count() > BUTTONS_MAX {
            return Err(Refusal::bad("REPLY_MARKUP_TOO_LONG"));
        }
        for button in self.buttons() {
            button.check(in_private, local_pages)?;
        }
        if self.is_empty() {
            return Ok(Self::default());
        }
        Ok(self)
    }
}

impl Button {
    fn check(&self, in_private: bool, local_pages: bool) -> Result<(), Refusal> {
        let wrong = |what: &str| {
            let what = format!("can't parse inline keyboard button: {what}");
            Err(Refusal::bad(what))
        };
        let kinds = [
            self.callback_data.is_some(),
            self.url.is_some(),
            self.copy_text.is_some(),
            self.web_app.is_some(),
            self.disabled.is_some(),
        ];
        match kinds.iter().filter(|kind| **kind).count() {
            0 => return wrong("Text buttons are unallowed in the inline keyboard"),
            1 => {}
            _ => return wrong("a button does exactly one thing"),
        }
        if self.text.trim().is_empty() {
            return Err(Refusal::bad("BUTTON_TEXT_INVALID"));
        }
        if let Some(style) = self.style.as_deref()
            && !matches!(style, "danger" | "success" | "primary")
        {
            return wrong("invalid style");
        }
        if let Some(data) = &self.callback_data
            && !(1..=64).contains(&data.len())
        {
            return Err(Refusal::bad("BUTTON_DATA_INVALID"));
        }
        if let Some(copied) = &self.copy_text
            && !(1..=256).contains(&units(&copied.text))
        {
            return Err(Refusal::bad("BUTTON_COPY_TEXT_INVALID"));
        }
        if let Some(url) = &self.url
            && !is_link(url)
        {
            let what = format!("inline keyboard button URL '{url}' is invalid: Wrong HTTP URL");
            return Err(Refusal::bad(what));
        }
        self.check_web_app(in_private, local_pages)
    }

    fn check_web_app(&self, in_private: bool, local_pages: bool) -> Result<(), Refusal> {
        let Some(WebApp { url }) = &self.web_app else {
            return Ok(());
        };
        if !in_private {
            return Err(Refusal::bad("BUTTON_TYPE_INVALID"));
        }
        let is_local = url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:");
        if !is_link(url) || !(url.starts_with("https://") || local_pages && is_local) {
            return Err(Refusal::bad(format!(
                "inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed"
            )));
        }
        Ok(())
    }
}

/// What `reply_markup` of `sendMessage` may be.
pub(super) enum ReplyMarkup {
    Inline(Keyboard),
    /// A keyboard in place of the letters, its removal, or a forced reply: kept as sent.
    Other(Value),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplyKeyboard {
    keyboard: Vec<Vec<ReplyButton>>,
    is_persistent: Option<bool>,
    resize_keyboard: Option<bool>,
    one_time_keyboard: Option<bool>,
    input_field_placeholder: Option<String>,
    selective: Option<bool>,
    force_reply: Option<bool>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplyButton {
    text: String,
    style: Option<String>,
    icon_custom_emoji_id: Option<String>,
    request_contact: Option<bool>,
    request_location: Option<bool>,
    web_app: Option<WebApp>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoveKeyboard {
    remove_keyboard: bool,
    selective: Option<bool>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Forced {
    force_reply: bool,
    input_field_placeholder: Option<String>,
    selective: Option<bool>,
}

impl<'de> Deserialize<'de> for ReplyMarkup {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let fields = Map::deserialize(from)?;
        let has = |name| fields.contains_key(name);
        let (inline, keyboard, remove) = (
            has("inline_keyboard"),
            has("keyboard"),
            has("remove_keyboard"),
        );
        let value = Value::Object(fields);
        let read = if inline {
            return Keyboard::deserialize(value)
                .map(Self::Inline)
                .map_err(Error::custom);
        } else if keyboard {
            ReplyKeyboard::deserialize(&value).and_then(serde_json::to_value)
        } else if remove {
            RemoveKeyboard::deserialize(&value).and_then(serde_json::to_value)
        } else {
            Forced::deserialize(&value).and_then(serde_json::to_value)
        };
        read.map(|_| Self::Other(value)).map_err(Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(button: &Value, in_private: bool) -> bool {
        let keyboard = json!({"inline_keyboard": [[button]]});
        let keyboard = serde_json::from_value::<Keyboard>(keyboard);
        keyboard.is_err() || keyboard.unwrap().checked(in_private, true).is_err()
    }

    #[test]
    fn good_buttons_pass() {
        for button in [
            json!({"text": "a", "callback_data": "x".repeat(64), "style": "danger"}),
            json!({"text": "a", "url": "tg://user?id=1"}),
            json!({"text": "a", "copy_text": {"text": "k".repeat(256)}}),
            json!({"text": "a", "web_app": {"url": "https://e.org"}}),
            json!({"text": "a", "disabled": {}}),
        ] {
            assert!(!refused(&button, true), "{button}");
        }
    }

    #[test]
    fn bad_buttons_are_refused() {
        for button in [
            json!({"text": "a"}),
            json!({"text": " ", "callback_data": "x"}),
            json!({"text": "a", "callback_data": ""}),
            json!({"text": "a", "callback_data": "Ж".repeat(33)}),
            json!({"text": "a", "callback_data": "x", "url": "https://e.org"}),
            json!({"text": "a", "callback_data": "x", "style": "red"}),
            json!({"text": "a", "callback_data": "x", "colour": "red"}),
            json!({"text": "a", "url": "ftp://e.org"}),
            json!({"text": "a", "copy_text": {"text": ""}}),
            json!({"text": "a", "copy_text": {"text": "k".repeat(257)}}),
            json!({"text": "a", "copy_text": {"text": "k", "more": 1}}),
            json!({"text": "a", "web_app": {"url": "http://e.org"}}),
            json!({"text": "a", "disabled": {"why": 1}}),
        ] {
            assert!(refused(&button, true), "{button}");
        }
        let app = json!({"text": "a", "web_app": {"url": "https://e.org"}});
        assert!(refused(&app, false), "no Mini App in a group");
    }

    #[test]
    fn reply_keyboards_are_read_strictly() {
        let read = |value| serde_json::from_value::<ReplyMarkup>(value);
        assert!(read(json!({"keyboard": [[{"text": "a"}]], "resize_keyboard": true})).is_ok());
        assert!(read(json!({"keyboard": [[{"text": "a", "x": 1}]]})).is_err());
        assert!(read(json!({"remove_keyboard": true})).is_ok());
        assert!(read(json!({"force_reply": true, "selective": true})).is_ok());
        assert!(read(json!({})).is_err());
    }
}
