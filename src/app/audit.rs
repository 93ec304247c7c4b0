//! The audit: written in the transaction of what it tells, so that neither exists without the other.

use super::{App, AppError};
use crate::{
    domain::{
        AccountId, AuditAction, AuditEntry, ChainBreak, GENESIS, KeyRef, Operation,
        OperationNumber, PersonId, Timestamp, operation::Outcome,
    },
    store::{Connection, StoreError, audit},
};

/// What is to be written down.
pub(super) struct Note<'a> {
    pub(super) account: &'a AccountId,
    pub(super) at: Timestamp,
    pub(super) actor: PersonId,
    pub(super) action: AuditAction,
    pub(super) operation: OperationNumber,
    pub(super) subject: String,
    pub(super) outcome: &'static str,
}

impl<'a> Note<'a> {
    /// About an account itself.
    pub(super) fn account(
        account: &'a AccountId,
        at: Timestamp,
        actor: PersonId,
        action: AuditAction,
        name: &str,
    ) -> Self {
        Self {
            account,
            at,
            actor,
            action,
            operation: OperationNumber(0),
            subject: name.to_owned(),
            outcome: "",
        }
    }

    /// About an operation.
    pub(super) fn operation(
        operation: &'a Operation,
        at: Timestamp,
        actor: PersonId,
        action: AuditAction,
    ) -> Self {
        Self {
            account: &operation.account,
            at,
            actor,
            action,
            operation: operation.number,
            subject: match (&operation.detail.revoking, action) {
                (Some((key, _)), AuditAction::RevokeAccepted) => subject(key),
                _ => subject(&operation.subject()),
            },
            outcome: match action {
                AuditAction::Ended => operation.detail.outcome.as_ref().map_or("", Outcome::code),
                _ => "",
            },
        }
    }
}

/// `staging bot …9a1c`.
pub(super) fn subject(key: &KeyRef) -> String {
    match (key.label.as_str(), key.last_four.as_str()) {
        (label, "") => label.to_owned(),
        ("", last_four) => format!("…{last_four}"),
        (label, last_four) => format!("{label} …{last_four}"),
    }
}

impl App {
    /// Appends to an account's chain.
    pub(super) async fn write_down(
        &self,
        c: &mut Connection,
        note: Note<'_>,
    ) -> Result<(), AppError> {
        let head = audit::lock_head(c, note.account)
            .await?
            .ok_or_else(|| AppError::Broken("an audit entry without an account".to_owned()))?;
        let entry = AuditEntry {
            account: note.account.clone(),
            seq: head.count + 1,
            at: note.at,
            actor: note.actor,
            action: note.action,
            operation: note.operation,
            subject: note.subject,
            outcome: note.outcome.to_owned(),
        };
        let code = self.audit_key.code(&entry.chained_bytes(&head.code));
        audit::append(c, &entry, &code).await?;
        Ok(())
    }
}

/// Entries on a page.
const PAGE: i64 = 10;

/// A page of a person's history.
#[derive(Debug)]
pub struct AuditPage {
    /// Newest first, each with its account's name.
    pub entries: Vec<(AuditEntry, String)>,
    /// Where the page before, a newer one, begins.
    pub newer: Option<i64>,
    /// Where the next, older page begins.
    pub older: Option<i64>,
    /// Names of linked accounts whose chains do not hold.
    pub broken: Vec<String>,
}

/// The entries of a person's accounts, newest first, after skipping that many.
pub async fn page(app: &App, person: PersonId, offset: i64) -> Result<AuditPage, AppError> {
    let mut broken = Vec::new();
    for owned in app.accounts(person).await? {
        let account = owned.account();
        if let Some(what) = verify(app, &account.id).await? {
            tracing::error!(account = %account.id, ?what, "the chain of an account is broken");
            broken.push(account.name.clone());
        }
    }
    let mut c = app.store.read().await?;
    let mut entries = audit::latest_of_owner(&mut c, person, offset, PAGE + 1).await?;
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let older = (entries.len() > page).then(|| offset.saturating_add(PAGE));
    entries.truncate(page);
    let newer = (offset > 0).then(|| offset.saturating_sub(PAGE).max(0));
    Ok(AuditPage {
        entries,
        newer,
        older,
        broken,
    })
}

/// Walks an account's chain; `None` when it is whole.
pub async fn verify(app: &App, account: &AccountId) -> Result<Option<ChainBreak>, AppError> {
    // In a transaction, so that nobody appends between the head and the entries.
    let mut tx = app.store.begin().await?;
    let Some(head) = audit::lock_head(&mut tx, account).await? else {
        return Ok(None);
    };
    let chain = match audit::chain(&mut tx, account).await {
        Err(StoreError::Damaged { row, .. }) => return Ok(Some(ChainBreak::Unreadable(row))),
        chain => chain?,
    };
    drop(tx);
    let mut before = GENESIS.to_vec();
    for (seq, (entry, code)) in (1..).zip(&chain) {
        if entry.seq != seq {
            return Ok(Some(ChainBreak::Missing(seq)));
        }
        if !app.audit_key.verify(&entry.chained_bytes(&before), code) {
            return Ok(Some(ChainBreak::Altered(seq)));
        }
        before.clone_from(code);
    }
    let found = i64::try_from(chain.len()).unwrap_or(i64::MAX);
    let whole = head.count == found && head.code == before;
    Ok((!whole).then_some(ChainBreak::Cut {
        expected: head.count,
        found,
    }))
}
