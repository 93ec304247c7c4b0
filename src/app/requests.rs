//! A person's requests: what is open, where one stands, and what they press on its card.

use super::{
    App, AppError, Turn, UserError,
    audit::{Note, subject},
    ledger,
};
use crate::{
    domain::{
        AuditAction, KeyRef, Operation, OperationNumber,
        operation::{Event, Step},
    },
    store::{Connection, StoreError, operations},
};

/// A press on a request's card or on its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// `I saved it`.
    Saved,
    /// `Show again`.
    ShowAgain,
    /// `I lost it`.
    Lost,
    /// `Revoke it and create again`, for the suspect with that [`mark`].
    RevokeSuspect(String),
    /// `Keep it`.
    KeepSuspect,
}

/// What is open.
#[derive(Debug, Default)]
pub struct Open {
    /// In the order asked for.
    pub readable: Vec<Operation>,
    /// Those whose rows are damaged: each stands still and keeps nothing else from going on.
    pub damaged: Vec<OperationNumber>,
}

/// The open requests of a person, newest first.
pub async fn open(app: &App, turn: &Turn) -> Result<Open, AppError> {
    let mut c = app.store.read().await?;
    let numbers = operations::open_of_person(&mut c, turn.person.id).await?;
    read(&mut c, numbers).await
}

/// Reads those; a damaged row is named in the log.
pub(super) async fn read(
    c: &mut Connection,
    numbers: Vec<OperationNumber>,
) -> Result<Open, AppError> {
    let mut open = Open::default();
    for number in numbers {
        match operations::get(c, number).await {
            Err(error @ StoreError::Damaged { .. }) => {
                tracing::error!(operation = number.0, %error, "a request cannot be read");
                open.damaged.push(number);
            }
            operation => open.readable.extend(operation?),
        }
    }
    Ok(open)
}

/// One request of a person, open or over. Somebody else's and one that does not exist look the same.
pub async fn one(app: &App, turn: &Turn, number: OperationNumber) -> Result<Operation, AppError> {
    let mut c = app.store.read().await?;
    operations::get(&mut c, number)
        .await?
        .filter(|operation| operation.person == turn.person.id)
        .ok_or_else(|| UserError::NoSuchOperation.into())
}

/// The requests that the same press has started, in their order; mostly that is one.
pub async fn together(
    app: &App,
    turn: &Turn,
    number: OperationNumber,
) -> Result<Vec<Operation>, AppError> {
    let operation = one(app, turn, number).await?;
    Ok(operations::of_update(&mut *app.store.read().await?, operation.update).await?)
}

/// `Stop trying`: gives up the revocations among those requests that are still open.
pub async fn stop_trying(
    app: &App,
    turn: &mut Turn,
    number: OperationNumber,
) -> Result<Vec<Operation>, AppError> {
    let before = together(app, turn, number).await?;
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    let mut together = Vec::with_capacity(before.len());
    // All of them before the audit: operations are locked before accounts, everywhere.
    for operation in before {
        together.extend(operations::lock(tx, operation.number).await?);
    }
    if !together.iter().any(Operation::is_revoking) {
        turn.undo();
        return Err(UserError::MovedOn.into());
    }
    for operation in together
        .iter_mut()
        .filter(|operation| operation.is_revoking())
    {
        let mut note = Note::operation(operation, now, person, AuditAction::RevokeStopped);
        if let Some((key, _)) = &operation.detail.revoking {
            note.subject = subject(key);
        }
        app.write_down(tx, note).await?;
        ledger::record(app, tx, operation, Event::StopTrying, person, now).await?;
    }
    turn.wake_ledger();
    Ok(together)
}

/// Takes a press; the ledger carries out what follows. One that comes too late changes nothing.
pub async fn press(
    app: &App,
    turn: &mut Turn,
    number: OperationNumber,
    press: &Press,
) -> Result<Operation, AppError> {
    one(app, turn, number).await?;
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    // Read again, now that nobody else can move it on.
    let mut operation = operations::lock(tx, number)
        .await?
        .ok_or(UserError::NoSuchOperation)?;
    let event = match press {
        Press::Saved => Event::Saved,
        Press::ShowAgain => Event::ShowAgain,
        Press::Lost => Event::LostIt,
        Press::KeepSuspect => Event::KeepOrphan,
        Press::RevokeSuspect(mark) => Event::RevokeOrphan(suspect(&operation, mark)?.id.clone()),
    };
    if operation.step == Step::Deliver && *press == Press::Saved {
        // The ledger was about to write it.
        let note = Note::operation(&operation, now, person, AuditAction::KeyShown);
        app.write_down(tx, note).await?;
    }
    if let Some(action) = written_as(press) {
        let mut note = Note::operation(&operation, now, person, action);
        if let Press::RevokeSuspect(mark) = press {
            note.subject = subject(suspect(&operation, mark)?);
        }
        app.write_down(tx, note).await?;
    }
    if let Err(error) = ledger::record(app, tx, &mut operation, event, person, now).await {
        turn.undo();
        return Err(error);
    }
    turn.wake_ledger();
    Ok(operation)
}

/// Lets the ledger draw a request's card anew: an edit that Telegram carried out late may stand over a newer one.
pub async fn redraw(turn: &mut Turn, operation: &Operation) -> Result<(), AppError> {
    operations::untell(turn.tx().await?, operation.number).await?;
    turn.wake_ledger();
    Ok(())
}

/// Lets what waits to be shown to this person be tried at once.
pub async fn wake_deliveries(turn: &mut Turn) -> Result<(), AppError> {
    let (person, now) = (turn.person.id, turn.now);
    operations::wake_deliveries(turn.tx().await?, person, now).await?;
    turn.wake_ledger();
    Ok(())
}

/// Tells a suspect apart from any that a card showed before, in letters that fit into a button.
pub fn mark(suspect: &KeyRef) -> String {
    let plain = suspect.id.as_str().chars();
    plain.filter(char::is_ascii_alphanumeric).take(16).collect()
}

fn suspect<'o>(operation: &'o Operation, wanted: &str) -> Result<&'o KeyRef, UserError> {
    let mut suspects = operation.detail.suspects.iter();
    suspects
        .find(|key| mark(key) == wanted)
        .ok_or(UserError::MovedOn)
}

fn written_as(press: &Press) -> Option<AuditAction> {
    match press {
        Press::Saved => Some(AuditAction::KeySaved),
        Press::Lost => Some(AuditAction::KeyLost),
        Press::RevokeSuspect(_) => Some(AuditAction::OrphanRevoked),
        Press::KeepSuspect => Some(AuditAction::OrphanKept),
        Press::ShowAgain => None,
    }
}
