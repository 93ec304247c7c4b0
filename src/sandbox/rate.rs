//! Rate limits: a window of so many in a time, and a pace with a burst. Both count only what they let through.

use std::collections::VecDeque;

/// At most so many in a sliding time.
#[derive(Default)]
pub(crate) struct Window {
    taken_ms: VecDeque<i64>,
}

impl Window {
    /// How long to wait for the next free place, in milliseconds; 0 if there is one now.
    pub(crate) fn wait_ms(&mut self, now_ms: i64, limit: usize, span_ms: i64) -> i64 {
        while self
            .taken_ms
            .front()
            .is_some_and(|taken| taken + span_ms <= now_ms)
        {
            self.taken_ms.pop_front();
        }
        let Some(over) = (self.taken_ms.len() + 1).checked_sub(limit.max(1)) else {
            return 0;
        };
        match over.checked_sub(1).and_then(|last| self.taken_ms.get(last)) {
            Some(taken) => taken + span_ms - now_ms,
            None => 0,
        }
    }

    /// Takes a place.
    pub(crate) fn take(&mut self, now_ms: i64) {
        self.taken_ms.push_back(now_ms);
    }

    /// How many places were taken within the time that [`Self::wait_ms`] last looked at.
    pub(crate) fn taken(&self) -> usize {
        self.taken_ms.len()
    }
}

/// One in each interval on average, with a burst of so many.
#[derive(Default)]
pub(crate) struct Pace {
    /// When the last one would have come, had all kept the pace.
    due_ms: i64,
}

impl Pace {
    /// How long to wait, in milliseconds; 0 if not at all.
    pub(crate) fn wait_ms(&self, now_ms: i64, burst: u32, interval_ms: i64) -> i64 {
        let credit_ms = i64::from(burst.max(1) - 1) * interval_ms;
        (self.due_ms - credit_ms - now_ms).max(0)
    }

    /// Takes a place.
    pub(crate) fn take(&mut self, now_ms: i64, interval_ms: i64) {
        self.due_ms = self.due_ms.max(now_ms) + interval_ms;
    }
}

/// Milliseconds as the whole seconds that a `Retry-After` tells: rounded up, at least one.
pub(crate) fn retry_after_s(wait_ms: i64) -> u64 {
    u64::try_from(wait_ms)
        .unwrap_or_default()
        .div_ceil(1000)
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_frees_its_places_one_by_one() {
        let mut window = Window::default();
        for at in [0, 100, 200] {
            assert_eq!(window.wait_ms(at, 3, 1000), 0);
            window.take(at);
        }
        assert_eq!(window.wait_ms(300, 3, 1000), 700);
        assert_eq!(window.wait_ms(300, 2, 1000), 800);
        assert_eq!(window.wait_ms(1000, 3, 1000), 0);
        assert_eq!(window.taken(), 2);
    }

    #[test]
    fn a_pace_allows_a_burst_and_then_one_an_interval() {
        let mut pace = Pace::default();
        for _ in 0..3 {
            assert_eq!(pace.wait_ms(5000, 3, 1000), 0);
            pace.take(5000, 1000);
        }
        assert_eq!(pace.wait_ms(5000, 3, 1000), 1000);
        assert_eq!(pace.wait_ms(6000, 3, 1000), 0);
    }

    #[test]
    fn waits_are_told_in_whole_seconds() {
        assert_eq!(retry_after_s(0), 1);
        assert_eq!(retry_after_s(1001), 2);
    }
}
