//! Tables `recovery_codes` and `wrong_codes`. The store sees coded codes only.

use sqlx::query;

use super::{Connection, StoreError, row::Columns};
use crate::domain::{PersonId, Purpose, WrongCodes};

/// Puts codes in the place of those that the person has for that.
pub async fn replace(
    c: &mut Connection,
    person: PersonId,
    purpose: Purpose,
    codes: &[[u8; 32]],
) -> Result<(), StoreError> {
    remove_all(c, person, purpose).await?;
    for code in codes {
        query("INSERT INTO recovery_codes (code, person, purpose) VALUES ($1, $2, $3)")
            .bind(&code[..])
            .bind(person.0)
            .bind(purpose.code())
            .execute(&mut *c)
            .await?;
    }
    Ok(())
}

/// All of a person's codes for that stop to count.
pub async fn remove_all(
    c: &mut Connection,
    person: PersonId,
    purpose: Purpose,
) -> Result<(), StoreError> {
    query("DELETE FROM recovery_codes WHERE person = $1 AND purpose = $2")
        .bind(person.0)
        .bind(purpose.code())
        .execute(c)
        .await?;
    Ok(())
}

/// How many a person has left.
pub async fn count(
    c: &mut Connection,
    person: PersonId,
    purpose: Purpose,
) -> Result<i64, StoreError> {
    let row = query("SELECT COUNT(*) FROM recovery_codes WHERE person = $1 AND purpose = $2")
        .bind(person.0)
        .bind(purpose.code())
        .fetch_one(c)
        .await?;
    row.number(0)
}

/// Whose code that is.
pub async fn owner(
    c: &mut Connection,
    purpose: Purpose,
    code: &[u8; 32],
) -> Result<Option<PersonId>, StoreError> {
    let row = query("SELECT person FROM recovery_codes WHERE code = $1 AND purpose = $2")
        .bind(&code[..])
        .bind(purpose.code())
        .fetch_optional(c)
        .await?;
    row.map(|row| row.number(0).map(PersonId)).transpose()
}

/// Uses a code up; true for exactly one caller.
pub async fn take(
    c: &mut Connection,
    person: PersonId,
    purpose: Purpose,
    code: &[u8; 32],
) -> Result<bool, StoreError> {
    let done = query("DELETE FROM recovery_codes WHERE code = $1 AND person = $2 AND purpose = $3")
        .bind(&code[..])
        .bind(person.0)
        .bind(purpose.code())
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The wrong codes of a person.
pub async fn wrong(
    c: &mut Connection,
    person: PersonId,
    purpose: Purpose,
) -> Result<WrongCodes, StoreError> {
    let row = query("SELECT since, count FROM wrong_codes WHERE person = $1 AND purpose = $2")
        .bind(person.0)
        .bind(purpose.code())
        .fetch_optional(c)
        .await?;
    row.map_or_else(
        || Ok(WrongCodes::default()),
        |row| {
            Ok(WrongCodes {
                since: row.time(0)?,
                count: row.number(1)?,
            })
        },
    )
}

/// Remembers them.
pub async fn set_wrong(
    c: &mut Connection,
    person: PersonId,
    purpose: Purpose,
    wrong: WrongCodes,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO wrong_codes (person, purpose, since, count) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (person, purpose) DO UPDATE SET since = $3, count = $4",
    )
    .bind(person.0)
    .bind(purpose.code())
    .bind(wrong.since.millis())
    .bind(wrong.count)
    .execute(c)
    .await?;
    Ok(())
}
