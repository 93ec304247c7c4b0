//! Edits of one message that wait in the line at the same time: only the newest is made. What an earlier one said, nobody can see any more.
//! An edit that shows a secret must never be left out, and does not come here.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::domain::{ChatId, MessageId};

/// The edits of each message that are on their way.
#[derive(Default)]
pub(super) struct Edits(Mutex<Known>);

#[derive(Default)]
struct Known {
    messages: HashMap<(ChatId, MessageId), OnTheirWay>,
    count: u64,
}

#[derive(Default)]
struct OnTheirWay {
    waiting: BTreeSet<u64>,
    /// The newest that was made.
    made: u64,
}

/// An edit on its way, until it is dropped.
pub(super) struct Edit<'e> {
    edits: &'e Edits,
    message: (ChatId, MessageId),
    number: u64,
}

impl Edits {
    /// One more edit of that message.
    pub(super) fn begin(&self, chat: ChatId, message: MessageId) -> Edit<'_> {
        let mut known = self.lock();
        known.count += 1;
        let number = known.count;
        let message = (chat, message);
        known
            .messages
            .entry(message)
            .or_default()
            .waiting
            .insert(number);
        Edit {
            edits: self,
            message,
            number,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Edit<'_> {
    /// A newer one of the same message waits, or was made.
    pub(super) fn is_overtaken(&self) -> bool {
        let known = self.edits.lock();
        let others = known.messages.get(&self.message);
        others.is_some_and(|others| {
            others.made > self.number || others.waiting.last() > Some(&self.number)
        })
    }

    /// Telegram has taken it.
    pub(super) fn is_made(&self) {
        if let Some(others) = self.edits.lock().messages.get_mut(&self.message) {
            others.made = others.made.max(self.number);
        }
    }
}

impl Drop for Edit<'_> {
    fn drop(&mut self) {
        let mut known = self.edits.lock();
        if let Some(others) = known.messages.get_mut(&self.message) {
            others.waiting.remove(&self.number);
            if others.waiting.is_empty() {
                known.messages.remove(&self.message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAT: ChatId = ChatId(1);

    #[test]
    fn only_the_newest_of_a_message_is_made() {
        let edits = Edits::default();
        let first = edits.begin(CHAT, MessageId(7));
        let other = edits.begin(CHAT, MessageId(8));
        assert!(!first.is_overtaken());
        let second = edits.begin(CHAT, MessageId(7));
        assert!(first.is_overtaken() && !second.is_overtaken() && !other.is_overtaken());
        second.is_made();
        drop(second);
        assert!(
            first.is_overtaken(),
            "what it said would stand over the newer words"
        );
        drop((first, other));
        assert!(edits.lock().messages.is_empty(), "nothing is remembered");
    }

    #[test]
    fn one_that_was_not_made_overtakes_nobody() {
        let edits = Edits::default();
        let first = edits.begin(CHAT, MessageId(7));
        drop(edits.begin(CHAT, MessageId(7)));
        assert!(!first.is_overtaken());
    }
}
