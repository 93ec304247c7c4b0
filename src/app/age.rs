//! `/age`: how long the keys of an account may live, or one of them. The watch reminds; nothing is ever replaced by itself.

use super::{
    App, AppError, Owned, Turn,
    audit::{self, Note},
};
use crate::{
    domain::{Account, AccountId, AuditAction, KeyAge, KeyAges, KeyRef},
    store::{accounts, key_ages, watch},
};

/// How old the keys of one of the person's accounts may become.
pub async fn of(app: &App, turn: &Turn, id: &AccountId) -> Result<(Account, KeyAges), AppError> {
    let owned = app.account(turn.person.id, id).await?;
    let ages = key_ages::of(&mut *app.store.read().await?, owned.account()).await?;
    Ok((owned.account().clone(), ages))
}

/// Sets it. What was said about an earlier choice counts no more.
pub async fn set(
    app: &App,
    turn: &mut Turn,
    id: &AccountId,
    age: KeyAge,
) -> Result<Account, AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    let owned = Owned::lock(tx, person, id).await?;
    let account = Account {
        key_age: age,
        ..owned.account().clone()
    };
    if owned.account().key_age != age {
        accounts::set_key_age(tx, id, age).await?;
        watch::forget_reminders(tx, id).await?;
        let mut note = Note::account(id, now, person, AuditAction::AgeSet, &account.name);
        note.subject = format!("{}: {}", account.name, age.days());
        app.write_down(tx, note).await?;
    }
    Ok(account)
}

/// Sets it for one key, or lets that one live as its account says.
pub async fn set_own(
    app: &App,
    turn: &mut Turn,
    id: &AccountId,
    key: &KeyRef,
    own: Option<KeyAge>,
) -> Result<KeyAges, AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    let owned = Owned::lock(tx, person, id).await?;
    let mut ages = key_ages::of(tx, owned.account()).await?;
    if ages.own.get(&key.id).copied() == own {
        return Ok(ages);
    }
    let subject = audit::subject(key);
    let (action, subject) = if let Some(age) = own {
        key_ages::set(tx, id, &key.id, age).await?;
        ages.own.insert(key.id.clone(), age);
        (AuditAction::AgeSet, format!("{subject}: {}", age.days()))
    } else {
        key_ages::remove(tx, id, &key.id).await?;
        ages.own.remove(&key.id);
        (AuditAction::AgeRemoved, subject)
    };
    watch::forget_reminders_of(tx, id, &key.id).await?;
    let mut note = Note::account(id, now, person, action, &owned.account().name);
    note.subject = subject;
    app.write_down(tx, note).await?;
    Ok(ages)
}
