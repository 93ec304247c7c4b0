//! The counter behind every wait, and state that moves it.
//!
//! Whatever can be waited for lives in a [`Kept`], so that no change goes unnoticed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// Counts every change in one sandbox.
#[derive(Clone)]
pub(crate) struct Changes(Arc<watch::Sender<u64>>);

impl Changes {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    pub(crate) fn bump(&self) {
        self.0.send_modify(|version| *version += 1);
    }

    pub(crate) fn version(&self) -> u64 {
        *self.0.borrow()
    }

    /// How many wait, or are about to.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.0.receiver_count()
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

/// State behind a lock; changing it wakes whoever waits.
pub(crate) struct Kept<T> {
    value: Mutex<T>,
    changes: Changes,
}

impl<T> Kept<T> {
    pub(crate) fn new(value: T, changes: &Changes) -> Self {
        Self {
            value: Mutex::new(value),
            changes: changes.clone(),
        }
    }

    /// Reads the state.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.lock())
    }

    /// Changes the state, as one step, and tells everyone who waits.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let result = change(&mut self.lock());
        self.changes.bump();
        result
    }

    /// A panic elsewhere must not turn into a second one here.
    fn lock(&self) -> MutexGuard<'_, T> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
