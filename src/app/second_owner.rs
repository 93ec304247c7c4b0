//! `/secondowner`: somebody who may do with an account whatever its owner may, but neither give it away nor unlink it, and who can take
//! it over in three days in which the owner can stop it. The way in is an offer, as in `/transfer`.

use std::time::Duration;

use super::{
    App, AppError, MoveFault, News, Owned, Turn, UserError,
    audit::Note,
    confirm,
    moves::{Happened, Told, tell_begun},
    requests,
};
use crate::{
    domain::{
        Account, AccountId, Action, AuditAction, Confirmation, ConfirmationId, Move, MoveId,
        MoveKind, Operation, PersonId, Sharing, Timestamp, Verb,
    },
    store::{Connection, accounts, moves, workspaces},
};

/// Between the wish to take an account over and its end: as long as with a recovery code.
const WAIT: Duration = Duration::from_hours(72);

/// A question about an account's second owner.
#[derive(Debug)]
pub struct Asked {
    /// Its row.
    pub question: ConfirmationId,
    /// The account.
    pub account: Account,
    /// What is asked.
    pub what: Sharing,
}

/// Asks.
pub async fn ask(
    app: &App,
    turn: &mut Turn,
    id: &AccountId,
    what: Sharing,
) -> Result<Asked, AppError> {
    let account = app.account(turn.person.id, id).await?.account().clone();
    check(&account, turn.person.id, what)?;
    let action = Action::Share {
        account: id.clone(),
        what,
    };
    Ok(Asked {
        question: confirm::ask(app, turn, action, None).await?,
        account,
        what,
    })
}

/// Who may do what, of the two owners.
fn check(account: &Account, person: PersonId, what: Sharing) -> Result<(), MoveFault> {
    let is_first = account.owner == person;
    match (what, account.second_owner) {
        (Sharing::Offer, _) if !is_first => Err(MoveFault::FirstOwnerOnly),
        (Sharing::Offer, Some(_)) => Err(MoveFault::HasSecondOwner),
        (Sharing::End | Sharing::TakeOver, None) => Err(MoveFault::NoSecondOwner),
        (Sharing::TakeOver, Some(_)) if is_first => Err(MoveFault::YoursAlready),
        _ => Ok(()),
    }
}

fn account_of(confirmation: &Confirmation, wanted: Sharing) -> Result<&AccountId, AppError> {
    match &confirmation.action {
        Action::Share { account, what } if *what == wanted => Ok(account),
        _ => Err(AppError::Broken(
            "not that question about a second owner".to_owned(),
        )),
    }
}

/// There is no second owner any more, at once: what they have asked for ends where it stands, and
/// no group works on with the account.
pub async fn end(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
) -> Result<Account, AppError> {
    let id = account_of(confirmation, Sharing::End)?;
    let done = store_end(app, turn, id).await;
    match &done {
        Ok(account) => {
            tell_gone(turn, account, turn.person.id);
            turn.wake_ledger();
        }
        Err(_) => turn.undo(),
    }
    done
}

async fn store_end(app: &App, turn: &mut Turn, id: &AccountId) -> Result<Account, AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    let second = Owned::check(tx, person, id).await?.account().second_owner;
    let second = second.ok_or(MoveFault::NoSecondOwner)?;
    // What takes keys away goes on: whoever asked for it, it may be about a leak.
    let goes = |operation: &Operation| operation.person == second && operation.verb != Verb::Revoke;
    // Moves before operations, and operations before accounts, as everywhere.
    for take_over in take_overs(tx, id).await? {
        if moves::lock(tx, &take_over).await?.is_some() {
            moves::remove(tx, &take_over).await?;
        }
    }
    let mut open = requests::lock_open(tx, id).await?;
    open.retain(goes);
    requests::withdraw(app, tx, open, person, now).await?;
    let account = Owned::lock(tx, person, id).await?.account().clone();
    if account.second_owner != Some(second) {
        return Err(MoveFault::NoSecondOwner.into());
    }
    // Nothing begins while the account is locked; what has begun in between is seen now.
    if let Some(begun) = requests::still_open(tx, id).await?.into_iter().find(goes) {
        return Err(UserError::AtProvider(begun.number).into());
    }
    if !take_overs(tx, id).await?.is_empty() {
        return Err(MoveFault::Already.into());
    }
    // They may be an administrator of its groups, or have brought it there.
    workspaces::forget_account(tx, id).await?;
    let alone = Account {
        second_owner: None,
        ..account.clone()
    };
    accounts::set_owners(tx, &alone).await?;
    let note = Note::account(id, now, person, AuditAction::SecondOwnerGone, &account.name);
    app.write_down(tx, note).await?;
    Ok(account)
}

/// Tells the other one that an account, as it was before, has no second owner any more.
pub(super) fn tell_gone(turn: &mut Turn, account: &Account, by: PersonId) {
    let Some(second) = account.second_owner else {
        return;
    };
    let (to, what, called) = if by == second {
        let called = turn.name.clone();
        (account.owner, Happened::SecondOwnerLeft, called)
    } else {
        (second, Happened::SecondOwnerGone, String::new())
    };
    turn.tell(News::Move(Told {
        to,
        what,
        kind: MoveKind::Share,
        giver: (account.owner, String::new()),
        taker: (second, called),
        accounts: vec![account.clone()],
    }));
}

/// The second owner takes the account over, unless its owner stops that.
pub async fn take_over(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
) -> Result<(Timestamp, Account), AppError> {
    let id = account_of(confirmation, Sharing::TakeOver)?;
    let new = Move {
        id: MoveId::from_random(app.ports.random()?),
        kind: MoveKind::TakeOver,
        giver: PersonId(0),
        giver_name: String::new(),
        taker: turn.person.id,
        taker_name: turn.name.clone(),
        ends_at: turn.now,
        due_at: turn.now.plus(WAIT),
        accounts: vec![id.clone()],
    };
    let done = store_take_over(app, turn, new).await;
    match done {
        Ok((new, account)) => {
            tell_begun(turn, &new, vec![account.clone()]);
            Ok((new.due_at, account))
        }
        Err(error) => {
            turn.undo();
            Err(error)
        }
    }
}

async fn store_take_over(
    app: &App,
    turn: &mut Turn,
    new: Move,
) -> Result<(Move, Account), AppError> {
    let (now, person, id) = (turn.now, turn.person.id, new.accounts[0].clone());
    let tx = turn.tx().await?;
    // Of two at the same moment one begins it.
    let account = Owned::lock(tx, person, &id).await?.account().clone();
    check(&account, person, Sharing::TakeOver)?;
    if !moves::waiting_of_account(tx, &id).await?.is_empty() {
        return Err(MoveFault::Already.into());
    }
    let new = Move {
        giver: account.owner,
        ..new
    };
    moves::add(tx, &new).await?;
    let note = Note::account(&id, now, person, AuditAction::TakeOverBegun, &account.name);
    app.write_down(tx, note).await?;
    Ok((new, account))
}

async fn take_overs(c: &mut Connection, id: &AccountId) -> Result<Vec<MoveId>, AppError> {
    let waiting = moves::waiting_of_account(c, id).await?.into_iter();
    let take_overs = waiting.filter(|(_, kind)| *kind == Some(MoveKind::TakeOver));
    Ok(take_overs.map(|(id, _)| id).collect())
}
