//! Handled updates whose tombstones are not written yet: the next batch that is stored takes them along, so that an update which changed
//! nothing costs no commit of its own. If the process dies before, such an update is merely answered once more.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::{Intake, in_hand::InHand};
use crate::{
    domain::{ChatId, PersonId, Sealed, Timestamp, UpdateId},
    store::{
        StoreError, Tx,
        inbox::{self, NewUpdate, StoredUpdate},
    },
};

/// For so long a tombstone waits for a batch that takes it along.
const PATIENCE: Duration = Duration::from_millis(5);

/// Between two tries while the database is away.
const PAUSE: Duration = Duration::from_secs(1);

/// A handled update.
#[derive(Clone)]
pub(super) struct Done {
    pub(super) id: UpdateId,
    pub(super) chat: ChatId,
    pub(super) person: PersonId,
    /// It was handled before it was stored, and may still not be.
    pub(super) ahead: bool,
    pub(super) at: Timestamp,
}

/// Tombstones that are being written. Whatever ends that early, they are not forgotten.
pub(super) struct Taken {
    pub(super) done: Vec<Done>,
    completions: Completions,
}

impl Taken {
    /// They last.
    pub(super) fn written(mut self) {
        for done in self.done.drain(..) {
            self.completions.in_hand.put_down(done.id);
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if !self.done.is_empty() {
            self.completions.lock().append(&mut self.done);
            self.completions.wake.notify_one();
        }
    }
}

#[derive(Clone)]
pub(super) struct Completions {
    intake: Intake,
    in_hand: Arc<InHand>,
    done: Arc<Mutex<Vec<Done>>>,
    wake: Arc<Notify>,
}

impl Completions {
    pub(super) fn new(intake: Intake, in_hand: Arc<InHand>) -> Self {
        Self {
            intake,
            in_hand,
            done: Arc::default(),
            wake: Arc::default(),
        }
    }

    /// It is handled, and nothing was written that says so.
    pub(super) fn done(&self, done: Done) {
        self.lock().push(done);
        self.wake.notify_one();
    }

    /// How many wait for their tombstones.
    pub(super) fn count(&self) -> usize {
        self.lock().len()
    }

    /// Whether that one is handled and waits for its tombstone.
    pub(super) fn has(&self, id: UpdateId) -> bool {
        self.lock().iter().any(|done| done.id == id)
    }

    /// Takes out what is to be written now; it comes back unless it is [`Taken::written`].
    pub(super) fn take(&self) -> Taken {
        Taken {
            done: std::mem::take(&mut *self.lock()),
            completions: self.clone(),
        }
    }

    /// Writes their tombstones.
    pub(super) async fn write_into(&self, tx: &mut Tx, done: &[Done]) -> Result<(), StoreError> {
        let holder = self.intake.replica.id();
        let ahead = done.iter().filter(|done| done.ahead).map(|done| NewUpdate {
            update: StoredUpdate {
                id: done.id,
                chat: done.chat,
                person: done.person,
                payload: Sealed::default(),
                attempts: 0,
            },
            done: true,
            holder: holder.to_owned(),
            received_at: done.at,
        });
        let new = inbox::add(tx, &ahead.collect::<Vec<_>>()).await?;
        let stored = done.iter().map(|done| done.id);
        let stored: Vec<_> = stored.filter(|id| !new.contains(id)).collect();
        inbox::done(tx, &stored, holder).await
    }

    /// Writes what no batch takes along, until `end`, and then the rest.
    pub(super) fn write_all(&self, end: CancellationToken) -> JoinHandle<()> {
        let this = self.clone();
        tokio::spawn(async move {
            let ports = this.intake.ports.clone();
            while !end.is_cancelled() {
                tokio::select! {
                    () = this.wake.notified() => {}
                    () = end.cancelled() => {}
                }
                tokio::select! {
                    () = ports.sleep(PATIENCE) => {}
                    () = end.cancelled() => {}
                }
                while let Err(error) = this.write().await {
                    tracing::debug!(%error, "cannot wipe handled updates yet");
                    ports.sleep(PAUSE).await;
                }
            }
        })
    }

    async fn write(&self) -> Result<(), StoreError> {
        let taken = self.take();
        if taken.done.is_empty() {
            return Ok(());
        }
        let mut tx = self.intake.store.begin().await?;
        self.write_into(&mut tx, &taken.done).await?;
        tx.commit().await?;
        taken.written();
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Done>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
