//! Limits that several processes share. Where they cannot be asked for, each process keeps to its own: calls must go out.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::sync::Mutex;

use super::Steady;
use crate::domain::Timestamp;

/// Where it is not known what the others do, it is not asked again for a while.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// What was reserved and not used by then is given up: others have gone on.
const UNUSED_FOR: Duration = Duration::from_secs(1);

/// A pace that is kept by all together.
#[derive(Clone, Debug)]
pub struct Pace {
    /// What it is for; it must hold no secret.
    pub name: String,
    /// Between two calls.
    pub interval: Duration,
    /// So much of the pace may be made up for after a rest.
    pub credit: Duration,
}

/// What came of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reserved {
    /// The calls may go after that.
    After(Duration),
    /// It would have taken longer than there was patience for; nothing is reserved.
    TooLate,
    /// It is not known now what the others do.
    Unknown,
}

/// Where reservations are kept.
#[async_trait]
pub trait Shared: Send + Sync {
    /// Reserves so many calls, if the first may go within `patience`.
    async fn reserve(&self, pace: &Pace, calls: u32, patience: Duration) -> Reserved;

    /// A name for what must not be known from it.
    fn name_of(&self, digest: &[u8; 32]) -> String;
}

/// A shared pace as one process keeps it: several calls are reserved at once, so that there are at most some thirty reservations a second.
pub struct Slots {
    shared: Arc<dyn Shared>,
    clock: Steady,
    pace: Pace,
    /// Reserved at once.
    calls: u32,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    left: u32,
    due: Timestamp,
    /// Until then it is not asked what the others do.
    alone_until: Timestamp,
}

impl Slots {
    /// For that pace.
    pub fn new(shared: Arc<dyn Shared>, clock: Steady, pace: Pace, calls: u32) -> Self {
        Self {
            shared,
            clock,
            pace,
            calls: calls.max(1),
            kept: Mutex::default(),
        }
    }

    /// Waits until a call may go.
    pub async fn wait(&self, patience: Duration) -> Result<(), Duration> {
        let wait = self.take(patience).await?;
        if !wait.is_zero() {
            self.clock.sleep(wait).await;
        }
        Ok(())
    }

    async fn take(&self, patience: Duration) -> Result<Duration, Duration> {
        let mut kept = self.kept.lock().await;
        let now = self.clock.now();
        if kept.left > 0 && now <= kept.due.plus(UNUSED_FOR) {
            kept.left -= 1;
            return Ok(kept.due.since(now));
        }
        if now < kept.alone_until {
            return Ok(Duration::ZERO);
        }
        match self.shared.reserve(&self.pace, self.calls, patience).await {
            Reserved::After(wait) => {
                let due = self.clock.now().plus(wait);
                (kept.left, kept.due) = (self.calls - 1, due);
                Ok(wait)
            }
            Reserved::TooLate => Err(patience),
            Reserved::Unknown => {
                kept.alone_until = self.clock.now().plus(ASKED_AGAIN_AFTER);
                Ok(Duration::ZERO)
            }
        }
    }
}
