//! When the old key of a rotation dies: at once, when the new one is saved, or after a time in which both live. The old key never
//! dies earlier than its person was told.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Event, Operation, OutOfPlace, Step, Then};
use crate::domain::Timestamp;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// However often it is kept longer: an old key lives at most so long from the last choice on.
const LONGEST: Duration = Duration::from_hours(30 * 24);

/// When the old key of a rotation dies, as its person chose it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OldKeyDies {
    /// Before there is a new one, since it has leaked.
    AtOnce,
    /// When the new one is saved and proven.
    #[default]
    Saved,
    /// An hour after that.
    Hour,
    /// A day after that.
    Day,
    /// Seven days after that.
    Week,
    /// Thirty days after that.
    Month,
}

impl OldKeyDies {
    /// All of them, as they are offered.
    pub const ALL: [Self; 6] = [
        Self::Saved,
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::AtOnce,
    ];

    /// As a button names it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AtOnce => "now",
            Self::Saved => "saved",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// From a button's code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dies| dies.code() == code)
    }

    /// How long both keys live after the new one is proven.
    pub fn grace(self) -> Duration {
        match self {
            Self::AtOnce | Self::Saved => Duration::ZERO,
            Self::Hour => HOUR,
            Self::Day => DAY,
            Self::Week => DAY * 7,
            Self::Month => LONGEST,
        }
    }

    /// So long before the end its person is reminded of it.
    fn reminded_before(self) -> Duration {
        match self {
            Self::AtOnce | Self::Saved => Duration::ZERO,
            Self::Hour => Duration::from_mins(10),
            Self::Day => HOUR * 2,
            Self::Week | Self::Month => DAY,
        }
    }
}

impl Operation {
    /// The old key of a rotation still lives, and dies when its time has come.
    pub fn replaces_later(&self) -> bool {
        let old = self.detail.old_key.as_ref();
        old.is_some_and(|old| !self.detail.gone.contains(old))
    }

    /// The new key is proven: both live for a while.
    pub(super) fn overlap(&mut self, now: Timestamp) {
        self.go(Step::Overlap, now);
        self.old_dies_at(now.plus(self.detail.old_key_dies.grace()));
    }

    fn old_dies_at(&mut self, end: Timestamp) {
        self.detail.old_dies_at = end;
        self.detail.reminded_at = Timestamp::NEVER;
        self.next_try_at = end.minus(self.detail.old_key_dies.reminded_before());
    }

    pub(super) fn apply_to_overlap(
        &mut self,
        event: Event,
        now: Timestamp,
    ) -> Result<(), OutOfPlace> {
        match (event, self.detail.old_key.clone()) {
            (Event::Reminded, _) => {
                self.detail.reminded_at = now;
                self.next_try_at = self.detail.old_dies_at;
            }
            (Event::KeepOld, _) => {
                let longer = self.detail.old_key_dies.grace();
                let end = self.detail.old_dies_at.plus(longer);
                self.old_dies_at(end.min(now.plus(LONGEST)));
            }
            (Event::RevokeOld, Some(old)) => self.revoke(old, Then::Done, now),
            _ => return Err(OutOfPlace(self.step)),
        }
        Ok(())
    }
}
