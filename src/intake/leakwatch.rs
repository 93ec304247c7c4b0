//! Looks for known keys in what people post, in memory, before anything is stored: of a group's message that is not for us only the
//! finding goes on. It is as new as the database whenever a batch of updates comes in, whoever has changed that.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{Arc, PoisonError, RwLock},
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
        }
    }

    /// Reads what is new.
    pub(super) async fn refresh(&self, store: &Store) -> Result<(), StoreError> {
        let mut c = store.read().await?;
        let counted = leaks::counted(&mut c).await?;
        let before = self
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .counted;
        if counted == before {
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
        Ok(())
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
