//! Which updates this process has in hand, so that it takes none of them up twice: it is told of them by who stores them and by who
//! looks for what others have stored.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use crate::domain::UpdateId;

pub(super) struct InHand {
    hands: Mutex<Hands>,
    /// Others may store what is ours, so that we look.
    looks: bool,
}

#[derive(Default)]
struct Hands {
    present: HashSet<UpdateId>,
    /// Put down since the last look began, which may have read them before.
    just_now: HashSet<UpdateId>,
}

impl InHand {
    /// Empty hands of a process that looks for what others have stored for it, or of one that is alone.
    pub(super) fn new(looks: bool) -> Self {
        Self {
            hands: Mutex::default(),
            looks,
        }
    }

    /// Takes one up; false if it is in hand already.
    pub(super) fn take(&self, id: UpdateId) -> bool {
        let mut hands = self.hands();
        !hands.just_now.contains(&id) && hands.present.insert(id)
    }

    /// It is done, or another's.
    pub(super) fn put_down(&self, id: UpdateId) {
        let mut hands = self.hands();
        if hands.present.remove(&id) && self.looks {
            hands.just_now.insert(id);
        }
    }

    /// Whether it is being dealt with here.
    pub(super) fn holds(&self, id: UpdateId) -> bool {
        let hands = self.hands();
        hands.present.contains(&id) || hands.just_now.contains(&id)
    }

    /// A look at the database begins now: what was put down before it does not see any more.
    pub(super) fn look_begins(&self) {
        self.hands().just_now.clear();
    }

    fn hands(&self) -> std::sync::MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
