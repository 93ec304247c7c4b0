//! A new key on a page: a look shows nothing, opening it shows it once, and only to whoever asked for it.

use super::PageFault;
use crate::{
    app::{
        App, AppError, Members, Owned, Turn, Words,
        audit::Note,
        ledger::delivery_row,
        requests::{self, Press},
    },
    domain::{
        Account, AccountId, AuditAction, Operation, OperationNumber, PersonId, ShownOn, Timestamp,
        operation::Step,
    },
    secret::Secret,
    store::{Connection, accounts, deliveries, operations},
};

/// How it stands with a request's new key.
#[derive(Debug)]
pub struct Shown {
    /// The request.
    pub operation: Operation,
    /// When it was opened; never before that. Nothing when there is no key to be shown.
    pub opened_at: Option<Timestamp>,
}

/// Where an account's new keys are shown.
pub fn usual(app: &App, account: &Account) -> ShownOn {
    match (app.pages(), account.shown_on) {
        (None, _) => ShownOn::Chat,
        (Some(_), chosen) => chosen.unwrap_or(ShownOn::Page),
    }
}

/// Begins a turn of somebody who may have that request's key; of one from a group, Telegram is asked who they are there now.
async fn begin(
    app: &App,
    members: &dyn Members,
    person: PersonId,
    number: OperationNumber,
) -> Result<(Turn, Operation), AppError> {
    let mut turn = Turn::on_page(app, person).await?;
    requests::enter(app, &mut turn, members, number).await?;
    let operation = requests::one(app, &turn, number).await?;
    let mut c = app.store.read().await?;
    requests::check_right(&mut c, &turn.who(), &operation).await?;
    Ok((turn, operation))
}

/// Looks how it stands, and changes nothing.
pub async fn look(
    app: &App,
    members: &dyn Members,
    person: PersonId,
    number: OperationNumber,
) -> Result<Shown, AppError> {
    let (turn, operation) = begin(app, members, person, number).await?;
    let mut c = app.store.read().await?;
    let delivery = deliveries::get(&mut c, number).await?;
    let delivery = delivery.filter(|_| app.pages().is_some() && is_to_be_shown(&operation));
    let delivery = delivery.filter(|delivery| turn.now < delivery.ends_at);
    Ok(Shown {
        operation,
        opened_at: delivery.map(|delivery| delivery.opened_at),
    })
}

fn is_to_be_shown(operation: &Operation) -> bool {
    let detail = &operation.detail;
    match operation.step {
        Step::Shown => detail.on_page && !detail.hidden,
        // The way there may stand in the chat already.
        Step::Deliver => true,
        _ => false,
    }
}

/// Opens it, once: of two at the same moment one has it. It stays sealed until it is saved, so that it can be proven.
pub async fn open(
    app: &App,
    members: &dyn Members,
    words: &dyn Words,
    person: PersonId,
    number: OperationNumber,
) -> Result<Secret, AppError> {
    match look(app, members, person, number).await?.opened_at {
        None => return Err(PageFault::NoKey.into()),
        Some(at) if !at.is_never() => return Err(PageFault::Opened(at).into()),
        Some(_) => {}
    }
    let (mut turn, _) = begin(app, members, person, number).await?;
    let (now, who) = (turn.now, turn.who());
    let tx = turn.tx().await?;
    let operation = operations::lock(tx, number).await?;
    let operation =
        operation.filter(|operation| operation.person == person && is_to_be_shown(operation));
    let operation = operation.ok_or(PageFault::NoKey)?;
    requests::check_right(tx, &who, &operation).await?;
    let delivery = deliveries::get(tx, number).await?;
    let delivery = delivery.ok_or(PageFault::NoKey)?;
    if !deliveries::open(tx, number, now).await? {
        return Err(PageFault::Opened(delivery.opened_at).into());
    }
    let id = number.to_string();
    let secret = app.vault.open(delivery_row(&id), &delivery.secret)?;
    let note = Note::operation(&operation, now, person, AuditAction::KeyOpened);
    app.write_down(tx, note).await?;
    turn.commit(Vec::new(), words).await?;
    Ok(secret)
}

/// `I saved it`, on the page.
pub async fn saved(
    app: &App,
    members: &dyn Members,
    words: &dyn Words,
    person: PersonId,
    number: OperationNumber,
) -> Result<Operation, AppError> {
    let (mut turn, _) = begin(app, members, person, number).await?;
    let operation = requests::press(app, &mut turn, number, &Press::Saved).await?;
    turn.commit(Vec::new(), words).await?;
    Ok(operation)
}

/// Whether that key waits on the page and was never opened there: nobody can have saved it.
pub(in crate::app) async fn is_unseen(
    c: &mut Connection,
    operation: &Operation,
) -> Result<bool, AppError> {
    if !operation.detail.on_page {
        return Ok(false);
    }
    let delivery = deliveries::get(c, operation.number).await?;
    Ok(delivery.is_some_and(|delivery| delivery.opened_at.is_never()))
}

/// Chooses where an account's new keys are shown.
pub async fn set_shown_on(
    app: &App,
    turn: &mut Turn,
    id: &AccountId,
    shown_on: ShownOn,
) -> Result<Account, AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    let account = Owned::lock(tx, person, id).await?.account().clone();
    accounts::set_shown_on(tx, id, shown_on).await?;
    let note = Note::account(id, now, person, AuditAction::ShownOnSet, shown_on.code());
    app.write_down(tx, note).await?;
    Ok(account)
}
