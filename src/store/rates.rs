//! Table `rates`: limits that all replicas share. A row is one time, the one at which the next call may go if all keep the pace;
//! it lies behind where nobody has called for a while. Times are the database's own.

use std::time::Duration;

use sqlx::{AssertSqlSafe, query};

use super::{Connection, StoreError, dialect::Backend, row::Columns};

/// A name that was not used for so long is forgotten, in microseconds.
const FORGOTTEN_AFTER_US: i64 = 3_600_000_000;

/// A time further ahead is left from a clock that was set back, in microseconds.
const FURTHEST_US: i64 = 60_000_000;

/// Reserves calls that take `span` together; after a rest so much of the pace as `credit` is made up for. Tells how long to wait for the
/// first of them; nothing, and nothing is reserved, where that would be longer than `patience`.
pub async fn reserve(
    c: &mut Connection,
    name: &str,
    (span, credit): (Duration, Duration),
    patience: Duration,
) -> Result<Option<Duration>, StoreError> {
    let now = format!("{} * 1000", Backend::of_connection(c).now());
    let row = query(AssertSqlSafe(format!(
        "INSERT INTO rates (name, next_us) VALUES ($1, {now} - $3 + $2) \
         ON CONFLICT (name) DO UPDATE SET next_us = $2 + \
         CASE WHEN rates.next_us BETWEEN {now} - $3 AND {now} + $5 THEN rates.next_us ELSE {now} - $3 END \
         WHERE rates.next_us <= {now} + $4 OR rates.next_us > {now} + $5 \
         RETURNING next_us - $2 - {now}"
    )))
    .bind(name)
    .bind(micros(span))
    .bind(micros(credit))
    .bind(micros(patience))
    .bind(FURTHEST_US)
    .fetch_optional(c)
    .await?;
    row.map(|row| {
        Ok(Duration::from_micros(
            row.number(0)?.try_into().unwrap_or(0),
        ))
    })
    .transpose()
}

/// Forgets what has been at rest for long.
pub async fn sweep(c: &mut Connection) -> Result<(), StoreError> {
    let now = format!("{} * 1000", Backend::of_connection(c).now());
    query(AssertSqlSafe(format!(
        "DELETE FROM rates WHERE next_us < {now} - $1"
    )))
    .bind(FORGOTTEN_AFTER_US)
    .execute(c)
    .await?;
    Ok(())
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
