//! How long the ledger waits before it tries again.

use std::time::Duration;

use super::{Hindrance, Operation, Outcome, Reason, Step};
use crate::domain::Timestamp;

/// A lost answer counts as "not created" only when no key is there this long after the call was sent:
/// a provider may act on a request whose connection died a while ago.
pub const LOOK_UNTIL: Duration = Duration::from_mins(1);

/// How long a new key is tried for while the provider cannot be reached. After that the person decides again.
pub const ISSUE_TRIES_FOR: Duration = Duration::from_mins(10);

/// The last try within that time.
const LAST_TRY_AFTER: Duration = ISSUE_TRIES_FOR.saturating_sub(Duration::from_secs(5));

/// A revocation that stays open reminds its owner this often.
pub const REMIND_EVERY: Duration = Duration::from_hours(24);

/// The first looks come quickly, since someone is waiting.
const LOOKS: [u64; 6] = [1, 3, 8, 20, 40, 60];

/// Revocations are never given up, so the last one repeats.
const RETRIES: [u64; 8] = [1, 2, 5, 15, 60, 300, 900, 3600];

/// When to look again for the result of a call sent at `sent_at`; never later than its window's end while that lies ahead.
pub fn next_look(sent_at: Timestamp, now: Timestamp, tries: i64) -> Timestamp {
    LOOKS
        .into_iter()
        .map(|seconds| sent_at.plus(Duration::from_secs(seconds)))
        .find(|look| *look > now)
        .unwrap_or_else(|| now.plus(retry_after(tries)))
}

/// The wait after that many failed tries.
pub fn retry_after(tries: i64) -> Duration {
    let index = usize::try_from(tries).unwrap_or(0).min(RETRIES.len() - 1);
    Duration::from_secs(RETRIES[index])
}

impl Operation {
    /// Something is to be done with it at that time.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.step != Step::Ended && self.next_try_at <= now
    }

    /// A key is asked for again only while somebody may still be waiting for it.
    pub(super) fn wait_before_asking(
        &mut self,
        why: Hindrance,
        wait: Option<Duration>,
        now: Timestamp,
    ) {
        let last = self.started_at.plus(LAST_TRY_AFTER);
        // Whoever asks for a longer pause is not asked before, and nothing is promised that will not be done.
        let too_long = why == Hindrance::RateLimited && wait > Some(last.since(now));
        if now >= last || too_long {
            self.detail.hindrance = Some(why);
            self.end(Outcome::NothingDone(self.too_late()), now);
            self.detail.hindrance = too_long.then_some(why);
            return;
        }
        if self.step == Step::Asked {
            self.step = Step::Ask;
            self.sent_at = Timestamp::NEVER;
        }
        self.try_later(why, wait, now);
        self.next_try_at = self.next_try_at.min(last);
    }

    /// Why it is given up before anything was asked for.
    pub fn too_late(&self) -> Reason {
        match self.detail.hindrance {
            Some(Hindrance::ProviderAway) => Reason::ProviderAway,
            _ => Reason::TooLate,
        }
    }

    pub(super) fn try_later(&mut self, why: Hindrance, wait: Option<Duration>, now: Timestamp) {
        let usual = retry_after(self.tries);
        // Whoever asks to be called again at once, again and again, is not.
        let wait = match (why, wait) {
            (Hindrance::Queued, Some(wait)) => wait,
            (_, wait) => wait.map_or(usual, |wait| wait.max(usual)),
        };
        self.detail.hindrance = Some(why);
        self.detail.last_try_at = now;
        self.tries = self.tries.saturating_add(1);
        self.next_try_at = now.plus(wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_come_quickly_and_end_at_the_window() {
        let sent = Timestamp::from_millis(1_000_000);
        let after = |seconds| sent.plus(Duration::from_secs(seconds));
        assert_eq!(next_look(sent, sent, 0), after(1));
        assert_eq!(next_look(sent, after(41), 0), after(60));
        assert_eq!(next_look(sent, after(60), 3), after(75));
    }

    #[test]
    fn retries_grow_to_an_hour_and_never_end() {
        assert_eq!(retry_after(0), Duration::from_secs(1));
        assert_eq!(retry_after(7), Duration::from_hours(1));
        assert_eq!(retry_after(i64::MAX), Duration::from_hours(1));
        assert_eq!(retry_after(-1), Duration::from_secs(1));
    }
}
