//! Accounts on their way from one person to another: what is told of it, and stopping it. Whoever owns an account is told of whatever
//! begins, and can stop it until it is carried out.

mod carry_out;

use std::collections::BTreeMap;

use super::{App, AppError, MoveFault, News, Turn, accounts::MAX_ACCOUNTS, audit::Note};
use crate::{
    domain::{
        Account, AccountId, AccountState, AuditAction, KeyRef, Move, MoveId, MoveKind, PersonId,
        Purpose, Timestamp,
    },
    store::{Connection, StoreError, accounts, codes, moves},
};

pub(super) use carry_out::look;

/// What is told of accounts that move, without having been asked for.
#[derive(Debug)]
pub struct Told {
    /// Whom.
    pub to: PersonId,
    /// What has happened.
    pub what: Happened,
    /// Why they move.
    pub kind: MoveKind,
    /// Whose they were, and what that person was called.
    pub giver: (PersonId, String),
    /// Whose they are to be, and what that person was called.
    pub taker: (PersonId, String),
    /// The accounts that it is about.
    pub accounts: Vec<Account>,
}

/// What has happened.
#[derive(Debug)]
pub enum Happened {
    /// Somebody takes them, at that time; the giver can stop it.
    Began(MoveId, Timestamp),
    /// The same, for their second owner, who cannot.
    BeganElsewhere(Timestamp),
    /// The giver has stopped it.
    Stopped,
    /// They are the taker's now: for the giver.
    Left,
    /// They are the taker's now: for the taker, with the keys that the giver has seen.
    Arrived(Vec<(AccountId, KeyRef)>),
    /// They stay where they are.
    Stayed(Why),
    /// The same, for their second owner.
    StayedElsewhere,
    /// They have no second owner any more: for whoever was that.
    SecondOwnerGone,
    /// The same, for their owner: the taker is whoever has left them.
    SecondOwnerLeft,
}

/// Why accounts stay where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The taker may not use this Keyporter.
    NotAllowed,
    /// The taker has too many.
    NoRoom,
    /// None of them is the giver's any more.
    NothingLeft,
}

impl Told {
    pub(super) fn of(moved: &Move, to: PersonId, what: Happened, accounts: Vec<Account>) -> Self {
        Self {
            to,
            what,
            kind: moved.kind,
            giver: (moved.giver, moved.giver_name.clone()),
            taker: (moved.taker, moved.taker_name.clone()),
            accounts,
        }
    }
}

/// What of a person's is on its way to somebody else, or is offered.
pub async fn open(app: &App, giver: PersonId) -> Result<Vec<(Move, Vec<Account>)>, AppError> {
    let now = app.ports.now();
    let mut c = app.store.read().await?;
    let mut open = Vec::new();
    for found in moves::of_giver(&mut c, giver).await? {
        if found.is_waiting() || found.ends_at > now {
            let accounts = still_of_giver(&mut c, &found).await?;
            open.push((found, accounts));
        }
    }
    Ok(open)
}

/// Tells of recoveries and take-overs under way once more, in a chat that has just opened: the first word of it may have met a closed one.
pub async fn tell_again(app: &App, turn: &mut Turn) -> Result<(), AppError> {
    let giver = turn.person.id;
    for (found, accounts) in open(app, giver).await? {
        if matches!(found.kind, MoveKind::Recovery | MoveKind::TakeOver) && found.is_waiting() {
            let began = Happened::Began(found.id.clone(), found.due_at);
            turn.tx().await?;
            turn.tell(News::Move(Told::of(&found, giver, began, accounts)));
        }
    }
    Ok(())
}

/// `Stop it`: only whose the accounts are can do that, and as long as they are theirs. What a recovery code has begun and its owner
/// stops was begun with a code in wrong hands: none of the others counts any more.
pub async fn stop(app: &App, turn: &mut Turn, id: &MoveId) -> Result<Move, AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    let found = moves::lock(tx, id).await?;
    let found = found.filter(|found| found.giver == person);
    let Some(found) = found else {
        turn.undo();
        return Err(MoveFault::NothingToStop.into());
    };
    moves::remove(tx, id).await?;
    if found.kind == MoveKind::Recovery {
        codes::remove_all(tx, person, Purpose::Account).await?;
    }
    let accounts = still_of_giver(tx, &found).await?;
    for account in &accounts {
        let note = Note::account(
            &account.id,
            now,
            person,
            AuditAction::MoveStopped,
            &account.name,
        );
        app.write_down(tx, note).await?;
    }
    if found.is_waiting() {
        for told in stayed_elsewhere(&found, &accounts) {
            turn.tell(News::Move(told));
        }
        let told = Told::of(&found, found.taker, Happened::Stopped, accounts);
        turn.tell(News::Move(told));
    }
    Ok(found)
}

/// The open moves that are about that account, locked: before requests and accounts, as when one of them is carried out.
pub(super) async fn lock_of(
    c: &mut Connection,
    account: &AccountId,
) -> Result<Vec<Move>, AppError> {
    let mut found = Vec::new();
    for id in moves::of_account(c, account).await? {
        match moves::lock(c, &id).await {
            // It keeps nobody from wiping a credential.
            Err(StoreError::Damaged { .. }) => {}
            open => found.extend(open?),
        }
    }
    Ok(found)
}

/// An account was unlinked: a move that has nothing left to move ends, and whoever waits for it hears of it.
pub(super) async fn end_emptied(
    turn: &mut Turn,
    open: Vec<Move>,
    account: &Account,
) -> Result<(), AppError> {
    for found in open {
        let tx = turn.tx().await?;
        if !still_of_giver(tx, &found).await?.is_empty() {
            continue;
        }
        moves::remove(tx, &found.id).await?;
        if found.is_waiting() {
            let gone = vec![account.clone()];
            for told in stayed_elsewhere(&found, &gone) {
                turn.tell(News::Move(told));
            }
            let stayed = Happened::Stayed(Why::NothingLeft);
            turn.tell(News::Move(Told::of(&found, found.taker, stayed, gone)));
        }
    }
    Ok(())
}

/// What has begun is told to the giver, and to second owners: the taker of their account may not be whom they think.
pub(super) fn tell_begun(turn: &mut Turn, found: &Move, accounts: Vec<Account>) {
    for (second, theirs) in by_second_owner(&accounts, found.taker) {
        let began = Happened::BeganElsewhere(found.due_at);
        turn.tell(News::Move(Told::of(found, second, began, theirs)));
    }
    let began = Happened::Began(found.id.clone(), found.due_at);
    turn.tell(News::Move(Told::of(found, found.giver, began, accounts)));
}

/// Second owners were told that it began.
fn stayed_elsewhere(found: &Move, accounts: &[Account]) -> Vec<Told> {
    by_second_owner(accounts, found.taker)
        .into_iter()
        .map(|(second, theirs)| Told::of(found, second, Happened::StayedElsewhere, theirs))
        .collect()
}

/// The second owners of accounts, without that person, each with theirs.
fn by_second_owner(accounts: &[Account], without: PersonId) -> BTreeMap<PersonId, Vec<Account>> {
    let mut found: BTreeMap<PersonId, Vec<Account>> = BTreeMap::new();
    for account in accounts {
        if let Some(second) = account.second_owner.filter(|second| *second != without) {
            found.entry(second).or_default().push(account.clone());
        }
    }
    found
}

/// The accounts of a move that have neither been unlinked nor gone elsewhere since.
pub(super) async fn still_of_giver(
    c: &mut Connection,
    found: &Move,
) -> Result<Vec<Account>, AppError> {
    let mut accounts = Vec::with_capacity(found.accounts.len());
    for id in &found.accounts {
        let account = accounts::get(c, id).await?;
        accounts.extend(account.filter(|account| {
            let fits = match found.kind {
                MoveKind::Transfer | MoveKind::Recovery => true,
                MoveKind::Share => account.second_owner.is_none(),
                MoveKind::TakeOver => account.second_owner == Some(found.taker),
            };
            fits && account.owner == found.giver && account.state != AccountState::Unlinked
        }));
    }
    Ok(accounts)
}

/// Fails when that person would have too many accounts with these.
pub(super) async fn check_room(
    c: &mut Connection,
    person: PersonId,
    accounts: &[Account],
) -> Result<(), AppError> {
    let more = accounts.iter().filter(|more| !more.is_owned_by(person));
    if accounts::of_owner(c, person).await?.len() + more.count() > MAX_ACCOUNTS {
        return Err(MoveFault::NoRoom.into());
    }
    Ok(())
}
