//! Telegram's limits, kept on our side: messages overall, per private chat and per group; and a chat that was told to wait waits alone.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    ops::Add,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use governor::{
    NotUntil, Quota, RateLimiter,
    clock::{Clock, Reference},
    middleware::NoOpMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed, keyed::DefaultKeyedStateStore},
};

use crate::{
    domain::{ChatId, Timestamp},
    ports::Ports,
};

/// Telegram's overall limit for a bot, to which the other limits are in proportion.
const USUAL_PER_SECOND: u32 = 30;

/// A private chat takes one message a second, and short bursts.
const PRIVATE_BURST: u32 = 20;

/// A group takes 20 messages a minute.
const GROUP_PER_MINUTE: u32 = 20;

/// What a call does to a chat, as far as its limits go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

type Direct = RateLimiter<NotKeyed, InMemoryState, GivenClock, NoOpMiddleware<Instant>>;
type Keyed =
    RateLimiter<ChatId, DefaultKeyedStateStore<ChatId>, GivenClock, NoOpMiddleware<Instant>>;

pub(super) struct Rate {
    ports: Ports,
    overall: Direct,
    private: Keyed,
    group: Keyed,
    group_edits: Keyed,
    frozen: Mutex<HashMap<ChatId, Timestamp>>,
}

impl Rate {
    pub(super) fn new(ports: Ports, per_second: u32) -> Self {
        let per_second = NonZeroU32::new(per_second).unwrap_or(NonZeroU32::MIN);
        // Paid broadcast raises the overall limit; whoever has it is not slowed down by the others.
        let factor = (per_second.get() / USUAL_PER_SECOND).max(1);
        let times =
            |count: u32| NonZeroU32::new(count.saturating_mul(factor)).unwrap_or(NonZeroU32::MIN);
        let clock = GivenClock(ports.clone());
        let private = Quota::per_second(times(1)).allow_burst(times(PRIVATE_BURST));
        Self {
            overall: RateLimiter::direct_with_clock(Quota::per_second(per_second), clock.clone()),
            private: RateLimiter::dashmap_with_clock(private, clock.clone()),
            group: RateLimiter::dashmap_with_clock(
                Quota::per_minute(times(GROUP_PER_MINUTE)),
                clock.clone(),
            ),
            group_edits: RateLimiter::dashmap_with_clock(
                Quota::per_minute(times(GROUP_PER_MINUTE)),
                clock,
            ),
            frozen: Mutex::default(),
            ports,
        }
    }

    /// Waits until the chat may be called; a new message also until it is within the limits. What would take longer than
    /// until `deadline` fails at once, with the time that is missing.
    pub(super) async fn wait(
        &self,
        chat: ChatId,
        kind: Kind,
        deadline: Timestamp,
    ) -> Result<(), Duration> {
        while let Some(until) = self.frozen_until(chat) {
            if until > deadline {
                return Err(until.since(self.ports.now()));
            }
            self.ports.clock.sleep_until(until).await;
        }
        let keyed = match (kind, chat.is_private()) {
            (Kind::Other, _) | (Kind::Edit, true) => return Ok(()),
            (Kind::Edit, false) => &self.group_edits,
            (Kind::Send, false) => &self.group,
            (Kind::Send, true) => &self.private,
        };
        while let Err(not_yet) = keyed.check_key(&chat) {
            self.wait_for(&not_yet, deadline).await?;
        }
        while kind == Kind::Send
            && let Err(not_yet) = self.overall.check()
        {
            self.wait_for(&not_yet, deadline).await?;
        }
        if keyed.len() > REMEMBERED {
            keyed.retain_recent();
        }
        Ok(())
    }

    async fn wait_for(
        &self,
        not_yet: &NotUntil<Instant>,
        deadline: Timestamp,
    ) -> Result<(), Duration> {
        let now = self.ports.now();
        // At least a moment: a rounded-down zero would spin.
        let wait = not_yet
            .wait_time_from(Instant(now))
            .max(Duration::from_millis(1));
        if now.plus(wait) > deadline {
            return Err(wait);
        }
        self.ports.sleep(wait).await;
        Ok(())
    }

    /// Telegram asked this chat to wait.
    pub(super) fn freeze(&self, chat: ChatId, span: Duration) {
        let until = self.ports.now().plus(span.min(LONGEST_FREEZE));
        self.frozen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(chat, until);
    }

    fn frozen_until(&self, chat: ChatId) -> Option<Timestamp> {
        let mut frozen = self.frozen.lock().unwrap_or_else(PoisonError::into_inner);
        let until = *frozen.get(&chat)?;
        if until > self.ports.now() {
            return Some(until);
        }
        frozen.remove(&chat);
        None
    }
}

/// The given clock, for governor.
#[derive(Clone)]
struct GivenClock(Ports);

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
