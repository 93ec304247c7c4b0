//! Questions with buttons: asked by a row, answered once, by one person, in one chat, within their time.

use std::time::Duration;

use super::{App, AppError, Turn};
use crate::{
    domain::{Action, Confirmation, ConfirmationId, Sealed},
    secret::Secret,
    store::confirmations,
    vault::Row,
};

/// How long a question can be answered: long enough to read it, short enough to remember it.
pub const CONFIRMATION_FOR: Duration = Duration::from_mins(5);

/// Why a press does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stale {
    /// There is no such question here, or it is somebody else's: the two look the same on purpose.
    NotYours,
    /// It was answered before.
    Used,
    /// Its time is over.
    Expired,
}

/// What a press may do: nothing, or exactly this.
#[derive(Debug)]
pub enum Press {
    /// The question is used up by this turn; act.
    Go(Confirmation),
    /// Nothing.
    Stale(Stale),
}

/// Stores a question. A credential that waits for the answer is sealed into it.
pub(super) async fn ask(
    app: &App,
    turn: &mut Turn,
    action: Action,
    credential: Option<&Secret>,
) -> Result<ConfirmationId, AppError> {
    let id = ConfirmationId::from_random(app.ports.random()?);
    let credential = match credential {
        Some(secret) => app.vault.seal(credential_row(&id), secret)?,
        None => Sealed::default(),
    };
    let confirmation = Confirmation {
        id: id.clone(),
        person: turn.person.id,
        chat: turn.chat,
        action,
        credential,
        update: turn.update,
        ends_at: turn.now.plus(CONFIRMATION_FOR),
        used_at: crate::domain::Timestamp::NEVER,
    };
    confirmations::add(turn.tx().await?, &confirmation).await?;
    Ok(id)
}

/// Takes a press: at most one ever gets [`Press::Go`] for a question.
pub async fn take(app: &App, turn: &mut Turn, id: &ConfirmationId) -> Result<Press, AppError> {
    let found = confirmations::get(&mut *app.store.read().await?, id).await?;
    let Some(confirmation) =
        found.filter(|found| found.person == turn.person.id && found.chat == turn.chat)
    else {
        return Ok(Press::Stale(Stale::NotYours));
    };
    if !confirmation.used_at.is_never() {
        return Ok(Press::Stale(Stale::Used));
    }
    if confirmation.ends_at <= turn.now {
        return Ok(Press::Stale(Stale::Expired));
    }
    let now = turn.now;
    if !confirmations::consume(turn.tx().await?, id, now).await? {
        turn.undo();
        return Ok(Press::Stale(Stale::Used));
    }
    Ok(Press::Go(confirmation))
}

/// Uses up all questions that this person has open in this chat; true when there were any.
pub async fn cancel_all(app: &App, turn: &mut Turn) -> Result<bool, AppError> {
    let (now, person, chat) = (turn.now, turn.person.id, turn.chat);
    let any = confirmations::any_open(&mut *app.store.read().await?, person, chat, now).await?;
    if any {
        confirmations::consume_all(turn.tx().await?, person, chat, now).await?;
    }
    Ok(any)
}

/// The credential that waited in a question.
pub(super) fn credential(app: &App, confirmation: &Confirmation) -> Result<Secret, AppError> {
    Ok(app
        .vault
        .open(credential_row(&confirmation.id), &confirmation.credential)?)
}

fn credential_row(id: &ConfirmationId) -> Row<'_> {
    Row {
        column: "confirmations.credential",
        id: id.as_str(),
    }
}
