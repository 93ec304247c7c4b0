//! Table `inbox`: updates on their way through the bot, and the tombstones by which a repeated one is known.

use sqlx::{any::AnyRow, query};

use super::{Connection, StoreError, row::Columns};
use crate::domain::{ChatId, PersonId, Sealed, Timestamp, UpdateId};

/// An update as stored.
#[derive(Clone, Debug)]
pub struct StoredUpdate {
    /// Telegram's number.
    pub id: UpdateId,
    /// The chat that it came from.
    pub chat: ChatId,
    /// Who caused it.
    pub person: PersonId,
    /// What we use of it, sealed.
    pub payload: Sealed,
    /// How often it was begun.
    pub attempts: i64,
}

/// An update that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Telegram's number.
    pub id: UpdateId,
    /// When it came.
    pub received_at: Timestamp,
}

/// Stores an update; false when one of that number is here already.
pub async fn add(
    c: &mut Connection,
    update: &StoredUpdate,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = query(
        "INSERT INTO inbox (update_id, chat, person, payload, state, attempts, received_at) \
         VALUES ($1, $2, $3, $4, 'waiting', $5, $6) ON CONFLICT (update_id) DO NOTHING",
    )
    .bind(update.id.0)
    .bind(update.chat.0)
    .bind(update.person.0)
    .bind(update.payload.as_bytes())
    .bind(update.attempts)
    .bind(now.millis())
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// True when that update was stored at that very time and still waits: a commit whose receipt was lost.
pub async fn waits_since(
    c: &mut Connection,
    id: UpdateId,
    received_at: Timestamp,
) -> Result<bool, StoreError> {
    let row = query(
        "SELECT update_id FROM inbox WHERE update_id = $1 AND state = 'waiting' AND received_at = $2",
    )
    .bind(id.0)
    .bind(received_at.millis())
    .fetch_optional(c)
    .await?;
    Ok(row.is_some())
}

/// All that wait, in Telegram's order. After a start each of them counts as begun once: nobody knows better.
pub async fn take_over(c: &mut Connection) -> Result<Vec<StoredUpdate>, StoreError> {
    query("UPDATE inbox SET attempts = 1 WHERE state = 'waiting' AND attempts = 0")
        .execute(&mut *c)
        .await?;
    let rows = query(
        "SELECT update_id, chat, person, payload, attempts FROM inbox WHERE state = 'waiting' ORDER BY update_id",
    )
    .fetch_all(c)
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<StoredUpdate, StoreError> {
    Ok(StoredUpdate {
        id: UpdateId(row.number(0)?),
        chat: ChatId(row.number(1)?),
        person: PersonId(row.number(2)?),
        payload: row.sealed(3)?,
        attempts: row.number(4)?,
    })
}

/// Counts an attempt before it is made.
pub async fn count_attempt(
    c: &mut Connection,
    id: UpdateId,
    attempts: i64,
) -> Result<(), StoreError> {
    query("UPDATE inbox SET attempts = $2 WHERE update_id = $1 AND state = 'waiting'")
        .bind(id.0)
        .bind(attempts)
        .execute(c)
        .await?;
    Ok(())
}

/// Wipes a handled update to its tombstone; false when it was done before.
pub async fn done(c: &mut Connection, id: UpdateId) -> Result<bool, StoreError> {
    let done = query(
        "UPDATE inbox SET state = 'done', payload = $2 WHERE update_id = $1 AND state = 'waiting'",
    )
    .bind(id.0)
    .bind(Sealed::default().as_bytes())
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives an update up: it is wiped too, and `keyporter check` names it.
pub async fn set_aside(c: &mut Connection, id: UpdateId) -> Result<(), StoreError> {
    query("UPDATE inbox SET state = 'set_aside', payload = $2 WHERE update_id = $1")
        .bind(id.0)
        .bind(Sealed::default().as_bytes())
        .execute(c)
        .await?;
    Ok(())
}

/// The updates that were given up, newest first.
pub async fn all_set_aside(c: &mut Connection) -> Result<Vec<SetAside>, StoreError> {
    let rows = query(
        "SELECT update_id, received_at FROM inbox WHERE state = 'set_aside' \
         ORDER BY received_at DESC, update_id DESC LIMIT 100",
    )
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(SetAside {
                id: UpdateId(row.number(0)?),
                received_at: row.time(1)?,
            })
        })
        .collect()
}

/// How many updates wait.
pub async fn count_waiting(c: &mut Connection) -> Result<i64, StoreError> {
    query("SELECT COUNT(*) FROM inbox WHERE state = 'waiting'")
        .fetch_one(c)
        .await?
        .number(0)
}

/// Removes tombstones, and given-up updates, that came before those times.
pub async fn forget(
    c: &mut Connection,
    done: Timestamp,
    set_aside: Timestamp,
) -> Result<(), StoreError> {
    query(
        "DELETE FROM inbox WHERE (state = 'done' AND received_at < $1) \
         OR (state = 'set_aside' AND received_at < $2)",
    )
    .bind(done.millis())
    .bind(set_aside.millis())
    .execute(c)
    .await?;
    Ok(())
}

/// Removes everything: for a database that another bot has used, whose numbers mean nothing to this one.
pub async fn clear(c: &mut Connection) -> Result<(), StoreError> {
    query("DELETE FROM inbox").execute(c).await?;
    Ok(())
}
