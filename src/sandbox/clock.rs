//! The sandbox's own time: the system's, plus what was pushed.
//!
//! The only place in the sandbox that reads the time or sleeps.

#![expect(
    clippy::disallowed_methods,
    reason = "the sandbox has a clock of its own: it shares nothing with the program"
)]

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::sync::watch;

use super::changes::Changes;

/// A clock that flows by itself, unless it stands, and can be pushed forward, never back. Cheap to clone.
#[derive(Clone)]
pub struct Clock {
    /// Where it stands still until it is pushed; none: it flows with the system's.
    stands_at_ms: Option<i64>,
    offset_ms: Arc<watch::Sender<i64>>,
    changes: Changes,
}

impl Clock {
    pub(crate) fn new(changes: &Changes, stands_at_ms: Option<i64>) -> Self {
        Self {
            stands_at_ms,
            offset_ms: Arc::new(watch::Sender::new(0)),
            changes: changes.clone(),
        }
    }

    /// Milliseconds since 1970, in sandbox time.
    pub fn now_ms(&self) -> i64 {
        let start_ms = self.stands_at_ms.unwrap_or_else(|| {
            let system = SystemTime::now().duration_since(UNIX_EPOCH);
            millis(system.unwrap_or_default())
        });
        start_ms.saturating_add(*self.offset_ms.borrow())
    }

    /// How far the clock was pushed ahead of the system's, in milliseconds.
    pub fn pushed_ms(&self) -> i64 {
        *self.offset_ms.borrow()
    }

    /// Moves the clock forward and wakes whoever waits for it.
    pub fn push(&self, by: Duration) {
        self.offset_ms
            .send_modify(|offset| *offset = offset.saturating_add(millis(by)));
        self.changes.bump();
    }

    /// Returns when the clock shows `at_ms` or later.
    pub(crate) async fn wait_until(&self, at_ms: i64) {
        let mut pushed = self.offset_ms.subscribe();
        loop {
            let Ok(left) = u64::try_from(at_ms.saturating_sub(self.now_ms())) else {
                return;
            };
            if left == 0 {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(left)) => {}
                // The sender lives in `self`, so this cannot fail while we wait.
                _ = pushed.changed() => {}
            }
        }
    }

    /// Returns when that much sandbox time has passed.
    pub(crate) async fn sleep(&self, time: Duration) {
        self.wait_until(self.now_ms().saturating_add(millis(time)))
            .await;
    }
}

/// What the future gives, unless it takes longer than that in real time.
pub(crate) async fn within<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, future).await.ok()
}

/// Whole milliseconds; what no clock can reach is cut.
pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// RFC 3339 in UTC with milliseconds, as the providers write times: `2025-02-10T09:30:12.000Z`.
pub(crate) fn rfc3339(at_ms: i64) -> String {
    use chrono::{DateTime, Datelike, Timelike};

    let time = DateTime::from_timestamp_millis(at_ms).unwrap_or_default();
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        time.year(),
        time.month(),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.timestamp_subsec_millis()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_milliseconds() {
        assert_eq!(rfc3339(1_700_462_700_435), "2023-11-20T06:45:00.435Z");
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
    }

    #[tokio::test]
    async fn a_push_wakes_whoever_waits() {
        let clock = Clock::new(&Changes::new(), None);
        let day = Duration::from_hours(24);
        let (before, waiting) = (clock.now_ms(), clock.clone());
        let wait = tokio::spawn(async move { waiting.sleep(day).await });
        tokio::task::yield_now().await;
        clock.push(day);
        assert!(wait.await.is_ok());
        assert!(clock.now_ms() >= before + millis(day));
        assert_eq!(clock.pushed_ms(), millis(day));
    }
}
