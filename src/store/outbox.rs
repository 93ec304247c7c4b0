//! Table `outbox`: answers whose transaction is committed and that may not have reached Telegram yet.

use sqlx::query;

use super::{Connection, StoreError, row::Columns};
use crate::domain::{ChatId, Sealed, Timestamp};

/// A stored answer.
#[derive(Clone, Debug)]
pub struct StoredAnswer {
    /// Ours.
    pub id: String,
    /// Where it goes; answers to one chat keep their order.
    pub chat: ChatId,
    /// The answer, sealed.
    pub payload: Sealed,
    /// When its transaction was.
    pub created_at: Timestamp,
}

/// Stores an answer.
pub async fn add(c: &mut Connection, answer: &StoredAnswer) -> Result<(), StoreError> {
    query("INSERT INTO outbox (id, chat, payload, created_at) VALUES ($1, $2, $3, $4)")
        .bind(answer.id.as_str())
        .bind(answer.chat.0)
        .bind(answer.payload.as_bytes())
        .bind(answer.created_at.millis())
        .execute(c)
        .await?;
    Ok(())
}

/// All of them in their order: ids grow with time.
pub async fn all(c: &mut Connection) -> Result<Vec<StoredAnswer>, StoreError> {
    let rows = query("SELECT id, chat, payload, created_at FROM outbox ORDER BY created_at, id")
        .fetch_all(c)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(StoredAnswer {
                id: row.text(0)?,
                chat: ChatId(row.number(1)?),
                payload: row.sealed(2)?,
                created_at: row.time(3)?,
            })
        })
        .collect()
}

/// Puts an answer's time anew, if nobody else has since; false otherwise.
pub async fn touch(
    c: &mut Connection,
    id: &str,
    stored: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = query("UPDATE outbox SET created_at = $3 WHERE id = $1 AND created_at = $2")
        .bind(id)
        .bind(stored.millis())
        .bind(now.millis())
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Removes an answer that was sent or given up.
pub async fn remove(c: &mut Connection, id: &str) -> Result<(), StoreError> {
    query("DELETE FROM outbox WHERE id = $1")
        .bind(id)
        .execute(c)
        .await?;
    Ok(())
}
