//! Table `inbox`: updates on their way through the bot, and the tombstones by which a repeated one is known.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, any::AnyRow, query};

use super::{Connection, StoreError, dialect::Backend, replicas, row::Columns};
use crate::domain::{ChatId, PersonId, Sealed, Timestamp, UpdateId};

/// An update as stored.
#[derive(Clone, Debug)]
pub struct StoredUpdate {
    /// Telegram's number.
    pub id: UpdateId,
    /// The chat that it came from.
    pub chat: ChatId,
    /// Who caused it.
    pub person: PersonId,
    /// What we use of it, sealed.
    pub payload: Sealed,
    /// How often it was begun.
    pub attempts: i64,
}

/// An update that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Telegram's number.
    pub id: UpdateId,
    /// When it came.
    pub received_at: Timestamp,
}

/// One that waits, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Telegram's number.
    pub id: UpdateId,
    /// The chat that it came from.
    pub chat: ChatId,
    /// Who caused it.
    pub person: PersonId,
    /// The replica that is to handle it.
    pub holder: String,
    /// That replica lives.
    pub alive: bool,
}

/// An update on its way into the table.
#[derive(Clone, Debug)]
pub struct NewUpdate {
    /// What is stored; without a payload when it was handled before it was stored.
    pub update: StoredUpdate,
    /// Handled already.
    pub done: bool,
    /// The replica that is to handle it.
    pub holder: String,
    /// When it came.
    pub received_at: Timestamp,
}

/// Rows of one statement at most.
const ROWS: usize = 50;

/// Columns of a row.
const COLUMNS: usize = 8;

/// Stores updates; tells which of them were not here before.
pub async fn add(c: &mut Connection, updates: &[NewUpdate]) -> Result<Vec<UpdateId>, StoreError> {
    let mut new = Vec::with_capacity(updates.len());
    for updates in updates.chunks(ROWS) {
        let rows: Vec<_> = (0..updates.len()).map(places).collect();
        let mut statement = query(AssertSqlSafe(format!(
            "INSERT INTO inbox (update_id, chat, person, payload, state, attempts, received_at, holder) \
             VALUES {} ON CONFLICT (update_id) DO NOTHING RETURNING update_id",
            rows.join(", ")
        )));
        for new in updates {
            statement = statement
                .bind(new.update.id.0)
                .bind(new.update.chat.0)
                .bind(new.update.person.0)
                .bind(new.update.payload.as_bytes())
                .bind(if new.done { "done" } else { "waiting" })
                .bind(new.update.attempts)
                .bind(new.received_at.millis())
                .bind(new.holder.as_str());
        }
        for row in statement.fetch_all(&mut *c).await? {
            new.push(UpdateId(row.number(0)?));
        }
    }
    Ok(new)
}

/// The places of a row's values, the first row being number 0.
fn places(row: usize) -> String {
    let first = row * COLUMNS + 1;
    let places: Vec<_> = (first..first + COLUMNS)
        .map(|place| format!("${place}"))
        .collect();
    format!("({})", places.join(", "))
}

/// True when that update was stored for that replica at that very time and still waits: a commit whose receipt was lost.
pub async fn waits_since(
    c: &mut Connection,
    id: UpdateId,
    holder: &str,
    received_at: Timestamp,
) -> Result<bool, StoreError> {
    let row = query(
        "SELECT update_id FROM inbox \
         WHERE update_id = $1 AND state = 'waiting' AND received_at = $2 AND holder = $3",
    )
    .bind(id.0)
    .bind(received_at.millis())
    .bind(holder)
    .fetch_optional(c)
    .await?;
    Ok(row.is_some())
}

/// Whether that update waits for that replica.
pub async fn is_held(c: &mut Connection, id: UpdateId, holder: &str) -> Result<bool, StoreError> {
    let row = query(
        "SELECT update_id FROM inbox WHERE update_id = $1 AND state = 'waiting' AND holder = $2",
    )
    .bind(id.0)
    .bind(holder)
    .fetch_optional(c)
    .await?;
    Ok(row.is_some())
}

/// Waits until no other replica adds to the lanes of those people in those chats, and keeps them until the transaction's end.
pub async fn lock_lanes(
    c: &mut Connection,
    lanes: &BTreeSet<(ChatId, PersonId)>,
) -> Result<(), StoreError> {
    let Some(statement) = Backend::of_connection(c).lock_lanes() else {
        return Ok(());
    };
    // Nearly a number of its own for each: two that share one merely wait for each other.
    let number = |(chat, person): &(ChatId, PersonId)| chat.0.rotate_left(21) ^ person.0;
    let lanes: Vec<_> = lanes.iter().map(|lane| number(lane).to_string()).collect();
    query(statement).bind(lanes.join(",")).fetch_one(c).await?;
    Ok(())
}

/// All that wait in those chats, in Telegram's order.
pub async fn waiting_in(
    c: &mut Connection,
    chats: &BTreeSet<ChatId>,
) -> Result<Vec<Held>, StoreError> {
    let backend = Backend::of_connection(c);
    let chats: Vec<_> = chats.iter().map(|chat| chat.0.to_string()).collect();
    let statement = held(
        backend,
        &format!("inbox.chat IN ({})", backend.numbers()),
        "",
    );
    let rows = query(statement).bind(chats.join(",")).fetch_all(c).await?;
    rows.iter().map(read_held).collect()
}

/// The first of those whose replica is dead, in Telegram's order. A process of an older version names nobody: what came since that time may be
/// in its hands.
pub async fn orphans(
    c: &mut Connection,
    since: Timestamp,
    most: i64,
) -> Result<Vec<Held>, StoreError> {
    let statement = held(
        Backend::of_connection(c),
        "replicas.id IS NULL AND (inbox.holder <> '' OR inbox.received_at < $1)",
        "LIMIT $2",
    );
    let rows = query(statement)
        .bind(since.millis())
        .bind(most)
        .fetch_all(c)
        .await?;
    rows.iter().map(read_held).collect()
}

fn held(backend: Backend, which: &str, most: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!(
        "SELECT inbox.update_id, inbox.chat, inbox.person, inbox.holder, COALESCE(replicas.until, 0) FROM inbox \
         LEFT JOIN replicas ON replicas.id = inbox.holder AND replicas.until > {} \
         WHERE inbox.state = 'waiting' AND {which} ORDER BY inbox.update_id {most}",
        backend.now()
    ))
}

fn read_held(row: &AnyRow) -> Result<Held, StoreError> {
    Ok(Held {
        id: UpdateId(row.number(0)?),
        chat: ChatId(row.number(1)?),
        person: PersonId(row.number(2)?),
        holder: row.text(3)?,
        alive: row.number(4)? != 0,
    })
}

/// The numbers of those that wait for that replica, in Telegram's order.
pub async fn of_holder(c: &mut Connection, holder: &str) -> Result<Vec<UpdateId>, StoreError> {
    let rows = query(
        "SELECT update_id FROM inbox WHERE state = 'waiting' AND holder = $1 ORDER BY update_id",
    )
    .bind(holder)
    .fetch_all(c)
    .await?;
    rows.iter().map(|row| row.number(0).map(UpdateId)).collect()
}

/// Gives those of replicas that are dead to another one; tells how many. Each may have been begun: nobody knows better.
pub async fn adopt(c: &mut Connection, ids: &[UpdateId], holder: &str) -> Result<u64, StoreError> {
    let backend = Backend::of_connection(c);
    let (numbers, alive) = (backend.numbers(), replicas::alive(backend));
    let ids: Vec<_> = ids.iter().map(UpdateId::to_string).collect();
    let done = query(AssertSqlSafe(format!(
        "UPDATE inbox SET holder = $2, attempts = CASE WHEN attempts = 0 THEN 1 ELSE attempts END \
         WHERE update_id IN ({numbers}) AND state = 'waiting' AND holder NOT IN ({alive})"
    )))
    .bind(ids.join(","))
    .bind(holder)
    .execute(c)
    .await?;
    Ok(done.rows_affected())
}

/// An update that waits for that replica.
pub async fn get(
    c: &mut Connection,
    id: UpdateId,
    holder: &str,
) -> Result<Option<StoredUpdate>, StoreError> {
    let row = query(
        "SELECT update_id, chat, person, payload, attempts FROM inbox \
         WHERE update_id = $1 AND holder = $2 AND state = 'waiting'",
    )
    .bind(id.0)
    .bind(holder)
    .fetch_optional(c)
    .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<StoredUpdate, StoreError> {
    Ok(StoredUpdate {
        id: UpdateId(row.number(0)?),
        chat: ChatId(row.number(1)?),
        person: PersonId(row.number(2)?),
        payload: row.sealed(3)?,
        attempts: row.number(4)?,
    })
}

/// Counts an attempt before it is made.
pub async fn count_attempt(
    c: &mut Connection,
    id: UpdateId,
    attempts: i64,
) -> Result<(), StoreError> {
    query("UPDATE inbox SET attempts = $2 WHERE update_id = $1 AND state = 'waiting'")
        .bind(id.0)
        .bind(attempts)
        .execute(c)
        .await?;
    Ok(())
}

/// Wipes updates that this replica has handled to their tombstones, unless they are another's by now.
pub async fn done(c: &mut Connection, ids: &[UpdateId], holder: &str) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = ids.iter().map(UpdateId::to_string).collect();
    let numbers = Backend::of_connection(c).numbers();
    query(AssertSqlSafe(format!(
        "UPDATE inbox SET state = 'done', payload = $2 WHERE update_id IN ({numbers}) AND state = 'waiting' AND holder = $3"
    )))
    .bind(ids.join(","))
    .bind(Sealed::default().as_bytes())
    .bind(holder)
    .execute(c)
    .await?;
    Ok(())
}

/// Leaves the tombstone of an update that this replica has handled, whether or not it was stored before; false when it was done before,
/// or is another's by now.
pub async fn finish(
    c: &mut Connection,
    (id, chat, person): (UpdateId, ChatId, PersonId),
    holder: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = query(
        "INSERT INTO inbox (update_id, chat, person, payload, state, attempts, received_at, holder) \
         VALUES ($1, $2, $3, $4, 'done', 0, $5, $6) \
         ON CONFLICT (update_id) DO UPDATE SET state = 'done', payload = $4 \
         WHERE inbox.state = 'waiting' AND inbox.holder = $6",
    )
    .bind(id.0)
    .bind(chat.0)
    .bind(person.0)
    .bind(Sealed::default().as_bytes())
    .bind(now.millis())
    .bind(holder)
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The highest number that is here; nothing when there is none.
pub async fn newest(c: &mut Connection) -> Result<Option<UpdateId>, StoreError> {
    let row = query("SELECT update_id FROM inbox ORDER BY update_id DESC LIMIT 1")
        .fetch_optional(c)
        .await?;
    row.map(|row| row.number(0).map(UpdateId)).transpose()
}

/// Gives an update up: it is wiped too, and `keyporter check` names it.
pub async fn set_aside(c: &mut Connection, id: UpdateId) -> Result<(), StoreError> {
    query("UPDATE inbox SET state = 'set_aside', payload = $2 WHERE update_id = $1")
        .bind(id.0)
        .bind(Sealed::default().as_bytes())
        .execute(c)
        .await?;
    Ok(())
}

/// The updates that were given up, newest first.
pub async fn all_set_aside(c: &mut Connection) -> Result<Vec<SetAside>, StoreError> {
    let rows = query(
        "SELECT update_id, received_at FROM inbox WHERE state = 'set_aside' \
         ORDER BY received_at DESC, update_id DESC LIMIT 100",
    )
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(SetAside {
                id: UpdateId(row.number(0)?),
                received_at: row.time(1)?,
            })
        })
        .collect()
}

/// How many updates wait.
pub async fn count_waiting(c: &mut Connection) -> Result<i64, StoreError> {
    query("SELECT COUNT(*) FROM inbox WHERE state = 'waiting'")
        .fetch_one(c)
        .await?
        .number(0)
}

/// Removes tombstones, and given-up updates, that came before those times.
pub async fn forget(
    c: &mut Connection,
    done: Timestamp,
    set_aside: Timestamp,
) -> Result<(), StoreError> {
    query(
        "DELETE FROM inbox WHERE (state = 'done' AND received_at < $1) \
         OR (state = 'set_aside' AND received_at < $2)",
    )
    .bind(done.millis())
    .bind(set_aside.millis())
    .execute(c)
    .await?;
    Ok(())
}

/// Removes everything: for a database that another bot has used, whose numbers mean nothing to this one.
pub async fn clear(c: &mut Connection) -> Result<(), StoreError> {
    query("DELETE FROM inbox").execute(c).await?;
    Ok(())
}
