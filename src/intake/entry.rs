//! The one entry for updates, whoever brings them: looks for leaked keys, reduces, stores, hands on in order.
//! It must never say that something is stored before its commit.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio::sync::mpsc;

use super::{
    Handle, Intake,
    ahead::Ahead,
    inbox::{self, Waiting},
    lanes::Lanes,
    projection::{Kept, Projected, project},
};
use crate::{
    domain::{ChatId, PersonId, Timestamp, UpdateId},
    store::{StoreError, leases::Lease},
};

/// What is done that quickly is never stored as waiting. Whoever brings updates waits for that, so it must stay below what a way to Telegram
/// takes.
const QUICK: Duration = Duration::from_millis(3);

/// More than these share one commit for less than what handling them takes.
const FEW: usize = 4;

/// More tombstones than these wait only where they cannot be written: then nothing more is taken for done.
const MOST_UNWRITTEN: usize = 1000;

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) intake: Intake,
    handler: Arc<dyn Handle>,
    lanes: Lanes,
    ahead: Arc<Ahead>,
}

/// What was brought together.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) kept: Vec<Kept>,
    /// The highest number in it, also of updates that are not for us; nothing for an empty batch.
    pub(super) last: Option<UpdateId>,
}

/// Who was told of an outage of the database.
pub(super) type Told = HashSet<(ChatId, PersonId)>;

impl Entry {
    pub(super) fn new(
        intake: Intake,
        handler: Arc<dyn Handle>,
        lanes: Lanes,
        ahead: Ahead,
    ) -> Self {
        Self {
            ahead: Arc::new(ahead),
            intake,
            handler,
            lanes,
        }
    }

    /// Reduces raw updates to what is kept of them. Each stands alone: one that cannot be read never holds up the others.
    pub(super) async fn read<'r>(&self, updates: impl ExactSizeIterator<Item = &'r str>) -> Batch {
        let intake = &self.intake;
        if updates.len() > 0
            && let Err(error) = intake.leakwatch.refresh(&intake.store).await
        {
            // What was read before still holds; and while nothing can be stored, nothing is acknowledged that is for us.
            tracing::debug!(%error, "the fingerprints cannot be read now");
        }
        let mut batch = Batch::default();
        for update in updates {
            let id = match project(update, &intake.leakwatch) {
                Projected::Keep(kept) => {
                    let id = kept.id;
                    batch.kept.push(*kept);
                    Some(id)
                }
                Projected::Drop(id) => {
                    intake.metrics.update("other", "dropped");
                    Some(id)
                }
                Projected::Unreadable(id) => {
                    intake.metrics.update("other", "unreadable");
                    tracing::warn!(
                        update = id.map(|id| id.0),
                        bytes = update.len(),
                        "an update cannot be read and is skipped"
                    );
                    id
                }
            };
            batch.last = batch.last.max(id);
        }
        batch
    }

    /// Commits a batch, with where the poll goes on, and hands on what is new of it. Where this process is alone, what is surely new is
    /// handled at once, and stored when it is not done quickly: an update counts as taken when it is stored or done. `received_at` is
    /// the same whenever the same update is stored again, because nobody knows whether the first time has worked. False, and nothing
    /// is stored, when another process polls by now.
    pub(super) async fn store(
        &self,
        batch: &Batch,
        leader: Option<(UpdateId, &Lease)>,
        received_at: impl Fn(UpdateId) -> Timestamp,
    ) -> Result<bool, StoreError> {
        if batch.kept.is_empty() {
            return Ok(true);
        }
        let (intake, lanes) = (&self.intake, &self.lanes);
        let ahead = self.ahead.is_new(intake, &batch.kept) && batch.kept.len() <= FEW;
        if ahead {
            let (handled, mut all_handled) = mpsc::channel(1);
            for kept in &batch.kept {
                lanes
                    .push(Waiting::ahead(intake, kept, handled.clone()))
                    .await;
            }
            drop(handled);
            let in_time = intake.ports.within(QUICK, all_handled.recv()).await;
            let (in_hand, completions) = (lanes.in_hand(), lanes.completions());
            // At the end of the process lanes are given up as they are.
            let is_done = |kept: &Kept| !in_hand.holds(kept.id) || completions.has(kept.id);
            if in_time.is_some()
                && completions.count() <= MOST_UNWRITTEN
                && batch.kept.iter().all(is_done)
            {
                return Ok(true);
            }
        }
        let stored = inbox::commit((intake, lanes), &batch.kept, ahead, leader, received_at).await;
        self.ahead.stored(stored.is_ok());
        let Some(stored) = stored? else {
            return Ok(false);
        };
        for waiting in stored.ours {
            lanes.push(waiting).await;
        }
        if stored.behind {
            intake.replica.call();
        }
        Ok(true)
    }

    /// Tells each chat once that its update cannot be stored. In the background: a chat that cannot be written to must not hold
    /// up the others, or the database's return.
    pub(super) fn tell_once(&self, batch: &Batch, told: &mut Told) {
        let waits = |kept: &&Kept| !self.lanes.completions().has(kept.id);
        for update in batch.kept.iter().filter(waits) {
            let (chat, person) = (update.chat, update.person);
            if told.insert((chat, person)) {
                let handler = self.handler.clone();
                tokio::spawn(async move { handler.cannot_store(chat, person).await });
            }
        }
    }
}
