//! Table `audit`, and the count and head of each account's chain in its row.

use sqlx::{AssertSqlSafe, any::AnyRow, query};
use strum::IntoEnumIterator;

use super::{
    Connection, StoreError,
    dialect::Backend,
    row::{Columns, damaged},
};
use crate::domain::{
    AccountId, AuditAction, AuditEntry, AuditFilter, AuditKind, OperationNumber, PersonId,
};

/// The length of an account's chain and the code of its last entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Entries so far.
    pub count: i64,
    /// The last one's code.
    pub code: Vec<u8>,
}

/// The chain's head; nobody else appends before the transaction's end.
pub async fn lock_head(
    c: &mut Connection,
    account: &AccountId,
) -> Result<Option<Head>, StoreError> {
    let statement = Backend::of_connection(c)
        .locking("SELECT audit_count, audit_head FROM accounts WHERE id = $1");
    let row = query(statement)
        .bind(account.as_str())
        .fetch_optional(c)
        .await?;
    row.map(|row| {
        Ok(Head {
            count: row.number(0)?,
            code: row.bytes(1)?,
        })
    })
    .transpose()
}

/// Appends an entry with its code and moves the head.
pub async fn append(c: &mut Connection, entry: &AuditEntry, code: &[u8]) -> Result<(), StoreError> {
    query(
        "INSERT INTO audit (account, seq, at, actor, action, operation, subject, outcome, code) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(entry.account.as_str())
    .bind(entry.seq)
    .bind(entry.at.millis())
    .bind(entry.actor.0)
    .bind(entry.action.code())
    .bind(entry.operation.0)
    .bind(entry.subject.as_str())
    .bind(entry.outcome.as_str())
    .bind(code)
    .execute(&mut *c)
    .await?;
    query("UPDATE accounts SET audit_count = $2, audit_head = $3 WHERE id = $1")
        .bind(entry.account.as_str())
        .bind(entry.seq)
        .bind(code)
        .execute(c)
        .await?;
    Ok(())
}

/// An account's entries with their codes, oldest first.
pub async fn chain(
    c: &mut Connection,
    account: &AccountId,
) -> Result<Vec<(AuditEntry, Vec<u8>)>, StoreError> {
    let rows = query(
        "SELECT account, seq, at, actor, action, operation, subject, outcome, code FROM audit \
         WHERE account = $1 ORDER BY seq",
    )
    .bind(account.as_str())
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|row| Ok((read(row)?, row.bytes(8)?)))
        .collect()
}

/// The latest wanted entries of all accounts of a person, newest first, after skipping `offset`; with the account's name. A
/// damaged one is left out: the look at the chain tells of it.
pub async fn latest_of_owner(
    c: &mut Connection,
    owner: PersonId,
    filter: &AuditFilter,
    offset: i64,
    limit: i64,
) -> Result<Vec<(AuditEntry, String)>, StoreError> {
    let rows = query(AssertSqlSafe(format!(
        "SELECT u.account, u.seq, u.at, u.actor, u.action, u.operation, u.subject, u.outcome, a.name \
         FROM audit u JOIN accounts a ON a.id = u.account WHERE (a.owner = $1 OR a.second_owner = $1) AND ($4 = '' OR a.id = $4) {} \
         ORDER BY u.at DESC, u.account, u.seq DESC LIMIT $3 OFFSET $2",
        of_kind(filter.kind)
    )))
    .bind(owner.0)
    .bind(offset)
    .bind(limit)
    .bind(filter.account.as_ref().map_or("", AccountId::as_str))
    .fetch_all(c)
    .await?;
    let entries = rows.iter().map(|row| Ok((read(row)?, row.text(8)?)));
    entries
        .filter(|entry| !matches!(entry, Err(StoreError::Damaged { .. })))
        .collect()
}

/// A condition for the entries of that kind. It is made of our own codes alone.
fn of_kind(kind: Option<AuditKind>) -> String {
    let Some(kind) = kind else {
        return String::new();
    };
    let actions = AuditAction::iter();
    let codes: Vec<_> = actions
        .filter(|action| action.kind() == kind)
        .map(|action| format!("'{}'", action.code()))
        .collect();
    format!("AND u.action IN ({})", codes.join(", "))
}

/// The accounts of a person that have a chain, unlinked ones too, with their names; oldest first.
pub async fn accounts_of_owner(
    c: &mut Connection,
    owner: PersonId,
) -> Result<Vec<(AccountId, String)>, StoreError> {
    let rows = query(
        "SELECT id, name FROM accounts WHERE owner = $1 OR second_owner = $1 ORDER BY linked_at, id",
    )
    .bind(owner.0)
        .fetch_all(c)
        .await?;
    rows.iter()
        .map(|row| Ok((AccountId::new(row.text(0)?), row.text(1)?)))
        .collect()
}

/// All accounts that have a chain.
pub async fn accounts(c: &mut Connection) -> Result<Vec<AccountId>, StoreError> {
    let rows = query("SELECT id FROM accounts ORDER BY id")
        .fetch_all(c)
        .await?;
    rows.iter()
        .map(|row| row.text(0).map(AccountId::new))
        .collect()
}

fn read(row: &AnyRow) -> Result<AuditEntry, StoreError> {
    let (account, seq) = (row.text(0)?, row.number(1)?);
    let action = AuditAction::from_code(&row.text(4)?)
        .ok_or_else(|| damaged("audit", format!("{account} {seq}: unknown action")))?;
    Ok(AuditEntry {
        account: AccountId::new(account),
        seq,
        at: row.time(2)?,
        actor: PersonId(row.number(3)?),
        action,
        operation: OperationNumber(row.number(5)?),
        subject: row.text(6)?,
        outcome: row.text(7)?,
    })
}
