//! Records what an event has made of an operation: the step, the audit and the end of its secret in one transaction.

use crate::{
    app::{App, AppError, UserError, audit::Note, watch::look_for_late_key},
    domain::{
        AuditAction, Operation, PersonId, Timestamp,
        operation::{Event, Step},
    },
    store::{Connection, deliveries, operations},
};

/// Takes an event in and records it, if the operation still stands where it was read. On an error the transaction is to be dropped.
pub(in crate::app) async fn record(
    app: &App,
    c: &mut Connection,
    operation: &mut Operation,
    event: Event,
    actor: PersonId,
    now: Timestamp,
) -> Result<(), AppError> {
    let before = operation.step;
    let written = written_as(operation, &event);
    let lost =
        matches!(event, Event::KeepOrphan | Event::RevokeOrphan(_)).then(|| operation.clone());
    let secret_is_over = matches!(
        event,
        Event::LostIt | Event::TimeUp | Event::Withdrawn | Event::Proven
    );
    if operation.apply(event, now).is_err() || !operations::record(c, operation, before).await? {
        return Err(UserError::MovedOn.into());
    }
    if operation.step == Step::Ended {
        // Before the audit: operations are locked before accounts, everywhere.
        operations::wake_last(c, operation, now).await?;
    }
    if let Some(lost) = lost {
        look_for_late_key(c, &lost).await?;
    }
    if let Some(action) = written {
        app.write_down(c, Note::operation(operation, now, actor, action))
            .await?;
    }
    if operation.step == Step::Ended {
        app.write_down(
            c,
            Note::operation(operation, now, actor, AuditAction::Ended),
        )
        .await?;
    }
    if operation.step == Step::Ended || secret_is_over {
        deliveries::remove(c, operation.number).await?;
    }
    Ok(())
}

fn written_as(operation: &Operation, event: &Event) -> Option<AuditAction> {
    match event {
        Event::Created(_) => Some(AuditAction::KeyCreated),
        Event::AnswerLost => Some(AuditAction::OutcomeLost),
        Event::Shown(_) => Some(AuditAction::KeyShown),
        Event::RevokeAccepted if !operation.detail.accepted => Some(AuditAction::RevokeAccepted),
        _ => None,
    }
}
