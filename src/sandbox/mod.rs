//! A world that people can run: Telegram's Bot API and three providers over real HTTP on loopback,
//! with state and faults.
//!
//! Imports nothing else of the crate, so that a misspelt field cannot pass on both sides. Never leaves loopback.

pub mod botanalytics;
pub mod bots_business;
pub mod botsubscription;
mod changes;
mod clock;
pub mod control;
mod demo;
mod dice;
pub mod fault;
mod rate;
pub mod service;
mod shared;
pub mod telegram;
#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]
mod testing;

use std::{fmt::Write, io, time::Duration};

use self::{
    botanalytics::Botanalytics, bots_business::BotsBusiness, botsubscription::BotSubscription,
    fault::FaultHandle, shared::Shared, telegram::Telegram,
};
pub use self::{clock::Clock, demo::demo_world};

/// What a sandbox starts with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The bot.
    pub bot: telegram::Bot,
    /// What Telegram allows.
    pub limits: telegram::Limits,
    /// For a simulation; none: the system's time and randomness.
    pub replay: Option<Replay>,
}

/// The same ids, secrets and times in every run.
#[derive(Clone, Copy, Debug)]
pub struct Replay {
    /// Where the clock stands until it is pushed, in milliseconds since 1970.
    pub start_ms: i64,
    /// For the values that look random.
    pub seed: u64,
}

/// All services and what they share. Cheap to clone; the servers end with the last clone.
#[derive(Clone)]
pub struct Sandbox {
    shared: Shared,
    telegram: Telegram,
    botsubscription: BotSubscription,
    bots_business: BotsBusiness,
    botanalytics: Botanalytics,
}

impl Sandbox {
    /// Starts every service on a free port of its own. Must be called within a tokio runtime.
    pub fn start(options: Options) -> io::Result<Self> {
        let shared = Shared::new(options.replay)?;
        Ok(Self {
            telegram: Telegram::start(&shared, options.bot, options.limits)?,
            botsubscription: BotSubscription::start(&shared)?,
            bots_business: BotsBusiness::start(&shared)?,
            botanalytics: Botanalytics::start(&shared)?,
            shared,
        })
    }

    /// Telegram.
    pub fn telegram(&self) -> &Telegram {
        &self.telegram
    }

    /// `BotSubscription`.
    pub fn botsubscription(&self) -> &BotSubscription {
        &self.botsubscription
    }

    /// `Bots.Business`.
    pub fn bots_business(&self) -> &BotsBusiness {
        &self.bots_business
    }

    /// Botanalytics.
    pub fn botanalytics(&self) -> &Botanalytics {
        &self.botanalytics
    }

    /// The time in the sandbox.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// The faults of all services.
    pub fn faults(&self) -> &FaultHandle {
        &self.shared.faults
    }

    /// Every service goes down.
    pub async fn stop_all(&self) -> io::Result<()> {
        self.telegram.service().stop().await?;
        self.botsubscription.service().stop().await?;
        self.bots_business.service().stop().await?;
        self.botanalytics.service().stop().await
    }

    /// Counts every change, in any service; for waiting.
    pub fn version(&self) -> u64 {
        self.shared.changes.version()
    }

    /// Waits, in real time, until the condition gives something. If it never does, tells what was seen instead.
    pub async fn wait_until<T>(
        &self,
        limit: Duration,
        what: &str,
        condition: impl Fn(&Self) -> Option<T>,
    ) -> Result<T, String> {
        let mut changes = self.shared.changes.subscribe();
        let wait = async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = condition(self) {
                    return found;
                }
                // The sender lives in `self`, so this cannot fail while we wait.
                let _ = changes.changed().await;
            }
        };
        let outcome = clock::within(limit, wait).await;
        outcome.ok_or_else(|| {
            format!(
                "waited {limit:?} for {what}, but saw:\n{}",
                self.transcript()
            )
        })
    }

    /// All chats as readable text.
    fn transcript(&self) -> String {
        let mut text = String::new();
        for chat in self.telegram.chats() {
            let messages = self.telegram.transcript(chat.id);
            if !messages.is_empty() {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "--- chat {} {}\n{messages}", chat.id, chat.title);
            }
        }
        text
    }
}
