//! Dice that can break: the one way to make a handler panic without touching it.

use std::sync::atomic::{AtomicUsize, Ordering};

use keyporter::ports::{Dice, NoRandomness};

#[derive(Default)]
pub struct TestDice {
    panics: AtomicUsize,
}

impl TestDice {
    /// The next so many small rolls panic, with a message that must not be seen anywhere. (Nonces are larger, and roll on.)
    pub fn panic_for(&self, times: usize) {
        self.panics.store(times, Ordering::SeqCst);
    }
}

impl Dice for TestDice {
    fn roll(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        let small = bytes.len() == 16;
        let breaks = small
            && self
                .panics
                .try_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                    left.checked_sub(1)
                })
                .is_ok();
        assert!(!breaks, "canary-in-a-panic");
        getrandom::fill(bytes).map_err(|error| NoRandomness(error.to_string()))
    }
}
