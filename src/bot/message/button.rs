//! Buttons: each comes back to us, copies, or opens something. What it means is looked up when it is pressed, never taken from it.

use serde_json::{Value, json};

use crate::{
    bot::{callback::Callback, command::Place},
    texts::Rich,
};

/// How a button is coloured, where Telegram can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// It makes something: green.
    Creates,
    /// It destroys something: red.
    Destroys,
}

/// A button.
#[derive(Clone, Debug)]
pub struct Button {
    text: String,
    action: Value,
    colour: Option<Colour>,
    /// Where it does something; elsewhere it is not drawn.
    pub(super) place: Place,
}

/// Stands for a key without a name; on a button too, since Telegram refuses an empty one, and its whole message with it.
pub const NAMELESS: &str = "—";

impl Button {
    fn new(text: &Rich, action: Value) -> Self {
        let text = match text.text().trim() {
            "" => NAMELESS,
            _ => text.text(),
        };
        Self {
            text: text.to_owned(),
            action,
            colour: None,
            place: Place::Everywhere,
        }
    }

    /// One that comes back to us.
    pub fn press(text: &Rich, callback: &Callback) -> Self {
        Self {
            place: callback.place(),
            ..Self::new(text, json!({ "callback_data": callback.encode() }))
        }
    }

    /// One that copies a text which is no secret.
    pub fn copy(text: &Rich, copied: &str) -> Self {
        Self::new(text, json!({ "copy_text": { "text": copied } }))
    }

    /// One that opens an address.
    pub fn open(text: &Rich, url: &str) -> Self {
        Self::new(text, json!({ "url": url }))
    }

    /// One that opens a page of our own inside Telegram, in a private chat only.
    pub fn page(text: &Rich, url: &str) -> Self {
        Self {
            place: Place::Private,
            ..Self::new(text, json!({ "web_app": { "url": url } }))
        }
    }

    /// The same in a colour.
    #[must_use]
    pub fn coloured(mut self, colour: Colour) -> Self {
        self.colour = Some(colour);
        self
    }

    pub(super) fn json(&self) -> Value {
        let mut button = self.action.clone();
        button["text"] = json!(self.text);
        if let Some(colour) = self.colour {
            button["style"] = json!(match colour {
                Colour::Creates => "success",
                Colour::Destroys => "danger",
            });
        }
        button
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_is_never_empty() {
        for (words, shown) in [("", NAMELESS), (" ", NAMELESS), ("My keys", "My keys")] {
            let words = Rich::plain(words);
            for button in [
                Button::press(&words, &Callback::Keys),
                Button::copy(&words, "1"),
                Button::open(&words, "https://t.me"),
            ] {
                assert_eq!(button.json()["text"], shown);
            }
        }
    }
}
