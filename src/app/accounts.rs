//! Names of accounts, and what happens when a credential turns out to be dead.

use super::{App, AppError, Owned, Turn, UserError, audit::Note};
use crate::{
    domain::{Account, AccountId, AccountState, AuditAction, Label, PersonId, Timestamp},
    store::{Connection, accounts},
};

/// Accounts of one person at most: more than anyone has shown a need for, and few enough for a keyboard.
pub const MAX_ACCOUNTS: usize = 20;

/// Gives an account another name.
pub async fn rename(
    app: &App,
    turn: &mut Turn,
    id: &AccountId,
    name: &str,
) -> Result<String, AppError> {
    let name = Label::parse(name).map_err(UserError::BadLabel)?;
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    let owned = Owned::lock(tx, person, id).await?;
    let name = free_name_for(tx, owned.account(), owned.account().owners(), name.as_str()).await?;
    accounts::rename(tx, id, &name).await?;
    let note = Note::account(id, now, person, AuditAction::Renamed, &name);
    app.write_down(tx, note).await?;
    Ok(name)
}

/// A name for an account under which none of these people has another one.
pub(super) async fn free_name_for(
    c: &mut Connection,
    account: &Account,
    people: impl Iterator<Item = PersonId>,
    wanted: &str,
) -> Result<String, AppError> {
    let mut taken = Vec::new();
    for person in people {
        let others = accounts::of_owner(c, person).await?;
        let others = others.into_iter().filter(|other| other.id != account.id);
        taken.extend(others.map(|other| other.name));
    }
    Ok(free_name(wanted, &taken))
}

/// The name itself, or with a number when the person has another account of that name.
pub(super) fn free_name(wanted: &str, taken: &[String]) -> String {
    let is_taken = |name: &str| {
        taken
            .iter()
            .any(|other| other.to_lowercase() == name.to_lowercase())
    };
    let cut = |chars: usize| wanted.chars().take(chars).collect::<String>();
    let numbered = |number: usize| match number {
        1 => cut(Label::MAX_CHARS),
        _ => format!("{} {number}", cut(Label::MAX_CHARS - 4).trim_end()),
    };
    // One more than are taken: one of them is free.
    (1..=taken.len() + 1)
        .map(numbered)
        .find(|name| !is_taken(name))
        .unwrap_or_default()
}

/// Remembers that the provider refused an account's credential; written down once. True when that was not known.
pub(super) async fn mark_refused(
    app: &App,
    c: &mut Connection,
    account: &Account,
    actor: PersonId,
    now: Timestamp,
) -> Result<bool, AppError> {
    let states = (AccountState::Linked, AccountState::Refused);
    let action = AuditAction::CredentialRefused;
    mark(app, c, account, states, (action, actor, now)).await
}

/// The provider takes a credential again that it has refused: that was a mistake of a moment, or was mended there.
pub(super) async fn mark_accepted(
    app: &App,
    c: &mut Connection,
    account: &Account,
    actor: PersonId,
    now: Timestamp,
) -> Result<(), AppError> {
    let states = (AccountState::Refused, AccountState::Linked);
    let action = AuditAction::CredentialAccepted;
    mark(app, c, account, states, (action, actor, now))
        .await
        .map(drop)
}

async fn mark(
    app: &App,
    c: &mut Connection,
    account: &Account,
    (from, to): (AccountState, AccountState),
    (action, actor, now): (AuditAction, PersonId, Timestamp),
) -> Result<bool, AppError> {
    let current = accounts::lock(c, &account.id).await?;
    // A credential that was replaced meanwhile is not the one that was tried.
    let Some(current) = current.filter(|current| current.credential == account.credential) else {
        return Ok(false);
    };
    if current.state != from {
        return Ok(false);
    }
    accounts::set_state(c, &account.id, to).await?;
    let note = Note::account(&account.id, now, actor, action, &current.name);
    app.write_down(c, note).await?;
    Ok(true)
}
