//! Table `showings`: what is to be shown once, where it stands, and when it is taken away.

use sqlx::query;

use super::{
    Connection, StoreError,
    row::{Columns, damaged},
};
use crate::domain::{MessageId, PersonId, Showing, Shows, Timestamp};

/// Wants something shown; what was shown of that kind before is taken away.
pub async fn add(c: &mut Connection, showing: &Showing, now: Timestamp) -> Result<(), StoreError> {
    end(c, showing.person, showing.shows, now).await?;
    query(
        "INSERT INTO showings (id, person, what, message, try_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(showing.id.as_str())
    .bind(showing.person.0)
    .bind(showing.shows.code())
    .bind(showing.message.0)
    .bind(showing.try_at.millis())
    .bind(showing.ends_at.millis())
    .execute(c)
    .await?;
    Ok(())
}

/// Takes away what that person is shown of that kind.
pub async fn end(
    c: &mut Connection,
    person: PersonId,
    shows: Shows,
    now: Timestamp,
) -> Result<(), StoreError> {
    query(
        "UPDATE showings SET ends_at = $3, try_at = $3 WHERE person = $1 AND what = $2 AND ends_at > $3",
    )
    .bind(person.0)
    .bind(shows.code())
    .bind(now.millis())
    .execute(c)
    .await?;
    Ok(())
}

/// Takes away what stands in that message; true when it stood there and was a person's own.
pub async fn end_message(
    c: &mut Connection,
    person: PersonId,
    message: MessageId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = query(
        "UPDATE showings SET ends_at = $3, try_at = $3 WHERE person = $1 AND message = $2 AND ends_at > $3",
    )
    .bind(person.0)
    .bind(message.0)
    .bind(now.millis())
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether something of that kind stands in front of that person now.
pub async fn stands(
    c: &mut Connection,
    person: PersonId,
    shows: Shows,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = query(
        "SELECT id FROM showings WHERE person = $1 AND what = $2 AND message <> 0 AND ends_at > $3 LIMIT 1",
    )
    .bind(person.0)
    .bind(shows.code())
    .bind(now.millis())
    .fetch_optional(c)
    .await?;
    Ok(row.is_some())
}

/// Whether something of that kind is to be shown to that person, or is.
pub async fn is_wanted(
    c: &mut Connection,
    person: PersonId,
    shows: Shows,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row =
        query("SELECT id FROM showings WHERE person = $1 AND what = $2 AND ends_at > $3 LIMIT 1")
            .bind(person.0)
            .bind(shows.code())
            .bind(now.millis())
            .fetch_optional(c)
            .await?;
    Ok(row.is_some())
}

/// Those that are to be shown or taken away now.
pub async fn due(c: &mut Connection, now: Timestamp) -> Result<Vec<Showing>, StoreError> {
    let rows = query(
        "SELECT id, person, what, message, try_at, ends_at FROM showings \
         WHERE try_at <= $1 ORDER BY try_at, id LIMIT 100",
    )
    .bind(now.millis())
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|row| {
            let id = row.text(0)?;
            let shows = Shows::from_code(&row.text(2)?)
                .ok_or_else(|| damaged("showings", format!("{id}: unknown kind")))?;
            Ok(Showing {
                id,
                person: PersonId(row.number(1)?),
                shows,
                message: MessageId(row.number(3)?),
                try_at: row.time(4)?,
                ends_at: row.time(5)?,
            })
        })
        .collect()
}

/// Takes one for work until then; false when somebody else has, or when it has changed.
pub async fn claim(
    c: &mut Connection,
    showing: &Showing,
    try_at: Timestamp,
) -> Result<bool, StoreError> {
    let done = query(
        "UPDATE showings SET try_at = $5 WHERE id = $1 AND try_at = $2 AND message = $3 AND ends_at = $4",
    )
    .bind(showing.id.as_str())
    .bind(showing.try_at.millis())
    .bind(showing.message.0)
    .bind(showing.ends_at.millis())
    .bind(try_at.millis())
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// It stands there until then; false when it was ended meanwhile, or taken by somebody else.
pub async fn shown(
    c: &mut Connection,
    claimed: &Showing,
    message: MessageId,
    ends_at: Timestamp,
) -> Result<bool, StoreError> {
    let done = query(
        "UPDATE showings SET message = $4, try_at = $5, ends_at = $5 WHERE id = $1 AND try_at = $2 AND ends_at = $3",
    )
    .bind(claimed.id.as_str())
    .bind(claimed.try_at.millis())
    .bind(claimed.ends_at.millis())
    .bind(message.0)
    .bind(ends_at.millis())
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// It is over.
pub async fn remove(c: &mut Connection, showing: &Showing) -> Result<(), StoreError> {
    query("DELETE FROM showings WHERE id = $1")
        .bind(showing.id.as_str())
        .execute(c)
        .await?;
    Ok(())
}
