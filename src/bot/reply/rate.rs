//! Telegram's limits, kept on our side: calls overall, messages per private chat, messages and edits per group; and a chat that was
//! told to wait waits alone.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    ops::Add,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, Reference},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::keyed::DefaultKeyedStateStore,
};

use crate::{
    domain::{ChatId, Timestamp},
    ports::Ports,
    rates::{Line, Pace, Place, Shared, Slots, Steady, Taken, Urgency, Window},
};

/// Telegram's overall limit for a bot, to which the other limits are in proportion.
const USUAL_PER_SECOND: u32 = 30;

/// A private chat takes one message a second, and bursts of 20: one less, since a message on its way may be overtaken.
const PRIVATE_BURST: u32 = 19;

/// A group takes 20 messages a minute.
const GROUP_PER_MINUTE: u32 = 20;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);

/// Replicas go a little slower than they may: what leaves them evenly does not arrive quite so evenly.
const MARGIN: f64 = 1.01;

/// At most so many reservations a second are made for all calls.
const RESERVATIONS: u32 = 30;

/// What a call does to a chat, as far as its limits go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A new message.
    Send,
    /// Another text in an old one; groups take as many of them as of new ones.
    Edit,
    /// Anything else.
    Other,
}

/// Chats whose limits have recovered are forgotten when so many are remembered.
const REMEMBERED: usize = 10_000;

/// A wait beyond this is asked for again in parts.
const LONGEST_FREEZE: Duration = Duration::from_hours(1);

type Private =
    RateLimiter<ChatId, DefaultKeyedStateStore<ChatId>, GivenClock, NoOpMiddleware<Instant>>;

pub(super) struct Rate {
    clock: Steady,
    overall: Line,
    private: Private,
    group_per_minute: u32,
    /// What other replicas send to the same groups.
    shared: Option<Arc<dyn Shared>>,
    group_slots: Mutex<HashMap<(ChatId, Kind), Arc<Slots>>>,
    groups: Mutex<HashMap<(ChatId, Kind), Window>>,
    frozen: Mutex<HashMap<ChatId, Timestamp>>,
}

/// Leave for one call; to be dropped when its answer is there, since Telegram counts it somewhere in between.
pub(super) struct Leave<'a> {
    _overall: Option<Place<'a>>,
    _group: Option<GroupPlace<'a>>,
}

struct GroupPlace<'a> {
    rate: &'a Rate,
    group: (ChatId, Kind),
    taken: Taken,
}

impl Drop for GroupPlace<'_> {
    fn drop(&mut self) {
        let now = self.rate.clock.now();
        if let Some(window) = self.rate.groups().get_mut(&self.group) {
            window.answered(self.taken, now);
        }
    }
}

impl Rate {
    pub(super) fn new(ports: Ports, per_second: u32, shared: Option<Arc<dyn Shared>>) -> Self {
        let per_second = per_second.max(1);
        // Paid broadcast raises the overall limit; whoever has it is not slowed down by the others.
        let factor = (per_second / USUAL_PER_SECOND).max(1);
        let times =
            |count: u32| NonZeroU32::new(count.saturating_mul(factor)).unwrap_or(NonZeroU32::MIN);
        let clock = Steady::new(ports);
        let private = Quota::per_second(times(1)).allow_burst(times(PRIVATE_BURST));
        let slots = shared.clone().map(|shared| {
            let pace = Pace {
                name: "telegram".to_owned(),
                interval: SECOND.mul_f64(MARGIN) / per_second,
                credit: Duration::ZERO,
            };
            Slots::new(shared, clock.clone(), pace, per_second / RESERVATIONS)
        });
        let each_second = Window::new(per_second as usize, SECOND);
        Self {
            overall: Line::new(clock.clone(), per_second, vec![each_second]).sharing(slots),
            private: RateLimiter::dashmap_with_clock(private, GivenClock(clock.clone())),
            group_per_minute: times(GROUP_PER_MINUTE).get(),
            shared,
            group_slots: Mutex::default(),
            groups: Mutex::default(),
            frozen: Mutex::default(),
            clock,
        }
    }

    /// By which patience is measured.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Waits until the chat may be called; a message and an edit also until they are within the limits. What would take longer than
    /// until `deadline` fails, with the time that is missing.
    pub(super) async fn wait(
        &self,
        chat: ChatId,
        kind: Kind,
        urgency: Urgency,
        deadline: Timestamp,
    ) -> Result<Leave<'_>, Duration> {
        while let Some(wait) = self.frozen_for(chat) {
            self.pass(wait, deadline).await?;
        }
        let (mut overall, mut group) = (None, None);
        if kind != Kind::Other {
            if !chat.is_private() {
                group = Some(self.wait_for_group((chat, kind), deadline).await?);
                self.wait_for_replicas((chat, kind), deadline).await?;
            } else if kind == Kind::Send {
                self.wait_for_private(chat, deadline).await?;
            }
            let left = deadline.since(self.clock.now());
            overall = Some(self.overall.wait(urgency, left).await?);
        }
        Ok(Leave {
            _overall: overall,
            _group: group,
        })
    }

    async fn wait_for_private(&self, chat: ChatId, deadline: Timestamp) -> Result<(), Duration> {
        if self.private.len() > REMEMBERED {
            self.private.retain_recent();
        }
        while let Err(not_yet) = self.private.check_key(&chat) {
            let wait = not_yet.wait_time_from(Instant(self.clock.now()));
            self.pass(wait, deadline).await?;
        }
        Ok(())
    }

    async fn wait_for_group(
        &self,
        group: (ChatId, Kind),
        deadline: Timestamp,
    ) -> Result<GroupPlace<'_>, Duration> {
        loop {
            let taking = self.take_in_group(group);
            match taking {
                Ok(taken) => {
                    return Ok(GroupPlace {
                        rate: self,
                        group,
                        taken,
                    });
                }
                Err(wait) => self.pass(wait, deadline).await?,
            }
        }
    }

    async fn wait_for_replicas(
        &self,
        (chat, kind): (ChatId, Kind),
        deadline: Timestamp,
    ) -> Result<(), Duration> {
        let Some(shared) = &self.shared else {
            return Ok(());
        };
        let slots = self.slots_of((chat, kind), shared);
        slots.wait(deadline.since(self.clock.now())).await
    }

    /// How a group's messages or edits are shared between replicas; kept, so that a database that is away is not asked each time.
    fn slots_of(&self, (chat, kind): (ChatId, Kind), shared: &Arc<dyn Shared>) -> Arc<Slots> {
        let mut slots = self
            .group_slots
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if slots.len() > REMEMBERED {
            slots.clear();
        }
        let new = || {
            // What goes at once is a part of the minute's.
            let interval = MINUTE / (self.group_per_minute / 2).max(1);
            let pace = Pace {
                name: format!("telegram:{}:{kind:?}", chat.0),
                interval,
                credit: interval * (self.group_per_minute / 2),
            };
            Arc::new(Slots::new(shared.clone(), self.clock.clone(), pace, 1))
        };
        slots.entry((chat, kind)).or_insert_with(new).clone()
    }

    fn take_in_group(&self, group: (ChatId, Kind)) -> Result<Taken, Duration> {
        let now = self.clock.now();
        let mut groups = self.groups();
        if groups.len() > REMEMBERED {
            groups.retain(|_, window| !window.is_empty(now));
        }
        let window = groups
            .entry(group)
            .or_insert_with(|| Window::new(self.group_per_minute as usize, MINUTE));
        window.take(now)
    }

    async fn pass(&self, wait: Duration, deadline: Timestamp) -> Result<(), Duration> {
        // At least a moment: a rounded-down zero would spin.
        let wait = wait.max(Duration::from_millis(1));
        if self.clock.now().plus(wait) > deadline {
            return Err(wait);
        }
        self.clock.sleep(wait).await;
        Ok(())
    }

    /// Telegram asked this chat to wait.
    pub(super) fn freeze(&self, chat: ChatId, span: Duration) {
        let now = self.clock.now();
        let mut frozen = self.frozen.lock().unwrap_or_else(PoisonError::into_inner);
        if frozen.len() > REMEMBERED {
            frozen.retain(|_, until| *until > now);
        }
        frozen.insert(chat, now.plus(span.min(LONGEST_FREEZE)));
    }

    fn frozen_for(&self, chat: ChatId) -> Option<Duration> {
        let mut frozen = self.frozen.lock().unwrap_or_else(PoisonError::into_inner);
        let left = frozen.get(&chat)?.since(self.clock.now());
        if left.is_zero() {
            frozen.remove(&chat);
            return None;
        }
        Some(left)
    }

    fn groups(&self) -> MutexGuard<'_, HashMap<(ChatId, Kind), Window>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The given clock, for governor.
#[derive(Clone)]
struct GivenClock(Steady);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Instant(Timestamp);

impl Clock for GivenClock {
    type Instant = Instant;

    fn now(&self) -> Instant {
        Instant(self.0.now())
    }
}

impl Reference for Instant {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.since(earlier.0).into()
    }

    fn saturating_sub(&self, span: Nanos) -> Self {
        Self(self.0.minus(span.into()))
    }
}

impl Add<Nanos> for Instant {
    type Output = Self;

    fn add(self, span: Nanos) -> Self {
        Self(self.0.plus(span.into()))
    }
}
