//! Tables `page_sessions` and `used_launches`: who is on a page, and by which launch data they came. Digests only.

use sqlx::query;

use super::{Connection, StoreError, row::Columns};
use crate::domain::{PersonId, Timestamp};

/// What a digest is made with leaves so many bytes.
pub type Digest = [u8; 32];

/// Marks launch data as used; false when it was used before.
pub async fn use_launch(
    c: &mut Connection,
    digest: &Digest,
    ends_at: Timestamp,
) -> Result<bool, StoreError> {
    let done = query(
        "INSERT INTO used_launches (digest, ends_at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING",
    )
    .bind(&digest[..])
    .bind(ends_at.millis())
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Opens a session.
pub async fn open_session(
    c: &mut Connection,
    digest: &Digest,
    person: PersonId,
    ends_at: Timestamp,
) -> Result<(), StoreError> {
    query("INSERT INTO page_sessions (digest, person, ends_at) VALUES ($1, $2, $3)")
        .bind(&digest[..])
        .bind(person.0)
        .bind(ends_at.millis())
        .execute(c)
        .await?;
    Ok(())
}

/// Whose session that is, while it lasts.
pub async fn session(
    c: &mut Connection,
    digest: &Digest,
    now: Timestamp,
) -> Result<Option<PersonId>, StoreError> {
    let row = query("SELECT person FROM page_sessions WHERE digest = $1 AND ends_at > $2")
        .bind(&digest[..])
        .bind(now.millis())
        .fetch_optional(c)
        .await?;
    row.map(|row| row.number(0).map(PersonId)).transpose()
}

/// Forgets what is over.
pub async fn sweep(c: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM page_sessions WHERE ends_at <= $1",
        "DELETE FROM used_launches WHERE ends_at <= $1",
    ] {
        query(statement).bind(now.millis()).execute(&mut *c).await?;
    }
    Ok(())
}
