//! API keys as people see them: label, last four, age. Never the secret.

use serde::{Deserialize, Serialize};

use super::{
    KeyId, Timestamp,
    tricks::{has_tricks, without_tricks},
};

/// A label that a person gives to a key or an account: 1 to 64 characters on one line.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Label(String);

/// Why a text is not a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFault {
    /// Nothing but spaces.
    Empty,
    /// More than [`Label::MAX_CHARS`].
    TooLong,
    /// Line breaks, control characters, or characters that are invisible or turn the reading direction around:
    /// with them a label could pose as another one.
    Invisible,
}

impl Label {
    /// Longest label, in characters: fits on a button and on a line of a phone.
    pub const MAX_CHARS: usize = 64;

    /// Reads what a person typed; spaces at the ends do not count.
    pub fn parse(text: &str) -> Result<Self, TextFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TextFault::Empty);
        }
        if has_tricks(text) {
            return Err(TextFault::Invisible);
        }
        if text.chars().count() > Self::MAX_CHARS {
            return Err(TextFault::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Foreign text (a label from a provider, a name from Telegram) on one line, shortened, without characters that
/// could deceive. Private-use characters go too, since the texts layer marks places with them.
pub fn plain_line(text: &str) -> String {
    let mut line: String = without_tricks(text.trim())
        .chars()
        .take(Label::MAX_CHARS + 1)
        .collect();
    if line.chars().count() > Label::MAX_CHARS {
        line.pop();
        line.push('…');
    }
    line
}

/// A key as its provider lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The provider's id.
    pub id: KeyId,
    /// The provider's label, made safe to show.
    pub label: String,
    /// The last four characters of the secret, if the provider tells them.
    pub last_four: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked; never for a living one.
    pub revoked_at: Timestamp,
}

impl Key {
    /// Neither revoked nor gone.
    pub fn is_alive(&self) -> bool {
        self.revoked_at.is_never()
    }

    /// What is needed to name it again later.
    pub fn to_ref(&self) -> KeyRef {
        KeyRef {
            id: self.id.clone(),
            label: self.label.clone(),
            last_four: self.last_four.clone(),
        }
    }
}

/// Names one key in a confirmation, an operation or the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRef {
    /// The provider's id; empty where a provider has one nameless key.
    pub id: KeyId,
    /// Its label.
    pub label: String,
    /// Its last four characters.
    pub last_four: String,
}

impl KeyRef {
    /// Whether both name one key, as far as can be known: its label may have changed, and one without an id is known by its end alone.
    pub fn is_same(&self, other: &Self) -> bool {
        self.id == other.id && (!self.id.as_str().is_empty() || self.last_four == other.last_four)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_one_honest_line() {
        for (text, expected) in [
            ("staging bot", Ok("staging bot")),
            (
                "  <b>&amp; \u{1F469}\u{200D}\u{1F680}  ",
                Ok("<b>&amp; \u{1F469}\u{200D}\u{1F680}"),
            ),
            ("", Err(TextFault::Empty)),
            (" \n ", Err(TextFault::Empty)),
            ("two\nlines", Err(TextFault::Invisible)),
            ("evil\u{202E}tob", Err(TextFault::Invisible)),
            ("bell\u{7}", Err(TextFault::Invisible)),
        ] {
            let label = Label::parse(text);
            assert_eq!(
                label.as_ref().map(Label::as_str).map_err(|f| *f),
                expected,
                "{text:?}"
            );
        }
        assert!(Label::parse(&"я".repeat(64)).is_ok());
        assert_eq!(Label::parse(&"я".repeat(65)), Err(TextFault::TooLong));
    }

    #[test]
    fn foreign_labels_are_made_harmless() {
        assert_eq!(
            plain_line("a\u{202E}b\u{E000}c\nd"),
            "a\u{FFFD}b\u{FFFD}c\u{FFFD}d"
        );
        let long = plain_line(&"x".repeat(10_000));
        assert_eq!(long.chars().count(), Label::MAX_CHARS + 1);
        assert!(long.ends_with('…'));
    }
}
