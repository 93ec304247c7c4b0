//! Table `people`.

use sqlx::{any::AnyRow, query};

use super::{
    Connection, StoreError,
    dialogues::{DialogueKey, StoredDialogue},
    row::Columns,
};
use crate::domain::{Language, MessageId, Person, PersonId, Timezone};

/// The person, or nothing when never seen.
pub async fn get(c: &mut Connection, id: PersonId) -> Result<Option<Person>, StoreError> {
    let row = query(
        "SELECT chosen_language, telegram_language, refused_since, refused_count, timezone FROM people WHERE id = $1",
    )
    .bind(id.0)
    .fetch_optional(c)
    .await?;
    row.map(|row| read(id, &row)).transpose()
}

/// The person of a dialogue with that dialogue, if there is one, also when its time is over; nothing when never seen.
pub async fn with_dialogue(
    c: &mut Connection,
    key: DialogueKey,
) -> Result<Option<(Person, Option<StoredDialogue>)>, StoreError> {
    let row = query(
        "SELECT chosen_language, telegram_language, refused_since, refused_count, timezone, \
         COALESCE(state, ''), COALESCE(message, 0), COALESCE(ends_at, 0) FROM people \
         LEFT JOIN dialogues ON chat = $2 AND person = $1 AND thread = $3 WHERE id = $1",
    )
    .bind(key.person.0)
    .bind(key.chat.0)
    .bind(key.thread.0)
    .fetch_optional(c)
    .await?;
    row.map(|row| {
        let dialogue = StoredDialogue {
            state: row.text(5)?,
            message: MessageId(row.number(6)?),
            ends_at: row.time(7)?,
        };
        let is_one = !dialogue.state.is_empty();
        Ok((read(key.person, &row)?, is_one.then_some(dialogue)))
    })
    .transpose()
}

fn read(id: PersonId, row: &AnyRow) -> Result<Person, StoreError> {
    Ok(Person {
        id,
        chosen_language: Language::from_code(&row.text(0)?),
        telegram_language: Language::from_telegram(&row.text(1)?),
        refused_since: row.time(2)?,
        refused_count: row.number(3)?,
        timezone: Timezone::from_minutes(row.number(4)?),
    })
}

/// Stores a person as they are now.
pub async fn put(c: &mut Connection, person: &Person) -> Result<(), StoreError> {
    query(
        "INSERT INTO people (id, chosen_language, telegram_language, refused_since, refused_count, timezone) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (id) DO UPDATE SET chosen_language = $2, telegram_language = $3, \
         refused_since = $4, refused_count = $5, timezone = $6",
    )
    .bind(person.id.0)
    .bind(person.chosen_language.map_or("", Language::code))
    .bind(person.telegram_language.code())
    .bind(person.refused_since.millis())
    .bind(person.refused_count)
    .bind(person.timezone.minutes())
    .execute(c)
    .await?;
    Ok(())
}
