//! Time that never goes back: a machine's clock that is set back by ten minutes must not make anybody wait for ten minutes.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{domain::Timestamp, ports::Ports};

/// The given clock, without its steps back; cheap to clone, all clones tell the same time.
#[derive(Clone)]
pub struct Steady {
    ports: Ports,
    told: Arc<Mutex<Told>>,
}

struct Told {
    by_clock: Timestamp,
    steady: Timestamp,
}

impl Steady {
    /// Begins with the clock's time.
    pub fn new(ports: Ports) -> Self {
        let now = ports.now();
        let told = Told {
            by_clock: now,
            steady: now,
        };
        Self {
            ports,
            told: Arc::new(Mutex::new(told)),
        }
    }

    /// The time, good for comparing with others of the same clock.
    pub fn now(&self) -> Timestamp {
        let now = self.ports.now();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.steady = told.steady.plus(now.since(told.by_clock));
        told.by_clock = now;
        told.steady
    }

    /// Waits that long.
    pub async fn sleep(&self, span: Duration) {
        self.ports.sleep(span).await;
    }

    /// See [`Ports::within`].
    pub async fn within<T>(&self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        self.ports.within(limit, work).await
    }
}
