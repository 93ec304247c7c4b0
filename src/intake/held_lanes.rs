//! Whose the lanes of a batch are: a lane whose updates wait at another replica goes on there, so that its order holds.
//! Where there is one process, all are ours.

use std::collections::{BTreeMap, BTreeSet};

use super::{Intake, in_hand::InHand, projection::Kept};
use crate::{
    domain::{ChatId, PersonId},
    store::{Connection, StoreError, inbox, outbox},
};

type Key = (ChatId, PersonId);

#[derive(Default)]
pub(super) struct HeldLanes {
    /// The lanes of other replicas, with their ids.
    theirs: BTreeMap<Key, String>,
    /// Lanes of ours with something in them that this process has not in hand yet.
    behind: BTreeSet<Key>,
    /// The replicas that were given something.
    pub(super) others: BTreeSet<String>,
}

impl HeldLanes {
    /// Looks, and keeps the lanes until the transaction's end.
    pub(super) async fn lock(
        c: &mut Connection,
        intake: &Intake,
        in_hand: &InHand,
        batch: &[&Kept],
    ) -> Result<Self, StoreError> {
        let mut held = Self::default();
        if !intake.store.is_shared() || batch.is_empty() {
            return Ok(held);
        }
        let lanes: BTreeSet<Key> = batch.iter().map(|kept| (kept.chat, kept.person)).collect();
        inbox::lock_lanes(c, &lanes).await?;
        let chats: BTreeSet<ChatId> = lanes.iter().map(|(chat, _)| *chat).collect();
        let mut busy = BTreeSet::new();
        for waiting in inbox::waiting_in(c, &chats).await? {
            let key = (waiting.chat, waiting.person);
            busy.insert(key);
            if waiting.holder == intake.replica.id() {
                if !in_hand.holds(waiting.id) {
                    held.behind.insert(key);
                }
            // A process of an older version names nobody and takes nothing from us.
            } else if !waiting.holder.is_empty() {
                held.theirs.insert(key, waiting.holder);
            }
        }
        // What is not answered yet is answered first: the lane goes on where that is done.
        let senders = outbox::holders_in(c, &chats).await?;
        for key in lanes.difference(&busy) {
            if let Some(sender) = senders.get(&key.0)
                && sender.holder != intake.replica.id()
            {
                held.theirs.insert(*key, sender.holder.clone());
            }
        }
        Ok(held)
    }

    /// The other replica whose lane an update comes into; none if it is ours.
    pub(super) fn holder(&mut self, kept: &Kept) -> Option<&str> {
        let holder = self.theirs.get(&(kept.chat, kept.person))?;
        self.others.insert(holder.clone());
        Some(holder)
    }

    /// Whether an update comes behind one that is not in hand.
    pub(super) fn is_behind(&self, kept: &Kept) -> bool {
        self.behind.contains(&(kept.chat, kept.person))
    }
}
