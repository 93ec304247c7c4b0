//! Table `second_factors`.

use sqlx::query;

use super::{Connection, StoreError, dialect::Backend, row::Columns};
use crate::domain::{PersonId, Sealed, Timestamp};

const BY_PERSON: &str = "SELECT secret, since FROM second_factors WHERE person = $1";

/// A person's second factor.
#[derive(Clone, Debug)]
pub struct Factor {
    /// Its secret.
    pub secret: Sealed,
    /// When it was switched on; never, while it is being set up.
    pub since: Timestamp,
}

/// The factor of a person, also one that is being set up.
pub async fn get(c: &mut Connection, person: PersonId) -> Result<Option<Factor>, StoreError> {
    let row = query(BY_PERSON).bind(person.0).fetch_optional(c).await?;
    row.as_ref().map(read).transpose()
}

/// The same, and nobody else changes it before the transaction's end.
pub async fn lock(c: &mut Connection, person: PersonId) -> Result<Option<Factor>, StoreError> {
    let statement = Backend::of_connection(c).locking(BY_PERSON);
    let row = query(statement).bind(person.0).fetch_optional(c).await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &sqlx::any::AnyRow) -> Result<Factor, StoreError> {
    Ok(Factor {
        secret: row.sealed(0)?,
        since: row.time(1)?,
    })
}

/// Begins to set one up, or begins anew; false when it is on already.
pub async fn prepare(
    c: &mut Connection,
    person: PersonId,
    secret: &Sealed,
) -> Result<bool, StoreError> {
    let done = query(
        "INSERT INTO second_factors (person, secret, since, step, proved_at) VALUES ($1, $2, 0, 0, 0) \
         ON CONFLICT (person) DO UPDATE SET secret = $2, step = 0 WHERE second_factors.since = 0",
    )
    .bind(person.0)
    .bind(secret.as_bytes())
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Switches it on.
pub async fn switch_on(
    c: &mut Connection,
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    query("UPDATE second_factors SET since = $2 WHERE person = $1 AND since = 0")
        .bind(person.0)
        .bind(now.millis())
        .execute(c)
        .await?;
    Ok(())
}

/// Takes the code of a time step; false when that step or a later one was taken before.
pub async fn take_step(
    c: &mut Connection,
    person: PersonId,
    step: i64,
) -> Result<bool, StoreError> {
    let done = query("UPDATE second_factors SET step = $2 WHERE person = $1 AND step < $2")
        .bind(person.0)
        .bind(step)
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A code was given ahead of an action.
pub async fn prove(c: &mut Connection, person: PersonId, at: Timestamp) -> Result<(), StoreError> {
    query("UPDATE second_factors SET proved_at = $2 WHERE person = $1")
        .bind(person.0)
        .bind(at.millis())
        .execute(c)
        .await?;
    Ok(())
}

/// Uses a code up that was given ahead, not before `since`; true for exactly one caller.
pub async fn use_proof(
    c: &mut Connection,
    person: PersonId,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let done = query(
        "UPDATE second_factors SET proved_at = 0 WHERE person = $1 AND proved_at > 0 AND proved_at >= $2",
    )
    .bind(person.0)
    .bind(since.millis())
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Wipes it.
pub async fn remove(c: &mut Connection, person: PersonId) -> Result<(), StoreError> {
    query("DELETE FROM second_factors WHERE person = $1")
        .bind(person.0)
        .execute(c)
        .await?;
    Ok(())
}

/// Wipes one that was never switched on.
pub async fn remove_unfinished(c: &mut Connection, person: PersonId) -> Result<(), StoreError> {
    query("DELETE FROM second_factors WHERE person = $1 AND since = 0")
        .bind(person.0)
        .execute(c)
        .await?;
    Ok(())
}
