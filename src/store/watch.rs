//! Table `seen_keys` and the columns of `accounts` by which the watch goes: when an account is looked at, and what was seen last.

use sqlx::query;

use super::{Connection, StoreError, accounts, row::Columns};
use crate::domain::{Account, AccountId, KeyId, ProviderKind, SeenKey, Timestamp};

/// The usable account of a provider that is to be looked at first, and when.
pub async fn next(
    c: &mut Connection,
    provider: ProviderKind,
) -> Result<Option<(Account, Timestamp)>, StoreError> {
    let row = query(
        "SELECT id, look_at FROM accounts WHERE provider = $1 AND state = 'linked' ORDER BY look_at, id LIMIT 1",
    )
    .bind(provider.code())
    .fetch_optional(&mut *c)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let (id, look_at) = (AccountId::new(row.text(0)?), row.time(1)?);
    let account = accounts::get(c, &id).await?;
    Ok(account.map(|account| (account, look_at)))
}

/// Plans the next look, if nobody has planned another one since; false otherwise.
pub async fn replan(
    c: &mut Connection,
    account: &AccountId,
    planned: Timestamp,
    look_at: Timestamp,
) -> Result<bool, StoreError> {
    let done = query("UPDATE accounts SET look_at = $3 WHERE id = $1 AND look_at = $2")
        .bind(account.as_str())
        .bind(planned.millis())
        .bind(look_at.millis())
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Plans the next look, whatever was planned.
pub async fn plan(
    c: &mut Connection,
    account: &AccountId,
    look_at: Timestamp,
) -> Result<(), StoreError> {
    query("UPDATE accounts SET look_at = $2 WHERE id = $1")
        .bind(account.as_str())
        .bind(look_at.millis())
        .execute(c)
        .await?;
    Ok(())
}

/// When an account's keys were read last.
pub async fn looked_at(c: &mut Connection, account: &AccountId) -> Result<Timestamp, StoreError> {
    query("SELECT looked_at FROM accounts WHERE id = $1")
        .bind(account.as_str())
        .fetch_one(c)
        .await?
        .time(0)
}

/// The keys that lived then.
pub async fn seen(c: &mut Connection, account: &AccountId) -> Result<Vec<SeenKey>, StoreError> {
    let rows = query("SELECT key_id, last_four, reminded FROM seen_keys WHERE account = $1")
        .bind(account.as_str())
        .fetch_all(c)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(SeenKey {
                id: KeyId::new(row.text(0)?),
                last_four: row.text(1)?,
                reminded: row.number(2)?,
            })
        })
        .collect()
}

/// Puts what was seen at that time in the place of what was seen before.
pub async fn record(
    c: &mut Connection,
    account: &AccountId,
    at: Timestamp,
    before: &[SeenKey],
    seen: &[SeenKey],
) -> Result<(), StoreError> {
    for gone in before.iter().filter(|key| !seen.contains(key)) {
        query("DELETE FROM seen_keys WHERE account = $1 AND key_id = $2")
            .bind(account.as_str())
            .bind(gone.id.as_str())
            .execute(&mut *c)
            .await?;
    }
    for new in seen.iter().filter(|key| !before.contains(key)) {
        query(
            "INSERT INTO seen_keys (account, key_id, last_four, reminded) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (account, key_id) DO NOTHING",
        )
        .bind(account.as_str())
        .bind(new.id.as_str())
        .bind(new.last_four.as_str())
        .bind(new.reminded)
        .execute(&mut *c)
        .await?;
    }
    query("UPDATE accounts SET looked_at = $2 WHERE id = $1")
        .bind(account.as_str())
        .bind(at.millis())
        .execute(c)
        .await?;
    Ok(())
}

/// As if nobody had been reminded of any key that lives as its account says.
pub async fn forget_reminders(c: &mut Connection, account: &AccountId) -> Result<(), StoreError> {
    query(
        "UPDATE seen_keys SET reminded = 0 WHERE account = $1 \
         AND key_id NOT IN (SELECT key_id FROM key_ages WHERE account = $1)",
    )
    .bind(account.as_str())
    .execute(c)
    .await?;
    Ok(())
}

/// As if nobody had been reminded of that key.
pub async fn forget_reminders_of(
    c: &mut Connection,
    account: &AccountId,
    key: &KeyId,
) -> Result<(), StoreError> {
    query("UPDATE seen_keys SET reminded = 0 WHERE account = $1 AND key_id = $2")
        .bind(account.as_str())
        .bind(key.as_str())
        .execute(c)
        .await?;
    Ok(())
}
