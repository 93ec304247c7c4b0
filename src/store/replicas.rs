//! Table `replicas`: the processes that run on this database, each until its sign of life is too old, by the database's own clock.
//! What a dead one held is anybody's.

use std::{collections::BTreeSet, time::Duration};

use sqlx::{AssertSqlSafe, query};

use super::{Connection, StoreError, dialect::Backend, row::Columns};
use crate::domain::Timestamp;

/// For how long a sign of life counts.
pub const ALIVE_FOR: Duration = Duration::from_secs(10);

/// The ids of those that live, as part of a statement.
pub(super) fn alive(backend: Backend) -> String {
    format!("SELECT id FROM replicas WHERE until > {}", backend.now())
}

/// A sign of life; the first one makes the row. False when the row was there and its time was over: what it held may be another's.
pub async fn live(c: &mut Connection, id: &str) -> Result<bool, StoreError> {
    let backend = Backend::of_connection(c);
    let now = backend.now();
    let renewed = query(AssertSqlSafe(format!(
        "UPDATE replicas SET until = {now} + $2 WHERE id = $1 AND until > {now}"
    )))
    .bind(id)
    .bind(backend.lease_ms())
    .execute(&mut *c)
    .await?;
    if renewed.rows_affected() == 1 {
        return Ok(true);
    }
    query(AssertSqlSafe(format!(
        "INSERT INTO replicas (id, until) VALUES ($1, {now} + $2) ON CONFLICT (id) DO UPDATE SET until = {now} + $2"
    )))
    .bind(id)
    .bind(backend.lease_ms())
    .execute(c)
    .await?;
    Ok(false)
}

/// It ends: what it holds is anybody's at once.
pub async fn leave(c: &mut Connection, id: &str) -> Result<(), StoreError> {
    query("DELETE FROM replicas WHERE id = $1")
        .bind(id)
        .execute(c)
        .await?;
    Ok(())
}

/// All but that one.
pub async fn others(c: &mut Connection, id: &str) -> Result<BTreeSet<String>, StoreError> {
    let rows = query("SELECT id FROM replicas WHERE id <> $1")
        .bind(id)
        .fetch_all(c)
        .await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// Forgets those that have died: nothing asks for them by name.
pub async fn forget_dead(c: &mut Connection) -> Result<(), StoreError> {
    let now = Backend::of_connection(c).now();
    query(AssertSqlSafe(format!(
        "DELETE FROM replicas WHERE until <= {now}"
    )))
    .execute(c)
    .await?;
    Ok(())
}

/// Forgets all of them: only for a start that knows that it is alone.
pub(super) async fn clear(c: &mut Connection) -> Result<(), StoreError> {
    query("DELETE FROM replicas").execute(c).await?;
    Ok(())
}

/// What the database's clock says.
pub async fn database_time(c: &mut Connection) -> Result<Timestamp, StoreError> {
    let now = Backend::of_connection(c).now();
    query(AssertSqlSafe(format!("SELECT {now}")))
        .fetch_one(c)
        .await?
        .time(0)
}

/// Wakes those replicas, once the transaction is committed: there is something for them. One that hears nothing looks by itself soon.
pub async fn wake(c: &mut Connection, ids: &BTreeSet<String>) -> Result<(), StoreError> {
    let Some(statement) = Backend::of_connection(c).wake() else {
        return Ok(());
    };
    for id in ids {
        query(statement)
            .bind(id.as_str())
            .fetch_one(&mut *c)
            .await?;
    }
    Ok(())
}
