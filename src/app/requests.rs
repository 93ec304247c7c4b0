//! A person's requests: what is open, where one stands, and what they press on its card.

use super::{
    App, AppError, Members, Owned, Permitted, Turn, UserError,
    access::Who,
    audit::{Note, subject},
    ledger,
    pages::{self, PageFault},
    workspace,
};
use crate::{
    domain::{
        AccountId, AuditAction, KeyRef, Operation, OperationNumber, PersonId, Right, Timestamp,
        operation::{Event, Reason, Step},
    },
    store::{Connection, StoreError, accounts, cards, deliveries, operations},
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
    /// `Revoke old now`.
    RevokeOld,
    /// `Withdraw`, while it waits for others.
    TakeBack,
    /// `Keep longer`, for an old key that was to die at that time.
    KeepOld(Timestamp),
}

/// What is open.
#[derive(Debug, Default)]
pub struct Open {
    /// In the order asked for.
    pub readable: Vec<Operation>,
    /// Those whose rows are damaged: each stands still and keeps nothing else from going on.
    pub damaged: Vec<OperationNumber>,
}

/// The open requests of a person, or in a group those of everybody there, newest first.
pub async fn open(app: &App, turn: &Turn) -> Result<Open, AppError> {
    if !turn.chat.is_private() {
        Permitted::here(app, turn, Right::View).await?;
    }
    let mut c = app.store.read().await?;
    let numbers = if turn.chat.is_private() {
        operations::open_of_person(&mut c, turn.person.id).await?
    } else {
        operations::open_of_chat(&mut c, turn.chat).await?
    };
    read(&mut c, numbers).await
}

/// One request to be looked at: a person's own, or in a group one that was asked for there.
pub async fn show(app: &App, turn: &Turn, number: OperationNumber) -> Result<Operation, AppError> {
    if turn.chat.is_private() {
        return one(app, turn, number).await;
    }
    Permitted::here(app, turn, Right::View).await?;
    let mut c = app.store.read().await?;
    operations::get(&mut c, number)
        .await?
        .filter(|operation| operation.card.chat == turn.chat)
        .ok_or_else(|| UserError::NoSuchOperation.into())
}

/// Before a press on a request from a group: asks Telegram who its person is there now. Nothing to ask for others.
pub async fn enter(
    app: &App,
    turn: &mut Turn,
    members: &dyn Members,
    number: OperationNumber,
) -> Result<(), AppError> {
    let operation = one(app, turn, number).await?;
    let mut c = app.store.read().await?;
    let asks = operation.is_from_group() && !owns(&mut c, &turn.who(), &operation).await?;
    drop(c);
    if asks {
        workspace::enter(app, turn, members, operation.card.chat).await?;
    }
    Ok(())
}

/// Whoever owns the account needs no group's leave.
async fn owns(c: &mut Connection, who: &Who, operation: &Operation) -> Result<bool, AppError> {
    match Owned::check(c, who.person, &operation.account).await {
        Ok(_) => Ok(true),
        Err(AppError::User(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A request is its person's only as long as they own the account, or have the right in the group that it is from.
pub(super) async fn check_right(
    c: &mut Connection,
    who: &Who,
    operation: &Operation,
) -> Result<(), AppError> {
    if owns(c, who, operation).await? {
        return Ok(());
    }
    if operation.is_from_group() {
        Permitted::check(c, who, &operation.account, operation.right()).await?;
        return Ok(());
    }
    // Who has given the account away has no say any more; of one that was unlinked nothing is open.
    let account = accounts::get(c, &operation.account).await?;
    if account.is_some_and(|account| !account.is_owned_by(who.person)) {
        return Err(UserError::NoSuchAccount.into());
    }
    Ok(())
}

/// An account's open requests, locked; before the account itself, as everywhere. A damaged one cannot go on anyway.
pub(super) async fn lock_open(
    c: &mut Connection,
    account: &AccountId,
) -> Result<Vec<Operation>, AppError> {
    let mut open = Vec::new();
    for number in operations::open_of_account(c, account).await? {
        match operations::lock(c, number).await {
            Ok(None) | Err(StoreError::Damaged { .. }) => {}
            operation => open.extend(operation?),
        }
    }
    open.retain(|operation| operation.step != Step::Ended);
    Ok(open)
}

/// The same without locks, for a second look when the account is locked.
pub(super) async fn still_open(
    c: &mut Connection,
    account: &AccountId,
) -> Result<Vec<Operation>, AppError> {
    let numbers = operations::open_of_account(c, account).await?;
    let mut open = read(c, numbers).await?.readable;
    open.retain(|operation| operation.step != Step::Ended);
    Ok(open)
}

/// Ends requests where they stand; refused while one is at its provider at this very moment, since its answer would have nowhere to go.
pub(super) async fn withdraw(
    app: &App,
    c: &mut Connection,
    open: Vec<Operation>,
    actor: PersonId,
    now: Timestamp,
) -> Result<(), AppError> {
    for mut operation in open {
        if operation.step == Step::Asked {
            return Err(UserError::AtProvider(operation.number).into());
        }
        ledger::record(app, c, &mut operation, Event::Withdrawn, actor, now).await?;
    }
    Ok(())
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
    let one = one(app, turn, number).await?;
    Ok(operations::together(&mut *app.store.read().await?, one.number).await?)
}

/// `Stop trying`: gives up the revocations among those requests that are still open.
pub async fn stop_trying(
    app: &App,
    turn: &mut Turn,
    number: OperationNumber,
) -> Result<Vec<Operation>, AppError> {
    let before = together(app, turn, number).await?;
    let (now, person, who) = (turn.now, turn.person.id, turn.who());
    let tx = turn.tx().await?;
    for operation in &before {
        check_right(tx, &who, operation).await?;
    }
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
    let found = one(app, turn, number).await?;
    let (now, person, who) = (turn.now, turn.person.id, turn.who());
    let tx = turn.tx().await?;
    if *press != Press::TakeBack {
        check_right(tx, &who, &found).await?;
    }
    // Read again, now that nobody else can move it on.
    let mut operation = operations::lock(tx, number)
        .await?
        .ok_or(UserError::NoSuchOperation)?;
    let event = match press {
        Press::Saved => Event::Saved,
        Press::ShowAgain => Event::ShowAgain,
        Press::Lost => Event::LostIt,
        Press::KeepSuspect => Event::KeepOrphan,
        Press::RevokeOld => Event::RevokeOld,
        Press::TakeBack if operation.waits_for_approval() => Event::NotDone(Reason::TakenBack),
        Press::TakeBack => {
            turn.undo();
            return Err(UserError::MovedOn.into());
        }
        // Pressed twice, or on an older message: once is enough.
        Press::KeepOld(end) if *end != operation.detail.old_dies_at => {
            turn.undo();
            return Err(UserError::MovedOn.into());
        }
        Press::KeepOld(_) => Event::KeepOld,
        Press::RevokeSuspect(mark) => Event::RevokeOrphan(suspect(&operation, mark)?.id.clone()),
    };
    if *press == Press::Saved && pages::is_unseen(tx, &operation).await? {
        turn.undo();
        return Err(PageFault::NotOpened.into());
    }
    if operation.step == Step::Deliver && *press == Press::Saved {
        // The ledger was about to write it.
        let note = Note::operation(&operation, now, person, AuditAction::KeyShown);
        app.write_down(tx, note).await?;
    }
    if let Some(action) = written_as(press) {
        let mut note = Note::operation(&operation, now, person, action);
        match (press, &operation.detail.old_key) {
            (Press::RevokeSuspect(mark), _) => {
                note.subject = subject(suspect(&operation, mark)?);
            }
            (Press::RevokeOld | Press::KeepOld(_), Some(old)) => note.subject = subject(old),
            _ => {}
        }
        app.write_down(tx, note).await?;
    }
    if *press == Press::ShowAgain {
        deliveries::close(tx, number).await?;
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
    cards::untell(turn.tx().await?, operation.number).await?;
    turn.wake_ledger();
    Ok(())
}

/// Lets what waits for this person's chat have its turn at once: secrets to be shown, places to be emptied, cards.
pub async fn chat_opened(turn: &mut Turn) -> Result<(), AppError> {
    let (person, now) = (turn.person.id, turn.now);
    cards::chat_opened(turn.tx().await?, person, now).await?;
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
        Press::RevokeOld => Some(AuditAction::OldKeyEnded),
        Press::KeepOld(_) => Some(AuditAction::OldKeyKept),
        Press::TakeBack => Some(AuditAction::TakenBack),
        Press::ShowAgain => None,
    }
}
