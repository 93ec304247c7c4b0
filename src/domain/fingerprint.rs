//! What is left of a key: enough to know it again in a text, and of no use to learn it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Shorter keys are not watched: a word of everyday life could be one.
const SHORTEST: usize = 12;

/// Longer ones fit into no message.
const LONGEST: usize = 4096;

/// A keyed code of a key, cut to 128 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyCode([u8; 16]);

impl KeyCode {
    /// The first half of a whole code.
    pub fn cut(code: &[u8; 32]) -> Self {
        let mut cut = [0; 16];
        cut.copy_from_slice(&code[..16]);
        Self(cut)
    }

    /// From the database; `None` when it is no code.
    pub fn from_stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// As stored.
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for KeyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyCode(…)")
    }
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Its code.
    pub code: KeyCode,
    /// How long it is, in characters.
    pub length: usize,
    /// Its last four characters, which people see anyway.
    pub last_four: String,
}

impl Fingerprint {
    /// True for a key that a text can be searched for: long enough, and of nothing but the characters of keys.
    pub fn can_be_of(key: &[u8]) -> bool {
        (SHORTEST..=LONGEST).contains(&key.len()) && key.iter().all(|byte| is_key_byte(*byte))
    }
}

/// The characters that stand in keys: those of a bearer token (RFC 6750).
pub const fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || is_joint(byte)
}

/// Those of them that also stand between a key and other words, as in `key=…` or at the end of a sentence.
pub const fn is_joint(byte: u8) -> bool {
    matches!(byte, b'.' | b'/' | b'+' | b'=' | b'~')
}
