//! Table `confirmations`: the rows behind buttons. Each is consumed by one statement, once.

use sqlx::query;

use super::{
    Connection, StoreError,
    row::{Columns, damaged},
};
use crate::domain::{ChatId, Confirmation, ConfirmationId, PersonId, Sealed, Timestamp, UpdateId};

/// Stores a question.
pub async fn add(c: &mut Connection, confirmation: &Confirmation) -> Result<(), StoreError> {
    let action = serde_json::to_string(&confirmation.action)
        .map_err(|error| StoreError::Failed(error.to_string()))?;
    query(
        "INSERT INTO confirmations (id, person, chat, action, credential, update_id, ends_at, used_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(confirmation.id.as_str())
    .bind(confirmation.person.0)
    .bind(confirmation.chat.0)
    .bind(action)
    .bind(confirmation.credential.as_bytes())
    .bind(confirmation.update.0)
    .bind(confirmation.ends_at.millis())
    .bind(confirmation.used_at.millis())
    .execute(c)
    .await?;
    Ok(())
}

/// The question with that id.
pub async fn get(
    c: &mut Connection,
    id: &ConfirmationId,
) -> Result<Option<Confirmation>, StoreError> {
    let row = query(
        "SELECT person, chat, action, credential, update_id, ends_at, used_at FROM confirmations WHERE id = $1",
    )
    .bind(id.as_str())
    .fetch_optional(c)
    .await?;
    row.map(|row| {
        Ok(Confirmation {
            id: id.clone(),
            person: PersonId(row.number(0)?),
            chat: ChatId(row.number(1)?),
            action: serde_json::from_str(&row.text(2)?)
                .map_err(|_| damaged("confirmations", format!("{id}: unknown action")))?,
            credential: row.sealed(3)?,
            update: UpdateId(row.number(4)?),
            ends_at: row.time(5)?,
            used_at: row.time(6)?,
        })
    })
    .transpose()
}

/// Uses the question up; true for exactly one caller. Its credential is wiped.
pub async fn consume(
    c: &mut Connection,
    id: &ConfirmationId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = query(
        "UPDATE confirmations SET used_at = $2, credential = $3 WHERE id = $1 AND used_at = 0 AND ends_at > $2",
    )
    .bind(id.as_str())
    .bind(now.millis())
    .bind(Sealed::default().as_bytes())
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A way on for a request from a group is no question: nobody has asked it in the chat where it serves.
const WAY_IN: &str = r#"{"action":"go_on"%"#;

/// Whether that person has a question open in that chat.
pub async fn any_open(
    c: &mut Connection,
    person: PersonId,
    chat: ChatId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let open = query(
        "SELECT id FROM confirmations WHERE person = $1 AND chat = $2 AND used_at = 0 AND ends_at > $3 AND action NOT LIKE $4 LIMIT 1",
    )
    .bind(person.0)
    .bind(chat.0)
    .bind(now.millis())
    .bind(WAY_IN)
    .fetch_optional(c)
    .await?;
    Ok(open.is_some())
}

/// Uses up all questions of that person in that chat, as [`consume`] does one.
pub async fn consume_all(
    c: &mut Connection,
    person: PersonId,
    chat: ChatId,
    now: Timestamp,
) -> Result<(), StoreError> {
    query(
        "UPDATE confirmations SET used_at = $3, credential = $4 WHERE person = $1 AND chat = $2 AND used_at = 0 AND action NOT LIKE $5",
    )
    .bind(person.0)
    .bind(chat.0)
    .bind(now.millis())
    .bind(Sealed::default().as_bytes())
    .bind(WAY_IN)
    .execute(c)
    .await?;
    Ok(())
}

/// Wipes credentials of questions that ended before `ended`, and removes questions that ended before `old`.
pub async fn forget(
    c: &mut Connection,
    ended: Timestamp,
    old: Timestamp,
) -> Result<(), StoreError> {
    query("UPDATE confirmations SET credential = $2 WHERE ends_at < $1 AND credential <> $2")
        .bind(ended.millis())
        .bind(Sealed::default().as_bytes())
        .execute(&mut *c)
        .await?;
    query("DELETE FROM confirmations WHERE ends_at < $1")
        .bind(old.millis())
        .execute(c)
        .await?;
    Ok(())
}
