//! BotSubscription's limits, kept on our side: calls with one key, and calls of all together from this address. Who makes many calls
//! waits for a place of their key first, so that one of them at most stands in everybody's line. What would wait too long was not sent.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use super::ProviderError;
use crate::{
    domain::Timestamp,
    ports::Ports,
    rates::{Line, Pace, Place, Shared, Slots, Steady, Taken, Urgency, Window},
    secret::Secret,
};

/// Calls a minute with one key.
const PER_KEY: u32 = 100;

/// Calls a minute from one address.
const PER_ADDRESS: u32 = 300;

/// Calls a second from one address.
const BURST: u32 = 20;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

/// After a rest a fifth of a minute's calls may go at once from all replicas; the pace is so much slower that no minute has more.
const AT_ONCE: u32 = 5;

/// One reservation for so many of the allowed calls a minute.
const CALLS_FOR_RESERVATION: u32 = 100;

/// So long a call stands in the line at most: what was written down as sent must leave soon or not at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// Beyond so many keys, those that are at rest are forgotten.
const REMEMBERED: usize = 1_000;

/// A provider that asks for more is asked again after this, to notice when it relents.
const LONGEST_FREEZE: Duration = Duration::from_mins(15);

/// What an answer says about limits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    /// How many calls a minute are allowed.
    pub(super) limit: Option<u32>,
    /// No call is allowed for so long.
    pub(super) wait: Option<Duration>,
}

/// See the module's text.
pub(super) struct Limits {
    clock: Steady,
    address: Line,
    address_frozen: Mutex<Timestamp>,
    keys: Mutex<HashMap<[u8; 32], Arc<KeyLimit>>>,
    /// What other replicas call with the same key.
    shared: OnceLock<Arc<dyn Shared>>,
    /// How many times the usual limits the provider allows, as its answers say.
    factor: Mutex<u32>,
}

struct KeyLimit {
    digest: [u8; 32],
    /// Held by whoever is next.
    turn: tokio::sync::Mutex<()>,
    state: Mutex<KeyState>,
}

struct KeyState {
    window: Window,
    /// What the window holds.
    limit: u32,
    shared: Option<Arc<Slots>>,
    frozen: Timestamp,
}

/// Leave for one call; to be dropped when its answer is there.
pub(super) struct Leave<'a> {
    limits: &'a Limits,
    key: Arc<KeyLimit>,
    taken: Taken,
    _address: Place<'a>,
}

impl Limits {
    pub(super) fn new(ports: Ports) -> Self {
        let clock = Steady::new(ports);
        let windows = vec![
            Window::new(PER_ADDRESS as usize, MINUTE),
            Window::new(BURST as usize, SECOND),
        ];
        Self {
            address: Line::new(clock.clone(), BURST, windows),
            address_frozen: Mutex::new(Timestamp::NEVER),
            keys: Mutex::default(),
            shared: OnceLock::new(),
            factor: Mutex::new(1),
            clock,
        }
    }

    /// The keys' limits are shared from now on.
    pub(super) fn share(&self, shared: Arc<dyn Shared>) {
        if self.shared.set(shared).is_err() {
            tracing::error!("a provider's limits are shared twice");
        }
    }

    /// Waits until a call with that key is within all limits.
    pub(super) async fn wait(&self, credential: &Secret) -> Result<Leave<'_>, ProviderError> {
        let begun = self.clock.now();
        let left = || PATIENCE.saturating_sub(self.clock.now().since(begun));
        let key = self.key(credential.digest());
        let turn = match key.turn.try_lock() {
            Ok(turn) => Some(turn),
            Err(_) => self.clock.within(PATIENCE, key.turn.lock()).await,
        };
        // Whoever is before it waits for no less than that.
        let _turn = turn.ok_or_else(|| too_many(self.wait_of(&key).unwrap_or(SECOND)))?;
        let taken = loop {
            let wait = match self.take(&key) {
                Ok(taken) => break taken,
                Err(wait) => wait.max(Duration::from_millis(1)),
            };
            if wait > left() {
                return Err(too_many(wait));
            }
            self.clock.sleep(wait).await;
        };
        let shared = key.state().shared.clone();
        let others = match shared {
            Some(shared) => shared.wait(left()).await,
            None => Ok(()),
        };
        let place = match others {
            Ok(()) => self.address.wait(Urgency::Now, left()).await,
            Err(wait) => Err(wait),
        };
        match place {
            Ok(place) => Ok(Leave {
                limits: self,
                key: key.clone(),
                taken,
                _address: place,
            }),
            Err(wait) => {
                key.state().window.give_back(taken);
                Err(too_many(wait))
            }
        }
    }

    fn take(&self, key: &KeyLimit) -> Result<Taken, Duration> {
        match self.frozen_for(key) {
            Some(wait) => Err(wait),
            None => key.state().window.take(self.clock.now()),
        }
    }

    fn wait_of(&self, key: &KeyLimit) -> Option<Duration> {
        let wait = key.state().window.wait(self.clock.now());
        self.frozen_for(key).or(wait)
    }

    fn frozen_for(&self, key: &KeyLimit) -> Option<Duration> {
        let address = *lock(&self.address_frozen);
        let until = key.state().frozen.max(address);
        let wait = until.since(self.clock.now());
        (!wait.is_zero()).then_some(wait)
    }

    fn key(&self, digest: [u8; 32]) -> Arc<KeyLimit> {
        let mut keys = lock(&self.keys);
        if keys.len() > REMEMBERED {
            let now = self.clock.now();
            keys.retain(|_, key| Arc::strong_count(key) > 1 || !key.state().rests(now));
        }
        let key = keys.entry(digest).or_insert_with(|| {
            let limit = PER_KEY.saturating_mul(*lock(&self.factor));
            Arc::new(KeyLimit {
                digest,
                turn: tokio::sync::Mutex::default(),
                state: Mutex::new(KeyState {
                    window: Window::new(limit as usize, MINUTE),
                    limit,
                    shared: self.slots(&digest, limit),
                    frozen: Timestamp::NEVER,
                }),
            })
        });
        key.clone()
    }

    fn slots(&self, digest: &[u8; 32], limit: u32) -> Option<Arc<Slots>> {
        let shared = self.shared.get()?;
        let at_once = limit / AT_ONCE;
        let pace = Pace {
            name: format!("botsubscription:{}", shared.name_of(digest)),
            interval: MINUTE / limit.saturating_sub(at_once).max(1),
            credit: MINUTE / AT_ONCE,
        };
        let calls = limit / CALLS_FOR_RESERVATION;
        Some(Arc::new(Slots::new(
            shared.clone(),
            self.clock.clone(),
            pace,
            calls,
        )))
    }

    /// The provider allows more than usual: all its limits are in proportion.
    fn learn(&self, limit: u32) {
        let (factor, mut known) = (limit / PER_KEY, lock(&self.factor));
        if factor > *known {
            *known = factor;
            let times = |usual: u32| usual.saturating_mul(factor) as usize;
            self.address.set_limits(&[times(PER_ADDRESS), times(BURST)]);
        }
    }
}

impl Leave<'_> {
    /// The answer is there, and says that.
    pub(super) fn answered(self, told: Told) {
        let now = self.limits.clock.now();
        let mut state = self.key.state();
        // The limit of the address is told where the key is not known; it says nothing about one.
        let of_key = told.limit.filter(|limit| *limit != PER_ADDRESS);
        if let Some(limit) = of_key.filter(|limit| *limit != state.limit) {
            state.limit = limit;
            state.window.set_limit(limit as usize);
            state.shared = self.limits.slots(&self.key.digest, limit);
            self.limits.learn(limit);
        }
        let Some(wait) = told.wait else { return };
        let until = now.plus(wait.min(LONGEST_FREEZE));
        match of_key {
            None if told.limit.is_some() => *lock(&self.limits.address_frozen) = until,
            _ => state.frozen = until,
        }
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        let now = self.limits.clock.now();
        self.key.state().window.answered(self.taken, now);
    }
}

impl KeyLimit {
    fn state(&self) -> MutexGuard<'_, KeyState> {
        lock(&self.state)
    }
}

impl KeyState {
    fn rests(&mut self, now: Timestamp) -> bool {
        self.frozen <= now && self.window.is_empty(now)
    }
}

fn too_many(retry_after: Duration) -> ProviderError {
    ProviderError::RateLimited { retry_after }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rates::testing::Pushed;

    fn key(name: &str) -> Secret {
        Secret::new(name.to_owned())
    }

    type Calls = Arc<Mutex<Vec<(&'static str, Timestamp, bool)>>>;

    fn call(limits: &Arc<Limits>, calls: &Calls, name: &'static str) {
        let (limits, calls) = (limits.clone(), calls.clone());
        tokio::spawn(async move {
            let leave = limits.wait(&key(name)).await;
            let now = limits.clock.now();
            lock(&calls).push((name, now, leave.is_ok()));
            drop(leave);
        });
    }

    #[tokio::test]
    async fn who_makes_very_many_calls_delays_nobody_else_and_is_told_to_wait() {
        let (clock, ports) = Pushed::new();
        let limits = Arc::new(Limits::new(ports));
        let calls = Calls::default();
        for _ in 0..150 {
            call(&limits, &calls, "greedy");
        }
        clock.pass(Duration::from_millis(500)).await;
        call(&limits, &calls, "modest");
        clock.pass(SECOND).await;
        let modest = lock(&calls)
            .iter()
            .any(|(name, _, may)| *name == "modest" && *may);
        assert!(modest, "a modest one waits for a greedy one");
        clock.pass(PATIENCE + SECOND).await;
        let calls = lock(&calls);
        let may = |wanted: bool| {
            let greedy = calls.iter().filter(|(name, ..)| *name == "greedy");
            greedy.filter(|(_, _, may)| *may == wanted).count()
        };
        assert_eq!((may(true), may(false)), (100, 50));
        for (index, (_, at, _)) in calls.iter().enumerate() {
            let burst = calls[index..]
                .iter()
                .filter(|(_, other, may)| *may && other.since(*at) < SECOND);
            assert!(burst.count() <= BURST as usize, "{calls:?}");
        }
    }

    #[tokio::test]
    async fn who_is_told_to_wait_waits_alone_unless_it_is_the_address() {
        let (_, ports) = Pushed::new();
        let limits = Limits::new(ports);
        let wait = Some(Duration::from_secs(40));
        let told = |limit| Told { limit, wait };
        limits
            .wait(&key("one"))
            .await
            .unwrap()
            .answered(told(Some(PER_KEY)));
        assert_eq!(
            limits.wait(&key("one")).await.err(),
            Some(too_many(Duration::from_secs(40)))
        );
        limits
            .wait(&key("two"))
            .await
            .unwrap()
            .answered(told(Some(PER_ADDRESS)));
        assert!(limits.wait(&key("three")).await.is_err());
    }

    #[tokio::test]
    async fn a_provider_that_allows_more_is_asked_more() {
        let (clock, ports) = Pushed::new();
        let limits = Arc::new(Limits::new(ports));
        let told = Told {
            limit: Some(1_000),
            wait: None,
        };
        limits.wait(&key("one")).await.unwrap().answered(told);
        let calls = Calls::default();
        for _ in 0..150 {
            call(&limits, &calls, "one");
        }
        clock.pass(Duration::from_millis(100)).await;
        assert_eq!(lock(&calls).iter().filter(|(_, _, may)| *may).count(), 150);
    }
}
