//! This process among those on the same database: its id, its signs of life, the clock that they share.
//! One that was silent for too long must never take for its own what may be another's by now.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    ports::{CorrectedClock, NoRandomness, Ports},
    store::{Store, StoreError, replicas},
};

/// Between two signs of life.
const BEAT: Duration = Duration::from_secs(3);

/// So long before its time is over it is not sure of itself any more: what it begins then may end too late.
const MARGIN: Duration = Duration::from_secs(2);

/// Between two tries to listen for calls of others.
const LISTEN_AGAIN: Duration = Duration::from_secs(30);

/// The clocks of machine and database may differ that much, and their answer may take that long, without a correction.
const CLOCK_TOLERANCE_MS: i64 = 2_000;

/// See the module's text.
pub struct Replica {
    id: String,
    store: Store,
    ports: Ports,
    clock: Option<Arc<CorrectedClock>>,
    /// By the given clock, in milliseconds.
    sure_until: AtomicI64,
    life: AtomicU64,
    /// Nobody else's things are taken before, in milliseconds: they may merely be late with their signs of life, as this one was.
    adopts_from: AtomicI64,
    calls: Notify,
}

/// A life without a gap in its signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life(u64);

impl Replica {
    /// A new one, of which the others do not know yet.
    pub fn new(store: Store, ports: Ports) -> Result<Self, NoRandomness> {
        let id: [u8; 8] = ports.random()?;
        Ok(Self {
            id: format!("{:016x}", u64::from_be_bytes(id)),
            store,
            ports,
            clock: None,
            sure_until: AtomicI64::new(0),
            life: AtomicU64::new(0),
            adopts_from: AtomicI64::new(0),
            calls: Notify::new(),
        })
    }

    /// With a clock that follows the database's, where several processes share it: they must not differ in what is due.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<CorrectedClock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Whether no other process can work on the database.
    pub fn is_alone(&self) -> bool {
        !self.store.is_shared()
    }

    /// Names it in what it holds.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its present life, for what begins in it.
    pub fn life(&self) -> Life {
        Life(self.life.load(Ordering::Acquire))
    }

    /// Whether what it has held since that life is surely still its own.
    pub fn is_sure(&self, since: Life) -> bool {
        let now = self.ports.now().millis();
        self.is_alone() || (self.life() == since && now < self.sure_until.load(Ordering::Acquire))
    }

    /// Whether it may take what the dead have left: not while it may be taken for dead itself.
    pub fn may_adopt(&self) -> bool {
        let now = self.ports.now().millis();
        self.is_sure(self.life()) && now >= self.adopts_from.load(Ordering::Acquire)
    }

    /// Calls itself: there is something to look for.
    pub fn call(&self) {
        self.calls.notify_one();
    }

    /// Waits until another replica has called.
    pub async fn called(&self) {
        self.calls.notified().await;
    }

    /// Makes itself known, before it takes anything.
    pub async fn join(&self) -> Result<(), StoreError> {
        self.set_clock().await?;
        self.beat().await.map(drop)
    }

    /// Gives signs of life until `end`.
    pub async fn live(&self, end: CancellationToken) {
        if !self.store.is_shared() {
            return;
        }
        tokio::select! {
            () = async { tokio::join!(self.beat_on(), self.listen()); } => {}
            () = end.cancelled() => {}
        }
    }

    /// Its end: what it still holds is anybody's at once.
    pub async fn leave(&self) {
        self.sure_until.store(0, Ordering::Release);
        let left = async {
            let mut tx = self.store.begin().await?;
            replicas::leave(&mut tx, &self.id).await?;
            let others = replicas::others(&mut tx, &self.id).await?;
            replicas::wake(&mut tx, &others).await?;
            tx.commit().await
        };
        if let Err(error) = left.await {
            tracing::debug!(%error, "the others find out by themselves that this one has ended");
        }
    }

    async fn beat_on(&self) {
        loop {
            self.ports.sleep(BEAT).await;
            let beaten = async {
                self.set_clock().await?;
                self.beat().await
            };
            match beaten.await {
                Ok(true) => {}
                Ok(false) => {
                    tracing::warn!("no sign of life for too long: others may have taken over");
                    self.calls.notify_one();
                }
                Err(error) => tracing::debug!(%error, "no sign of life now"),
            }
        }
    }

    /// A sign of life; false when the last one was too long ago.
    async fn beat(&self) -> Result<bool, StoreError> {
        let sent = self.ports.now();
        let in_time = replicas::live(&mut *self.store.sign().await?, &self.id).await?;
        let was_known = self.sure_until.load(Ordering::Acquire) != 0;
        if !in_time {
            self.life.fetch_add(1, Ordering::AcqRel);
        }
        if !in_time && was_known {
            // What has kept this one silent may have kept the others silent too.
            let from = sent.plus(replicas::ALIVE_FOR);
            self.adopts_from.store(from.millis(), Ordering::Release);
        }
        let until = sent.plus(replicas::ALIVE_FOR).minus(MARGIN);
        self.sure_until.store(until.millis(), Ordering::Release);
        Ok(in_time)
    }

    async fn set_clock(&self) -> Result<(), StoreError> {
        let Some(clock) = self.clock.as_ref().filter(|_| self.store.is_shared()) else {
            return Ok(());
        };
        let mut c = self.store.sign().await?;
        let asked = self.ports.now();
        let theirs = replicas::database_time(&mut c).await?;
        let answered = self.ports.now();
        drop(c);
        let took = answered.since(asked);
        let middle = asked.plus(took / 2);
        let off = theirs.millis() - middle.millis();
        if off.abs() > CLOCK_TOLERANCE_MS && took < Duration::from_secs(1) {
            let ahead = clock.correct(theirs.plus(took / 2));
            tracing::warn!(
                seconds = -ahead / 1000,
                "this machine's clock is ahead of the database's by so much; the database's counts"
            );
        }
        Ok(())
    }

    async fn listen(&self) {
        loop {
            if let Err(error) = self.hear().await {
                tracing::debug!(%error, "other replicas cannot be heard now; looking from time to time");
            }
            self.ports.sleep(LISTEN_AGAIN).await;
        }
    }

    async fn hear(&self) -> Result<(), StoreError> {
        let Some(mut wakes) = self.store.wakes(&self.id).await? else {
            return Ok(());
        };
        loop {
            wakes.next().await?;
            self.calls.notify_one();
        }
    }
}

/// The clock that counts for what several processes share.
pub fn database_clock(ports: Ports) -> (Ports, Arc<CorrectedClock>) {
    let clock = Arc::new(CorrectedClock::new(ports.clock.clone()));
    let ports = Ports {
        clock: clock.clone(),
        dice: ports.dice,
    };
    (ports, clock)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    struct Stopped;

    impl crate::ports::Clock for Stopped {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(1_000_000)
        }

        fn sleep_until(&self, until: Timestamp) -> futures::future::BoxFuture<'static, ()> {
            assert_eq!(until.millis(), 1_000_500);
            Box::pin(async {})
        }
    }

    #[tokio::test]
    async fn a_corrected_clock_tells_the_other_ones_time_and_sleeps_as_long() {
        let system = Ports::system();
        let ports = Ports {
            clock: Arc::new(Stopped),
            dice: system.dice,
        };
        let (ports, clock) = database_clock(ports);
        assert_eq!(ports.now().millis(), 1_000_000);
        assert_eq!(clock.correct(Timestamp::from_millis(400_000)), -600_000);
        assert_eq!(ports.now().millis(), 400_000);
        ports.sleep(Duration::from_millis(500)).await;
    }
}
