//! The audit: written in the transaction of what it tells, so that neither exists without the other.

mod export;
mod history;
mod proof;

pub use export::{Exported, export, file_name};
pub use history::{AuditPage, page};
pub use proof::{Proof, prove, verify};

use super::{App, AppError};
use crate::{
    domain::{
        AccountId, AuditAction, AuditEntry, KeyRef, Operation, OperationNumber, PersonId,
        Timestamp, operation::Outcome,
    },
    store::{Connection, audit},
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
