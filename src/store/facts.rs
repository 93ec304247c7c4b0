//! Single values: the poll's offset, the bot's id, the master key's check; and the database's own sealed keys.

use sqlx::query;

use super::{Connection, StoreError, row::Columns};
use crate::domain::Sealed;

/// The value of that name.
pub async fn get(c: &mut Connection, name: &str) -> Result<Option<String>, StoreError> {
    let row = query("SELECT value FROM facts WHERE name = $1")
        .bind(name)
        .fetch_optional(c)
        .await?;
    row.map(|row| row.text(0)).transpose()
}

/// Sets or replaces a value.
pub async fn set(c: &mut Connection, name: &str, value: &str) -> Result<(), StoreError> {
    query("INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2")
        .bind(name)
        .bind(value)
        .execute(c)
        .await?;
    Ok(())
}

/// Sets a value that is not set or empty; false when it is set already, by whomever.
pub async fn claim(c: &mut Connection, name: &str) -> Result<bool, StoreError> {
    query("INSERT INTO facts (name, value) VALUES ($1, '') ON CONFLICT (name) DO NOTHING")
        .bind(name)
        .execute(&mut *c)
        .await?;
    let done = query("UPDATE facts SET value = '1' WHERE name = $1 AND value = ''")
        .bind(name)
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The sealed key of that name.
pub async fn data_key(c: &mut Connection, name: &str) -> Result<Option<Sealed>, StoreError> {
    let row = query("SELECT sealed FROM data_keys WHERE name = $1")
        .bind(name)
        .fetch_optional(c)
        .await?;
    row.map(|row| row.sealed(0)).transpose()
}

/// Stores a new key, unless there is one of that name: the first one stays.
pub async fn add_data_key(
    c: &mut Connection,
    name: &str,
    sealed: &Sealed,
) -> Result<(), StoreError> {
    query("INSERT INTO data_keys (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
        .bind(name)
        .bind(sealed.as_bytes())
        .execute(c)
        .await?;
    Ok(())
}
