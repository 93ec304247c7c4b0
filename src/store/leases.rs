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

/// A sign of life for what is held and has not ended.
pub async fn renew(c: &mut Connection, held: &[Lease]) -> Result<(), StoreError> {
    let backend = Backend::of_connection(c);
    let now = backend.now();
    for lease in held {
        query(AssertSqlSafe(format!(
            "UPDATE leases SET until = {now} + $3 WHERE scope = $1 AND fence = $2 AND until > {now}"
        )))
        .bind(lease.scope.0.as_str())
        .bind(lease.fence)
        .bind(backend.lease_ms())
        .execute(&mut *c)
        .await?;
    }
    Ok(())
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
