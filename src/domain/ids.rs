//! Ids as types, so that one cannot be taken for another.
//! Every id that the program makes comes from its random source, never from the database.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

macro_rules! number_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

number_id! {
    /// A Telegram user; up to 52 significant bits.
    PersonId,
    /// A Telegram chat; a private chat has its person's id, groups are negative.
    ChatId,
    /// A message in its chat. Zero: none.
    MessageId,
    /// A forum topic. Zero: none.
    ThreadId,
    /// Telegram's number of an update.
    UpdateId,
    /// The number of a request that people see (`/status 17`).
    OperationNumber,
}

impl PersonId {
    /// The private chat with this person (Telegram gives it the same id).
    pub const fn private_chat(self) -> ChatId {
        ChatId(self.0)
    }
}

impl ChatId {
    /// Groups and channels have negative ids, private chats those of their people.
    pub const fn is_private(self) -> bool {
        self.0 > 0
    }
}

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes an id as stored or received.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// As it stands in the database and in buttons.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_id! {
    /// A linked account; ours, 12 characters, safe in a button.
    AccountId,
    /// A row behind a button; ours, 22 characters, not guessable.
    ConfirmationId,
    /// Accounts on their way to another person; ours, 22 characters, not guessable, fits into a link.
    MoveId,
    /// A key's id at its provider; theirs, any text.
    KeyId,
}

impl AccountId {
    /// From 9 random bytes.
    pub fn from_random(bytes: [u8; 9]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl ConfirmationId {
    /// From 16 random bytes.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl MoveId {
    /// From 16 random bytes.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// Where in Telegram something is said: a chat, a topic in it, and the message to edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The chat.
    pub chat: ChatId,
    /// The topic, or zero.
    pub thread: ThreadId,
    /// The message that is edited as things go on, or zero for a new one.
    pub message: MessageId,
}
