//! Records what an event has made of an operation: the step, the audit and the end of its secret in one transaction.

use crate::{
    app::{App, AppError, UserError, audit::Note, watch::look_for_late_key},
    domain::{
        AuditAction, Keys, Operation, PersonId, Timestamp,
        operation::{Event, Outcome, Reason, Step},
    },
    store::{Connection, deliveries, leaks, leases::Lease, operations},
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
    let before = (operation.step, None);
    record_from(app, c, before, operation, event, actor, now).await
}

/// The same where it still stands at that step in the database, and while its scope is held.
pub(super) async fn record_from(
    app: &App,
    c: &mut Connection,
    (before, lease): (Step, Option<&Lease>),
    operation: &mut Operation,
    event: Event,
    actor: PersonId,
    now: Timestamp,
) -> Result<(), AppError> {
    let written = written_as(operation, &event);
    let unknown = matches!(operation.step, Step::Unknown | Step::Orphan).then(|| operation.clone());
    let decided = matches!(event, Event::KeepOrphan | Event::RevokeOrphan(_));
    let gone = match event {
        Event::Gone => operation.detail.revoking.clone(),
        _ => None,
    };
    let replaces = matches!(event, Event::Created(_)) && operation.keys() != Keys::Many;
    let secret_is_over = matches!(
        event,
        Event::LostIt | Event::TimeUp | Event::Withdrawn | Event::Proven
    );
    if operation.apply(event, now).is_err()
        || !operations::record(c, operation, before, lease).await?
    {
        return Err(UserError::MovedOn.into());
    }
    // Before the audit: operations are locked before accounts, everywhere.
    let died = if gone.is_some() || replaces {
        let unsaved = operations::lock_unsaved(c, operation).await?.into_iter();
        let has_died = |other: &Operation| match (&other.detail.new_key, &gone) {
            (Some(new), Some((key, _))) => new.is_same(key),
            _ => replaces,
        };
        unsaved.filter(has_died).collect()
    } else {
        Vec::new()
    };
    if operation.step == Step::Ended {
        // Before the audit, too.
        operations::wake_last(c, operation, now).await?;
    }
    // A clock that jumps ends the window before the call: it may still be carried out, whatever was decided.
    if let Some(lost) = unknown.filter(|_| decided || operation.step == Step::Ended)
        && operation.keys() == Keys::Many
    {
        look_for_late_key(c, &lost, now).await?;
    }
    if let Some(action) = written {
        app.write_down(c, Note::operation(operation, now, actor, action))
            .await?;
    }
    if operation.step == Step::Ended {
        // Time alone has ended it.
        let nobody = operation.detail.outcome == Some(Outcome::NothingDone(Reason::NotApproved));
        let actor = if nobody { PersonId(0) } else { actor };
        let note = Note::operation(operation, now, actor, AuditAction::Ended);
        app.write_down(c, note).await?;
    }
    for mut other in died {
        Box::pin(record(app, c, &mut other, Event::Died, actor, now)).await?;
    }
    if let Some((key, _)) = gone {
        // After the audit, which locks the account: accounts are locked before fingerprints, everywhere.
        leaks::forget_key(c, &operation.account, &key.id).await?;
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
        Event::Offered(_) => Some(AuditAction::KeyOffered),
        Event::RevokeAccepted if !operation.detail.accepted => Some(AuditAction::RevokeAccepted),
        _ => None,
    }
}
