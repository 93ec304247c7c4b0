//! Tables `moves` and `move_accounts`: accounts on their way to another person. A row goes when it is done or stopped.

use sqlx::{any::AnyRow, query};

use super::{
    Connection, StoreError,
    dialect::Backend,
    row::{Columns, damaged},
};
use crate::domain::{AccountId, Move, MoveId, MoveKind, PersonId, Timestamp};

const BY_ID: &str = "SELECT id, kind, giver, giver_name, taker, taker_name, ends_at, due_at \
                     FROM moves WHERE id = $1";

fn read(row: &AnyRow) -> Result<Move, StoreError> {
    let id = row.text(0)?;
    let kind = MoveKind::from_code(&row.text(1)?)
        .ok_or_else(|| damaged("moves", format!("{id:.4}: unknown kind")))?;
    Ok(Move {
        id: MoveId::new(id),
        kind,
        giver: PersonId(row.number(2)?),
        giver_name: row.text(3)?,
        taker: PersonId(row.number(4)?),
        taker_name: row.text(5)?,
        ends_at: row.time(6)?,
        due_at: row.time(7)?,
        accounts: Vec::new(),
    })
}

async fn with_accounts(c: &mut Connection, row: &AnyRow) -> Result<Move, StoreError> {
    let mut found = read(row)?;
    let rows = query("SELECT account FROM move_accounts WHERE move = $1 ORDER BY account")
        .bind(found.id.as_str())
        .fetch_all(c)
        .await?;
    for row in &rows {
        found.accounts.push(AccountId::new(row.text(0)?));
    }
    Ok(found)
}

/// Stores a new one.
pub async fn add(c: &mut Connection, new: &Move) -> Result<(), StoreError> {
    query(
        "INSERT INTO moves (id, kind, giver, giver_name, taker, taker_name, ends_at, due_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.id.as_str())
    .bind(new.kind.code())
    .bind(new.giver.0)
    .bind(new.giver_name.as_str())
    .bind(new.taker.0)
    .bind(new.taker_name.as_str())
    .bind(new.ends_at.millis())
    .bind(new.due_at.millis())
    .execute(&mut *c)
    .await?;
    for account in &new.accounts {
        query("INSERT INTO move_accounts (move, account) VALUES ($1, $2)")
            .bind(new.id.as_str())
            .bind(account.as_str())
            .execute(&mut *c)
            .await?;
    }
    Ok(())
}

/// The one with that id.
pub async fn get(c: &mut Connection, id: &MoveId) -> Result<Option<Move>, StoreError> {
    let row = query(BY_ID)
        .bind(id.as_str())
        .fetch_optional(&mut *c)
        .await?;
    match row {
        Some(row) => with_accounts(c, &row).await.map(Some),
        None => Ok(None),
    }
}

/// The same, and nobody else accepts, stops or carries it out before the transaction's end.
pub async fn lock(c: &mut Connection, id: &MoveId) -> Result<Option<Move>, StoreError> {
    let statement = Backend::of_connection(c).locking(BY_ID);
    let row = query(statement)
        .bind(id.as_str())
        .fetch_optional(&mut *c)
        .await?;
    match row {
        Some(row) => with_accounts(c, &row).await.map(Some),
        None => Ok(None),
    }
}

/// All of a giver's.
pub async fn of_giver(c: &mut Connection, giver: PersonId) -> Result<Vec<Move>, StoreError> {
    let rows = query(
        "SELECT id, kind, giver, giver_name, taker, taker_name, ends_at, due_at \
         FROM moves WHERE giver = $1 ORDER BY ends_at, id",
    )
    .bind(giver.0)
    .fetch_all(&mut *c)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.push(with_accounts(c, row).await?);
    }
    Ok(found)
}

/// The ids of those that are about an account, among others.
pub async fn of_account(
    c: &mut Connection,
    account: &AccountId,
) -> Result<Vec<MoveId>, StoreError> {
    let rows = query(
        "SELECT id FROM moves WHERE id IN (SELECT move FROM move_accounts WHERE account = $1) ORDER BY id",
    )
    .bind(account.as_str())
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|row| row.text(0).map(MoveId::new))
        .collect()
}

/// What is on its way with an account, among others; of a kind that this version does not know, nothing is said about that.
pub async fn waiting_of_account(
    c: &mut Connection,
    account: &AccountId,
) -> Result<Vec<(MoveId, Option<MoveKind>)>, StoreError> {
    let rows = query(
        "SELECT id, kind FROM moves WHERE due_at > 0 AND id IN (SELECT move FROM move_accounts WHERE account = $1) \
         ORDER BY id",
    )
    .bind(account.as_str())
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|row| {
            Ok((
                MoveId::new(row.text(0)?),
                MoveKind::from_code(&row.text(1)?),
            ))
        })
        .collect()
}

/// The ids of those whose time has come.
pub async fn due(c: &mut Connection, now: Timestamp) -> Result<Vec<MoveId>, StoreError> {
    let rows = query(
        "SELECT id FROM moves WHERE due_at > 0 AND due_at <= $1 ORDER BY due_at, id LIMIT 50",
    )
    .bind(now.millis())
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|row| row.text(0).map(MoveId::new))
        .collect()
}

/// Offers that nobody has accepted in their time.
pub async fn over(c: &mut Connection, now: Timestamp) -> Result<Vec<MoveId>, StoreError> {
    let rows = query("SELECT id FROM moves WHERE due_at = 0 AND ends_at <= $1 LIMIT 50")
        .bind(now.millis())
        .fetch_all(c)
        .await?;
    rows.iter()
        .map(|row| row.text(0).map(MoveId::new))
        .collect()
}

/// Somebody accepts; false when somebody has done so before.
pub async fn accept(
    c: &mut Connection,
    id: &MoveId,
    taker: PersonId,
    name: &str,
    due_at: Timestamp,
) -> Result<bool, StoreError> {
    let done = query(
        "UPDATE moves SET taker = $2, taker_name = $3, due_at = $4 WHERE id = $1 AND due_at = 0",
    )
    .bind(id.as_str())
    .bind(taker.0)
    .bind(name)
    .bind(due_at.millis())
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// It is done or stopped.
pub async fn remove(c: &mut Connection, id: &MoveId) -> Result<(), StoreError> {
    query("DELETE FROM move_accounts WHERE move = $1")
        .bind(id.as_str())
        .execute(&mut *c)
        .await?;
    query("DELETE FROM moves WHERE id = $1")
        .bind(id.as_str())
        .execute(c)
        .await?;
    Ok(())
}
