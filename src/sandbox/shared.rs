//! What all services of one sandbox have in common.

use std::io;

use super::{Replay, changes::Changes, clock::Clock, dice::Dice, fault::FaultHandle};

/// Cheap to clone; all clones are the same.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) changes: Changes,
    pub(crate) clock: Clock,
    pub(crate) faults: FaultHandle,
    pub(crate) dice: Dice,
}

impl Shared {
    pub(crate) fn new(replay: Option<Replay>) -> io::Result<Self> {
        let changes = Changes::new();
        Ok(Self {
            clock: Clock::new(&changes, replay.map(|replay| replay.start_ms)),
            faults: FaultHandle::new(&changes),
            dice: match replay {
                Some(replay) => Dice::seeded(replay.seed),
                None => Dice::new()?,
            },
            changes,
        })
    }
}
