//! The one type that holds a plain secret while a call needs it.
//! It must never be printed, cloned, compared in variable time or serialised: it has none of those traits.

use std::fmt;

use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest, Sha256};

/// A secret text: a credential, an API key, a bot token. Wiped from memory when dropped.
pub struct Secret(SecretBox<str>);

impl Secret {
    /// Takes the text over. The caller's own copies are the caller's to avoid.
    pub fn new(text: String) -> Self {
        Self(SecretBox::new(text.into_boxed_str()))
    }

    /// The plain text. Forbidden by `clippy.toml` except in the files that hand it to a provider, to Telegram, or to the vault.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The last four characters, which people see; shorter secrets give nothing away.
    pub fn last_four(&self) -> String {
        let text = self.0.expose_secret();
        let count = text.chars().count();
        if count < MIN_LENGTH_FOR_LAST_FOUR {
            return String::new();
        }
        text.chars().skip(count - 4).collect()
    }

    /// True for what can be a key at all: visible ASCII of a length within limits. Everything that a person types
    /// or a provider answers passes here before it is stored or sent.
    pub fn is_plausible(&self) -> bool {
        let text = self.0.expose_secret();
        (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    }

    /// The same without white space around it, as the clipboard leaves it there.
    #[must_use]
    pub fn trimmed(self) -> Self {
        Self::new(self.0.expose_secret().trim().to_owned())
    }

    /// Compares two secrets without telling by the time it takes how far they agree.
    pub fn is_same(&self, other: &Self) -> bool {
        let (a, b) = (
            self.0.expose_secret().as_bytes(),
            other.0.expose_secret().as_bytes(),
        );
        a.len() == b.len()
            && a.iter()
                .zip(b)
                .fold(0, |differing, (a, b)| differing | (a ^ b))
                == 0
    }

    /// By which it is told from others within a process, and from which it cannot be found.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose_secret()).into()
    }

    /// Length in UTF-16 units, the unit of Telegram's limits.
    pub fn utf16_len(&self) -> usize {
        self.0.expose_secret().encode_utf16().count()
    }
}

/// Longest credential or key, in bytes: a Telegram message holds no more, and no known provider comes near.
const MAX_LENGTH: usize = 4096;

/// Below this, four characters would be a large part of the secret.
const MIN_LENGTH_FOR_LAST_FOUR: usize = 8;

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_text() {
        let secret = Secret::new("canary-0123456789".to_owned());
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn only_visible_ascii_within_limits_can_be_a_key() {
        let plausible = |text: &str| Secret::new(text.to_owned()).is_plausible();
        assert!(plausible("hJIklVJx9-09_x.y+/=") && plausible(&"k".repeat(4096)));
        for wrong in ["", "a b", "a\nb", "ключ", "\u{0}", &"k".repeat(4097)] {
            assert!(!plausible(wrong), "{wrong:.20}");
        }
    }

    #[test]
    fn sameness_is_exact() {
        let same = |a: &str, b: &str| Secret::new(a.to_owned()).is_same(&Secret::new(b.to_owned()));
        assert!(same("abc", "abc") && !same("abc", "abd") && !same("abc", "ab") && !same("", "a"));
    }

    #[test]
    fn last_four_needs_a_long_secret() {
        assert_eq!(Secret::new("abcd9a1c".to_owned()).last_four(), "9a1c");
        assert_eq!(Secret::new("short".to_owned()).last_four(), "");
    }
}
