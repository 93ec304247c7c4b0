//! Puts updates into the inbox and takes them out again after a restart.

use std::{convert::Infallible, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    ALLOWED_UPDATES, Incoming, Intake,
    held_lanes::HeldLanes,
    lanes::Lanes,
    projection::{Kept, Payload},
};
use crate::{
    domain::{Timestamp, UpdateId},
    replica::Life,
    store::{
        StoreError, confirmations, dialogues, facts,
        inbox::{self, NewUpdate, StoredUpdate},
        leases::{self, Lease},
        replicas,
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
    /// The life in which this process has come to hold it.
    pub(super) since: Life,
    /// Of one that is handled before it is stored: dropped with it.
    pub(super) ahead: Option<mpsc::Sender<Infallible>>,
}

impl Waiting {
    /// One that was never begun.
    fn new(intake: &Intake, incoming: Incoming) -> Self {
        Self {
            incoming,
            attempts: 0,
            since: intake.replica.life(),
            ahead: None,
        }
    }

    /// One that is handled before it is stored; when all that hold the other end of the channel are gone, all are handled or given up.
    pub(super) fn ahead(intake: &Intake, kept: &Kept, handled: mpsc::Sender<Infallible>) -> Self {
        Self {
            ahead: Some(handled),
            ..Self::new(intake, incoming(kept))
        }
    }
}

/// Where `getUpdates` goes on after a restart.
pub const POLL_OFFSET: &str = "poll_offset";

fn row(id: &str) -> Row<'_> {
    Row {
        column: "inbox.payload",
        id,
    }
}

/// What became of a batch.
#[derive(Default)]
pub(super) struct Stored {
    /// To be handled now, in that order.
    pub(super) ours: Vec<Waiting>,
    /// Some wait behind others that this process has not in hand yet: it has to look for them first.
    pub(super) behind: bool,
}

/// Stores a batch and the poll's offset, if it was a poll, in one transaction, together with the tombstones that wait; gives those that
/// were not here before. An update that is stored again, because nobody knows whether the first time has worked, comes with the time of
/// the first. `ahead` are being handled already: of them only what is not done is stored. Nothing is stored, and nothing given, when
/// another process polls by now.
pub(super) async fn commit(
    (intake, lanes): (&Intake, &Lanes),
    batch: &[Kept],
    ahead: bool,
    leader: Option<(UpdateId, &Lease)>,
    received_at: impl Fn(UpdateId) -> Timestamp,
) -> Result<Option<Stored>, StoreError> {
    let taken = lanes.completions().take();
    let done = &taken.done;
    let (me, in_hand) = (intake.replica.id(), lanes.in_hand());
    let is_done = |kept: &&Kept| {
        let written = ahead && !in_hand.holds(kept.id);
        written || done.iter().any(|done| done.id == kept.id)
    };
    let batch: Vec<_> = batch.iter().filter(|kept| !is_done(kept)).collect();
    if batch.is_empty() && done.is_empty() {
        return Ok(Some(Stored::default()));
    }
    let mut tx = intake.store.begin().await?;
    if let Some((offset, lease)) = leader {
        // Another one polls by now, and has been given the same.
        if intake.store.is_shared() && !leases::holds(&mut tx, lease).await? {
            return Ok(None);
        }
        facts::set(&mut tx, POLL_OFFSET, &offset.to_string()).await?;
    }
    lanes.completions().write_into(&mut tx, done).await?;
    let mut held = HeldLanes::lock(&mut tx, intake, in_hand, &batch).await?;
    let mut rows = Vec::with_capacity(batch.len());
    for kept in &batch {
        rows.push(NewUpdate {
            update: seal(intake, kept)?,
            done: false,
            holder: held.holder(kept).unwrap_or(me).to_owned(),
            received_at: received_at(kept.id),
        });
    }
    let new = inbox::add(&mut tx, &rows).await?;
    let mut stored = Stored::default();
    for (kept, row) in batch.iter().zip(&rows).filter(|(_, row)| row.holder == me) {
        let twice = stored.ours.iter().any(|ours| ours.incoming.id == kept.id);
        let is_ours = !twice
            && (new.contains(&kept.id)
                || inbox::waits_since(&mut tx, kept.id, me, row.received_at).await?);
        if is_ours && held.is_behind(kept) {
            stored.behind = true;
        } else if is_ours && !ahead {
            stored.ours.push(Waiting::new(intake, incoming(kept)));
        }
    }
    replicas::wake(&mut tx, &held.others).await?;
    tx.commit().await?;
    taken.written();
    Ok(Some(stored))
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
        behind: 0,
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

/// Reads an update that waits for us; nothing if it does not any more. One that does not open is set aside: it would come again and again.
pub(super) async fn load(intake: &Intake, id: UpdateId) -> Result<Option<Waiting>, StoreError> {
    let mut c = intake.store.read().await?;
    let stored = inbox::get(&mut c, id, intake.replica.id()).await?;
    drop(c);
    let Some(stored) = stored else {
        return Ok(None);
    };
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
            Ok(Some(Waiting {
                attempts: stored.attempts,
                ..Waiting::new(intake, incoming(&kept))
            }))
        }
        Err(error) => {
            tracing::error!(update = stored.id.0, %error, "a stored update cannot be read and is set aside");
            inbox::set_aside(&mut *intake.store.write().await?, stored.id).await?;
            Ok(None)
        }
    }
}

/// Removes from time to time what has ended: tombstones, dialogues, questions and the credentials that waited in them, and the
/// bytes of what was wiped.
pub(super) async fn sweep(intake: Intake, stop: CancellationToken) {
    let mut looked_at = intake.ports.now();
    while !stop.is_cancelled() {
        let now = intake.ports.now();
        if let Err(error) = sweep_once(&intake, now, looked_at).await {
            tracing::debug!(%error, "cannot sweep now");
        }
        looked_at = now;
        tokio::select! {
            () = intake.ports.sleep(SWEEP_EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Tombstones go by the time of the look before: when the clock leaps, as after a machine's sleep, an update that has just been handled
/// may still be on its way into the inbox, and would wait there for ever.
async fn sweep_once(
    intake: &Intake,
    now: Timestamp,
    looked_at: Timestamp,
) -> Result<(), StoreError> {
    let mut tx = intake.store.begin().await?;
    let (tombstones, set_aside) = (looked_at.minus(TOMBSTONES_FOR), now.minus(SET_ASIDE_FOR));
    inbox::forget(&mut tx, tombstones, set_aside).await?;
    dialogues::forget(&mut tx, now.minus(TOMBSTONES_FOR)).await?;
    confirmations::forget(&mut tx, now, now.minus(QUESTIONS_FOR)).await?;
    replicas::forget_dead(&mut tx).await?;
    tx.commit().await?;
    intake.store.fold_log().await
}
