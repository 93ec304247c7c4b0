//! A point in time as the program stores it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01 UTC. Zero stands for "never" in the tables.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// "Not yet" or "never", where a table column may not be empty.
    pub const NEVER: Self = Self(0);

    /// Later than anything that will be waited for.
    pub const FAR: Self = Self(i64::MAX);

    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// True for [`Timestamp::NEVER`].
    pub const fn is_never(self) -> bool {
        self.0 == 0
    }

    /// Later by `span`; stops at the end of time instead of overflowing.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }

    /// Earlier by `span`.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }

    /// Time passed from `earlier` to `self`; zero when `earlier` lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Reads RFC 3339, as the providers write times. `None` for anything else.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        chrono::DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|time| Self(time.timestamp_millis()))
    }

    /// `2026-11-21 14:03 UTC`: exact and short, the same in every language.
    pub fn to_minute(self) -> String {
        chrono::DateTime::from_timestamp_millis(self.0).map_or_else(String::new, |time| {
            time.format("%Y-%m-%d %H:%M UTC").to_string()
        })
    }

    /// `2026-11-21T14:03:09.120Z`: for machines.
    pub fn to_rfc3339(self) -> String {
        chrono::DateTime::from_timestamp_millis(self.0).map_or_else(String::new, |time| {
            time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
        })
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_providers_write() {
        let time = Timestamp::parse_rfc3339("2025-02-10T09:30:12.000Z").unwrap();
        assert_eq!(time.millis(), 1_739_179_812_000);
        assert_eq!(time.to_minute(), "2025-02-10 09:30 UTC");
        assert_eq!(Timestamp::parse_rfc3339("yesterday"), None);
    }

    #[test]
    fn a_clock_that_went_back_gives_zero() {
        let now = Timestamp::from_millis(1_000);
        assert_eq!(now.since(Timestamp::from_millis(5_000)), Duration::ZERO);
    }
}
