//! Says an outage once, and its end once, however often the same failure comes back.

use std::{sync::Mutex, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{ports::Ports, store::StoreError};

/// Between two tries while the database is away.
const PAUSE: Duration = Duration::from_secs(2);

/// What is wrong now, if anything.
#[derive(Default)]
pub struct Outage {
    present: Mutex<Option<String>>,
}

impl Outage {
    /// Logs a failure, unless the last one was of the same kind.
    pub fn begins(&self, what: &'static str, kind: &str, error: &dyn std::fmt::Display) {
        let mut present = self
            .present
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if present.as_deref() != Some(kind) {
            tracing::warn!(error = %error, "{what} fails; trying again until it works");
            *present = Some(kind.to_owned());
        }
    }

    /// Logs that it works again, if it did not. True at the end of an outage.
    pub fn ends(&self, what: &'static str) -> bool {
        let mut present = self
            .present
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let over = present.take().is_some();
        if over {
            tracing::info!("{what} works again");
        }
        over
    }

    /// True during an outage.
    pub fn is_on(&self) -> bool {
        self.present
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .is_some()
    }
}

/// Does that work as soon as the database lets it; fails when it never could, or at `stop`.
pub async fn outlast<T, W>(
    ports: &Ports,
    stop: &CancellationToken,
    work: impl Fn() -> W,
) -> Result<T, StoreError>
where
    W: Future<Output = Result<T, StoreError>>,
{
    let outage = Outage::default();
    loop {
        match work().await {
            Err(error) if error.is_outage() && !stop.is_cancelled() => {
                outage.begins("reading the database", "store", &error);
            }
            done => {
                outage.ends("reading the database");
                return done;
            }
        }
        tokio::select! {
            () = ports.sleep(PAUSE) => {}
            () = stop.cancelled() => {}
        }
    }
}
