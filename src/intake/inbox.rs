//! Puts updates into the inbox and takes them out again after a restart.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{
    ALLOWED_UPDATES, Incoming, Intake,
    projection::{Kept, Payload},
};
use crate::{
    domain::{Timestamp, UpdateId},
    store::{
        StoreError, confirmations, dialogues, facts,
        inbox::{self, StoredUpdate},
    },
    vault::Row,
};

/// A repeated update is known by its tombstone for this long; Telegram repeats for 24 hours at most.
pub const TOMBSTONES_FOR: Duration = Duration::from_hours(48);

/// Given-up updates are named by `keyporter check` for this long.
const SET_ASIDE_FOR: Duration = Duration::from_hours(720);

/// Between two sweeps of what has ended.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// A used question is remembered this long, to answer a late second press truthfully.
const QUESTIONS_FOR: Duration = Duration::from_hours(168);

/// An update with how often it was begun.
pub(super) struct Waiting {
    pub(super) incoming: Incoming,
    pub(super) attempts: i64,
}

/// Where `getUpdates` goes on after a restart.
pub const POLL_OFFSET: &str = "poll_offset";

fn row(id: &str) -> Row<'_> {
    Row {
        column: "inbox.payload",
        id,
    }
}

/// Stores a batch and the poll's offset, if it was a poll, in one transaction; gives those that were not here before. An update that
/// is stored again, because nobody knows whether the first time has worked, comes with the time of the first.
pub(super) async fn commit(
    intake: &Intake,
    batch: &[Kept],
    offset: Option<UpdateId>,
    received_at: impl Fn(UpdateId) -> Timestamp,
) -> Result<Vec<Waiting>, StoreError> {
    let mut sealed = Vec::with_capacity(batch.len());
    for kept in batch {
        sealed.push(seal(intake, kept)?);
    }
    let mut fresh = Vec::with_capacity(batch.len());
    let mut tx = intake.store.begin().await?;
    for (kept, update) in batch.iter().zip(&sealed) {
        let now = received_at(update.id);
        let twice = fresh
            .iter()
            .any(|waiting: &Waiting| waiting.incoming.id == update.id);
        if inbox::add(&mut tx, update, now).await?
            || (!twice && inbox::waits_since(&mut tx, update.id, now).await?)
        {
            fresh.push(Waiting {
                incoming: incoming(kept),
                attempts: 0,
            });
        }
    }
    if let Some(offset) = offset {
        facts::set(&mut tx, POLL_OFFSET, &offset.to_string()).await?;
    }
    tx.commit().await?;
    Ok(fresh)
}

fn seal(intake: &Intake, kept: &Kept) -> Result<StoredUpdate, StoreError> {
    let failed =
        |error: &dyn std::fmt::Display| StoreError::Failed(format!("update {}: {error}", kept.id));
    let plain = serde_json::to_vec(&kept.payload).map_err(|error| failed(&error))?;
    let payload = intake
        .vault
        .seal_bytes(row(&kept.id.to_string()), &plain)
        .map_err(|error| failed(&error))?;
    Ok(StoredUpdate {
        id: kept.id,
        chat: kept.chat,
        person: kept.person,
        payload,
        attempts: 0,
    })
}

fn incoming(kept: &Kept) -> Incoming {
    Incoming {
        id: kept.id,
        chat: kept.chat,
        person: kept.person,
        message: kept.payload.message,
        attachment: kept.payload.attachment,
        leak: kept.payload.leak.clone().map(Arc::new),
        about: kept.payload.about.clone(),
        event: kept.payload.event,
        kind: kind_of(&kept.payload.update),
        title: Arc::from(kept.payload.title.as_str()),
        update: Arc::from(kept.payload.update.to_string()),
    }
}

fn kind_of(update: &Value) -> &'static str {
    let kind = ALLOWED_UPDATES
        .into_iter()
        .find(|kind| update.get(kind).is_some());
    kind.unwrap_or("other")
}

/// All that an earlier run has not finished. One that does not open is set aside: it would stop every start.
pub(super) async fn take_over(intake: &Intake) -> Result<Vec<Waiting>, StoreError> {
    let mut tx = intake.store.begin().await?;
    let mut waiting = Vec::new();
    for stored in inbox::take_over(&mut tx).await? {
        let opened = intake
            .vault
            .open_bytes(row(&stored.id.to_string()), &stored.payload);
        let payload = opened.map_err(|error| error.to_string()).and_then(|plain| {
            serde_json::from_slice::<Payload>(&plain).map_err(|error| error.to_string())
        });
        match payload {
            Ok(payload) => {
                let kept = Kept {
                    id: stored.id,
                    chat: stored.chat,
                    person: stored.person,
                    payload,
                };
                waiting.push(Waiting {
                    incoming: incoming(&kept),
                    attempts: stored.attempts,
                });
            }
            Err(error) => {
                tracing::error!(update = stored.id.0, %error, "a stored update cannot be read and is set aside");
                inbox::set_aside(&mut tx, stored.id).await?;
            }
        }
    }
    tx.commit().await?;
    if !waiting.is_empty() {
        tracing::info!(count = waiting.len(), "taking up unfinished updates");
    }
    Ok(waiting)
}

/// Removes from time to time what has ended: tombstones, dialogues, questions and the credentials that waited in them, and the
/// bytes of what was wiped.
pub(super) async fn sweep(intake: Intake, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = sweep_once(&intake).await {
            tracing::debug!(%error, "cannot sweep now");
        }
        tokio::select! {
            () = intake.ports.sleep(SWEEP_EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn sweep_once(intake: &Intake) -> Result<(), StoreError> {
    let now = intake.ports.now();
    let mut tx = intake.store.begin().await?;
    inbox::forget(&mut tx, now.minus(TOMBSTONES_FOR), now.minus(SET_ASIDE_FOR)).await?;
    dialogues::forget(&mut tx, now.minus(TOMBSTONES_FOR)).await?;
    confirmations::forget(&mut tx, now, now.minus(QUESTIONS_FOR)).await?;
    tx.commit().await?;
    intake.store.fold_log().await
}
