//! How many commands a minute one person may send. Whoever sends more is told so once, and what they sent is not done.

use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::domain::{ChatId, PersonId};

/// Who says it where: in groups many may speak as the same stand-in.
type Speaker = (ChatId, PersonId);

/// Commands a minute for each message a second that the bot may send to all people together: 300 at the usual rate, more than anybody
/// types, and fewer than a chat that sends a thousand at once.
pub const COMMANDS_FOR_RATE: u32 = 10;

/// A chat takes one answer a second: with more than this share of a minute's commands waiting behind one, it is not done at all.
const BEHIND_SHARE: u32 = 10;

/// Beyond so many people, those who have been quiet are forgotten.
const PEOPLE: usize = 10_000;

/// See the module's text.
pub struct Limits {
    commands: DefaultKeyedRateLimiter<Speaker>,
    behind: usize,
    warnings: DefaultKeyedRateLimiter<Speaker>,
}

impl Limits {
    /// With that many commands a minute.
    pub fn new(commands: u32) -> Self {
        let commands = NonZeroU32::new(commands).unwrap_or(NonZeroU32::MIN);
        Self {
            commands: RateLimiter::keyed(Quota::per_minute(commands)),
            behind: (commands.get() / BEHIND_SHARE) as usize,
            warnings: RateLimiter::keyed(Quota::per_minute(NonZeroU32::MIN)),
        }
    }

    /// Whether another command of that person is taken, behind which so many of theirs wait.
    pub fn takes(&self, speaker: Speaker, behind: usize) -> bool {
        forget_quiet(&self.commands);
        behind <= self.behind && self.commands.check_key(&speaker).is_ok()
    }

    /// Whether that person is to be told that none is taken; once a minute.
    pub fn warns(&self, speaker: Speaker) -> bool {
        forget_quiet(&self.warnings);
        self.warnings.check_key(&speaker).is_ok()
    }
}

fn forget_quiet(limiter: &DefaultKeyedRateLimiter<Speaker>) {
    if limiter.len() > PEOPLE {
        limiter.retain_recent();
    }
}
