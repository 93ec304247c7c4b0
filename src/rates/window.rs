//! At most so many in any span of time, counted so that whoever has set the limit can never count more: a place is free again a span
//! after the answer has come, since nobody can have counted the call later than that.

use std::{collections::BTreeSet, time::Duration};

use crate::domain::Timestamp;

/// What has brought no answer for so long counts as arrived: a silent peer must not hold all places.
const ARRIVES_WITHIN: Duration = Duration::from_secs(1);

/// See the module's text.
pub struct Window {
    limit: usize,
    span: Duration,
    /// When each taken place is free again.
    taken: BTreeSet<(Timestamp, u64)>,
    number: u64,
}

/// A taken place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken(Timestamp, u64);

impl Window {
    /// At most `limit` (at least one) in any `span`.
    pub fn new(limit: usize, span: Duration) -> Self {
        Self {
            limit: limit.max(1),
            span,
            taken: BTreeSet::new(),
            number: 0,
        }
    }

    /// Takes a place, or tells how long none will be free if no answer comes meanwhile.
    pub fn take(&mut self, now: Timestamp) -> Result<Taken, Duration> {
        self.wait(now).map_or(Ok(()), Err)?;
        self.number += 1;
        let until = now.plus(self.span).plus(ARRIVES_WITHIN);
        self.taken.insert((until, self.number));
        Ok(Taken(until, self.number))
    }

    /// How long no place will be free; nothing when one is.
    pub fn wait(&mut self, now: Timestamp) -> Option<Duration> {
        while let Some((until, _)) = self.taken.first()
            && *until <= now
        {
            self.taken.pop_first();
        }
        let (until, _) = self.taken.first()?;
        (self.taken.len() >= self.limit).then(|| until.since(now))
    }

    /// The answer has come.
    pub fn answered(&mut self, taken: Taken, now: Timestamp) {
        if self.taken.remove(&(taken.0, taken.1)) {
            self.taken
                .insert((now.plus(self.span).min(taken.0), taken.1));
        }
    }

    /// At most so many from now on.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit.max(1);
    }

    /// Nothing was sent.
    pub fn give_back(&mut self, taken: Taken) {
        self.taken.remove(&(taken.0, taken.1));
    }

    /// True when it remembers nothing.
    pub fn is_empty(&mut self, now: Timestamp) -> bool {
        self.wait(now);
        self.taken.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_place_is_free_a_span_after_its_answer() {
        let mut window = Window::new(2, SECOND);
        let first = window.take(at(0)).unwrap();
        window.take(at(10)).unwrap();
        assert_eq!(window.take(at(20)), Err(Duration::from_millis(1980)));
        window.answered(first, at(300));
        assert_eq!(window.take(at(300)), Err(SECOND));
        assert!(window.take(at(1299)).is_err());
        assert!(window.take(at(1300)).is_ok());
    }

    #[test]
    fn what_brings_no_answer_counts_as_arrived_and_what_was_not_sent_not_at_all() {
        let mut window = Window::new(1, SECOND);
        let lost = window.take(at(0)).unwrap();
        assert!(window.take(at(1999)).is_err());
        let unsent = window.take(at(2000)).unwrap();
        window.answered(lost, at(2500));
        window.give_back(unsent);
        assert!(window.is_empty(at(2500)));
    }
}
