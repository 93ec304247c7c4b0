//! Table `dialogues`: where an open conversation stands. The state is JSON without secrets.

use sqlx::query;

use super::{Connection, StoreError, row::Columns};
use crate::domain::{ChatId, MessageId, PersonId, ThreadId, Timestamp};

/// A dialogue belongs to one person in one topic of one chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DialogueKey {
    /// The chat.
    pub chat: ChatId,
    /// The person.
    pub person: PersonId,
    /// The topic, or zero.
    pub thread: ThreadId,
}

/// A dialogue as stored.
#[derive(Clone, Debug)]
pub struct StoredDialogue {
    /// Its state.
    pub state: String,
    /// The message with its question; zero while unknown.
    pub message: MessageId,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// The dialogue, also when its time is over.
pub async fn get(
    c: &mut Connection,
    key: DialogueKey,
) -> Result<Option<StoredDialogue>, StoreError> {
    let row = query(
        "SELECT state, message, ends_at FROM dialogues WHERE chat = $1 AND person = $2 AND thread = $3",
    )
    .bind(key.chat.0)
    .bind(key.person.0)
    .bind(key.thread.0)
    .fetch_optional(c)
    .await?;
    row.map(|row| {
        Ok(StoredDialogue {
            state: row.text(0)?,
            message: MessageId(row.number(1)?),
            ends_at: row.time(2)?,
        })
    })
    .transpose()
}

/// Opens a dialogue or moves it on; its question is still to be sent.
pub async fn put(
    c: &mut Connection,
    key: DialogueKey,
    state: &str,
    ends_at: Timestamp,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO dialogues (chat, person, thread, state, message, ends_at) VALUES ($1, $2, $3, $4, 0, $5) \
         ON CONFLICT (chat, person, thread) DO UPDATE SET state = $4, message = 0, ends_at = $5",
    )
    .bind(key.chat.0)
    .bind(key.person.0)
    .bind(key.thread.0)
    .bind(state)
    .bind(ends_at.millis())
    .execute(c)
    .await?;
    Ok(())
}

/// Remembers where the question stands.
pub async fn asked_in(
    c: &mut Connection,
    key: DialogueKey,
    message: MessageId,
) -> Result<(), StoreError> {
    query("UPDATE dialogues SET message = $4 WHERE chat = $1 AND person = $2 AND thread = $3")
        .bind(key.chat.0)
        .bind(key.person.0)
        .bind(key.thread.0)
        .bind(message.0)
        .execute(c)
        .await?;
    Ok(())
}

/// Ends a dialogue.
pub async fn remove(c: &mut Connection, key: DialogueKey) -> Result<(), StoreError> {
    query("DELETE FROM dialogues WHERE chat = $1 AND person = $2 AND thread = $3")
        .bind(key.chat.0)
        .bind(key.person.0)
        .bind(key.thread.0)
        .execute(c)
        .await?;
    Ok(())
}

/// Removes those that ended before that time.
pub async fn forget(c: &mut Connection, before: Timestamp) -> Result<(), StoreError> {
    query("DELETE FROM dialogues WHERE ends_at < $1")
        .bind(before.millis())
        .execute(c)
        .await?;
    Ok(())
}
