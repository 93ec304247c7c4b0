//! What operators are told without asking, each once until it is over: updates that nobody finishes, keys that do not die, credentials
//! that do not open. It tells of work, never of the people whose work it is.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::{App, AppError, News, Words, access::credential_row};
use crate::{
    domain::{Account, AccountId},
    secret::Secret,
    store::{Tx, facts},
    vault::VaultError,
};

/// An update that waits for longer will not be finished by itself.
const INBOX_STUCK: Duration = Duration::from_mins(10);

/// A revocation that is open for longer needs a person.
const REVOKE_OPEN: Duration = Duration::from_hours(24);

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alert {
    /// So many updates wait, the oldest for so long.
    InboxStuck(i64, Duration),
    /// So many revocations are open, one of them for more than a day.
    RevokesOpen(i64),
    /// The stored credential of that account does not open.
    CredentialUnreadable(AccountId),
}

/// Accounts whose credential did not open, in this life of the process.
#[derive(Default)]
pub(super) struct Unreadable(Mutex<Noted>);

#[derive(Default)]
struct Noted {
    fresh: BTreeSet<AccountId>,
    told: BTreeSet<AccountId>,
}

impl Unreadable {
    fn note(&self, account: &AccountId) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !noted.told.contains(account) {
            noted.fresh.insert(account.clone());
        }
    }

    fn fresh(&self) -> Vec<AccountId> {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.fresh.iter().cloned().collect()
    }

    fn told(&self, account: AccountId) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.fresh.remove(&account);
        noted.told.insert(account);
    }
}

impl App {
    /// Opens an account's credential for one call; operators are told of one that does not open.
    pub(super) fn credential(&self, account: &Account) -> Result<Secret, VaultError> {
        let opened = self
            .vault
            .open(credential_row(&account.id), &account.credential);
        if opened.is_err() {
            self.unreadable.note(&account.id);
        }
        opened
    }
}

/// Looks, and tells what is new.
pub(super) async fn look(app: &App, words: &dyn Words) -> Result<(), AppError> {
    if app.operators.is_empty() {
        return Ok(());
    }
    let vitals = app.vitals().await?;
    let stuck = (vitals.inbox_age >= INBOX_STUCK)
        .then_some(Alert::InboxStuck(vitals.inbox, vitals.inbox_age));
    once(app, words, "alert_inbox", stuck).await?;
    let open = (vitals.revoke_age >= REVOKE_OPEN).then_some(Alert::RevokesOpen(vitals.revokes));
    once(app, words, "alert_revokes", open).await?;
    for account in app.unreadable.fresh() {
        let mut tx = app.store.begin().await?;
        let alert = Alert::CredentialUnreadable(account.clone());
        tell(app, &mut tx, words, alert).await?;
        tx.commit().await?;
        app.unreadable.told(account);
        app.news_wake.notify_one();
    }
    Ok(())
}

/// Tells it when it begins, whichever process sees it first, and may tell it again when it is over.
async fn once(
    app: &App,
    words: &dyn Words,
    name: &str,
    alert: Option<Alert>,
) -> Result<(), AppError> {
    let told = facts::get(&mut *app.store.read().await?, name).await?;
    let was_on = told.is_some_and(|told| !told.is_empty());
    if was_on == alert.is_some() {
        return Ok(());
    }
    let mut tx = app.store.begin().await?;
    let Some(alert) = alert else {
        facts::set(&mut tx, name, "").await?;
        return Ok(tx.commit().await?);
    };
    if !facts::claim(&mut tx, name).await? {
        return Ok(());
    }
    tell(app, &mut tx, words, alert).await?;
    tx.commit().await?;
    app.news_wake.notify_one();
    Ok(())
}

async fn tell(app: &App, tx: &mut Tx, words: &dyn Words, alert: Alert) -> Result<(), AppError> {
    let now = app.ports.now();
    app.tell(words, tx, now, News::Alert(alert)).await
}
