//! Tables `workspaces`, `bindings`, `grants` and `actors`: which groups work with which accounts, and who may do what there.
//! Of people only their ids are kept.

use sqlx::query;

use super::{
    Connection, StoreError,
    dialect::Backend,
    row::{Columns, damaged},
};
use crate::domain::{AccountId, ChatId, Grant, PersonId, Role, Timestamp};

/// Makes the group known under its present title.
pub async fn put(c: &mut Connection, chat: ChatId, title: &str) -> Result<(), StoreError> {
    query(
        "INSERT INTO workspaces (chat, title) VALUES ($1, $2) ON CONFLICT (chat) DO UPDATE SET title = $2",
    )
    .bind(chat.0)
    .bind(title)
    .execute(c)
    .await?;
    Ok(())
}

/// The title under which a group is known; nothing when no account was ever bound there.
pub async fn title(c: &mut Connection, chat: ChatId) -> Result<Option<String>, StoreError> {
    let row = query("SELECT title FROM workspaces WHERE chat = $1")
        .bind(chat.0)
        .fetch_optional(c)
        .await?;
    row.map(|row| row.text(0)).transpose()
}

/// Nobody else changes the roles of this group before the transaction's end.
pub async fn lock(c: &mut Connection, chat: ChatId) -> Result<(), StoreError> {
    let statement =
        Backend::of_connection(c).locking("SELECT title FROM workspaces WHERE chat = $1");
    query(statement).bind(chat.0).fetch_optional(c).await?;
    Ok(())
}

/// The group works with the account from now on.
pub async fn bind(
    c: &mut Connection,
    chat: ChatId,
    account: &AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO bindings (chat, account, bound_at, asleep_at) VALUES ($1, $2, $3, 0) \
         ON CONFLICT (chat, account) DO UPDATE SET bound_at = $3, asleep_at = 0",
    )
    .bind(chat.0)
    .bind(account.as_str())
    .bind(now.millis())
    .execute(c)
    .await?;
    Ok(())
}

/// The group does not work with the account any more; true when it did.
pub async fn unbind(
    c: &mut Connection,
    chat: ChatId,
    account: &AccountId,
) -> Result<bool, StoreError> {
    query("DELETE FROM actors WHERE chat = $1 AND account = $2")
        .bind(chat.0)
        .bind(account.as_str())
        .execute(&mut *c)
        .await?;
    let done = query("DELETE FROM bindings WHERE chat = $1 AND account = $2")
        .bind(chat.0)
        .bind(account.as_str())
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// No group works with the account any more.
pub async fn forget_account(c: &mut Connection, account: &AccountId) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM bindings WHERE account = $1",
        "DELETE FROM actors WHERE account = $1",
    ] {
        query(statement)
            .bind(account.as_str())
            .execute(&mut *c)
            .await?;
    }
    Ok(())
}

/// Its owner, a new one, is told of everybody's first act again.
pub async fn forget_actors(c: &mut Connection, account: &AccountId) -> Result<(), StoreError> {
    query("DELETE FROM actors WHERE account = $1")
        .bind(account.as_str())
        .execute(c)
        .await?;
    Ok(())
}

/// Whether the group works with the account now.
pub async fn is_bound(
    c: &mut Connection,
    chat: ChatId,
    account: &AccountId,
) -> Result<bool, StoreError> {
    let row =
        query("SELECT account FROM bindings WHERE chat = $1 AND account = $2 AND asleep_at = 0")
            .bind(chat.0)
            .bind(account.as_str())
            .fetch_optional(c)
            .await?;
    Ok(row.is_some())
}

/// Lets a binding sleep; true when it was awake.
pub async fn put_to_sleep(
    c: &mut Connection,
    chat: ChatId,
    account: &AccountId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = query(
        "UPDATE bindings SET asleep_at = $3 WHERE chat = $1 AND account = $2 AND asleep_at = 0",
    )
    .bind(chat.0)
    .bind(account.as_str())
    .bind(now.millis())
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Grants a role; false when the person has it already.
pub async fn grant(
    c: &mut Connection,
    chat: ChatId,
    grant: Grant,
    by: PersonId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = query(
        "INSERT INTO grants (chat, person, role, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (chat, person, role) DO NOTHING",
    )
    .bind(chat.0)
    .bind(grant.person.0)
    .bind(grant.role.code())
    .bind(by.0)
    .bind(now.millis())
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a role away; true when the person had it.
pub async fn take_away(c: &mut Connection, chat: ChatId, grant: Grant) -> Result<bool, StoreError> {
    let done = query("DELETE FROM grants WHERE chat = $1 AND person = $2 AND role = $3")
        .bind(chat.0)
        .bind(grant.person.0)
        .bind(grant.role.code())
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// All that was granted in a group.
pub async fn grants(c: &mut Connection, chat: ChatId) -> Result<Vec<Grant>, StoreError> {
    let rows = query("SELECT person, role FROM grants WHERE chat = $1 ORDER BY granted_at, person")
        .bind(chat.0)
        .fetch_all(c)
        .await?;
    rows.iter()
        .map(|row| {
            let (person, role) = (row.number(0)?, row.text(1)?);
            let broken = || damaged("grants", format!("{chat} {person}: unknown role"));
            Ok(Grant {
                person: PersonId(person),
                role: Role::from_code(&role).ok_or_else(broken)?,
            })
        })
        .collect()
}

/// Remembers that somebody acts on an account from a group; true for the first time.
pub async fn acts(
    c: &mut Connection,
    chat: ChatId,
    account: &AccountId,
    person: PersonId,
) -> Result<bool, StoreError> {
    let done = query(
        "INSERT INTO actors (chat, account, person) VALUES ($1, $2, $3) ON CONFLICT (chat, account, person) DO NOTHING",
    )
    .bind(chat.0)
    .bind(account.as_str())
    .bind(person.0)
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A group has got another number. Cards of open requests are drawn anew there, since messages do not keep their numbers.
pub async fn migrate(c: &mut Connection, old: ChatId, new: ChatId) -> Result<(), StoreError> {
    for statement in [
        "INSERT INTO workspaces (chat, title) SELECT $2, title FROM workspaces WHERE chat = $1 ON CONFLICT (chat) DO NOTHING",
        "INSERT INTO bindings (chat, account, bound_at, asleep_at) SELECT $2, account, bound_at, asleep_at \
         FROM bindings WHERE chat = $1 ON CONFLICT (chat, account) DO NOTHING",
        "INSERT INTO grants (chat, person, role, granted_by, granted_at) SELECT $2, person, role, granted_by, granted_at \
         FROM grants WHERE chat = $1 ON CONFLICT (chat, person, role) DO NOTHING",
        "INSERT INTO policies (chat, issue, rotate, revoke, hours, code) SELECT $2, issue, rotate, revoke, hours, code \
         FROM policies WHERE chat = $1 ON CONFLICT (chat) DO NOTHING",
        "INSERT INTO actors (chat, account, person) SELECT $2, account, person FROM actors WHERE chat = $1 \
         ON CONFLICT (chat, account, person) DO NOTHING",
        "UPDATE operations SET chat = $2, card = 0, untold = untold + 1 WHERE chat = $1 AND ended_at = 0",
        "UPDATE operations SET chat = $2, card = 0 WHERE chat = $1",
    ] {
        query(statement)
            .bind(old.0)
            .bind(new.0)
            .execute(&mut *c)
            .await?;
    }
    for statement in [
        "DELETE FROM workspaces WHERE chat = $1",
        "DELETE FROM bindings WHERE chat = $1",
        "DELETE FROM grants WHERE chat = $1",
        "DELETE FROM actors WHERE chat = $1",
        "DELETE FROM policies WHERE chat = $1",
    ] {
        query(statement).bind(old.0).execute(&mut *c).await?;
    }
    Ok(())
}
