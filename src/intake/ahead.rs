//! Which updates may be handled before they are stored: those that were surely never here, while one process is alone and nothing says
//! that an update has ended it. So a quick command costs one commit in place of two, and its person does not wait for it.

use std::{
    sync::atomic::{AtomicBool, AtomicI64, Ordering},
    time::Duration,
};

use super::{Intake, projection::Kept};
use crate::{
    domain::Timestamp,
    store::{StoreError, facts, inbox},
};

/// After an end that was not in order everything is stored first for so long: were it an update that has ended the process, its attempts
/// have to be counted.
pub const CAREFUL_FOR: Duration = Duration::from_hours(1);

/// Where is written down that the last run ended in order.
const IN_ORDER: &str = "ended_in_order";

pub(super) struct Ahead {
    /// The highest number that was seen; what is above it is new. Telegram's numbers grow.
    newest: AtomicI64,
    careful_until: Timestamp,
    /// The last batch could be stored.
    stores: AtomicBool,
}

impl Ahead {
    /// Looks how the last run has ended, and what it has seen.
    pub(super) async fn begin(intake: &Intake, careful_for: Duration) -> Result<Self, StoreError> {
        if intake.store.is_shared() {
            return Ok(Self {
                newest: AtomicI64::new(i64::MAX),
                careful_until: Timestamp::NEVER,
                stores: AtomicBool::new(false),
            });
        }
        let mut tx = intake.store.begin().await?;
        let newest = inbox::newest(&mut tx).await?;
        let in_order = facts::get(&mut tx, IN_ORDER).await?;
        facts::set(&mut tx, IN_ORDER, "").await?;
        tx.commit().await?;
        let careful = in_order.is_some_and(|in_order| in_order.is_empty());
        let now = intake.ports.now();
        Ok(Self {
            newest: AtomicI64::new(newest.map_or(0, |newest| newest.0)),
            careful_until: if careful { now.plus(careful_for) } else { now },
            stores: AtomicBool::new(true),
        })
    }

    /// Whether all of these may be handled now; remembers them.
    pub(super) fn is_new(&self, intake: &Intake, batch: &[Kept]) -> bool {
        let before = self.newest.load(Ordering::Acquire);
        let highest = batch.iter().map(|kept| kept.id.0).max().unwrap_or(before);
        self.newest.fetch_max(highest, Ordering::AcqRel);
        let mut last = before;
        // Each above the one before: none of them twice.
        batch
            .iter()
            .all(|kept| std::mem::replace(&mut last, kept.id.0) < kept.id.0)
            && intake.ports.now() >= self.careful_until
            && self.stores.load(Ordering::Acquire)
    }

    /// A batch could be stored, or could not: while the database is away nothing is done.
    pub(super) fn stored(&self, stored: bool) {
        self.stores.store(stored, Ordering::Release);
    }
}

/// The run ends in order: no update has ended it.
pub(super) async fn end(intake: &Intake) -> Result<(), StoreError> {
    if intake.store.is_shared() {
        return Ok(());
    }
    facts::set(&mut *intake.store.write().await?, IN_ORDER, "1").await
}
