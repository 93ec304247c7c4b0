//! Table `operations`, as far as the cards go that show people where they stand: who draws one, and what it shows.

use sqlx::{AssertSqlSafe, query};

use super::{Connection, StoreError, dialect::Backend, operations, replicas};
use crate::domain::{MessageId, Operation, OperationNumber, PersonId, Timestamp};

/// Takes a card for drawing; false while another replica that lives draws it.
pub async fn claim(
    c: &mut Connection,
    number: OperationNumber,
    teller: &str,
) -> Result<bool, StoreError> {
    let alive = replicas::alive(Backend::of_connection(c));
    let done = query(AssertSqlSafe(format!(
        "UPDATE operations SET teller = $2 WHERE number = $1 AND (teller = '' OR teller = $2 OR teller NOT IN ({alive}))"
    )))
    .bind(number.0)
    .bind(teller)
    .execute(c)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Leaves a card to whoever comes first; false when it was somebody else's by now.
pub async fn release(
    c: &mut Connection,
    number: OperationNumber,
    teller: &str,
) -> Result<bool, StoreError> {
    let done = query("UPDATE operations SET teller = '' WHERE number = $1 AND teller = $2")
        .bind(number.0)
        .bind(teller)
        .execute(c)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The card shows what was recorded until `operation` was read, and the places that have served are gone; false when it has moved on since.
pub async fn told(c: &mut Connection, operation: &Operation) -> Result<bool, StoreError> {
    let done =
        query("UPDATE operations SET untold = 0, detail = $3, teller = '' WHERE number = $1 AND untold = $2")
            .bind(operation.number.0)
            .bind(operation.untold)
            .bind(operations::detail_json(operation)?)
            .execute(c)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Something that this one's card tells of has moved on, or what stands there is not what was drawn last.
pub async fn untell(c: &mut Connection, number: OperationNumber) -> Result<(), StoreError> {
    query("UPDATE operations SET untold = untold + 1 WHERE number = $1")
        .bind(number.0)
        .execute(c)
        .await?;
    Ok(())
}

/// A person's chat is open again: secrets that wait to be shown there, cards that could not be drawn and places that could not be emptied
/// have their turn at once.
pub async fn chat_opened(
    c: &mut Connection,
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    // In the order of their numbers, as everywhere.
    let theirs = Backend::of_connection(c).locking(
        "SELECT number FROM operations WHERE person = $1 AND (ended_at = 0 \
         OR (detail LIKE '%\"leaving\":[%' AND detail NOT LIKE '%\"leaving\":[]%')) ORDER BY number",
    );
    query(AssertSqlSafe(format!(
        "UPDATE operations SET untold = untold + 1, \
         next_try_at = CASE WHEN ended_at = 0 AND step = 'deliver' THEN $2 ELSE next_try_at END WHERE number IN ({})",
        theirs.0
    )))
    .bind(person.0)
    .bind(now.millis())
    .execute(c)
    .await?;
    Ok(())
}

/// The card is another message from now on.
pub async fn put_card(
    c: &mut Connection,
    number: OperationNumber,
    card: MessageId,
) -> Result<(), StoreError> {
    query("UPDATE operations SET card = $2 WHERE number = $1")
        .bind(number.0)
        .bind(card.0)
        .execute(c)
        .await?;
    Ok(())
}
