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
    store::operations,
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
    /// `Revoke it and create again`, for the suspect at that place of the list.
    RevokeSuspect(usize),
    /// `Keep it`.
    KeepSuspect,
}

/// The open requests of a person, newest first.
pub async fn open(app: &App, turn: &Turn) -> Result<Vec<Operation>, AppError> {
    let mut c = app.store.read().await?;
    let mut open = Vec::new();
    for number in operations::open_of_person(&mut c, turn.person.id).await? {
        open.extend(operations::get(&mut c, number).await?);
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
        Press::RevokeSuspect(index) => Event::RevokeOrphan(suspect(&operation, *index)?.id.clone()),
    };
    if operation.step == Step::Deliver && *press == Press::Saved {
        // The ledger was about to write it.
        let note = Note::operation(&operation, now, person, AuditAction::KeyShown);
        app.write_down(tx, note).await?;
    }
    if let Some(action) = written_as(press) {
        let mut note = Note::operation(&operation, now, person, action);
        if let Press::RevokeSuspect(index) = press {
            note.subject = subject(suspect(&operation, *index)?);
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

fn suspect(operation: &Operation, index: usize) -> Result<&KeyRef, UserError> {
    operation
        .detail
        .suspects
        .get(index)
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
