//! Table `outbox`: answers whose transaction is committed and that may not have reached Telegram yet.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, any::AnyRow, query};

use super::{Connection, StoreError, dialect::Backend, replicas, row::Columns};
use crate::domain::{ChatId, Sealed, Timestamp};

/// A stored answer.
#[derive(Clone, Debug)]
pub struct StoredAnswer {
    /// Ours.
    pub id: String,
    /// Where it goes; answers to one chat keep their order.
    pub chat: ChatId,
    /// The answer, sealed.
    pub payload: Sealed,
    /// When its transaction was.
    pub created_at: Timestamp,
}

/// Rows of one statement at most.
const ROWS: usize = 50;

/// Stores an answer, which that replica sends.
pub async fn add(
    c: &mut Connection,
    answer: &StoredAnswer,
    holder: &str,
) -> Result<(), StoreError> {
    query("INSERT INTO outbox (id, chat, payload, created_at, holder) VALUES ($1, $2, $3, $4, $5)")
        .bind(answer.id.as_str())
        .bind(answer.chat.0)
        .bind(answer.payload.as_bytes())
        .bind(answer.created_at.millis())
        .bind(holder)
        .execute(c)
        .await?;
    Ok(())
}

/// What nobody has asked for is told apart by its id, which begins so.
pub const NEWS: &str = "news-";

/// The replica that is to send something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Its id.
    pub holder: String,
    /// It lives.
    pub alive: bool,
}

/// Where a walk through the table stands; the beginning, unless it is told by an answer.
#[derive(Clone, Debug, Default)]
pub struct Place {
    created_at: Timestamp,
    id: String,
}

impl StoredAnswer {
    /// Where it stands in the table.
    pub fn place(&self) -> Place {
        Place {
            created_at: self.created_at,
            id: self.id.clone(),
        }
    }
}

/// The next answers of that replica, or the next of its news, in their order, `most` at most: ids grow with time.
pub async fn after(
    c: &mut Connection,
    place: &Place,
    (holder, news): (&str, bool),
    most: i64,
) -> Result<Vec<StoredAnswer>, StoreError> {
    let rows = query(if news {
        "SELECT id, chat, payload, created_at FROM outbox \
         WHERE (created_at > $1 OR (created_at = $1 AND id > $2)) AND id LIKE $3 AND holder = $5 \
         ORDER BY created_at, id LIMIT $4"
    } else {
        "SELECT id, chat, payload, created_at FROM outbox \
         WHERE (created_at > $1 OR (created_at = $1 AND id > $2)) AND id NOT LIKE $3 AND holder = $5 \
         ORDER BY created_at, id LIMIT $4"
    })
    .bind(place.created_at.millis())
    .bind(place.id.as_str())
    .bind(format!("{NEWS}%"))
    .bind(most)
    .bind(holder)
    .fetch_all(c)
    .await?;
    rows.iter().map(read).collect()
}

/// The next answers of that replica in a chat, in their order; no news.
pub async fn in_chat(
    c: &mut Connection,
    chat: ChatId,
    holder: &str,
) -> Result<Vec<StoredAnswer>, StoreError> {
    let rows = query(
        "SELECT id, chat, payload, created_at FROM outbox \
         WHERE chat = $1 AND holder = $2 AND id NOT LIKE $3 ORDER BY created_at, id",
    )
    .bind(chat.0)
    .bind(holder)
    .bind(format!("{NEWS}%"))
    .fetch_all(c)
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<StoredAnswer, StoreError> {
    Ok(StoredAnswer {
        id: row.text(0)?,
        chat: ChatId(row.number(1)?),
        payload: row.sealed(2)?,
        created_at: row.time(3)?,
    })
}

/// Whether that answer waits for that replica to send it. It is written, so that nothing is sent while its removal could not be.
pub async fn claim(c: &mut Connection, id: &str, holder: &str) -> Result<bool, StoreError> {
    let done = query("UPDATE outbox SET holder = $2 WHERE id = $1 AND holder = $2")
        .bind(id)
        .bind(holder)
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Who has unsent answers in those chats; no news.
pub async fn holders_in(
    c: &mut Connection,
    chats: &BTreeSet<ChatId>,
) -> Result<BTreeMap<ChatId, Sender>, StoreError> {
    let backend = Backend::of_connection(c);
    let (numbers, now) = (backend.numbers(), backend.now());
    let chats: Vec<_> = chats.iter().map(|chat| chat.0.to_string()).collect();
    let rows = query(AssertSqlSafe(format!(
        "SELECT outbox.chat, outbox.holder, COALESCE(replicas.until, 0) FROM outbox \
         LEFT JOIN replicas ON replicas.id = outbox.holder AND replicas.until > {now} \
         WHERE outbox.chat IN ({numbers}) AND outbox.holder <> '' AND outbox.id NOT LIKE $2"
    )))
    .bind(chats.join(","))
    .bind(format!("{NEWS}%"))
    .fetch_all(c)
    .await?;
    let holder = |row: &AnyRow| {
        let sender = Sender {
            holder: row.text(1)?,
            alive: row.number(2)? != 0,
        };
        Ok((ChatId(row.number(0)?), sender))
    };
    rows.iter().map(holder).collect()
}

/// Whether the dead have left anything. A process of an older version names nobody: what it has stored since that time it may still send.
pub async fn has_orphans(c: &mut Connection, since: Timestamp) -> Result<bool, StoreError> {
    let statement = format!("SELECT id FROM outbox WHERE {} LIMIT 1", orphaned(c, "$1"));
    let row = query(AssertSqlSafe(statement))
        .bind(since.millis())
        .fetch_optional(c)
        .await?;
    Ok(row.is_some())
}

/// Gives that replica what the dead have left; tells the answers' ids.
pub async fn adopt(
    c: &mut Connection,
    holder: &str,
    since: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let orphaned = orphaned(c, "$2");
    let statement = format!("UPDATE outbox SET holder = $1 WHERE {orphaned} RETURNING id");
    let rows = query(AssertSqlSafe(statement))
        .bind(holder)
        .bind(since.millis())
        .fetch_all(c)
        .await?;
    rows.iter().map(|row| row.text(0)).collect()
}

fn orphaned(c: &Connection, since: &str) -> String {
    let alive = replicas::alive(Backend::of_connection(c));
    format!("holder NOT IN ({alive}) AND (holder <> '' OR created_at < {since})")
}

/// Removes answers that were sent or given up.
pub async fn remove(c: &mut Connection, ids: &[&str]) -> Result<(), StoreError> {
    for ids in ids.chunks(ROWS) {
        let places: Vec<_> = (1..=ids.len()).map(|place| format!("${place}")).collect();
        let mut removal = query(AssertSqlSafe(format!(
            "DELETE FROM outbox WHERE id IN ({})",
            places.join(", ")
        )));
        for id in ids {
            removal = removal.bind(*id);
        }
        removal.execute(&mut *c).await?;
    }
    Ok(())
}
