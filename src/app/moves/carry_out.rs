//! Accounts that move when their time has come: one transaction with what is told of it. An account moves only if it is still its
//! giver's, and nothing that the giver has asked for goes on with it.

use super::{Happened, Told, Why, by_second_owner, check_room, stayed_elsewhere, still_of_giver};
use crate::{
    app::{
        App, AppError, News, Words,
        accounts::free_name_for,
        audit::Note,
        requests::{lock_open, still_open, withdraw},
    },
    domain::{
        Account, AccountId, AuditAction, Key, KeyRef, Move, MoveId, MoveKind, PersonId, Purpose,
        Timestamp, operation::Step,
    },
    store::{Connection, accounts, codes, keys, moves, operations, watch, workspaces},
};

/// Carries out what is due, and forgets offers that nobody has taken.
pub(in crate::app) async fn look(app: &App, words: &dyn Words) -> Result<(), AppError> {
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
    let mut open = Vec::new();
    for account in &found.accounts {
        let leavers = leavers(&mut tx, &found, account).await?;
        let all = lock_open(&mut tx, account).await?.into_iter();
        open.extend(all.filter(|operation| leavers.contains(&operation.person)));
    }
    for account in &found.accounts {
        // As it is until the transaction's end; who owns it is looked at after that.
        accounts::lock(&mut tx, account).await?;
    }
    // Nothing begins while the accounts are locked; what has begun in between is seen now.
    let mut now_open = 0;
    for account in &found.accounts {
        let leavers = leavers(&mut tx, &found, account).await?;
        let all = still_open(&mut tx, account).await?.into_iter();
        now_open += all
            .filter(|operation| leavers.contains(&operation.person))
            .count();
    }
    let is_at_provider = open.iter().any(|operation| operation.step == Step::Asked);
    if is_at_provider || now_open != open.len() {
        return Ok(());
    }
    moves::remove(&mut tx, id).await?;
    let accounts = still_of_giver(&mut tx, &found).await?;
    let told = if let Some(why) = why_not(app, &mut tx, &found, &accounts).await? {
        let stayed = |to| Told::of(&found, to, Happened::Stayed(why), accounts.clone());
        let mut told = stayed_elsewhere(&found, &accounts);
        told.extend([stayed(found.giver), stayed(found.taker)]);
        told
    } else {
        withdraw(app, &mut tx, open, found.giver, now).await?;
        let mut told = second_owners_gone(&found, &accounts);
        let accounts = give(app, &mut tx, &found, accounts, now).await?;
        let arrived = Happened::Arrived(keys_seen(&mut tx, &accounts).await?);
        told.push(Told::of(
            &found,
            found.giver,
            Happened::Left,
            accounts.clone(),
        ));
        told.push(Told::of(&found, found.taker, arrived, accounts));
        told
    };
    for told in told {
        app.tell(words, &mut tx, now, News::Move(told)).await?;
    }
    tx.commit().await?;
    app.news_wake.notify_one();
    app.ledger_wake.notify_one();
    Ok(())
}

/// Who owns an account now and not afterwards: what they have asked for and is not over would work with somebody else's account.
async fn leavers(
    c: &mut Connection,
    found: &Move,
    account: &AccountId,
) -> Result<Vec<PersonId>, AppError> {
    let account = accounts::get(c, account).await?;
    let second_owner = account.and_then(|account| account.second_owner);
    Ok(match found.kind {
        MoveKind::Share => Vec::new(),
        MoveKind::Recovery | MoveKind::TakeOver => vec![found.giver],
        MoveKind::Transfer => {
            let second = second_owner.filter(|second| *second != found.taker);
            [Some(found.giver), second].into_iter().flatten().collect()
        }
    })
}

/// A second owner was chosen by the owner who gives the account away, and goes with them.
fn second_owners_gone(found: &Move, accounts: &[Account]) -> Vec<Told> {
    if found.kind != MoveKind::Transfer {
        return Vec::new();
    }
    by_second_owner(accounts, found.taker)
        .into_iter()
        .map(|(second, theirs)| Told::of(found, second, Happened::SecondOwnerGone, theirs))
        .collect()
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
    match check_room(c, found.taker, accounts).await {
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
    for account in &mut accounts {
        let before = account.name.clone();
        (account.owner, account.second_owner) = match found.kind {
            MoveKind::Transfer | MoveKind::TakeOver => (found.taker, None),
            MoveKind::Recovery => {
                let second = account.second_owner;
                (found.taker, second.filter(|second| *second != found.taker))
            }
            MoveKind::Share => (account.owner, Some(found.taker)),
        };
        account.name = free_name_for(c, account, account.owners(), &before).await?;
        if account.name != before {
            accounts::rename(c, &account.id, &account.name).await?;
        }
        accounts::set_owners(c, account).await?;
        let action = match found.kind {
            MoveKind::Transfer | MoveKind::TakeOver => {
                // Whoever owned it may be an administrator of its groups, and would go on there.
                workspaces::forget_account(c, &account.id).await?;
                AuditAction::Moved
            }
            MoveKind::Recovery => {
                // Bindings stay: whether its owner is in the group is asked of Telegram at every act there.
                workspaces::forget_actors(c, &account.id).await?;
                AuditAction::Moved
            }
            MoveKind::Share => AuditAction::SecondOwnerAdded,
        };
        let note = Note::account(&account.id, now, found.taker, action, &account.name);
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
            .map(Key::to_ref)
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
