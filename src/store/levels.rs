//! How much lies in the tables and how old it is: numbers only.

use sqlx::{any::AnyRow, query};

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

/// The open operations, by step; a damaged row, whose step is none, is left to `keyporter check`.
pub async fn operations(c: &mut Connection) -> Result<Vec<OpenAt>, StoreError> {
    let rows = query(
        "SELECT step, COUNT(*), MIN(started_at) FROM operations WHERE ended_at = 0 GROUP BY step",
    )
    .fetch_all(c)
    .await?;
    rows.iter()
        .filter_map(|row| open_at(row).transpose())
        .collect()
}

fn open_at(row: &AnyRow) -> Result<Option<OpenAt>, StoreError> {
    let Some(step) = Step::from_code(&row.text(0)?) else {
        return Ok(None);
    };
    Ok(Some(OpenAt {
        step,
        count: row.number(1)?,
        oldest: row.time(2)?,
    }))
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
