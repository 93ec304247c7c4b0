//! Table `leases`: who works in a provider's project or account. Times are the database's own.

use sqlx::{AssertSqlSafe, query};

use super::{Connection, StoreError, dialect::Backend, row::Columns};
use crate::domain::Scope;

/// A held scope. Every step is recorded only while the fence is still this one.
#[derive(Clone, Debug)]
pub struct Lease {
    /// What is held.
    pub scope: Scope,
    /// Grows with every holder.
    pub fence: i64,
}

/// Takes a scope, unless somebody alive holds it.
pub async fn take(
    c: &mut Connection,
    scope: &Scope,
    holder: &str,
) -> Result<Option<Lease>, StoreError> {
    let backend = Backend::of_connection(c);
    let now = backend.now();
    let row = query(AssertSqlSafe(format!(
        "INSERT INTO leases (scope, holder, fence, until) VALUES ($1, $2, 1, {now} + $3) \
         ON CONFLICT (scope) DO UPDATE SET holder = $2, fence = leases.fence + 1, until = {now} + $3 \
         WHERE leases.until <= {now} RETURNING fence"
    )))
    .bind(scope.0.as_str())
    .bind(holder)
    .bind(backend.lease_ms())
    .fetch_optional(c)
    .await?;
    row.map(|row| {
        Ok(Lease {
            scope: scope.clone(),
            fence: row.number(0)?,
        })
    })
    .transpose()
}

/// What has been done in a scope, as far as it shows in its lease: with the same mark before and after, and nobody at work,
/// nothing has changed in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    fence: i64,
    /// Somebody is at work there now.
    pub held: bool,
}

/// Looks at a scope without taking it.
pub async fn mark(c: &mut Connection, scope: &Scope) -> Result<Mark, StoreError> {
    let now = Backend::of_connection(c).now();
    let row = query(AssertSqlSafe(format!(
        "SELECT fence, CASE WHEN until > {now} THEN 1 ELSE 0 END FROM leases WHERE scope = $1"
    )))
    .bind(scope.0.as_str())
    .fetch_optional(c)
    .await?;
    let Some(row) = row else {
        return Ok(Mark {
            fence: 0,
            held: false,
        });
    };
    Ok(Mark {
        fence: row.number(0)?,
        held: row.number(1)? != 0,
    })
}

/// A sign of life for those scopes, as far as that process holds them and they have not ended; tells how many are still held. One statement,
/// however many they are: it must not take longer than they last.
pub async fn renew(c: &mut Connection, holder: &str, held: &[Lease]) -> Result<u64, StoreError> {
    let backend = Backend::of_connection(c);
    let now = backend.now();
    let places: Vec<_> = (0..held.len()).map(|n| format!("${}", n + 3)).collect();
    let mut renew = query(AssertSqlSafe(format!(
        "UPDATE leases SET until = {now} + $1 WHERE holder = $2 AND until > {now} AND scope IN ({})",
        places.join(", ")
    )))
    .bind(backend.lease_ms())
    .bind(holder);
    for lease in held {
        renew = renew.bind(lease.scope.0.as_str());
    }
    Ok(renew.execute(c).await?.rows_affected())
}

/// Gives a scope back.
pub async fn release(c: &mut Connection, lease: &Lease) -> Result<(), StoreError> {
    query("UPDATE leases SET until = 0 WHERE scope = $1 AND fence = $2")
        .bind(lease.scope.0.as_str())
        .bind(lease.fence)
        .execute(c)
        .await?;
    Ok(())
}

/// Ends all leases: only for a start that knows that it is alone.
pub(super) async fn clear(c: &mut Connection) -> Result<(), StoreError> {
    query("UPDATE leases SET until = 0").execute(c).await?;
    Ok(())
}

/// True while nobody else has taken the scope since; it stays so until the transaction's end.
pub async fn holds(c: &mut Connection, lease: &Lease) -> Result<bool, StoreError> {
    let statement = Backend::of_connection(c)
        .locking("SELECT fence FROM leases WHERE scope = $1 AND fence = $2");
    let row = query(statement)
        .bind(lease.scope.0.as_str())
        .bind(lease.fence)
        .fetch_optional(c)
        .await?;
    Ok(row.is_some())
}
