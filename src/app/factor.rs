//! The second factor: set up, asked for, switched off. A code counts once: the time step of the last one is kept, in the transaction
//! of what it was given for. No code and no secret may stand in a dialogue, a log or the audit.

use std::time::Duration;

use super::{App, AppError, CodeFault, Turn, confirm, showings, wrong_codes};
use crate::{
    domain::{Action, ConfirmationId, PersonId, Purpose, Shows, Timestamp},
    secret::Secret,
    store::{Connection, codes, factors, factors::Factor, showings as shown},
    vault::{Row, codes::coded, totp},
};

/// How long a code that was given ahead waits for its action in a group.
pub const PROOF_FOR: Duration = Duration::from_mins(5);

/// How it stands with a person's second factor, and the questions that lead on.
#[derive(Debug)]
pub enum Status {
    /// There is none.
    Off {
        /// Whether to set one up.
        set_up: ConfirmationId,
    },
    /// It is on.
    On {
        /// Since when.
        since: Timestamp,
        /// How many recovery codes are left.
        codes: i64,
        /// Whether to give a code ahead of an action in a group.
        prove: ConfirmationId,
        /// Whether to make new recovery codes.
        new_codes: ConfirmationId,
        /// Whether to switch it off.
        drop: ConfirmationId,
    },
}

/// What was given and counts no more.
#[derive(Debug)]
pub enum Given {
    /// The code of a time step.
    Step(i64),
    /// A recovery code, coded.
    Code([u8; 32]),
}

/// Whether that person has one. By the transaction where one is open: whoever waits for a second connection with the first in hand
/// may wait for somebody who does the same.
async fn is_on(c: &mut Connection, person: PersonId) -> Result<bool, AppError> {
    let found = factors::get(c, person).await?;
    Ok(found.is_some_and(|factor| !factor.since.is_never()))
}

/// Whether the person of the turn has to give a code before that.
pub async fn is_asked_for(app: &App, turn: &Turn, action: &Action) -> Result<bool, AppError> {
    Ok(action.asks_for_factor() && is_on(&mut *app.store.read().await?, turn.person.id).await?)
}

/// For what is pressed in a group, where no code may be typed: passes whoever has no second factor, and whoever has given a code
/// for this a moment ago in the private chat. That is used up in the turn's transaction.
pub async fn require_ahead(turn: &mut Turn) -> Result<(), AppError> {
    let (person, since) = (turn.person.id, turn.now.minus(PROOF_FOR));
    let tx = turn.tx().await?;
    if !is_on(tx, person).await? || factors::use_proof(tx, person, since).await? {
        Ok(())
    } else {
        Err(CodeFault::FactorFirst.into())
    }
}

/// The same, and whoever has no second factor does not pass.
pub async fn require(turn: &mut Turn) -> Result<(), AppError> {
    let person = turn.person.id;
    if is_on(turn.tx().await?, person).await? {
        require_ahead(turn).await
    } else {
        Err(CodeFault::FactorNeeded.into())
    }
}

/// How it stands.
pub async fn status(app: &App, turn: &mut Turn) -> Result<Status, AppError> {
    let person = turn.person.id;
    let mut c = app.store.read().await?;
    let found = factors::get(&mut c, person).await?;
    let left = codes::count(&mut c, person, Purpose::Factor).await?;
    drop(c);
    let Some(factor) = found.filter(|factor| !factor.since.is_never()) else {
        let set_up = confirm::ask(app, turn, Action::SetUpFactor, None).await?;
        return Ok(Status::Off { set_up });
    };
    Ok(Status::On {
        since: factor.since,
        codes: left,
        prove: confirm::ask(app, turn, Action::ProveFactor, None).await?,
        new_codes: confirm::ask(app, turn, Action::NewFactorCodes, None).await?,
        drop: confirm::ask(app, turn, Action::DropFactor, None).await?,
    })
}

/// Begins to set one up: its secret is rolled and shown in a moment.
pub async fn set_up(app: &App, turn: &mut Turn) -> Result<(), AppError> {
    if is_on(&mut *app.store.read().await?, turn.person.id).await? {
        return Err(CodeFault::FactorOn.into());
    }
    showings::want(app, turn, Shows::Factor).await
}

/// The first right code switches it on. Until then it counts for nothing.
pub async fn switch_on(app: &App, turn: &mut Turn, typed: &Secret) -> Result<(), AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    let found = factors::lock(tx, person).await?;
    if found.as_ref().is_some_and(|found| !found.since.is_never()) {
        return Err(CodeFault::FactorOn.into());
    }
    // Only what surely stands in front of the person: anything else is rolled anew.
    let stands = shown::stands(tx, person, Shows::Factor, now).await?;
    let found = found.filter(|_| stands).ok_or(CodeFault::NotShown)?;
    let step =
        totp::step_of(&secret(app, person, &found)?, typed, now).ok_or(CodeFault::WrongFirst)?;
    factors::take_step(tx, person, step).await?;
    factors::switch_on(tx, person, now).await?;
    shown::end(tx, person, Shows::Factor, now).await?;
    showings::want(app, turn, Shows::FactorCodes).await
}

/// Takes a code of the app or a recovery code; right or wrong, it is written down in the turn's transaction.
pub async fn give(app: &App, turn: &mut Turn, typed: &Secret) -> Result<Given, AppError> {
    wrong_codes::check(app, turn, Purpose::Factor).await?;
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    let found = factors::lock(tx, person).await?;
    let found = found.filter(|found| !found.since.is_never());
    let found = found.ok_or(CodeFault::FactorOff)?;
    let given = match totp::step_of(&secret(app, person, &found)?, typed, now) {
        Some(step) => Some(Given::Step(step)),
        None => coded(&app.code_key, Purpose::Factor, typed).map(Given::Code),
    };
    match given {
        Some(given) if take(turn, &given).await? => Ok(given),
        Some(Given::Step(_)) => {
            wrong_codes::count(turn, Purpose::Factor).await?;
            Err(CodeFault::Used.into())
        }
        Some(Given::Code(_)) | None => {
            wrong_codes::count(turn, Purpose::Factor).await?;
            Err(CodeFault::Wrong.into())
        }
    }
}

/// Takes it again, where what it was given for was thrown away: it counts no more all the same.
pub async fn give_again(turn: &mut Turn, given: &Given) -> Result<(), AppError> {
    take(turn, given).await.map(drop)
}

async fn take(turn: &mut Turn, given: &Given) -> Result<bool, AppError> {
    let person = turn.person.id;
    let tx = turn.tx().await?;
    Ok(match given {
        Given::Step(step) => factors::take_step(tx, person, *step).await?,
        Given::Code(code) => codes::take(tx, person, Purpose::Factor, code).await?,
    })
}

/// A code was given ahead of an action in a group.
pub async fn prove(turn: &mut Turn) -> Result<(), AppError> {
    let (now, person) = (turn.now, turn.person.id);
    Ok(factors::prove(turn.tx().await?, person, now).await?)
}

/// It is not set up after all: its secret goes out of the chat at once.
pub async fn give_up(turn: &mut Turn) -> Result<(), AppError> {
    let (now, person) = (turn.now, turn.person.id);
    shown::end(turn.tx().await?, person, Shows::Factor, now).await?;
    turn.wake_keeper();
    Ok(())
}

/// New recovery codes, in the place of the old ones, are shown in a moment.
pub async fn new_codes(app: &App, turn: &mut Turn) -> Result<(), AppError> {
    showings::want(app, turn, Shows::FactorCodes).await
}

/// Switches it off: the secret and the recovery codes are wiped.
pub async fn switch_off(turn: &mut Turn) -> Result<(), AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    factors::remove(tx, person).await?;
    codes::remove_all(tx, person, Purpose::Factor).await?;
    shown::end(tx, person, Shows::FactorCodes, now).await?;
    turn.wake_keeper();
    Ok(())
}

fn secret(app: &App, person: PersonId, factor: &Factor) -> Result<Secret, AppError> {
    let id = person.to_string();
    Ok(app.vault.open(secret_row(&id), &factor.secret)?)
}

/// The place of a sealed secret.
pub(super) fn secret_row(person: &str) -> Row<'_> {
    Row {
        column: "second_factors.secret",
        id: person,
    }
}
