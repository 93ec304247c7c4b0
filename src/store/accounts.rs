//! Table `accounts`.

use sqlx::{any::AnyRow, query};

use super::{
    Connection, StoreError,
    dialect::Backend,
    row::{Columns, damaged},
};
use crate::domain::{
    Account, AccountId, AccountState, ChatId, GENESIS, KeyAge, PersonId, ProjectId, ProviderKind,
    Sealed, Timestamp,
};

const BY_ID: &str = "SELECT id, owner, provider, project, name, credential, last_four, state, linked_at, \
                     credential_at, key_age, second_owner FROM accounts WHERE id = $1";
const OF_OWNER: &str = "SELECT id, owner, provider, project, name, credential, last_four, state, linked_at, \
                        credential_at, key_age, second_owner FROM accounts WHERE (owner = $1 OR second_owner = $1) AND state <> 'unlinked' \
                        ORDER BY linked_at, id";
const BOUND_TO: &str = "SELECT id, owner, provider, project, name, credential, last_four, state, linked_at, \
                        credential_at, key_age, second_owner FROM accounts WHERE state <> 'unlinked' AND id IN \
                        (SELECT account FROM bindings WHERE chat = $1 AND asleep_at = 0) ORDER BY linked_at, id";

fn read(row: &AnyRow) -> Result<Account, StoreError> {
    let id = row.text(0)?;
    let (Some(provider), Some(state)) = (
        ProviderKind::from_code(&row.text(2)?),
        AccountState::from_code(&row.text(7)?),
    ) else {
        return Err(damaged(
            "accounts",
            format!("{id}: unknown provider or state"),
        ));
    };
    Ok(Account {
        id: AccountId::new(id),
        owner: PersonId(row.number(1)?),
        provider,
        project: ProjectId::from_stored(row.text(3)?),
        name: row.text(4)?,
        credential: row.sealed(5)?,
        last_four: row.text(6)?,
        state,
        linked_at: row.time(8)?,
        credential_at: row.time(9)?,
        key_age: KeyAge::from_days(row.number(10)?),
        second_owner: Some(PersonId(row.number(11)?)).filter(|person| person.0 != 0),
    })
}

/// The account with that id, also an unlinked one.
pub async fn get(c: &mut Connection, id: &AccountId) -> Result<Option<Account>, StoreError> {
    let row = query(BY_ID).bind(id.as_str()).fetch_optional(c).await?;
    row.as_ref().map(read).transpose()
}

/// The same, and nobody else changes the row before the transaction's end.
pub async fn lock(c: &mut Connection, id: &AccountId) -> Result<Option<Account>, StoreError> {
    let statement = Backend::of_connection(c).locking(BY_ID);
    let row = query(statement).bind(id.as_str()).fetch_optional(c).await?;
    row.as_ref().map(read).transpose()
}

/// The linked accounts of which a person is the owner or the second owner, oldest first.
pub async fn of_owner(c: &mut Connection, owner: PersonId) -> Result<Vec<Account>, StoreError> {
    let rows = query(OF_OWNER).bind(owner.0).fetch_all(c).await?;
    rows.iter().map(read).collect()
}

/// The accounts that a group works with now, oldest first.
pub async fn bound_to(c: &mut Connection, chat: ChatId) -> Result<Vec<Account>, StoreError> {
    let rows = query(BOUND_TO).bind(chat.0).fetch_all(c).await?;
    rows.iter().map(read).collect()
}

/// A new row, with an empty audit chain.
pub async fn insert(c: &mut Connection, account: &Account) -> Result<(), StoreError> {
    query(
        "INSERT INTO accounts (id, owner, provider, project, name, credential, last_four, state, linked_at, \
         credential_at, audit_count, audit_head, key_age) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12)",
    )
    .bind(account.id.as_str())
    .bind(account.owner.0)
    .bind(account.provider.code())
    .bind(account.project.as_str())
    .bind(account.name.as_str())
    .bind(account.credential.as_bytes())
    .bind(account.last_four.as_str())
    .bind(account.state.code())
    .bind(account.linked_at.millis())
    .bind(account.credential_at.millis())
    .bind(&GENESIS[..])
    .bind(account.key_age.days())
    .execute(c)
    .await?;
    Ok(())
}

/// Another name.
pub async fn rename(c: &mut Connection, id: &AccountId, name: &str) -> Result<(), StoreError> {
    query("UPDATE accounts SET name = $2 WHERE id = $1")
        .bind(id.as_str())
        .bind(name)
        .execute(c)
        .await?;
    Ok(())
}

/// Other owners, as the account names them.
pub async fn set_owners(c: &mut Connection, account: &Account) -> Result<(), StoreError> {
    query(
        "UPDATE accounts SET owner = $2, second_owner = $3 WHERE id = $1 AND state <> 'unlinked'",
    )
    .bind(account.id.as_str())
    .bind(account.owner.0)
    .bind(account.second_owner.map_or(0, |person| person.0))
    .execute(c)
    .await?;
    Ok(())
}

/// Another age that its keys may reach.
pub async fn set_key_age(
    c: &mut Connection,
    id: &AccountId,
    age: KeyAge,
) -> Result<(), StoreError> {
    query("UPDATE accounts SET key_age = $2 WHERE id = $1")
        .bind(id.as_str())
        .bind(age.days())
        .execute(c)
        .await?;
    Ok(())
}

/// Another state; the credential stays.
pub async fn set_state(
    c: &mut Connection,
    id: &AccountId,
    state: AccountState,
) -> Result<(), StoreError> {
    query("UPDATE accounts SET state = $2 WHERE id = $1 AND state <> 'unlinked'")
        .bind(id.as_str())
        .bind(state.code())
        .execute(c)
        .await?;
    Ok(())
}

/// A credential that works, in the place of the one before.
pub async fn set_credential(
    c: &mut Connection,
    id: &AccountId,
    credential: &Sealed,
    last_four: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    query(
        "UPDATE accounts SET credential = $2, last_four = $3, credential_at = $4, state = 'linked' \
         WHERE id = $1 AND state <> 'unlinked'",
    )
    .bind(id.as_str())
    .bind(credential.as_bytes())
    .bind(last_four)
    .bind(at.millis())
    .execute(c)
    .await?;
    Ok(())
}

/// Wipes the credential; the row stays for its audit.
pub async fn unlink(c: &mut Connection, id: &AccountId) -> Result<(), StoreError> {
    query(
        "UPDATE accounts SET credential = $2, state = 'unlinked', second_owner = 0 WHERE id = $1",
    )
    .bind(id.as_str())
    .bind(Sealed::default().as_bytes())
    .execute(c)
    .await?;
    Ok(())
}
