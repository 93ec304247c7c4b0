//! Which process polls, where several could: one, by a lease; the others stand by and take over when it ends or dies. Two that poll
//! would take each other's updates away.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{entry::Entry, outlast, poll::poll};
use crate::{
    domain::Scope,
    store::{
        StoreError,
        leases::{self, Lease},
    },
};

/// Between two tries to become the one, and between two signs of life of the one.
const EVERY: Duration = Duration::from_secs(2);

/// Polls whenever it is this process's turn, until `stop`.
pub(super) async fn poll_in_turn(
    entry: &Entry,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let intake = &entry.intake;
    let mut stood_by = false;
    while !stop.is_cancelled() {
        let Some(lease) = outlast(&intake.ports, stop, || take(entry)).await? else {
            if !std::mem::replace(&mut stood_by, true) {
                tracing::info!("another process polls; standing by");
            }
            tokio::select! {
                () = intake.ports.sleep(EVERY) => {}
                () = stop.cancelled() => {}
            }
            continue;
        };
        if std::mem::take(&mut stood_by) {
            tracing::info!("this process polls now");
        }
        let polled = tokio::select! {
            polled = poll(entry, &lease, stop) => polled,
            () = lose(entry, &lease) => {
                tracing::warn!("another process may poll by now");
                Ok(())
            }
        };
        if let Err(error) = give_back(entry, &lease).await {
            tracing::debug!(%error, "the turn to poll ends by itself");
        }
        polled?;
    }
    Ok(())
}

async fn take(entry: &Entry) -> Result<Option<Lease>, StoreError> {
    let intake = &entry.intake;
    let scope = Scope("telegram/poll".to_owned());
    leases::take(
        &mut *intake.store.sign().await?,
        &scope,
        intake.replica.id(),
    )
    .await
}

async fn give_back(entry: &Entry, lease: &Lease) -> Result<(), StoreError> {
    leases::release(&mut *entry.intake.store.sign().await?, lease).await
}

/// Gives signs of life for as long as they count; ends when the turn is lost.
async fn lose(entry: &Entry, lease: &Lease) {
    let intake = &entry.intake;
    if !intake.store.is_shared() {
        return std::future::pending().await;
    }
    loop {
        intake.ports.sleep(EVERY).await;
        let held = async {
            let mut c = intake.store.sign().await?;
            leases::renew(&mut c, intake.replica.id(), std::slice::from_ref(lease)).await
        };
        match held.await {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => tracing::debug!(%error, "no sign of life of who polls"),
        }
    }
}
