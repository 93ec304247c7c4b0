//! `/transfer` and `/secondowner`: an owner offers accounts, or to share one, by a link that works once; whoever opens it and accepts
//! is an owner after a day, in which the one before can stop it.

use std::time::Duration;

use super::{
    App, AppError, MoveFault, Owned, Turn,
    audit::Note,
    confirm,
    moves::{check_room, still_of_giver, tell_begun},
};
use crate::{
    domain::{
        Account, AccountId, Action, AuditAction, Confirmation, ConfirmationId, Move, MoveId,
        MoveKind, PersonId, Sharing, Timestamp,
    },
    store::{Connection, moves},
};

/// How long an offer can be accepted.
const OFFER_FOR: Duration = Duration::from_hours(24);

/// Between the acceptance and the move.
const WAIT: Duration = Duration::from_hours(24);

/// A question about accounts.
#[derive(Debug)]
pub struct Asked {
    /// Its row.
    pub question: ConfirmationId,
    /// The accounts.
    pub accounts: Vec<Account>,
    /// Whose they are, and what that person was called; nobody of interest to the owner.
    pub giver: (PersonId, String),
    /// What becomes of them.
    pub kind: MoveKind,
}

/// Asks whether to offer accounts.
pub async fn ask(app: &App, turn: &mut Turn, ids: &[AccountId]) -> Result<Asked, AppError> {
    let mut accounts = Vec::with_capacity(ids.len());
    for id in ids {
        let person = turn.person.id;
        let owned = app.account(person, id).await?.decided_by(person)?;
        accounts.push(owned.account().clone());
    }
    let action = Action::Offer {
        accounts: ids.to_vec(),
    };
    Ok(Asked {
        question: confirm::ask(app, turn, action, None).await?,
        accounts,
        giver: (turn.person.id, turn.name.clone()),
        kind: MoveKind::Transfer,
    })
}

/// Offers what was confirmed. An older offer of one of the accounts counts no more; one that somebody has accepted stands in the way.
pub async fn offer(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
) -> Result<(Move, Vec<Account>), AppError> {
    let (kind, accounts) = match &confirmation.action {
        Action::Offer { accounts } => (MoveKind::Transfer, accounts.clone()),
        Action::Share {
            account,
            what: Sharing::Offer,
        } => (MoveKind::Share, vec![account.clone()]),
        _ => return Err(AppError::Broken("not a question about an offer".to_owned())),
    };
    let (now, person) = (turn.now, turn.person.id);
    let new = Move {
        id: MoveId::from_random(app.ports.random()?),
        kind,
        giver: person,
        giver_name: turn.name.clone(),
        taker: PersonId(0),
        taker_name: String::new(),
        ends_at: now.plus(OFFER_FOR),
        due_at: Timestamp::NEVER,
        accounts,
    };
    let done = store_offer(app, turn, &new).await;
    if done.is_err() {
        turn.undo();
    }
    Ok((new, done?))
}

async fn store_offer(app: &App, turn: &mut Turn, new: &Move) -> Result<Vec<Account>, AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    for older in moves::of_giver(tx, person).await? {
        // Somebody may be accepting it at this very moment.
        let Some(older) = moves::lock(tx, &older.id).await? else {
            continue;
        };
        let same = older.accounts.iter().any(|id| new.accounts.contains(id));
        if same && older.is_waiting() {
            return Err(MoveFault::Already.into());
        }
        if same {
            moves::remove(tx, &older.id).await?;
        }
    }
    let mut offered = Vec::with_capacity(new.accounts.len());
    for id in &new.accounts {
        let owned = Owned::lock(tx, person, id).await?.decided_by(person)?;
        if new.kind == MoveKind::Share && owned.account().second_owner.is_some() {
            return Err(MoveFault::HasSecondOwner.into());
        }
        let name = &owned.account().name;
        let note = Note::account(id, now, person, AuditAction::MoveOffered, name);
        app.write_down(tx, note).await?;
        offered.push(owned.account().clone());
    }
    moves::add(tx, new).await?;
    Ok(offered)
}

/// Opens an offer's link; nothing when there is no such offer any more.
pub async fn open(app: &App, turn: &mut Turn, id: &MoveId) -> Result<Option<Asked>, AppError> {
    let mut c = app.store.read().await?;
    let Some(offer) = moves::get(&mut c, id).await? else {
        return Ok(None);
    };
    let Some(accounts) = acceptable(&mut c, turn.person.id, turn.now, &offer).await? else {
        return Ok(None);
    };
    drop(c);
    let action = Action::Accept { offer: id.clone() };
    Ok(Some(Asked {
        question: confirm::ask(app, turn, action, None).await?,
        accounts,
        giver: (offer.giver, offer.giver_name),
        kind: offer.kind,
    }))
}

/// The accounts, if that person can accept them now.
async fn acceptable(
    c: &mut Connection,
    person: PersonId,
    now: Timestamp,
    offer: &Move,
) -> Result<Option<Vec<Account>>, AppError> {
    let is_offer = matches!(offer.kind, MoveKind::Transfer | MoveKind::Share);
    if !is_offer || offer.is_waiting() || offer.ends_at <= now {
        return Ok(None);
    }
    if offer.giver == person {
        return Err(MoveFault::OwnOffer.into());
    }
    let accounts = still_of_giver(c, offer).await?;
    if accounts.is_empty() {
        return Ok(None);
    }
    check_room(c, person, &accounts).await?;
    Ok(Some(accounts))
}

/// Accepts: it happens when the time is over in which the owner can stop it.
pub async fn accept(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
) -> Result<(Move, Vec<Account>), AppError> {
    let Action::Accept { offer } = &confirmation.action else {
        return Err(AppError::Broken("not a question about an offer".to_owned()));
    };
    let done = store_acceptance(app, turn, offer).await;
    if done.is_err() {
        turn.undo();
    }
    done
}

async fn store_acceptance(
    app: &App,
    turn: &mut Turn,
    id: &MoveId,
) -> Result<(Move, Vec<Account>), AppError> {
    let (now, person, name) = (turn.now, turn.person.id, turn.name.clone());
    let due_at = now.plus(WAIT);
    let tx = turn.tx().await?;
    let offer = moves::lock(tx, id).await?;
    let mut offer = offer.ok_or(MoveFault::OfferOver)?;
    let accounts = acceptable(tx, person, now, &offer).await?;
    let accounts = accounts.ok_or(MoveFault::OfferOver)?;
    if !moves::accept(tx, id, person, &name, due_at).await? {
        return Err(MoveFault::OfferOver.into());
    }
    for account in &accounts {
        let note = Note::account(
            &account.id,
            now,
            person,
            AuditAction::MoveAccepted,
            &account.name,
        );
        app.write_down(tx, note).await?;
    }
    (offer.taker, offer.taker_name, offer.due_at) = (person, name, due_at);
    tell_begun(turn, &offer, accounts.clone());
    Ok((offer, accounts))
}
