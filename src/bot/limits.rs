//! How many commands a minute one person may send. Whoever sends more is told so once, and what they sent is not done.

use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::domain::{ChatId, PersonId};

/// Who says it where: in groups many may speak as the same stand-in.
type Speaker = (ChatId, PersonId);

/// Commands a minute: more than anybody types.
pub const COMMANDS: u32 = 60;

/// See the module's text.
pub struct Limits {
    commands: DefaultKeyedRateLimiter<Speaker>,
    warnings: DefaultKeyedRateLimiter<Speaker>,
}

impl Limits {
    /// With that many commands a minute.
    pub fn new(commands: u32) -> Self {
        let commands = NonZeroU32::new(commands).unwrap_or(NonZeroU32::MIN);
        Self {
            commands: RateLimiter::keyed(Quota::per_minute(commands)),
            warnings: RateLimiter::keyed(Quota::per_minute(NonZeroU32::MIN)),
        }
    }

    /// Whether another command of that person is taken.
    pub fn takes(&self, speaker: Speaker) -> bool {
        self.commands.retain_recent();
        self.commands.check_key(&speaker).is_ok()
    }

    /// Whether that person is to be told that none is taken; once a minute.
    pub fn warns(&self, speaker: Speaker) -> bool {
        self.warnings.retain_recent();
        self.warnings.check_key(&speaker).is_ok()
    }
}
