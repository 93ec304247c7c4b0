//! The outside things that a test must be able to choose: the clock and the dice.
//! Nothing else in the program reads the time, sleeps or rolls dice (`clippy.toml` holds it).

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;

use crate::domain::Timestamp;

/// A clock that can be read and waited for.
pub trait Clock: Send + Sync {
    /// Wall-clock time in milliseconds.
    fn now(&self) -> Timestamp;
    /// Ends when `now()` has reached `until`.
    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()>;
}

/// A source of random bytes, good enough for keys and nonces.
pub trait Dice: Send + Sync {
    /// Fills `bytes`, or says that the machine has no randomness to give.
    fn roll(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The operating system gave no random bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random bytes: {0}")]
pub struct NoRandomness(pub String);

/// What the program is given at the start; cheap to clone.
#[derive(Clone)]
pub struct Ports {
    /// See [`Clock`].
    pub clock: Arc<dyn Clock>,
    /// See [`Dice`].
    pub dice: Arc<dyn Dice>,
}

impl Ports {
    /// The machine's own clock and randomness.
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            dice: Arc::new(SystemDice),
        }
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Waits on the given clock.
    pub async fn sleep(&self, span: Duration) {
        let until = self.clock.now().plus(span);
        self.clock.sleep_until(until).await;
    }

    /// `work`'s result, or `None` when `limit` has passed first (`work` is then dropped).
    pub async fn within<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = self.sleep(limit) => None,
        }
    }

    /// `N` random bytes.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        self.dice.roll(&mut bytes)?;
        Ok(bytes)
    }
}

/// A clock that is put right by another one from time to time.
pub struct CorrectedClock {
    inner: Arc<dyn Clock>,
    /// What is added to the inner clock's time, in milliseconds.
    ahead: AtomicI64,
}

impl CorrectedClock {
    /// That clock, not corrected yet.
    pub fn new(inner: Arc<dyn Clock>) -> Self {
        Self {
            inner,
            ahead: AtomicI64::new(0),
        }
    }

    /// The time is `now`: the correction by which it will be so, in milliseconds.
    pub fn correct(&self, now: Timestamp) -> i64 {
        let ahead = now.millis().saturating_sub(self.inner.now().millis());
        self.ahead.store(ahead, Ordering::Relaxed);
        ahead
    }
}

impl Clock for CorrectedClock {
    fn now(&self) -> Timestamp {
        let ahead = self.ahead.load(Ordering::Relaxed);
        Timestamp::from_millis(self.inner.now().millis().saturating_add(ahead))
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let ahead = self.ahead.load(Ordering::Relaxed);
        let until = Timestamp::from_millis(until.millis().saturating_sub(ahead));
        self.inner.sleep_until(until)
    }
}

struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the time"
    )]
    fn now(&self) -> Timestamp {
        let since_epoch = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that sleeps")]
    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let span = until.since(self.now());
        Box::pin(tokio::time::sleep(span))
    }
}

struct SystemDice;

impl Dice for SystemDice {
    #[expect(clippy::disallowed_methods, reason = "the one place that rolls dice")]
    fn roll(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        getrandom::fill(bytes).map_err(|error| NoRandomness(error.to_string()))
    }
}
