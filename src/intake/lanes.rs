//! Order: one lane per chat and person, handled one after another; all lanes side by side.
//! A panic costs its own update an attempt and nothing else.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Handle, Handled, Incoming, Intake, completions::Completions, inbox::Waiting};
use crate::{
    domain::{ChatId, PersonId},
    store::inbox,
};

/// After so many attempts an update is given up.
pub const ATTEMPTS: i64 = 3;

/// Updates in memory at most; the rest waits at Telegram.
const QUEUED: usize = 10_000;

/// Updates being handled at once at most. Most of them only wait for a provider.
const AT_WORK: usize = 512;

/// Who waits longer than this behind an earlier update of the same lane is told so.
const PATIENCE: Duration = Duration::from_secs(1);

/// Between two tries of the same update.
const PAUSE: Duration = Duration::from_secs(1);

type Key = (ChatId, PersonId);
type Queue = VecDeque<(Waiting, OwnedSemaphorePermit)>;

#[derive(Clone)]
pub(super) struct Lanes(Arc<Shared>);

struct Shared {
    intake: Intake,
    handler: Arc<dyn Handle>,
    completions: Completions,
    abandon: CancellationToken,
    lanes: Mutex<HashMap<Key, Queue>>,
    room: Arc<Semaphore>,
    at_work: Semaphore,
    tasks: TaskTracker,
}

impl Lanes {
    pub(super) fn new(
        intake: Intake,
        handler: Arc<dyn Handle>,
        completions: Completions,
        abandon: CancellationToken,
    ) -> Self {
        Self(Arc::new(Shared {
            intake,
            handler,
            completions,
            abandon,
            lanes: Mutex::default(),
            room: Arc::new(Semaphore::new(QUEUED)),
            at_work: Semaphore::new(AT_WORK),
            tasks: TaskTracker::new(),
        }))
    }

    /// Puts an update at the end of its lane; waits while there are too many.
    pub(super) async fn push(&self, waiting: Waiting) {
        let Ok(permit) = self.0.room.clone().acquire_owned().await else {
            return;
        };
        let incoming = waiting.incoming.clone();
        let key = (incoming.chat, incoming.person);
        let starts = {
            let mut lanes = self.0.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            let starts = !lanes.contains_key(&key);
            lanes.entry(key).or_default().push_back((waiting, permit));
            starts
        };
        let shared = self.0.clone();
        if starts {
            self.0.tasks.spawn(async move { shared.run(key).await });
        } else {
            tokio::spawn(async move { shared.tell_who_waits(key, incoming).await });
        }
    }

    /// Waits until all lanes are empty, or `abandon`.
    pub(super) async fn drain(&self, abandon: &CancellationToken) {
        self.0.tasks.close();
        tokio::select! {
            () = self.0.tasks.wait() => {}
            () = abandon.cancelled() => {}
        }
    }
}

impl Shared {
    async fn run(self: Arc<Self>, key: Key) {
        while let Some((waiting, _room)) = self.next(key) {
            tokio::select! {
                () = self.see_through(waiting) => {}
                () = self.abandon.cancelled() => return,
            }
        }
    }

    async fn tell_who_waits(&self, key: Key, incoming: Incoming) {
        self.intake.ports.sleep(PATIENCE).await;
        let still_waits = {
            let lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            let queue = lanes.get(&key);
            queue.is_some_and(|queue| {
                queue
                    .iter()
                    .any(|(waiting, _)| waiting.incoming.id == incoming.id)
            })
        };
        if still_waits {
            self.handler.waits(incoming).await;
        }
    }

    /// The next update of a lane; an empty lane ends.
    fn next(&self, key: Key) -> Option<(Waiting, OwnedSemaphorePermit)> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let next = lanes.get_mut(&key).and_then(VecDeque::pop_front);
        if next.is_none() {
            lanes.remove(&key);
        }
        next
    }

    /// Handles an update until it is done or given up.
    async fn see_through(&self, mut waiting: Waiting) {
        let id = waiting.incoming.id;
        // A fresh update's first attempt is not written down: after a crash every waiting one counts as begun.
        while waiting.attempts == 0 || self.count(&mut waiting).await {
            let Ok(_place) = self.at_work.acquire().await else {
                return;
            };
            let (handler, incoming) = (self.handler.clone(), waiting.incoming.clone());
            let (kind, metrics) = (incoming.kind, &self.intake.metrics);
            let begun = self.intake.ports.now();
            // A task of its own, so that a panic ends there.
            let work = tokio::spawn(async move { handler.handle(incoming).await }).await;
            metrics.handled(self.intake.ports.now().since(begun));
            metrics.update(
                kind,
                work.as_ref().map_or("panicked", |handled| handled.code()),
            );
            match work {
                Ok(Handled::Committed) => return,
                Ok(Handled::Unchanged) => return self.completions.done(id),
                Ok(Handled::Later) => waiting.attempts = (waiting.attempts - 1).max(0),
                Err(_panic) => {
                    tracing::error!(update = id.0, "a handler has panicked");
                    waiting.attempts = waiting.attempts.max(1);
                }
            }
            self.intake.ports.sleep(PAUSE).await;
        }
    }

    /// Counts the attempt that comes now; false when there were enough and the update is given up. Its person is told before it
    /// is wiped: after a crash in between once more, but never not at all.
    async fn count(&self, waiting: &mut Waiting) -> bool {
        let id = waiting.incoming.id;
        let give_up = waiting.attempts >= ATTEMPTS;
        if give_up {
            self.intake
                .metrics
                .update(waiting.incoming.kind, "set_aside");
            tracing::error!(
                update = id.0,
                "an update is set aside after {ATTEMPTS} attempts"
            );
            let (handler, incoming) = (self.handler.clone(), waiting.incoming.clone());
            // A task of its own: even if telling panics, the update goes.
            let telling = tokio::spawn(async move { handler.gave_up(incoming).await });
            if telling.await.is_err() {
                tracing::error!(update = id.0, "telling of it has panicked");
            }
        } else {
            waiting.attempts += 1;
        }
        loop {
            let written = match self.intake.store.write().await {
                Ok(mut c) if give_up => inbox::set_aside(&mut c, id).await,
                Ok(mut c) => inbox::count_attempt(&mut c, id, waiting.attempts).await,
                Err(error) => Err(error),
            };
            match written {
                Ok(()) => return !give_up,
                Err(error) => {
                    tracing::debug!(%error, "cannot count an attempt yet");
                    self.intake.ports.sleep(PAUSE).await;
                }
            }
        }
    }
}
