//! A person's history in pages, for reading. What it shows of a chain that does not hold is not to be trusted, and it says so.

use super::proof::verify;
use crate::{
    app::{App, AppError, Owned},
    domain::{AuditEntry, AuditFilter, PersonId},
    store::audit,
};

/// Entries on a page.
const PAGE: i64 = 10;

/// A page of a person's history.
#[derive(Debug)]
pub struct AuditPage {
    /// Whose history it is.
    pub person: PersonId,
    /// Newest first, each with its account's name.
    pub entries: Vec<(AuditEntry, String)>,
    /// Which entries these are.
    pub filter: AuditFilter,
    /// The linked accounts, by which it can be filtered.
    pub accounts: Vec<Owned>,
    /// Where the page before, a newer one, begins.
    pub newer: Option<i64>,
    /// Where the next, older page begins.
    pub older: Option<i64>,
    /// Names of linked accounts whose chains do not hold.
    pub broken: Vec<String>,
}

/// The wanted entries of a person's accounts, newest first, after skipping that many.
pub async fn page(
    app: &App,
    person: PersonId,
    filter: AuditFilter,
    offset: i64,
) -> Result<AuditPage, AppError> {
    let accounts = app.accounts(person).await?;
    let mut broken = Vec::new();
    for owned in &accounts {
        let account = owned.account();
        if let Some(what) = verify(&app.store, &app.audit_key, &account.id).await? {
            tracing::error!(account = %account.id, ?what, "the chain of an account is broken");
            broken.push(account.name.clone());
        }
    }
    let mut c = app.store.read().await?;
    let mut entries = audit::latest_of_owner(&mut c, person, &filter, offset, PAGE + 1).await?;
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let older = (entries.len() > page).then(|| offset.saturating_add(PAGE));
    entries.truncate(page);
    let newer = (offset > 0).then(|| offset.saturating_sub(PAGE).max(0));
    Ok(AuditPage {
        person,
        entries,
        filter,
        accounts,
        newer,
        older,
        broken,
    })
}
