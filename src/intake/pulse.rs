//! When Telegram was last heard from, for whoever asks whether all is well.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::domain::Timestamp;

/// Signs of life; see the module's text.
#[derive(Debug, Default)]
pub struct Pulse {
    telegram: AtomicI64,
    update: AtomicI64,
}

impl Pulse {
    /// Telegram has answered, or has brought something.
    pub fn telegram_is_there(&self, now: Timestamp) {
        self.telegram.store(now.millis(), Ordering::Relaxed);
    }

    /// An update has come.
    pub(super) fn update_came(&self, now: Timestamp) {
        self.telegram_is_there(now);
        self.update.store(now.millis(), Ordering::Relaxed);
    }

    /// When Telegram was last there; never, if it was not since the start.
    pub fn telegram(&self) -> Timestamp {
        Timestamp::from_millis(self.telegram.load(Ordering::Relaxed))
    }

    /// When the last update came.
    pub fn last_update(&self) -> Timestamp {
        Timestamp::from_millis(self.update.load(Ordering::Relaxed))
    }
}
