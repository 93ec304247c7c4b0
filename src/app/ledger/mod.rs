//! The ledger: every operation goes its way step by step, each step recorded before and after it is carried out, by one
//! worker at a time, and is taken up again wherever a crash has left it. What is not known is never told as known.

mod begin;
mod call;
mod deliver;
mod prepare;
mod provider_steps;
mod record;
mod recording;
mod tell;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{App, AppError, Messenger};
use crate::{
    domain::{Operation, OperationNumber, operation::Step},
    store::{
        StoreError,
        leases::{self, Lease},
        operations,
    },
};

pub(super) use begin::begin;
pub(super) use record::record;
pub(super) use recording::delivery_row;

/// The ledger looks at least this often, should a wake-up be lost.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// After the database was away.
const PAUSE: Duration = Duration::from_secs(1);

/// While somebody else works in the same scope.
const BUSY_PAUSE: Duration = Duration::from_millis(250);

/// Work that takes longer is shown on the card; most is over before.
const PROGRESS_AFTER: Duration = Duration::from_secs(1);

/// An operation that fails for a reason of its own is left alone for this long.
const COOL_DOWN: Duration = Duration::from_secs(30);

/// A sign of life for the held leases, well within their ten seconds.
const HEARTBEAT: Duration = Duration::from_secs(3);

/// Operations at work at once at most.
const AT_WORK: usize = 256;

/// Due operations looked at together: more than can be at work already, so that none is overlooked for ever.
const LOOK_AT: i64 = 512;

/// Carries operations out; cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    app: App,
    messenger: Arc<dyn Messenger>,
    at_work: Arc<Mutex<AtWork>>,
    tasks: TaskTracker,
}

#[derive(Default)]
struct AtWork {
    /// Operations at work, with the leases that their workers hold.
    workers: HashMap<OperationNumber, Option<Lease>>,
    /// One was due that could not be started: whoever ends next lets the ledger look again.
    overlooked: bool,
}

/// So long an operation is to be left alone before the ledger looks for it; nothing where the usual look is soon enough.
type Rest = Option<Duration>;

impl Ledger {
    /// A ledger that tells people through that messenger.
    pub fn new(app: App, messenger: Arc<dyn Messenger>) -> Self {
        Self {
            app,
            messenger,
            at_work: Arc::default(),
            tasks: TaskTracker::new(),
        }
    }

    /// Works until `stop`; what is then under way may go on until `abandon`, and is otherwise taken up by the next start.
    pub async fn run(&self, stop: CancellationToken, abandon: CancellationToken) {
        let beating = tokio::spawn(self.clone().heartbeat(abandon.clone()));
        while !stop.is_cancelled() {
            // Counted from the look, not from its end: what has become due meanwhile is not slept through.
            let looked_at = self.app.ports.now();
            let pause = self.start_due(&stop, &abandon).await;
            tokio::select! {
                () = self.app.ledger_wake.notified() => {}
                () = self.app.ports.clock.sleep_until(looked_at.plus(pause)) => {}
                () = stop.cancelled() => {}
            }
        }
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => {}
            () = abandon.cancelled() => {}
        }
        beating.abort();
        // Ends as cancelled; whoever is still beating holds the database's file.
        let _ = beating.await;
    }

    /// Starts a worker for each operation that is due; tells how long until the next is.
    async fn start_due(&self, stop: &CancellationToken, abandon: &CancellationToken) -> Duration {
        match self.due().await {
            Ok((due, pause)) => {
                for number in due {
                    self.start(number, stop.clone(), abandon.clone());
                }
                pause
            }
            Err(error) => {
                tracing::debug!(%error, "the ledger cannot read");
                PAUSE
            }
        }
    }

    async fn due(&self) -> Result<(Vec<OperationNumber>, Duration), StoreError> {
        let mut c = self.app.store.read().await?;
        let now = self.app.ports.now();
        let due = operations::due(&mut c, now, self.app.replica.id(), LOOK_AT).await?;
        let next = operations::next_due(&mut c).await?;
        let pause = next.map_or(LOOK_EVERY, |next| next.since(now).clamp(PAUSE, LOOK_EVERY));
        Ok((due, pause))
    }

    fn start(&self, number: OperationNumber, stop: CancellationToken, abandon: CancellationToken) {
        let mut at_work = self.at_work();
        if at_work.workers.len() >= AT_WORK || at_work.workers.contains_key(&number) {
            at_work.overlooked = true;
            return;
        }
        at_work.workers.insert(number, None);
        drop(at_work);
        let (ledger, stopped) = (self.clone(), stop.clone());
        self.tasks.spawn(async move {
            let ledger_at_work = ledger.clone();
            // A task of its own: a panic ends there, and the operation stays where it is recorded.
            let work = tokio::spawn(async move {
                tokio::select! {
                    worked = ledger_at_work.work(number, &stop) => worked,
                    () = abandon.cancelled() => Ok(None),
                }
            });
            let rest = match work.await {
                Ok(Ok(rest)) => rest,
                // Somebody else moved it on.
                Ok(Err(AppError::User(_))) => Some(Duration::ZERO),
                Ok(Err(AppError::Store(error))) if error.is_outage() => Some(PAUSE),
                Ok(Err(error)) => {
                    tracing::error!(operation = number.0, %error, "an operation cannot go on");
                    Some(COOL_DOWN)
                }
                Err(_panic) => {
                    tracing::error!(operation = number.0, "an operation's worker has panicked");
                    Some(COOL_DOWN)
                }
            };
            while let Err(error) = ledger.let_go(number).await {
                tracing::debug!(operation = number.0, %error, "a lease cannot be given back yet");
                tokio::select! {
                    () = ledger.app.ports.sleep(PAUSE) => {}
                    () = stopped.cancelled() => break,
                }
            }
            if let Some(rest) = rest {
                tokio::select! {
                    () = ledger.app.ports.sleep(rest) => {}
                    () = stopped.cancelled() => {}
                }
            }
            let mut at_work = ledger.at_work();
            at_work.workers.remove(&number);
            // What was asked for meanwhile found it at work.
            if std::mem::take(&mut at_work.overlooked) || rest.is_some() {
                ledger.app.ledger_wake.notify_one();
            }
        });
    }

    /// Carries one operation as far as it goes now.
    async fn work(
        &self,
        number: OperationNumber,
        stop: &CancellationToken,
    ) -> Result<Rest, AppError> {
        let Some(operation) = self.read(number).await? else {
            return Ok(None);
        };
        if !operation.is_due(self.app.ports.now()) {
            return self.tell(number).await;
        }
        let lease = leases::take(
            &mut *self.app.store.write().await?,
            &operation.scope,
            self.app.replica.id(),
        )
        .await?;
        let Some(lease) = lease else {
            // Whoever waits in line can still tell of those that do not.
            if operation.untold != 0 {
                self.tell(number).await?;
            }
            return Ok(Some(BUSY_PAUSE));
        };
        self.at_work().workers.insert(number, Some(lease.clone()));
        let mut walking = Box::pin(self.walk(number, &lease, stop));
        let walked = if let Some(walked) = self.app.ports.within(PROGRESS_AFTER, &mut walking).await
        {
            walked
        } else {
            // Together: an answer that arrives meanwhile must be taken in at once.
            tokio::join!(walking, self.show_progress(number)).0
        };
        self.let_go(number).await?;
        let rest = walked?;
        Ok(self.tell(number).await?.or(rest))
    }

    fn at_work(&self) -> MutexGuard<'_, AtWork> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a worker's lease back, if it still holds one: it gets no more signs of life either way.
    async fn let_go(&self, number: OperationNumber) -> Result<(), StoreError> {
        let lease = self.at_work().workers.get(&number).cloned().flatten();
        if let Some(lease) = lease {
            leases::release(&mut *self.app.store.write().await?, &lease).await?;
            self.holds_no_more(number);
        }
        Ok(())
    }

    /// A worker's lease is given back.
    fn holds_no_more(&self, number: OperationNumber) {
        if let Some(held) = self.at_work().workers.get_mut(&number) {
            *held = None;
        }
    }

    fn holds(&self, number: OperationNumber) -> bool {
        self.at_work()
            .workers
            .get(&number)
            .is_some_and(Option::is_some)
    }

    async fn read(&self, number: OperationNumber) -> Result<Option<Operation>, StoreError> {
        operations::get(&mut *self.app.store.read().await?, number).await
    }

    /// Step after step, until it has to wait or is over.
    async fn walk(
        &self,
        number: OperationNumber,
        lease: &Lease,
        stop: &CancellationToken,
    ) -> Result<Rest, AppError> {
        // Read again under the lease: it may have moved on since.
        let Some(mut operation) = self.read(number).await? else {
            return Ok(None);
        };
        while operation.is_due(self.app.ports.now()) && !stop.is_cancelled() && self.holds(number) {
            self.carry_out(&mut operation, lease, stop).await?;
        }
        if self.holds(number) {
            self.remind(&mut operation, lease).await?;
        }
        // One that has ended may let another one go on.
        let now = self.app.ports.now();
        let soon = operation.step == Step::Ended || operation.next_try_at < now.plus(LOOK_EVERY);
        Ok(soon.then_some(Duration::ZERO))
    }

    async fn heartbeat(self, abandon: CancellationToken) {
        while !abandon.is_cancelled() {
            self.app.ports.sleep(HEARTBEAT).await;
            let held: Vec<_> = self.at_work().workers.values().flatten().cloned().collect();
            if !held.is_empty()
                && let Ok(mut c) = self.app.store.sign().await
                && let Err(error) = leases::renew(&mut c, self.app.replica.id(), &held).await
            {
                tracing::debug!(%error, "cannot renew the leases");
            }
        }
    }
}
