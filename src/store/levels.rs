//! How much lies in the tables and how old it is: numbers only.

use sqlx::query;

use super::{Connection, StoreError, row::Columns};
use crate::domain::{Timestamp, operation::Step};

/// The open operations at one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenAt {
    /// Where they stand.
    pub step: Step,
    /// How many.
    pub count: i64,
    /// When the oldest began.
    pub oldest: Timestamp,
}

/// How many updates wait, and since when the oldest does; never when none waits.
pub async fn inbox(c: &mut Connection) -> Result<(i64, Timestamp), StoreError> {
    let row =
        query("SELECT COUNT(*), COALESCE(MIN(received_at), 0) FROM inbox WHERE state = 'waiting'")
            .fetch_one(c)
            .await?;
    Ok((row.number(0)?, row.time(1)?))
}

/// The open operations, by step.
pub async fn operations(c: &mut Connection) -> Result<Vec<OpenAt>, StoreError> {
    let rows = query(
        "SELECT step, COUNT(*), MIN(started_at) FROM operations WHERE ended_at = 0 GROUP BY step",
    )
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|row| {
            let code = row.text(0)?;
            let step = Step::from_code(&code)
                .ok_or_else(|| StoreError::Failed(format!("there is no step {code}")))?;
            Ok(OpenAt {
                step,
                count: row.number(1)?,
                oldest: row.time(2)?,
            })
        })
        .collect()
}

/// How many new keys are sealed here until they are saved.
pub async fn deliveries(c: &mut Connection) -> Result<i64, StoreError> {
    query("SELECT COUNT(*) FROM deliveries")
        .fetch_one(c)
        .await?
        .number(0)
}

/// How many answers Telegram has not taken.
pub async fn outbox(c: &mut Connection) -> Result<i64, StoreError> {
    query("SELECT COUNT(*) FROM outbox")
        .fetch_one(c)
        .await?
        .number(0)
}
