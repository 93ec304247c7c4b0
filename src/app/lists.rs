//! Key lists as they were read a moment ago, for showing them to people. Several who ask at the same moment share one call. Whatever
//! decides about a change reads for itself, and never here.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::App;
use crate::{
    domain::{Account, AccountId, Key, Sealed, Timestamp},
    providers::ProviderError,
    store::leases::{self, Mark},
};

/// So long a list may be shown again: people press through its pages faster, and a colleague's change in the dashboard is not
/// expected to be seen sooner.
const FRESH: Duration = Duration::from_secs(2);

/// Keys in memory at most, some 300 bytes each; what does not fit is read anew each time.
const KEYS: usize = 5_000;

/// Accounts remembered at most, before those of which nothing can be shown again are forgotten.
const ACCOUNTS: usize = 500;

/// See the module's text.
#[derive(Default)]
pub(super) struct Lists(Mutex<Shelf>);

#[derive(Default)]
struct Shelf {
    slots: HashMap<AccountId, Kept>,
    /// Of all slots together.
    keys: usize,
}

struct Kept {
    slot: Arc<Slot>,
    keys: usize,
    begun: Timestamp,
}

impl Lists {
    fn slot(&self, account: &AccountId, now: Timestamp) -> Arc<Slot> {
        let mut all = self.shelf();
        if all.slots.len() > ACCOUNTS {
            all.sweep(now);
        }
        let kept = all.slots.entry(account.clone()).or_insert_with(|| Kept {
            slot: Arc::default(),
            keys: 0,
            begun: now,
        });
        kept.slot.clone()
    }

    /// So many keys stand in that slot now, read then; or nothing, where they are too many.
    fn put(&self, account: &AccountId, slot: &mut Option<Read>, read: Read) {
        let keys = read.keys.as_ref().map_or(0, Vec::len);
        let mut all = self.shelf();
        if all.keys + keys > KEYS {
            all.sweep(read.begun);
        }
        let before = all.slots.get(account).map_or(0, |kept| kept.keys);
        let together = all.keys - before + keys;
        let Some(kept) = all.slots.get_mut(account).filter(|_| together <= KEYS) else {
            return;
        };
        (kept.keys, kept.begun) = (keys, read.begun);
        all.keys = together;
        *slot = Some(read);
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    /// Forgets what can no longer be shown again, and nobody is reading.
    fn sweep(&mut self, now: Timestamp) {
        self.slots
            .retain(|_, kept| Arc::strong_count(&kept.slot) > 1 || now.since(kept.begun) < FRESH);
        self.keys = self.slots.values().map(|kept| kept.keys).sum();
    }
}

/// Held by whoever reads; the others wait for what comes.
type Slot = tokio::sync::Mutex<Option<Read>>;

struct Read {
    /// With which credential.
    credential: Sealed,
    /// What had been done in the account's project before.
    mark: Mark,
    begun: Timestamp,
    ended: Timestamp,
    keys: Result<Vec<Key>, ProviderError>,
}

impl Read {
    /// Whether it answers somebody who has come at that time, when that had been done in the project.
    fn answers(&self, account: &Account, mark: Mark, came: Timestamp) -> bool {
        let is_recent = match self.keys {
            Ok(_) => came.since(self.begun) < FRESH,
            // A failure answers those only who have waited for it.
            Err(_) => came <= self.ended,
        };
        is_recent && self.mark == mark && self.credential == account.credential
    }
}

impl App {
    /// An account's keys as `read` brings them, or as it has brought them a moment ago.
    pub(super) async fn recent_list(
        &self,
        account: &Account,
        read: impl Future<Output = Result<Vec<Key>, ProviderError>>,
    ) -> Result<Vec<Key>, ProviderError> {
        let came = self.ports.now();
        let Some(mark) = self.mark(account).await else {
            return read.await;
        };
        let slot = self.lists.slot(&account.id, came);
        let mut slot = slot.lock().await;
        if let Some(known) = slot
            .as_ref()
            .filter(|known| known.answers(account, mark, came))
        {
            return known.keys.clone();
        }
        let begun = self.ports.now();
        let keys = read.await;
        *slot = None;
        let read = Read {
            credential: account.credential.clone(),
            mark,
            begun,
            ended: self.ports.now(),
            keys: keys.clone(),
        };
        self.lists.put(&account.id, &mut slot, read);
        keys
    }

    /// What has been done in the account's project; none while somebody of us is at work there, since what is read then may change at
    /// any moment, and none while that cannot be known.
    async fn mark(&self, account: &Account) -> Option<Mark> {
        let looked = async {
            let mut c = self.store.read().await?;
            leases::mark(&mut c, &account.scope()).await
        };
        looked.await.ok().filter(|mark| !mark.held)
    }
}
