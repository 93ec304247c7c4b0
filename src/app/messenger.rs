//! What the app needs of Telegram, as data: the words are found elsewhere.

use async_trait::async_trait;

use crate::{
    domain::{MessageId, Operation, PersonId, Purpose},
    secret::Secret,
};

/// Why something did not reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undelivered {
    /// Their private chat is closed to the bot: never started, or blocked.
    Closed,
    /// The message is not there any more, or can no longer be changed.
    Gone,
    /// Telegram is away; later it may work.
    Away,
    /// Telegram refuses it for a reason of its own, which it may change.
    Refused,
}

/// Puts operations in front of people. Everything but `reserve` may be repeated without harm.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Sends an empty place for a secret to the operation's person, in their private chat.
    /// A protected one can be neither forwarded nor saved, which cannot be changed later.
    async fn reserve(
        &self,
        operation: &Operation,
        protected: bool,
    ) -> Result<MessageId, Undelivered>;

    /// Turns a reserved place into the secret.
    async fn reveal(
        &self,
        operation: &Operation,
        place: MessageId,
        secret: &Secret,
    ) -> Result<(), Undelivered>;

    /// Turns a reserved place into a button that leads to the secret on a page.
    async fn offer(&self, operation: &Operation, place: MessageId) -> Result<(), Undelivered>;

    /// Empties a place and deletes it.
    async fn withdraw(&self, person: PersonId, place: MessageId) -> Result<(), Undelivered>;

    /// Makes the card of operations that were started together show where they stand; it is the first one's card.
    /// Tells the card's new message if it had to be sent anew.
    async fn show(&self, together: &[Operation]) -> Result<Option<MessageId>, Undelivered>;

    /// What reminds a person of revocations that were started together and are still open, of an old key's end, or of a new one
    /// that nobody has saved, to be stored as an answer.
    async fn reminder(&self, open: &[Operation]) -> Vec<u8>;
}

/// Shows what is shown once, in a person's private chat, protected.
#[async_trait]
pub trait Presenter: Send + Sync {
    /// The secret of a second factor: the address that holds it as a picture, and itself as text. Sent at most once: a lost answer is an error.
    async fn show_factor(
        &self,
        person: PersonId,
        secret: &Secret,
        address: &Secret,
    ) -> Result<MessageId, Undelivered>;

    /// Recovery codes. Sent at most once: a lost answer is an error.
    async fn show_codes(
        &self,
        person: PersonId,
        purpose: Purpose,
        codes: &[Secret],
    ) -> Result<MessageId, Undelivered>;

    /// Deletes such a message. May be repeated.
    async fn take_away(&self, person: PersonId, message: MessageId) -> Result<(), Undelivered>;
}
