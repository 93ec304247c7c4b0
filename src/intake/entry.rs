//! The one entry for updates, whoever brings them: looks for leaked keys, reduces, stores, hands on in order.
//! It must never say that something is stored before its commit.

use std::{collections::HashSet, sync::Arc};

use super::{
    Handle, Intake, inbox,
    lanes::Lanes,
    projection::{Kept, Projected, project},
};
use crate::{
    domain::{ChatId, PersonId, Timestamp, UpdateId},
    store::StoreError,
};

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) intake: Intake,
    handler: Arc<dyn Handle>,
    lanes: Lanes,
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
    pub(super) fn new(intake: Intake, handler: Arc<dyn Handle>, lanes: Lanes) -> Self {
        Self {
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

    /// Commits a batch, with where the poll goes on, and hands on what is new of it. `received_at` is the same whenever the
    /// same update is stored again, because nobody knows whether the first time has worked.
    pub(super) async fn store(
        &self,
        batch: &Batch,
        offset: Option<UpdateId>,
        received_at: impl Fn(UpdateId) -> Timestamp,
    ) -> Result<(), StoreError> {
        if batch.kept.is_empty() {
            return Ok(());
        }
        for waiting in inbox::commit(&self.intake, &batch.kept, offset, received_at).await? {
            self.lanes.push(waiting).await;
        }
        Ok(())
    }

    /// Tells each chat once that its update cannot be stored. In the background: a chat that cannot be written to must not hold
    /// up the others, or the database's return.
    pub(super) fn tell_once(&self, batch: &Batch, told: &mut Told) {
        for update in &batch.kept {
            let (chat, person) = (update.chat, update.person);
            if told.insert((chat, person)) {
                let handler = self.handler.clone();
                tokio::spawn(async move { handler.cannot_store(chat, person).await });
            }
        }
    }
}
