//! Table `keys`: metadata of the keys that Keyporter had made or recorded itself.

use sqlx::query;

use super::{Connection, StoreError, row::Columns};
use crate::domain::{AccountId, Key, KeyId, KeyRef, OperationNumber, Timestamp};

/// Remembers a key; the same one twice changes nothing.
pub async fn record(
    c: &mut Connection,
    account: &AccountId,
    key: &Key,
    operation: OperationNumber,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO keys (account, key_id, label, last_four, operation, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account, key_id) DO NOTHING",
    )
    .bind(account.as_str())
    .bind(key.id.as_str())
    .bind(key.label.as_str())
    .bind(key.last_four.as_str())
    .bind(operation.0)
    .bind(key.created_at.millis())
    .execute(c)
    .await?;
    Ok(())
}

/// The keys of an account, newest first. Whether one still lives is not known here.
pub async fn of_account(c: &mut Connection, account: &AccountId) -> Result<Vec<Key>, StoreError> {
    let rows = query(
        "SELECT key_id, label, last_four, created_at FROM keys WHERE account = $1 ORDER BY created_at DESC, key_id",
    )
    .bind(account.as_str())
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Key {
                id: KeyId::new(row.text(0)?),
                label: row.text(1)?,
                last_four: row.text(2)?,
                created_at: row.time(3)?,
                revoked_at: Timestamp::NEVER,
            })
        })
        .collect()
}

/// The ids that other operations have made: such a key cannot come from a lost answer of this one.
pub async fn made_by_others(
    c: &mut Connection,
    project_of: &AccountId,
    operation: OperationNumber,
) -> Result<Vec<KeyId>, StoreError> {
    let rows = query(
        "SELECT k.key_id FROM keys k JOIN accounts a ON a.id = k.account JOIN accounts mine ON mine.id = $1 \
         WHERE a.provider = mine.provider AND a.project = mine.project AND k.operation <> $2",
    )
    .bind(project_of.as_str())
    .bind(operation.0)
    .fetch_all(c)
    .await?;
    rows.iter().map(|row| row.text(0).map(KeyId::new)).collect()
}

/// All keys that Keyporter has made or recorded in the project of that account, for whomever.
pub async fn of_project(
    c: &mut Connection,
    project_of: &AccountId,
) -> Result<Vec<KeyRef>, StoreError> {
    let rows = query(
        "SELECT k.key_id, k.label, k.last_four FROM keys k JOIN accounts a ON a.id = k.account \
         JOIN accounts mine ON mine.id = $1 WHERE a.provider = mine.provider AND a.project = mine.project",
    )
    .bind(project_of.as_str())
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(KeyRef {
                id: KeyId::new(row.text(0)?),
                label: row.text(1)?,
                last_four: row.text(2)?,
            })
        })
        .collect()
}
