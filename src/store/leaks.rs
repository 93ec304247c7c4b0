//! Tables `fingerprints` and `watched_groups`, and the counter by which every process notices what is new in them.

use sqlx::{any::AnyRow, query};

use super::{
    Connection, StoreError, accounts,
    row::{Columns, damaged},
};
use crate::domain::{
    Account, AccountId, AccountState, ChatId, Fingerprint, KeyCode, KeyId, KeyRef, PersonId,
    Timestamp,
};

/// A known key that was found somewhere.
#[derive(Clone, Debug)]
pub struct Known {
    /// The account that it belongs to.
    pub account: Account,
    /// The key; without an id it is the account's own credential.
    pub key: KeyRef,
    /// How its leak was told last.
    pub told: Told,
}

/// How a leak was told.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// When.
    pub at: Timestamp,
    /// Of which chat.
    pub chat: ChatId,
    /// The message stood there still.
    pub stands: bool,
}

/// Puts a key's fingerprint in the place of the one that stood there before.
pub async fn put(
    c: &mut Connection,
    account: &AccountId,
    key: &KeyRef,
    fingerprint: &Fingerprint,
) -> Result<(), StoreError> {
    let added = count(c).await?;
    query(
        "INSERT INTO fingerprints (account, key_id, label, last_four, length, code, added, told_at, told_chat) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0) ON CONFLICT (account, key_id) DO UPDATE SET \
         label = $3, last_four = $4, length = $5, code = $6, added = $7, told_at = 0, told_chat = 0",
    )
    .bind(account.as_str())
    .bind(key.id.as_str())
    .bind(key.label.as_str())
    .bind(fingerprint.last_four.as_str())
    .bind(i64::try_from(fingerprint.length).unwrap_or(i64::MAX))
    .bind(fingerprint.code.as_bytes())
    .bind(added)
    .execute(c)
    .await?;
    Ok(())
}

/// The next number. Nobody else gets one before the transaction's end, so numbers become visible in their order.
async fn count(c: &mut Connection) -> Result<i64, StoreError> {
    query("UPDATE counters SET value = value + 1 WHERE name = 'leaks' RETURNING value")
        .fetch_one(c)
        .await?
        .number(0)
}

/// The last number.
pub async fn counted(c: &mut Connection) -> Result<i64, StoreError> {
    query("SELECT value FROM counters WHERE name = 'leaks'")
        .fetch_one(c)
        .await?
        .number(0)
}

/// The fingerprints that came after that number.
pub async fn added_after(c: &mut Connection, number: i64) -> Result<Vec<Fingerprint>, StoreError> {
    let rows = query("SELECT code, length, last_four FROM fingerprints WHERE added > $1")
        .bind(number)
        .fetch_all(c)
        .await?;
    rows.iter().map(fingerprint).collect()
}

fn fingerprint(row: &AnyRow) -> Result<Fingerprint, StoreError> {
    let code = KeyCode::from_stored(&row.bytes(0)?);
    Ok(Fingerprint {
        code: code.ok_or_else(|| damaged("fingerprints", "a code of another length"))?,
        length: usize::try_from(row.number(1)?).unwrap_or_default(),
        last_four: row.text(2)?,
    })
}

/// Whose key that is: one row for each account that has it.
pub async fn with_code(c: &mut Connection, code: &KeyCode) -> Result<Vec<Known>, StoreError> {
    let rows = query(
        "SELECT account, key_id, label, last_four, told_at, told_chat, told_stands FROM fingerprints WHERE code = $1 \
         ORDER BY account, key_id DESC",
    )
    .bind(code.as_bytes())
    .fetch_all(&mut *c)
    .await?;
    let mut known: Vec<Known> = Vec::with_capacity(rows.len());
    for row in &rows {
        let (id, told) = (
            AccountId::new(row.text(0)?),
            Told {
                at: row.time(4)?,
                chat: ChatId(row.number(5)?),
                stands: row.number(6)? != 0,
            },
        );
        // A key that is the credential as well has two rows: the one with the key's label comes first.
        if known.last().is_some_and(|last| last.account.id == id) {
            continue;
        }
        let key = KeyRef {
            id: KeyId::new(row.text(1)?),
            label: row.text(2)?,
            last_four: row.text(3)?,
        };
        let account = accounts::get(c, &id).await?.filter(|account| {
            // A credential that the provider refuses is dead.
            !key.id.as_str().is_empty() || account.state == AccountState::Linked
        });
        known.extend(account.map(|account| Known { account, key, told }));
    }
    Ok(known)
}

/// Remembers how a key's leak was told.
pub async fn told(c: &mut Connection, known: &Known, told: &Told) -> Result<(), StoreError> {
    query(
        "UPDATE fingerprints SET told_at = $3, told_chat = $4, told_stands = $5 WHERE account = $1 AND key_id = $2",
    )
    .bind(known.account.id.as_str())
    .bind(known.key.id.as_str())
    .bind(told.at.millis())
    .bind(told.chat.0)
    .bind(i64::from(told.stands))
    .execute(c)
    .await?;
    Ok(())
}

/// A key is dead, for whomever it was watched in the project of that account.
pub async fn forget_key(
    c: &mut Connection,
    project_of: &AccountId,
    key: &KeyId,
) -> Result<(), StoreError> {
    query(
        "DELETE FROM fingerprints WHERE key_id = $2 AND account IN (SELECT a.id FROM accounts a \
         JOIN accounts mine ON mine.id = $1 WHERE a.provider = mine.provider AND a.project = mine.project)",
    )
    .bind(project_of.as_str())
    .bind(key.as_str())
    .execute(c)
    .await?;
    Ok(())
}

/// The ids of an account's keys that are watched.
pub async fn keys_of(c: &mut Connection, account: &AccountId) -> Result<Vec<KeyId>, StoreError> {
    let rows = query("SELECT key_id FROM fingerprints WHERE account = $1 AND key_id <> ''")
        .bind(account.as_str())
        .fetch_all(c)
        .await?;
    rows.iter().map(|row| row.text(0).map(KeyId::new)).collect()
}

/// Forgets all keys of an account.
pub async fn forget_account(c: &mut Connection, account: &AccountId) -> Result<(), StoreError> {
    query("DELETE FROM fingerprints WHERE account = $1")
        .bind(account.as_str())
        .execute(c)
        .await?;
    Ok(())
}

/// The linked accounts after that one whose credential has left no fingerprint: an older version has linked them.
pub async fn without(
    c: &mut Connection,
    after: &AccountId,
    limit: i64,
) -> Result<Vec<AccountId>, StoreError> {
    let rows = query(
        "SELECT a.id FROM accounts a LEFT JOIN fingerprints f ON f.account = a.id AND f.key_id = '' \
         WHERE a.state = 'linked' AND a.id > $1 AND f.account IS NULL ORDER BY a.id LIMIT $2",
    )
    .bind(after.as_str())
    .bind(limit)
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|row| row.text(0).map(AccountId::new))
        .collect()
}

/// The groups whose messages are looked at.
pub async fn groups(c: &mut Connection) -> Result<Vec<ChatId>, StoreError> {
    let rows = query("SELECT chat FROM watched_groups")
        .fetch_all(c)
        .await?;
    rows.iter().map(|row| row.number(0).map(ChatId)).collect()
}

/// Whether the messages of that group are looked at.
pub async fn is_watched(c: &mut Connection, chat: ChatId) -> Result<bool, StoreError> {
    let row = query("SELECT chat FROM watched_groups WHERE chat = $1")
        .bind(chat.0)
        .fetch_optional(c)
        .await?;
    Ok(row.is_some())
}

/// From now on the messages of that group are looked at.
pub async fn watch_group(
    c: &mut Connection,
    chat: ChatId,
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    count(c).await?;
    query("INSERT INTO watched_groups (chat, person, since) VALUES ($1, $2, $3) ON CONFLICT (chat) DO NOTHING")
        .bind(chat.0)
        .bind(person.0)
        .bind(now.millis())
        .execute(c)
        .await?;
    Ok(())
}

/// A group has another number: it stays watched.
pub async fn migrate_group(c: &mut Connection, old: ChatId, new: ChatId) -> Result<(), StoreError> {
    if !is_watched(c, old).await? {
        return Ok(());
    }
    query(
        "INSERT INTO watched_groups (chat, person, since) \
         SELECT CAST($2 AS BIGINT), person, since FROM watched_groups WHERE chat = $1 ON CONFLICT (chat) DO NOTHING",
    )
    .bind(old.0)
    .bind(new.0)
    .execute(&mut *c)
    .await?;
    leave_group(c, old).await
}

/// From now on they are not.
pub async fn leave_group(c: &mut Connection, chat: ChatId) -> Result<(), StoreError> {
    count(c).await?;
    query("DELETE FROM watched_groups WHERE chat = $1")
        .bind(chat.0)
        .execute(c)
        .await?;
    Ok(())
}
