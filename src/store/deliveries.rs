//! Table `deliveries`: sealed new secrets until their person has saved them. The row goes, and the secret with it.

use sqlx::query;

use super::{Connection, StoreError, row::Columns};
use crate::domain::{OperationNumber, Sealed, Timestamp};

/// A secret on its way to the person of its operation.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The secret.
    pub secret: Sealed,
    /// When it is wiped, saved or not.
    pub ends_at: Timestamp,
    /// When it was opened on a page; never before that.
    pub opened_at: Timestamp,
}

/// Stores a new secret.
pub async fn insert(
    c: &mut Connection,
    operation: OperationNumber,
    delivery: &Delivery,
) -> Result<(), StoreError> {
    query("INSERT INTO deliveries (operation, secret, ends_at) VALUES ($1, $2, $3)")
        .bind(operation.0)
        .bind(delivery.secret.as_bytes())
        .bind(delivery.ends_at.millis())
        .execute(c)
        .await?;
    Ok(())
}

/// The delivery of that operation.
pub async fn get(
    c: &mut Connection,
    operation: OperationNumber,
) -> Result<Option<Delivery>, StoreError> {
    let row = query("SELECT secret, ends_at, opened_at FROM deliveries WHERE operation = $1")
        .bind(operation.0)
        .fetch_optional(c)
        .await?;
    row.map(|row| {
        Ok(Delivery {
            secret: row.sealed(0)?,
            ends_at: row.time(1)?,
            opened_at: row.time(2)?,
        })
    })
    .transpose()
}

/// It is opened on a page now; false when it was opened before.
pub async fn open(
    c: &mut Connection,
    operation: OperationNumber,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = query("UPDATE deliveries SET opened_at = $2 WHERE operation = $1 AND opened_at = 0")
        .bind(operation.0)
        .bind(now.millis())
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// It can be opened on a page once more: its person wants to see it again.
pub async fn close(c: &mut Connection, operation: OperationNumber) -> Result<(), StoreError> {
    query("UPDATE deliveries SET opened_at = 0 WHERE operation = $1")
        .bind(operation.0)
        .execute(c)
        .await?;
    Ok(())
}

/// Wipes the secret.
pub async fn remove(c: &mut Connection, operation: OperationNumber) -> Result<(), StoreError> {
    query("DELETE FROM deliveries WHERE operation = $1")
        .bind(operation.0)
        .execute(c)
        .await?;
    Ok(())
}
