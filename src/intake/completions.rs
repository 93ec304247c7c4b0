//! Wipes handled updates, many in one commit: an update that changed nothing need not wait for its own.
//! If the process dies before, such an update is merely answered once more.

use std::time::Duration;

use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
};

use super::Intake;
use crate::{
    domain::UpdateId,
    store::{StoreError, inbox},
};

/// Updates wiped by one commit at most.
const BATCH: usize = 256;

/// Between two tries while the database is away.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(super) struct Completions(UnboundedSender<UpdateId>);

impl Completions {
    pub(super) fn done(&self, id: UpdateId) {
        // The receiver lives as long as a sender does; without it the process is ending and the update is handled again.
        let _ = self.0.send(id);
    }
}

/// The task ends when the last `Completions` is dropped and everything is written.
pub(super) fn start(intake: Intake) -> (Completions, JoinHandle<()>) {
    let (sender, receiver) = unbounded_channel();
    (
        Completions(sender),
        tokio::spawn(complete(intake, receiver)),
    )
}

async fn complete(intake: Intake, mut receiver: UnboundedReceiver<UpdateId>) {
    let mut batch = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        while let Err(error) = write(&intake, &batch).await {
            tracing::debug!(%error, "cannot wipe handled updates yet");
            intake.ports.sleep(PAUSE).await;
        }
        batch.clear();
    }
}

async fn write(intake: &Intake, batch: &[UpdateId]) -> Result<(), StoreError> {
    let mut tx = intake.store.begin().await?;
    for id in batch {
        inbox::done(&mut tx, *id).await?;
    }
    tx.commit().await
}
