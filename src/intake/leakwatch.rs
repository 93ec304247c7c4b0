//! Looks for known keys in what people post, in memory, before anything is stored: of a group's message that is not for us only the
//! finding goes on. It is as new as the database whenever a batch of updates comes in, whoever has changed that.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use serde::{Deserialize, Serialize};

use crate::{
    domain::{ChatId, KeyCode},
    store::{Store, StoreError, leaks},
    vault::{DataKey, KeyIndex},
};

/// What was found in a message: enough to tell of it, and nothing of its text.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The codes of the keys.
    pub codes: Vec<KeyCode>,
    /// The group's title; empty in a private chat.
    pub group: String,
    /// The name of who posted it.
    pub poster: String,
}

/// See the module's text.
pub struct Leakwatch {
    key: Arc<DataKey>,
    known: RwLock<Known>,
    /// See [`Store::written`]: as of when `known` was as new as the database.
    read_at: Mutex<Option<u64>>,
}

#[derive(Default)]
struct Known {
    index: KeyIndex,
    groups: HashSet<ChatId>,
    /// What the counter said when it was read last.
    counted: i64,
}

impl Leakwatch {
    /// One that knows nothing yet; with the key of the fingerprints.
    pub fn new(key: Arc<DataKey>) -> Self {
        Self {
            key,
            known: RwLock::default(),
            read_at: Mutex::default(),
        }
    }

    /// Reads what is new.
    pub(super) async fn refresh(&self, store: &Store) -> Result<(), StoreError> {
        let written = store.written();
        if written.is_some() && *self.read_at() == written {
            return Ok(());
        }
        let mut c = store.read().await?;
        let counted = match leaks::counted(&mut c).await {
            Err(StoreError::Away(_)) => {
                // Of a server that has just come back the first connection may be dead; the next one is not.
                c = store.read().await?;
                leaks::counted(&mut c).await?
            }
            counted => counted?,
        };
        let before = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .counted;
        if counted == before {
            *self.read_at() = written;
            return Ok(());
        }
        let added = leaks::added_after(&mut c, before).await?;
        let groups = leaks::groups(&mut c).await?;
        drop(c);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for fingerprint in &added {
            known.index.add(fingerprint);
        }
        known.groups = groups.into_iter().collect();
        known.counted = counted;
        drop(known);
        *self.read_at() = written;
        Ok(())
    }

    fn read_at(&self) -> MutexGuard<'_, Option<u64>> {
        self.read_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The known keys in the texts of a message, if messages of that chat are looked at at all.
    pub(super) fn look<'a>(
        &self,
        chat: ChatId,
        is_private: bool,
        texts: impl Iterator<Item = &'a str>,
    ) -> Vec<KeyCode> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if !is_private && !known.groups.contains(&chat) {
            return Vec::new();
        }
        let found: BTreeSet<_> = texts
            .flat_map(|text| known.index.find(&self.key, text))
            .collect();
        found.into_iter().collect()
    }
}
