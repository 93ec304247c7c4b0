//! Table `key_ages`: how old single keys may become, where that is not as their account says.

use sqlx::query;

use super::{Connection, StoreError, row::Columns};
use crate::domain::{Account, AccountId, KeyAge, KeyAges, KeyId};

/// How old the keys of an account may become.
pub async fn of(c: &mut Connection, account: &Account) -> Result<KeyAges, StoreError> {
    let rows = query("SELECT key_id, days FROM key_ages WHERE account = $1")
        .bind(account.id.as_str())
        .fetch_all(c)
        .await?;
    let own = rows.iter().map(|row| {
        let age = KeyAge::from_days(row.number(1)?);
        Ok((KeyId::new(row.text(0)?), age))
    });
    Ok(KeyAges {
        account: account.key_age,
        own: own.collect::<Result<_, StoreError>>()?,
    })
}

/// An age of a key's own, in the place of the one before.
pub async fn set(
    c: &mut Connection,
    account: &AccountId,
    key: &KeyId,
    age: KeyAge,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO key_ages (account, key_id, days) VALUES ($1, $2, $3) \
         ON CONFLICT (account, key_id) DO UPDATE SET days = excluded.days",
    )
    .bind(account.as_str())
    .bind(key.as_str())
    .bind(age.days())
    .execute(c)
    .await?;
    Ok(())
}

/// From now on the key lives as its account says.
pub async fn remove(
    c: &mut Connection,
    account: &AccountId,
    key: &KeyId,
) -> Result<(), StoreError> {
    query("DELETE FROM key_ages WHERE account = $1 AND key_id = $2")
        .bind(account.as_str())
        .bind(key.as_str())
        .execute(c)
        .await?;
    Ok(())
}

/// A new key may become as old as the one in whose place it comes, if that one has an age of its own.
pub async fn inherit(
    c: &mut Connection,
    account: &AccountId,
    old: &KeyId,
    new: &KeyId,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO key_ages (account, key_id, days) \
         SELECT account, $3, days FROM key_ages WHERE account = $1 AND key_id = $2 \
         ON CONFLICT (account, key_id) DO NOTHING",
    )
    .bind(account.as_str())
    .bind(old.as_str())
    .bind(new.as_str())
    .execute(c)
    .await?;
    Ok(())
}
