//! Table `operations`: the ledger's rows. Each step is a compare-and-set on the step before.

use sqlx::{AssertSqlSafe, any::AnyRow, query};

use super::{
    Connection, StoreError,
    dialect::Backend,
    leases::Lease,
    replicas,
    row::{Columns, damaged},
};
use crate::domain::{
    AccountId, ChatId, KeyId, Language, MessageId, Operation, OperationNumber, PersonId, Place,
    ProviderKind, Scope, ThreadId, Timestamp, UpdateId, Verb,
    operation::{Outcome, Step},
};

macro_rules! columns {
    ($where:literal) => {
        concat!(
            "SELECT number, person, chat, thread, card, account, provider, scope, verb, step, detail, update_id, \
             started_at, sent_at, next_try_at, tries, ended_at, untold, \
             COALESCE((SELECT CASE chosen_language WHEN '' THEN telegram_language ELSE chosen_language END \
             FROM people WHERE people.id = operations.person), '') FROM operations WHERE ",
            $where
        )
    };
}

const COLUMNS_BY_NUMBER: &str = columns!("number = $1");

/// The next number; people see it.
pub async fn next_number(c: &mut Connection) -> Result<OperationNumber, StoreError> {
    query("UPDATE counters SET value = value + 1 WHERE name = 'operation' RETURNING value")
        .fetch_one(c)
        .await?
        .number(0)
        .map(OperationNumber)
}

/// A new operation.
pub async fn insert(c: &mut Connection, operation: &Operation) -> Result<(), StoreError> {
    query(
        "INSERT INTO operations (number, person, chat, thread, card, account, provider, scope, verb, step, detail, \
         update_id, started_at, sent_at, next_try_at, tries, ended_at, untold) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
    )
    .bind(operation.number.0)
    .bind(operation.person.0)
    .bind(operation.card.chat.0)
    .bind(operation.card.thread.0)
    .bind(operation.card.message.0)
    .bind(operation.account.as_str())
    .bind(operation.provider.code())
    .bind(operation.scope.0.as_str())
    .bind(operation.verb.code())
    .bind(operation.step.code())
    .bind(detail_json(operation)?)
    .bind(operation.update.0)
    .bind(operation.started_at.millis())
    .bind(operation.sent_at.millis())
    .bind(operation.next_try_at.millis())
    .bind(operation.tries)
    .bind(operation.ended_at.millis())
    .bind(operation.untold)
    .execute(c)
    .await?;
    Ok(())
}

/// Records where an operation stands now, if it still stood at `before`, and nobody else has taken its scope since that lease; false
/// when somebody else moved it on.
pub async fn record(
    c: &mut Connection,
    operation: &Operation,
    before: Step,
    lease: Option<&Lease>,
) -> Result<bool, StoreError> {
    // Held until the transaction's end: nobody may take the scope before what is recorded can be seen.
    let held = Backend::of_connection(c)
        .locking("SELECT fence FROM leases WHERE leases.scope = operations.scope AND fence = $10");
    let done = query(AssertSqlSafe(format!(
        "UPDATE operations SET step = $3, detail = $4, sent_at = $5, next_try_at = $6, tries = $7, ended_at = $8, \
         started_at = $9, untold = untold + 1 WHERE number = $1 AND step = $2 AND ($10 = 0 OR EXISTS ({}))",
        held.0
    )))
    .bind(operation.number.0)
    .bind(before.code())
    .bind(operation.step.code())
    .bind(detail_json(operation)?)
    .bind(operation.sent_at.millis())
    .bind(operation.next_try_at.millis())
    .bind(operation.tries)
    .bind(operation.ended_at.millis())
    .bind(operation.started_at.millis())
    .bind(lease.map_or(0, |lease| lease.fence))
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) fn detail_json(operation: &Operation) -> Result<String, StoreError> {
    serde_json::to_string(&operation.detail).map_err(|error| StoreError::Failed(error.to_string()))
}

/// The operation with that number.
pub async fn get(
    c: &mut Connection,
    number: OperationNumber,
) -> Result<Option<Operation>, StoreError> {
    let row = query(COLUMNS_BY_NUMBER)
        .bind(number.0)
        .fetch_optional(c)
        .await?;
    row.as_ref().map(read).transpose()
}

/// The same, and nobody else moves it on before the transaction's end.
pub async fn lock(
    c: &mut Connection,
    number: OperationNumber,
) -> Result<Option<Operation>, StoreError> {
    let statement = Backend::of_connection(c).locking(COLUMNS_BY_NUMBER);
    let row = query(statement).bind(number.0).fetch_optional(c).await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<Operation, StoreError> {
    let number = row.number(0)?;
    let broken = |what: &str| damaged("operations", format!("{number}: {what}"));
    Ok(Operation {
        number: OperationNumber(number),
        person: PersonId(row.number(1)?),
        card: Place {
            chat: ChatId(row.number(2)?),
            thread: ThreadId(row.number(3)?),
            message: MessageId(row.number(4)?),
        },
        account: AccountId::new(row.text(5)?),
        provider: ProviderKind::from_code(&row.text(6)?)
            .ok_or_else(|| broken("unknown provider"))?,
        scope: Scope(row.text(7)?),
        verb: Verb::from_code(&row.text(8)?).ok_or_else(|| broken("unknown verb"))?,
        step: Step::from_code(&row.text(9)?).ok_or_else(|| broken("unknown step"))?,
        detail: serde_json::from_str(&row.text(10)?).map_err(|_| broken("unreadable detail"))?,
        update: UpdateId(row.number(11)?),
        started_at: row.time(12)?,
        sent_at: row.time(13)?,
        next_try_at: row.time(14)?,
        tries: row.number(15)?,
        ended_at: row.time(16)?,
        untold: row.number(17)?,
        language: Language::from_telegram(&row.text(18)?),
    })
}

/// Numbers of what is due at that time for that replica, the first of them in order: open operations, and cards that do not show the
/// truth yet; without those on which another replica works.
pub async fn due(
    c: &mut Connection,
    now: Timestamp,
    holder: &str,
    limit: i64,
) -> Result<Vec<OperationNumber>, StoreError> {
    let backend = Backend::of_connection(c);
    let (database_now, alive) = (backend.now(), replicas::alive(backend));
    numbers(
        query(AssertSqlSafe(format!(
            // Two searches and no OR: that would read every operation there ever was.
            "SELECT number FROM operations LEFT JOIN leases \
             ON leases.scope = operations.scope AND leases.until > {database_now} AND leases.holder <> $3 \
             WHERE leases.scope IS NULL AND number IN (\
             SELECT number FROM operations WHERE ended_at = 0 AND next_try_at <= $1 UNION \
             SELECT number FROM operations WHERE untold > 0 AND (teller = '' OR teller = $3 OR teller NOT IN ({alive}))) \
             ORDER BY number LIMIT $2"
        )))
        .bind(now.millis())
        .bind(limit)
        .bind(holder)
        .fetch_all(c)
        .await?,
    )
}

/// When the next open operation is due; nothing when none is open.
pub async fn next_due(c: &mut Connection) -> Result<Option<Timestamp>, StoreError> {
    let row =
        query("SELECT next_try_at FROM operations WHERE ended_at = 0 ORDER BY next_try_at LIMIT 1")
            .fetch_optional(c)
            .await?;
    row.map(|row| row.time(0)).transpose()
}

/// Numbers of a person's open operations, newest first.
pub async fn open_of_person(
    c: &mut Connection,
    person: PersonId,
) -> Result<Vec<OperationNumber>, StoreError> {
    numbers(
        query(
            "SELECT number FROM operations WHERE person = $1 AND ended_at = 0 ORDER BY number DESC",
        )
        .bind(person.0)
        .fetch_all(c)
        .await?,
    )
}

/// Numbers of the open operations whose cards stand in that chat, newest first.
pub async fn open_of_chat(
    c: &mut Connection,
    chat: ChatId,
) -> Result<Vec<OperationNumber>, StoreError> {
    numbers(
        query(
            "SELECT number FROM operations WHERE chat = $1 AND ended_at = 0 ORDER BY number DESC",
        )
        .bind(chat.0)
        .fetch_all(c)
        .await?,
    )
}

/// Numbers of the open operations on an account.
pub async fn open_of_account(
    c: &mut Connection,
    account: &AccountId,
) -> Result<Vec<OperationNumber>, StoreError> {
    numbers(
        query("SELECT number FROM operations WHERE account = $1 AND ended_at = 0 ORDER BY number")
            .bind(account.as_str())
            .fetch_all(c)
            .await?,
    )
}

/// True when another operation in the scope waits for the outcome of a lost answer: until that is known, a new key could be
/// taken for the lost one.
pub async fn is_unresolved(
    c: &mut Connection,
    scope: &Scope,
    except: OperationNumber,
) -> Result<bool, StoreError> {
    let row = query(
        "SELECT number FROM operations WHERE scope = $1 AND number <> $2 AND ended_at = 0 \
         AND step IN ('asked', 'unknown') LIMIT 1",
    )
    .bind(scope.0.as_str())
    .bind(except.0)
    .fetch_optional(c)
    .await?;
    Ok(row.is_some())
}

/// Numbers of a scope's operations that are open, or have ended since that time; without those that only wait for people or for an old key's time.
pub async fn recent_of_scope(
    c: &mut Connection,
    scope: &Scope,
    since: Timestamp,
) -> Result<Vec<OperationNumber>, StoreError> {
    numbers(
        query(
            "SELECT number FROM operations WHERE scope = $1 AND ((ended_at = 0 AND step NOT IN ('overlap', 'approval')) OR ended_at >= $2) \
             ORDER BY number",
        )
        .bind(scope.0.as_str())
        .bind(since.millis())
        .fetch_all(c)
        .await?,
    )
}

/// Numbers of all open operations.
pub async fn all_open(c: &mut Connection) -> Result<Vec<OperationNumber>, StoreError> {
    numbers(
        query("SELECT number FROM operations WHERE ended_at = 0 ORDER BY number")
            .fetch_all(c)
            .await?,
    )
}

fn numbers(rows: Vec<AnyRow>) -> Result<Vec<OperationNumber>, StoreError> {
    rows.iter()
        .map(|row| row.number(0).map(OperationNumber))
        .collect()
}

/// The operation with that number and all others that the same update has started, in their order.
pub async fn together(
    c: &mut Connection,
    number: OperationNumber,
) -> Result<Vec<Operation>, StoreError> {
    let rows = query(columns!(
        "update_id = (SELECT update_id FROM operations WHERE number = $1) ORDER BY number"
    ))
    .bind(number.0)
    .fetch_all(c)
    .await?;
    rows.iter().map(read).collect()
}

/// The other operations of the account whose new key waits for `I saved it`, in their order; nobody else moves them on before the
/// transaction's end.
pub async fn lock_unsaved(
    c: &mut Connection,
    operation: &Operation,
) -> Result<Vec<Operation>, StoreError> {
    let statement = Backend::of_connection(c).locking(columns!(
        "account = $1 AND ended_at = 0 AND step IN ('deliver', 'shown') AND number <> $2 ORDER BY number"
    ));
    let rows = query(statement)
        .bind(operation.account.as_str())
        .bind(operation.number.0)
        .fetch_all(c)
        .await?;
    rows.iter().map(read).collect()
}

/// True while an operation that the same update has started before this one on its account is open.
pub async fn comes_after_others(
    c: &mut Connection,
    operation: &Operation,
) -> Result<bool, StoreError> {
    let row = query(
        "SELECT number FROM operations WHERE account = $1 AND update_id = $2 AND number < $3 AND ended_at = 0 LIMIT 1",
    )
    .bind(operation.account.as_str())
    .bind(operation.update.0)
    .bind(operation.number.0)
    .fetch_optional(c)
    .await?;
    Ok(row.is_some())
}

/// Lets the last open operation of those that the same update has started on the account try at once: it may have waited for this one.
pub async fn wake_last(
    c: &mut Connection,
    ended: &Operation,
    now: Timestamp,
) -> Result<(), StoreError> {
    query(
        "UPDATE operations SET next_try_at = $3, tries = 0 \
         WHERE account = $1 AND update_id = $2 AND ended_at = 0 AND step = 'revoke' AND (SELECT COUNT(*) FROM operations o \
         WHERE o.account = $1 AND o.update_id = $2 AND o.ended_at = 0) = 1",
    )
    .bind(ended.account.as_str())
    .bind(ended.update.0)
    .bind(now.millis())
    .execute(c)
    .await?;
    Ok(())
}

/// The keys of an account whose revocation has come to its end.
pub async fn revoked_keys(
    c: &mut Connection,
    account: &AccountId,
) -> Result<Vec<KeyId>, StoreError> {
    let rows = query(columns!("account = $1 AND ended_at <> 0"))
        .bind(account.as_str())
        .fetch_all(c)
        .await?;
    let mut revoked = Vec::new();
    for row in &rows {
        let detail = read(row)?.detail;
        revoked.extend(detail.gone.into_iter().map(|key| key.id));
        // Of what ended before it was noted in `gone`.
        if matches!(detail.outcome, Some(Outcome::Done | Outcome::Undone)) {
            revoked.extend(detail.revoking.map(|(key, _)| key.id));
        }
    }
    Ok(revoked)
}

/// Lets the open operations of an account try at once: its credential works again.
pub async fn wake_account(
    c: &mut Connection,
    account: &AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    query(
        "UPDATE operations SET next_try_at = $2, tries = 0 WHERE account = $1 AND ended_at = 0 \
         AND step IN ('note', 'ask', 'unknown', 'prove', 'revoke', 'verify')",
    )
    .bind(account.as_str())
    .bind(now.millis())
    .execute(c)
    .await?;
    Ok(())
}
