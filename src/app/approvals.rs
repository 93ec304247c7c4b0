//! Other people's word on a request from a group. Never one's own; who may is asked of Telegram at the press, and again of everybody
//! before the request begins. Nothing is called at a provider here.

use futures::future::join_all;

use super::{
    App, AppError, Members, News, Permitted, Turn, Unseen, UserError, access::Who, audit::Note,
    confirm, ledger, pause, revoke_key, rotate_key, workspace::Visit,
};
use crate::{
    domain::{
        AuditAction, ChatId, Operation, OperationNumber, PersonId, Verb,
        operation::{Approval, Decider, Event, Objection, Reason, Step},
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
    // Before the first write: nobody waits for Telegram inside a transaction.
    let people = look(members, &found).await?;
    let approved = approve_now(app, turn, &people, number).await;
    if approved.is_err() {
        turn.undo();
    }
    approved
}

async fn approve_now(
    app: &App,
    turn: &mut Turn,
    people: &[Looked],
    number: OperationNumber,
) -> Result<Operation, AppError> {
    let (by, now, person) = (decider(turn), turn.now, turn.person.id);
    let (mut operation, approval) = lock(turn, number).await?;
    if approval.is_given_by(person) {
        return Err(UserError::ApprovedAlready.into());
    }
    check(turn, &operation).await?;
    let (mut given, dropped) =
        still_entitled(app, turn, people, &operation, approval.given).await?;
    given.push(by);
    let last = given.len() >= usize::from(approval.needed);
    let tx = turn.tx().await?;
    for gone in dropped {
        let action = AuditAction::ApprovalDropped;
        let note = Note::operation(&operation, now, gone, action);
        app.write_down(tx, note).await?;
    }
    let note = Note::operation(&operation, now, person, AuditAction::Approved);
    app.write_down(tx, note).await?;
    let mut event = Event::Approved(given);
    if last && !begins(app, turn, people, &mut operation).await? {
        event = Event::NotDone(Reason::NoRight);
    }
    record(app, turn, &mut operation, event).await?;
    if last && (operation.step == Step::Ended || operation.verb == Verb::Revoke) {
        // Of a new key its person hears by itself.
        turn.tell(News::Decided(Box::new(operation.clone())));
    }
    Ok(operation)
}

/// `Reject`: ends it at once.
pub async fn reject(
    app: &App,
    turn: &mut Turn,
    number: OperationNumber,
) -> Result<Operation, AppError> {
    let (by, now, person) = (decider(turn), turn.now, turn.person.id);
    open(app, turn, number).await?;
    let (mut operation, _) = lock(turn, number).await?;
    if let Err(error) = check(turn, &operation).await {
        turn.undo();
        return Err(error);
    }
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
    if !operations::record(tx, &operation, Step::Ended, None).await? {
        return Err(UserError::MovedOn.into());
    }
    let mut note = Note::operation(&operation, now, person, AuditAction::Rejected);
    why.code().clone_into(&mut note.subject);
    app.write_down(tx, note).await?;
    turn.tell(News::Decided(Box::new(operation.clone())));
    turn.wake_ledger();
    Ok(operation)
}

/// A request of the turn's group that still waits, and is somebody else's.
async fn open(app: &App, turn: &Turn, number: OperationNumber) -> Result<Operation, AppError> {
    let found = operations::get(&mut *app.store.read().await?, number).await?;
    let found = found
        .filter(|operation| operation.card.chat == turn.chat && operation.is_from_group())
        .ok_or(UserError::NoSuchOperation)?;
    if !found.waits_for_approval() {
        return Err(UserError::MovedOn.into());
    }
    if found.person == turn.person.id {
        return Err(UserError::ApproveOwn.into());
    }
    Ok(found)
}

/// Whoever decides could ask for the same.
async fn check(turn: &mut Turn, operation: &Operation) -> Result<(), AppError> {
    let who = turn.who();
    let tx = turn.tx().await?;
    Permitted::check(tx, &who, &operation.account, operation.right()).await?;
    Ok(())
}

/// Somebody who has to do with a request, as Telegram knows them now; nobody whom it does not show has any right.
struct Looked {
    person: PersonId,
    visit: Option<Visit>,
}

impl Looked {
    fn who(&self, chat: ChatId) -> Option<Who> {
        Some(Who {
            person: self.person,
            chat,
            visit: Some(self.visit.clone()?),
        })
    }
}

/// Asks Telegram about whoever asked, and about those that have approved.
async fn look(members: &dyn Members, operation: &Operation) -> Result<Vec<Looked>, AppError> {
    let mut people = vec![operation.person];
    if let Some(approval) = &operation.detail.approval {
        people.extend(approval.given.iter().map(|decider| decider.person));
    }
    let chat = operation.card.chat;
    let looks = people.iter().map(|person| members.look(chat, *person));
    let seen = join_all(looks).await;
    let looked = people.iter().zip(seen).map(|(person, seen)| {
        let visit = match seen {
            Ok(seen) => Some(Visit {
                chat,
                standing: seen.standing,
            }),
            Err(Unseen::NotShown) => None,
            Err(Unseen::Away) => return Err(UserError::GroupAway.into()),
        };
        let person = *person;
        Ok(Looked { person, visit })
    });
    looked.collect()
}

/// Of those that have approved who could still ask for it, and who could not. Whoever has approved since they were looked at was
/// looked at then.
async fn still_entitled(
    app: &App,
    turn: &mut Turn,
    people: &[Looked],
    operation: &Operation,
    given: Vec<Decider>,
) -> Result<(Vec<Decider>, Vec<PersonId>), AppError> {
    let (chat, right) = (operation.card.chat, operation.right());
    let tx = turn.tx().await?;
    let (mut still, mut dropped) = (Vec::new(), Vec::new());
    for decider in given {
        let looked = people.iter().find(|looked| looked.person == decider.person);
        let entitled = match looked.map(|looked| looked.who(chat)) {
            None => true,
            Some(None) => false,
            Some(Some(who)) => {
                let permitted = Permitted::check(tx, &who, &operation.account, right).await;
                app.allows(who.person) && is_granted(permitted)?.is_some()
            }
        };
        if entitled {
            still.push(decider);
        } else {
            dropped.push(decider.person);
        }
    }
    Ok((still, dropped))
}

/// The account as it is when the request begins, at last: false when whoever asked may not do that any more. What is known of the keys
/// may be a week old, so it is looked at anew, as when it was asked for.
async fn begins(
    app: &App,
    turn: &mut Turn,
    people: &[Looked],
    operation: &mut Operation,
) -> Result<bool, AppError> {
    let asker = people
        .iter()
        .find(|looked| looked.person == operation.person);
    let who = asker.and_then(|looked| looked.who(operation.card.chat));
    let Some(who) = who.filter(|who| app.allows(who.person)) else {
        return Ok(false);
    };
    let tx = turn.tx().await?;
    let permitted = Permitted::lock(tx, &who, &operation.account, operation.right()).await;
    let Some(permitted) = is_granted(permitted)? else {
        return Ok(false);
    };
    let known = &operation.detail;
    let anew = match (operation.verb, &known.old_key, &known.revoking) {
        (Verb::Rotate, Some(old), _) => rotate_key::detail(&permitted, old, known.old_key_dies),
        (Verb::Revoke, _, Some((key, _))) => revoke_key::detail(&permitted, key),
        _ => known.clone(),
    };
    operation.detail.own_credential = anew.own_credential;
    operation.detail.old_key_dies = anew.old_key_dies;
    operation.detail.revoking = anew.revoking;
    if operation.verb != Verb::Revoke {
        pause::check_in(tx).await?;
        let account = permitted.usable()?;
        if let Some(old) = &operation.detail.old_key {
            rotate_key::still_to_rotate(turn, account, old).await?;
        }
        // The way on for whoever has no open private chat counts from now.
        let way_in = confirm::way_in(app, turn, operation.person, operation.number).await?;
        operation.detail.way_in = Some(way_in);
    }
    Ok(true)
}

fn is_granted(permitted: Result<Permitted, AppError>) -> Result<Option<Permitted>, AppError> {
    match permitted {
        Ok(permitted) => Ok(Some(permitted)),
        Err(AppError::User(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn decider(turn: &Turn) -> Decider {
    Decider {
        person: turn.person.id,
        name: turn.name.clone(),
    }
}

/// Reads it again, now that nobody else can decide. One whose time is over is left to the ledger.
async fn lock(turn: &mut Turn, number: OperationNumber) -> Result<(Operation, Approval), AppError> {
    let now = turn.now;
    let locked = operations::lock(turn.tx().await?, number).await?;
    let waiting = locked.filter(Operation::waits_for_approval);
    let approval = waiting
        .as_ref()
        .and_then(|operation| operation.detail.approval.clone())
        .filter(|approval| approval.ends_at > now);
    if let (Some(operation), Some(approval)) = (waiting, approval) {
        return Ok((operation, approval));
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
