//! Walks over every sealed value in every table, for re-keying and for `keyporter check`. A new sealed column is added here,
//! or it would stay behind under the old key; a test compares this list with the migrations.

use sqlx::{AssertSqlSafe, query};

use super::{Connection, StoreError, row::Columns};
use crate::domain::Sealed;

/// A column with sealed values: its table, its name, and the column that names the row. The vault's name of it is `table.column`.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// `table.column`, the context under which its values are sealed.
    pub name: &'static str,
    table: &'static str,
    values: &'static str,
    id: &'static str,
}

const fn column(
    name: &'static str,
    table: &'static str,
    values: &'static str,
    id: &'static str,
) -> Column {
    Column {
        name,
        table,
        values,
        id,
    }
}

/// All of them. The data keys come first: without them nothing else can be verified.
pub const COLUMNS: &[Column] = &[
    column("data_keys.sealed", "data_keys", "sealed", "name"),
    column("accounts.credential", "accounts", "credential", "id"),
    column("deliveries.secret", "deliveries", "secret", "operation"),
    column(
        "confirmations.credential",
        "confirmations",
        "credential",
        "id",
    ),
    column(
        "second_factors.secret",
        "second_factors",
        "secret",
        "person",
    ),
    column("inbox.payload", "inbox", "payload", "update_id"),
    column("outbox.payload", "outbox", "payload", "id"),
];

/// Up to `limit` values of a column whose row comes after `after`, in order, with the row's key as text.
pub async fn page(
    c: &mut Connection,
    column: Column,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, Sealed)>, StoreError> {
    let Column {
        table, values, id, ..
    } = column;
    let rows = query(AssertSqlSafe(format!(
        "SELECT CAST({id} AS TEXT), {values} FROM {table} \
         WHERE CAST({id} AS TEXT) > $1 AND {values} <> $2 ORDER BY CAST({id} AS TEXT) LIMIT $3"
    )))
    .bind(after)
    .bind(Sealed::default().as_bytes())
    .bind(limit)
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.sealed(1)?)))
        .collect()
}

/// Puts `new` in the place of `old`, unless somebody changed the value meanwhile.
pub async fn replace(
    c: &mut Connection,
    column: Column,
    row: &str,
    old: &Sealed,
    new: &Sealed,
) -> Result<bool, StoreError> {
    let Column {
        table, values, id, ..
    } = column;
    let done = query(AssertSqlSafe(format!(
        "UPDATE {table} SET {values} = $3 WHERE CAST({id} AS TEXT) = $1 AND {values} = $2"
    )))
    .bind(row)
    .bind(old.as_bytes())
    .bind(new.as_bytes())
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}
