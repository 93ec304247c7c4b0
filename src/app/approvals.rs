//! Other people's word on a request from a group. Never one's own; who may is asked of Telegram at the press, and again of everybody
//! before the request begins. Nothing is called at a provider here.

use super::{
    App, AppError, Members, News, Permitted, Turn, UserError, access::Who, audit::Note, confirm,
    ledger, workspace,
};
use crate::{
    domain::{
        AuditAction, Operation, OperationNumber, PersonId, Verb,
        operation::{Decider, Event, Objection, Reason, Step},
    },
    store::operations,
};

/// `Approve`: with the last one that is missing the request begins, if everybody who has to do with it still has the right.
pub async fn approve(
    app: &App,
    turn: &mut Turn,
    members: &dyn Members,
    number: OperationNumber,
) -> Result<Operation, AppError> {
    let found = open(app, turn, number).await?;
    check(app, turn, &found).await?;
    let lost = without_right(app, members, &found).await?;
    let (by, now, person) = (decider(turn), turn.now, turn.person.id);
    let (mut operation, mut given, needed) = lock(turn, number).await?;
    if given.iter().any(|decider| decider.person == person) {
        turn.undo();
        return Err(UserError::ApprovedAlready.into());
    }
    given.retain(|decider| !lost.contains(&decider.person));
    given.push(by);
    let begins = given.len() >= usize::from(needed);
    if begins && operation.verb != Verb::Revoke {
        // The way on for whoever has no open private chat counts from now.
        let way_in = confirm::way_in(app, turn, operation.person, number).await?;
        operation.detail.way_in = Some(way_in);
    }
    let note = Note::operation(&operation, now, person, AuditAction::Approved);
    app.write_down(turn.tx().await?, note).await?;
    let event = if begins && lost.contains(&operation.person) {
        Event::NotDone(Reason::NoRight)
    } else {
        Event::Approved(given)
    };
    record(app, turn, &mut operation, event).await?;
    Ok(operation)
}

/// `Reject`: ends it at once.
pub async fn reject(
    app: &App,
    turn: &mut Turn,
    number: OperationNumber,
) -> Result<Operation, AppError> {
    let found = open(app, turn, number).await?;
    check(app, turn, &found).await?;
    let (by, now, person) = (decider(turn), turn.now, turn.person.id);
    let (mut operation, ..) = lock(turn, number).await?;
    let note = Note::operation(&operation, now, person, AuditAction::Rejected);
    app.write_down(turn.tx().await?, note).await?;
    record(app, turn, &mut operation, Event::Rejected(by)).await?;
    turn.tell(News::Decided(Box::new(operation.clone())));
    Ok(operation)
}

/// Says why, after `Reject`; once, by whoever has rejected it.
pub async fn explain(
    app: &App,
    turn: &mut Turn,
    number: OperationNumber,
    why: Objection,
) -> Result<Operation, AppError> {
    let (now, person, chat) = (turn.now, turn.person.id, turn.chat);
    let tx = turn.tx().await?;
    let operation = operations::lock(tx, number).await?;
    let mut operation = operation
        .filter(|operation| operation.card.chat == chat)
        .ok_or(UserError::NoSuchOperation)?;
    let Some(approval) = &mut operation.detail.approval else {
        return Err(UserError::NoSuchOperation.into());
    };
    let by = approval.rejected.as_ref().map(|decider| decider.person);
    if by != Some(person) {
        return Err(UserError::NoSuchOperation.into());
    }
    if approval.why.is_some() {
        turn.undo();
        return Err(UserError::MovedOn.into());
    }
    approval.why = Some(why);
    if !operations::record(tx, &operation, Step::Ended).await? {
        return Err(UserError::MovedOn.into());
    }
    let mut note = Note::operation(&operation, now, person, AuditAction::Rejected);
    why.code().clone_into(&mut note.subject);
    app.write_down(tx, note).await?;
    turn.tell(News::Decided(Box::new(operation.clone())));
    turn.wake_ledger();
    Ok(operation)
}

/// A request of the turn's group that still waits.
async fn open(app: &App, turn: &Turn, number: OperationNumber) -> Result<Operation, AppError> {
    let found = operations::get(&mut *app.store.read().await?, number).await?;
    let found = found
        .filter(|operation| operation.card.chat == turn.chat && operation.is_from_group())
        .ok_or(UserError::NoSuchOperation)?;
    if found.waits_for_approval() {
        Ok(found)
    } else {
        Err(UserError::MovedOn.into())
    }
}

/// Whoever decides is somebody else, and could ask for the same.
async fn check(app: &App, turn: &Turn, operation: &Operation) -> Result<(), AppError> {
    if operation.person == turn.person.id {
        return Err(UserError::ApproveOwn.into());
    }
    Permitted::now(app, turn, &operation.account, operation.right()).await?;
    Ok(())
}

/// Who, of those that asked or have approved, has lost the right since.
async fn without_right(
    app: &App,
    members: &dyn Members,
    operation: &Operation,
) -> Result<Vec<PersonId>, AppError> {
    let (chat, right) = (operation.card.chat, operation.right());
    let mut people = vec![operation.person];
    if let Some(approval) = &operation.detail.approval {
        people.extend(approval.given.iter().map(|decider| decider.person));
    }
    let mut lost = Vec::new();
    for person in people {
        // Before the database is asked: Telegram may take its time.
        let visit = workspace::look(members, chat, person).await?;
        let who = Who {
            person,
            chat,
            visit: Some(visit),
        };
        let mut c = app.store.read().await?;
        match Permitted::check(&mut c, &who, &operation.account, right).await {
            Ok(_) if app.allows(person) => {}
            Ok(_) | Err(AppError::User(_)) => lost.push(person),
            Err(error) => return Err(error),
        }
    }
    Ok(lost)
}

fn decider(turn: &Turn) -> Decider {
    Decider {
        person: turn.person.id,
        name: turn.name.clone(),
    }
}

/// Reads it again, now that nobody else can decide: with who has approved, and how many have to.
async fn lock(
    turn: &mut Turn,
    number: OperationNumber,
) -> Result<(Operation, Vec<Decider>, u8), AppError> {
    let locked = operations::lock(turn.tx().await?, number).await?;
    let waiting = locked.filter(Operation::waits_for_approval);
    let approval = waiting
        .as_ref()
        .and_then(|operation| operation.detail.approval.clone());
    if let (Some(operation), Some(approval)) = (waiting, approval) {
        return Ok((operation, approval.given, approval.needed));
    }
    turn.undo();
    Err(UserError::MovedOn.into())
}

async fn record(
    app: &App,
    turn: &mut Turn,
    operation: &mut Operation,
    event: Event,
) -> Result<(), AppError> {
    let (now, person) = (turn.now, turn.person.id);
    if let Err(error) = ledger::record(app, turn.tx().await?, operation, event, person, now).await {
        turn.undo();
        return Err(error);
    }
    turn.wake_ledger();
    Ok(())
}
