//! A line for each person: what they do on pages is done one thing after the other, as in the chat. It never holds up anybody else.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::OwnedMutexGuard;

use crate::domain::PersonId;

type Line = tokio::sync::Mutex<()>;

/// See the module's text.
#[derive(Default)]
pub(in crate::app) struct Lines(Mutex<HashMap<PersonId, Weak<Line>>>);

impl Lines {
    /// Waits until nothing else of that person is being done.
    pub(super) async fn alone(&self, person: PersonId) -> OwnedMutexGuard<()> {
        let line = {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lines.retain(|_, line| line.strong_count() > 0);
            let line = lines.get(&person).and_then(Weak::upgrade);
            let line = line.unwrap_or_default();
            lines.insert(person, Arc::downgrade(&line));
            line
        };
        line.lock_owned().await
    }
}
