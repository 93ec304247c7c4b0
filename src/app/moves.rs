//! Accounts that move from one person to another: stopping it, and carrying it out when its time has come. Each end is one transaction
//! with what is told of it; an account moves only if it is still its giver's.

use super::{
    App, AppError, MoveFault, News, Turn, Words,
    accounts::{MAX_ACCOUNTS, free_name},
    audit::Note,
    ledger,
};
use crate::{
    domain::{
        Account, AccountId, AccountState, AuditAction, KeyRef, Move, MoveId, MoveKind, Operation,
        PersonId, Purpose, Timestamp,
        operation::{Event, Step},
    },
    store::{Connection, StoreError, accounts, codes, keys, moves, operations, watch, workspaces},
};

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
    /// The giver has stopped it.
    Stopped,
    /// They are the taker's now: for the giver.
    Left,
    /// They are the taker's now: for the taker, with the keys that the giver has seen.
    Arrived(Vec<(AccountId, KeyRef)>),
    /// They stay where they are.
    Stayed(Why),
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

/// Tells of recoveries under way once more, in a chat that has just opened: the first word of it may have met a closed one.
pub async fn tell_again(app: &App, turn: &mut Turn) -> Result<(), AppError> {
    let giver = turn.person.id;
    for (found, accounts) in open(app, giver).await? {
        if found.kind == MoveKind::Recovery && found.is_waiting() {
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
        let told = Told::of(&found, found.taker, Happened::Stopped, accounts);
        turn.tell(News::Move(told));
    }
    Ok(found)
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
            account.owner == found.giver && account.state != AccountState::Unlinked
        }));
    }
    Ok(accounts)
}

/// Fails when that many more accounts would be too many for that person.
pub(super) async fn check_room(
    c: &mut Connection,
    person: PersonId,
    more: usize,
) -> Result<(), AppError> {
    if accounts::of_owner(c, person).await?.len() + more > MAX_ACCOUNTS {
        return Err(MoveFault::NoRoom.into());
    }
    Ok(())
}

/// Carries out what is due, and forgets offers that nobody has taken.
pub(super) async fn look(app: &App, words: &dyn Words) -> Result<(), AppError> {
    let now = app.ports.now();
    let mut c = app.store.read().await?;
    let (due, over) = (
        moves::due(&mut c, now).await?,
        moves::over(&mut c, now).await?,
    );
    drop(c);
    for id in due {
        match carry_out(app, words, &id, now).await {
            Err(AppError::Store(error)) if error.is_outage() => return Err(error.into()),
            // One that cannot be carried out keeps no other from it.
            Err(error) => tracing::error!(%error, "accounts cannot move"),
            Ok(()) => {}
        }
    }
    for id in over {
        let mut tx = app.store.begin().await?;
        let found = moves::lock(&mut tx, &id).await?;
        if found.is_some_and(|found| !found.is_waiting()) {
            moves::remove(&mut tx, &id).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn carry_out(
    app: &App,
    words: &dyn Words,
    id: &MoveId,
    now: Timestamp,
) -> Result<(), AppError> {
    let mut tx = app.store.begin().await?;
    let Some(found) = moves::lock(&mut tx, id).await? else {
        return Ok(());
    };
    if !found.is_waiting() || found.due_at > now {
        return Ok(());
    }
    // Before the accounts: operations are locked first, everywhere.
    let open = open_of_giver(&mut tx, &found).await?;
    for account in &found.accounts {
        // As it is until the transaction's end; who owns it is looked at after that.
        accounts::lock(&mut tx, account).await?;
    }
    let is_at_provider = open.iter().any(|operation| operation.step == Step::Asked);
    // Nothing begins while the accounts are locked; what has begun in between is seen now.
    if is_at_provider || open_of_giver(&mut tx, &found).await?.len() != open.len() {
        return Ok(());
    }
    moves::remove(&mut tx, id).await?;
    let accounts = still_of_giver(&mut tx, &found).await?;
    let told = if let Some(why) = why_not(app, &mut tx, &found, &accounts).await? {
        [found.giver, found.taker]
            .map(|to| Told::of(&found, to, Happened::Stayed(why), accounts.clone()))
    } else {
        withdraw(app, &mut tx, &found, open, now).await?;
        let accounts = give(app, &mut tx, &found, accounts, now).await?;
        let arrived = Happened::Arrived(keys_seen(&mut tx, &accounts).await?);
        let left = Told::of(&found, found.giver, Happened::Left, accounts.clone());
        [left, Told::of(&found, found.taker, arrived, accounts)]
    };
    for told in told {
        app.tell(words, &mut tx, now, News::Move(told)).await?;
    }
    tx.commit().await?;
    app.news_wake.notify_one();
    app.ledger_wake.notify_one();
    Ok(())
}

/// What the giver has asked for and is not over, locked: it would work with somebody else's account. After a recovery what was asked for
/// in a group is the group's.
async fn open_of_giver(c: &mut Connection, found: &Move) -> Result<Vec<Operation>, AppError> {
    let mut open = Vec::new();
    for account in &found.accounts {
        for number in operations::open_of_account(c, account).await? {
            match operations::lock(c, number).await {
                // A damaged one cannot go on anyway.
                Ok(None) | Err(StoreError::Damaged { .. }) => {}
                operation => open.extend(operation?),
            }
        }
    }
    open.retain(|operation| {
        operation.person == found.giver
            && operation.step != Step::Ended
            && (found.kind == MoveKind::Transfer || !operation.is_from_group())
    });
    Ok(open)
}

async fn withdraw(
    app: &App,
    c: &mut Connection,
    found: &Move,
    open: Vec<Operation>,
    now: Timestamp,
) -> Result<(), AppError> {
    for mut operation in open {
        ledger::record(app, c, &mut operation, Event::Withdrawn, found.giver, now).await?;
    }
    Ok(())
}

async fn why_not(
    app: &App,
    c: &mut Connection,
    found: &Move,
    accounts: &[Account],
) -> Result<Option<Why>, AppError> {
    if accounts.is_empty() {
        return Ok(Some(Why::NothingLeft));
    }
    if !app.allows(found.taker) {
        return Ok(Some(Why::NotAllowed));
    }
    match check_room(c, found.taker, accounts.len()).await {
        Err(AppError::User(_)) => Ok(Some(Why::NoRoom)),
        room => room.map(|()| None),
    }
}

async fn give(
    app: &App,
    c: &mut Connection,
    found: &Move,
    mut accounts: Vec<Account>,
    now: Timestamp,
) -> Result<Vec<Account>, AppError> {
    let others = accounts::of_owner(c, found.taker).await?;
    let mut taken: Vec<_> = others.into_iter().map(|other| other.name).collect();
    for account in &mut accounts {
        account.name = free_name(&account.name, &taken);
        account.owner = found.taker;
        taken.push(account.name.clone());
        accounts::give(c, &account.id, found.taker, &account.name).await?;
        match found.kind {
            // Whoever gave it away may be an administrator of its groups, and would go on there.
            MoveKind::Transfer => workspaces::forget_account(c, &account.id).await?,
            // Bindings stay: it is the same person, and whether they are in the group is asked of Telegram at every act there.
            MoveKind::Recovery => workspaces::forget_actors(c, &account.id).await?,
        }
        let note = Note::account(
            &account.id,
            now,
            found.taker,
            AuditAction::Moved,
            &account.name,
        );
        app.write_down(c, note).await?;
    }
    if found.kind == MoveKind::Recovery {
        codes::remove_all(c, found.giver, Purpose::Account).await?;
    }
    Ok(accounts)
}

/// The keys that the giver could have seen here and that may live, as far as is known without asking a provider.
async fn keys_seen(
    c: &mut Connection,
    accounts: &[Account],
) -> Result<Vec<(AccountId, KeyRef)>, AppError> {
    let mut seen = Vec::new();
    for account in accounts {
        let dead = operations::revoked_keys(c, &account.id).await?;
        let mut known: Vec<KeyRef> = keys::of_account(c, &account.id)
            .await?
            .iter()
            .map(crate::domain::Key::to_ref)
            .collect();
        for key in watch::seen(c, &account.id).await? {
            if !known.iter().any(|known| known.id == key.id) {
                known.push(KeyRef {
                    id: key.id,
                    label: String::new(),
                    last_four: key.last_four,
                });
            }
        }
        known.retain(|key| !dead.contains(&key.id) && !key.last_four.is_empty());
        seen.extend(known.into_iter().map(|key| (account.id.clone(), key)));
    }
    Ok(seen)
}
