//! Wrong codes are counted, so that nobody can guess: too many in a while, and none is tried for the rest of it, not even a right one.

use std::time::Duration;

use super::{App, AppError, CodeFault, Turn};
use crate::{
    domain::{Purpose, WrongCodes},
    store::codes,
};

/// Wrong codes of one person in [`WITHIN`].
const MOST: i64 = 5;

/// See [`MOST`].
const WITHIN: Duration = Duration::from_mins(10);

/// Fails when the person of the turn has brought too many.
pub(super) async fn check(app: &App, turn: &Turn, purpose: Purpose) -> Result<(), AppError> {
    let mut c = app.store.read().await?;
    let wrong = codes::wrong(&mut c, turn.person.id, purpose).await?;
    let passed = turn.now.since(wrong.since);
    if wrong.count >= MOST && passed < WITHIN {
        return Err(CodeFault::TooMany(WITHIN.saturating_sub(passed)).into());
    }
    Ok(())
}

/// Counts one more, in the turn's transaction.
pub(super) async fn count(turn: &mut Turn, purpose: Purpose) -> Result<(), AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    let mut wrong = codes::wrong(tx, person, purpose).await?;
    if now.since(wrong.since) >= WITHIN {
        wrong = WrongCodes {
            since: now,
            count: 0,
        };
    }
    wrong.count += 1;
    Ok(codes::set_wrong(tx, person, purpose, wrong).await?)
}
