//! Order: one lane per chat and person, handled one after another; all lanes side by side.
//! A panic costs its own update an attempt and nothing else.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Handle, Handled, Incoming, Intake,
    completions::{Completions, Done},
    in_hand::InHand,
    inbox::Waiting,
};
use crate::{
    domain::{ChatId, PersonId, UpdateId},
    store::inbox,
};

/// After so many panics an update is given up.
pub const ATTEMPTS: i64 = 3;

/// After so many lives of processes that had begun it an update is given up: it may be what has ended them. More than of panics, since
/// most of what a process has in hand when it dies has nothing to do with that.
const LIVES: i64 = 10;

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
    in_hand: Arc<InHand>,
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
        in_hand: Arc<InHand>,
        abandon: CancellationToken,
    ) -> Self {
        Self(Arc::new(Shared {
            intake,
            handler,
            completions,
            in_hand,
            abandon,
            lanes: Mutex::default(),
            room: Arc::new(Semaphore::new(QUEUED)),
            at_work: Semaphore::new(AT_WORK),
            tasks: TaskTracker::new(),
        }))
    }

    /// Where handled updates wait for their tombstones.
    pub(super) fn completions(&self) -> &Completions {
        &self.0.completions
    }

    /// Which updates are in the lanes, or at work.
    pub(super) fn in_hand(&self) -> &InHand {
        &self.0.in_hand
    }

    /// Puts an update at the end of its lane, unless it is in hand already; waits while there are too many.
    pub(super) async fn push(&self, waiting: Waiting) {
        let Ok(permit) = self.0.room.clone().acquire_owned().await else {
            return;
        };
        let incoming = waiting.incoming.clone();
        let key = (incoming.chat, incoming.person);
        let starts = {
            let mut lanes = self.0.lanes.lock().unwrap_or_else(PoisonError::into_inner);
            // Together with its place in the lane: whoever sees it in hand comes behind it.
            if !self.0.in_hand.take(incoming.id) {
                return;
            }
            let starts = !lanes.contains_key(&key);
            lanes.entry(key).or_default().push_back((waiting, permit));
            starts
        };
        if starts {
            let shared = self.0.clone();
            self.0.tasks.spawn(async move { shared.run(key).await });
        } else {
            // Holds nothing meanwhile: the end does not wait for it.
            let (shared, ports) = (Arc::downgrade(&self.0), self.0.intake.ports.clone());
            tokio::spawn(async move {
                ports.sleep(PATIENCE).await;
                if let Some(shared) = shared.upgrade() {
                    shared.tell_who_waits(key, incoming).await;
                }
            });
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
            let ours = tokio::select! {
                ours = self.see_through(waiting) => ours,
                () = self.abandon.cancelled() => return,
            };
            if !ours {
                self.let_go(key);
            }
        }
    }

    /// Lets the rest of a lane go, which may be another process's by now: what is ours is looked for, in its order.
    fn let_go(&self, key: Key) {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        for (waiting, _room) in lanes.get_mut(&key).into_iter().flat_map(std::mem::take) {
            self.in_hand.put_down(waiting.incoming.id);
        }
        self.intake.replica.call();
    }

    async fn tell_who_waits(&self, key: Key, incoming: Incoming) {
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
        let lane = lanes.get_mut(&key)?;
        let Some((mut waiting, room)) = lane.pop_front() else {
            lanes.remove(&key);
            return None;
        };
        waiting.incoming.behind = lane.len();
        Some((waiting, room))
    }

    /// Handles an update until it is done or given up; false when it is not this process's any more.
    async fn see_through(&self, mut waiting: Waiting) -> bool {
        let id = waiting.incoming.id;
        if waiting.attempts > 0 {
            self.handler.catch_up(waiting.incoming.chat).await;
        }
        let (mut panics, mut counted) = (0, false);
        loop {
            let Ok(_place) = self.at_work.acquire().await else {
                return true;
            };
            if !self.is_ours(&waiting).await {
                self.in_hand.put_down(id);
                return false;
            }
            if panics >= ATTEMPTS || waiting.attempts >= LIVES {
                self.give_up(&waiting).await;
                break;
            }
            // A fresh update's first life is not written down: after a crash every waiting one counts as begun.
            if waiting.attempts > 0 && !std::mem::replace(&mut counted, true) {
                waiting.attempts += 1;
                self.write(id, Some(waiting.attempts)).await;
                // Writing may have taken so long that others have it by now.
                if !self.is_ours(&waiting).await {
                    self.in_hand.put_down(id);
                    return false;
                }
            }
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
                Ok(Handled::Committed) => break,
                Ok(Handled::Unchanged) => {
                    self.completions.done(Done {
                        id,
                        chat: waiting.incoming.chat,
                        person: waiting.incoming.person,
                        ahead: waiting.ahead.is_some(),
                        at: begun,
                    });
                    return true;
                }
                Ok(Handled::Later) => {}
                Err(_panic) => {
                    tracing::error!(update = id.0, "a handler has panicked");
                    panics += 1;
                }
            }
            self.intake.ports.sleep(PAUSE).await;
        }
        self.in_hand.put_down(id);
        true
    }

    /// Whether an update is still for this process, which may have been silent for so long that others have taken it over.
    async fn is_ours(&self, waiting: &Waiting) -> bool {
        let (replica, id) = (&self.intake.replica, waiting.incoming.id);
        while !replica.is_sure(waiting.since) {
            let held = match self.intake.store.read().await {
                Ok(mut c) => inbox::is_held(&mut c, id, replica.id()).await,
                Err(error) => Err(error),
            };
            match held {
                Ok(held) => return held,
                Err(error) => tracing::debug!(%error, "cannot ask whose an update is"),
            }
            self.intake.ports.sleep(PAUSE).await;
        }
        true
    }

    /// Gives an update up. Its person is told before it is wiped: after a crash in between once more, but never not at all.
    async fn give_up(&self, waiting: &Waiting) {
        let id = waiting.incoming.id;
        self.intake
            .metrics
            .update(waiting.incoming.kind, "set_aside");
        tracing::error!(update = id.0, "an update is set aside");
        // Whoever takes it up after a crash gives it up too.
        self.write(id, Some(LIVES)).await;
        let (handler, incoming) = (self.handler.clone(), waiting.incoming.clone());
        // A task of its own: even if telling panics, the update goes.
        let telling = tokio::spawn(async move { handler.gave_up(incoming).await });
        if telling.await.is_err() {
            tracing::error!(update = id.0, "telling of it has panicked");
        }
        self.write(id, None).await;
    }

    /// Writes down how often an update was begun, or that it is given up; however long that takes.
    async fn write(&self, id: UpdateId, attempts: Option<i64>) {
        loop {
            let written = match (self.intake.store.write().await, attempts) {
                (Ok(mut c), Some(attempts)) => inbox::count_attempt(&mut c, id, attempts).await,
                (Ok(mut c), None) => inbox::set_aside(&mut c, id).await,
                (Err(error), _) => Err(error),
            };
            match written {
                Ok(()) => return,
                Err(error) => tracing::debug!(%error, "an attempt cannot be written down yet"),
            }
            self.intake.ports.sleep(PAUSE).await;
        }
    }
}
