//! A line before one or several windows: whoever is urgent takes the next free place, in the order in which they came; what can wait keeps an even
//! pace, so that it never takes all places at once.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;

use super::{Slots, Steady, Taken, Window};
use crate::domain::Timestamp;

/// Who goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody waits for it.
    Now,
    /// It may go whenever nobody waits.
    Later,
}

/// How far what can wait may make up for lost time, by going faster than its pace.
const CATCHING_UP_NS: u64 = 100_000_000;

/// See the module's text.
pub struct Line {
    clock: Steady,
    state: Mutex<State>,
    /// The pace of what can wait, in nanoseconds between two.
    between_ns: u64,
    /// What other processes take of the same limit.
    shared: Option<Slots>,
    urgent: tokio::sync::Mutex<()>,
    later: tokio::sync::Mutex<()>,
    urgent_waiting: AtomicUsize,
    changed: Notify,
}

struct State {
    windows: Vec<Window>,
    /// When the next one that can wait may go, in nanoseconds.
    next_ns: u64,
}

/// A place in each window; when it is dropped, the answer has come.
pub struct Place<'a> {
    line: &'a Line,
    taken: Vec<Taken>,
}

impl State {
    /// A place in all windows or in none.
    fn take(&mut self, now: Timestamp) -> Result<Vec<Taken>, Duration> {
        let waits = self
            .windows
            .iter_mut()
            .filter_map(|window| window.wait(now));
        if let Some(wait) = waits.max() {
            return Err(wait);
        }
        self.windows
            .iter_mut()
            .map(|window| window.take(now))
            .collect()
    }
}

impl Line {
    /// Before those windows; what can wait goes at most `per_second`.
    pub fn new(clock: Steady, per_second: u32, windows: Vec<Window>) -> Self {
        let state = State {
            windows,
            next_ns: 0,
        };
        Self {
            clock,
            state: Mutex::new(state),
            between_ns: 1_000_000_000 / u64::from(per_second.max(1)),
            shared: None,
            urgent: tokio::sync::Mutex::default(),
            later: tokio::sync::Mutex::default(),
            urgent_waiting: AtomicUsize::new(0),
            changed: Notify::new(),
        }
    }

    /// With a limit that is shared with others.
    #[must_use]
    pub fn sharing(self, shared: Option<Slots>) -> Self {
        Self { shared, ..self }
    }

    /// Waits for a place. What would take longer than `patience` fails, with the time that is missing at least.
    pub async fn wait(&self, urgency: Urgency, patience: Duration) -> Result<Place<'_>, Duration> {
        let deadline = self.clock.now().plus(patience);
        match urgency {
            Urgency::Now => {
                let _counted = Waits::urgently(self);
                let _first = self.turn(&self.urgent, patience).await?;
                self.wait_for_others(deadline).await?;
                self.take(deadline, State::take).await
            }
            Urgency::Later => {
                let _first = self.turn(&self.later, patience).await?;
                self.wait_for_others(deadline).await?;
                self.take(deadline, |state, now| self.take_later(state, now))
                    .await
            }
        }
    }

    async fn wait_for_others(&self, deadline: Timestamp) -> Result<(), Duration> {
        match &self.shared {
            Some(shared) => shared.wait(deadline.since(self.clock.now())).await,
            None => Ok(()),
        }
    }

    /// The windows are to hold so many, in their order.
    pub fn set_limits(&self, limits: &[usize]) {
        for (window, limit) in self.state().windows.iter_mut().zip(limits) {
            window.set_limit(*limit);
        }
        self.changed.notify_waiters();
    }

    async fn turn<'a>(
        &self,
        queue: &'a tokio::sync::Mutex<()>,
        patience: Duration,
    ) -> Result<tokio::sync::MutexGuard<'a, ()>, Duration> {
        if let Ok(first) = queue.try_lock() {
            return Ok(first);
        }
        let turn = self.clock.within(patience, queue.lock()).await;
        // How many stand before it is not known to anybody; it is a matter of places, not of one.
        turn.ok_or(Duration::from_secs(1))
    }

    async fn take(
        &self,
        deadline: Timestamp,
        take: impl Fn(&mut State, Timestamp) -> Result<Vec<Taken>, Duration>,
    ) -> Result<Place<'_>, Duration> {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            let now = self.clock.now();
            let wait = match take(&mut self.state(), now) {
                Ok(taken) => return Ok(Place { line: self, taken }),
                Err(wait) => wait.max(Duration::from_millis(1)),
            };
            let left = deadline.since(now);
            if left.is_zero() {
                return Err(wait);
            }
            tokio::select! {
                () = self.clock.sleep(wait.min(left)) => {}
                () = changed => {}
            }
        }
    }

    fn take_later(&self, state: &mut State, now: Timestamp) -> Result<Vec<Taken>, Duration> {
        if self.urgent_waiting.load(Ordering::SeqCst) > 0 {
            // Woken when they have gone.
            return Err(Duration::from_secs(1));
        }
        let now_ns = nanos(now);
        if state.next_ns > now_ns {
            return Err(Duration::from_nanos(state.next_ns - now_ns));
        }
        let taken = state.take(now)?;
        let least = now_ns.saturating_sub(CATCHING_UP_NS);
        state.next_ns = state.next_ns.max(least) + self.between_ns;
        Ok(taken)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn nanos(time: Timestamp) -> u64 {
    u64::try_from(time.millis())
        .unwrap_or(0)
        .saturating_mul(1_000_000)
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let now = self.line.clock.now();
        let mut state = self.line.state();
        for (window, taken) in state.windows.iter_mut().zip(&self.taken) {
            window.answered(*taken, now);
        }
        drop(state);
        self.line.changed.notify_waiters();
    }
}

/// Counted among those who wait urgently, however its waiting ends.
struct Waits<'a>(&'a Line);

impl<'a> Waits<'a> {
    fn urgently(line: &'a Line) -> Self {
        line.urgent_waiting.fetch_add(1, Ordering::SeqCst);
        Self(line)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        if self.0.urgent_waiting.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.changed.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::rates::testing::Pushed;

    const SECOND: Duration = Duration::from_secs(1);

    fn line(per_second: u32) -> (Arc<Pushed>, Arc<Line>) {
        let (clock, ports) = Pushed::new();
        let window = Window::new(per_second as usize, SECOND);
        let line = Line::new(Steady::new(ports), per_second, vec![window]);
        (clock, Arc::new(line))
    }

    /// Who has gone, in their order.
    type Gone = Arc<Mutex<Vec<(&'static str, Timestamp)>>>;

    fn goes(line: &Arc<Line>, gone: &Gone, name: &'static str, urgency: Urgency) {
        let (line, gone) = (line.clone(), gone.clone());
        tokio::spawn(async move {
            let place = line.wait(urgency, Duration::from_mins(1)).await.unwrap();
            let now = line.clock.now();
            gone.lock().unwrap().push((name, now));
            drop(place);
        });
    }

    #[tokio::test]
    async fn whoever_is_urgent_takes_the_next_place() {
        let (clock, line) = line(10);
        let gone = Gone::default();
        for _ in 0..50 {
            goes(&line, &gone, "later", Urgency::Later);
        }
        clock.pass(SECOND * 2).await;
        let before = gone.lock().unwrap().len();
        assert!((18..=22).contains(&before), "{before} have gone");
        goes(&line, &gone, "now", Urgency::Now);
        clock.pass(Duration::from_millis(200)).await;
        let gone = gone.lock().unwrap();
        assert!(
            gone[before..before + 2]
                .iter()
                .any(|(name, _)| *name == "now"),
            "{gone:?}"
        );
    }

    #[tokio::test]
    async fn no_second_has_more_than_its_limit_and_what_can_wait_goes_evenly() {
        let (clock, line) = line(10);
        let gone = Gone::default();
        for (name, urgency) in [("now", Urgency::Now), ("later", Urgency::Later)] {
            for _ in 0..40 {
                goes(&line, &gone, name, urgency);
            }
        }
        clock.pass(SECOND * 9).await;
        let gone = gone.lock().unwrap();
        assert_eq!(gone.len(), 80);
        for (index, (_, at)) in gone.iter().enumerate() {
            let in_a_second = gone[index..]
                .iter()
                .filter(|(_, other)| other.since(*at) < SECOND);
            assert!(in_a_second.count() <= 10, "{gone:?}");
        }
        assert!(
            gone[..40].iter().all(|(name, _)| *name == "now"),
            "{gone:?}"
        );
    }

    #[tokio::test]
    async fn a_clock_that_is_set_back_makes_nobody_wait_longer() {
        let (clock, line) = line(1);
        drop(line.wait(Urgency::Now, SECOND).await.unwrap());
        clock.back(Duration::from_hours(1));
        let gone = Gone::default();
        goes(&line, &gone, "now", Urgency::Now);
        clock.pass(SECOND + SECOND / 10).await;
        assert_eq!(gone.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn what_would_take_too_long_fails() {
        let (_, line) = line(1);
        let _place = line.wait(Urgency::Now, SECOND).await.unwrap();
        assert!(line.wait(Urgency::Now, Duration::ZERO).await.is_err());
    }
}
