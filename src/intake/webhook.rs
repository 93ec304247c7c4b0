//! Updates that a web server brings in: those that come at the same time are committed together, and each is answered only when it is
//! stored or done. While the database is away the answer is no, at once: Telegram keeps what we do not take.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{
    Hook, Outage,
    entry::{Entry, Told},
    hook::{forget_poll, tend},
    outlast,
};
use crate::{
    domain::{Timestamp, UpdateId},
    store::StoreError,
};

/// Deliveries that wait for a commit at most. Telegram has far fewer under way.
const WAITING: usize = 256;

/// Between two looks at what Telegram says of our webhook.
const TEND_EVERY: Duration = Duration::from_mins(1);

/// Where a web server hands updates in; cheap to clone.
#[derive(Clone)]
pub struct Door(mpsc::Sender<Delivery>);

/// The other side of the [`Door`].
pub struct Arrivals(mpsc::Receiver<Delivery>);

struct Delivery {
    raw: String,
    stored: oneshot::Sender<()>,
}

/// It is not stored: Telegram has to bring it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotStored;

/// A door, and what arrives through it.
pub fn door() -> (Door, Arrivals) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (Door(sender), Arrivals(receiver))
}

impl Door {
    /// Brings one update in, as Telegram has sent it; returns when it is stored or done. What can never be read is taken too, and told in the
    /// log: it would be brought for ever.
    pub async fn bring(&self, raw: String) -> Result<(), NotStored> {
        let (stored, told) = oneshot::channel();
        let delivery = Delivery { raw, stored };
        self.0.try_send(delivery).map_err(|_| NotStored)?;
        told.await.map_err(|_| NotStored)
    }
}

/// Takes updates in until `stop`; what is then not stored is refused.
pub(super) async fn receive(
    entry: &Entry,
    mut arrivals: Arrivals,
    hook: Arc<Hook>,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    outlast(&entry.intake.ports, stop, || forget_poll(&entry.intake)).await?;
    let tending = tokio::spawn(keep(entry.clone(), hook, stop.clone()));
    let mut desk = Desk {
        entry,
        unsure: HashMap::new(),
        told: Told::new(),
        outage: Outage::default(),
    };
    let mut deliveries = Vec::new();
    loop {
        tokio::select! {
            count = arrivals.0.recv_many(&mut deliveries, WAITING) => if count == 0 { break },
            () = stop.cancelled() => break,
        }
        desk.take_in(std::mem::take(&mut deliveries)).await;
    }
    tending.abort();
    // Ends as cancelled.
    let _ = tending.await;
    Ok(())
}

/// Where deliveries become stored updates.
struct Desk<'e> {
    entry: &'e Entry,
    /// When updates were received first of which nobody knows whether they are stored.
    unsure: HashMap<UpdateId, Timestamp>,
    told: Told,
    outage: Outage,
}

impl Desk<'_> {
    async fn take_in(&mut self, deliveries: Vec<Delivery>) {
        let intake = &self.entry.intake;
        let now = intake.ports.now();
        intake.pulse.update_came(now);
        let raw = deliveries.iter().map(|delivery| delivery.raw.as_str());
        let batch = self.entry.read(raw).await;
        let received_at = |id| self.unsure.get(&id).copied().unwrap_or(now);
        match self.entry.store(&batch, None, received_at).await {
            Ok(_) => {
                for kept in &batch.kept {
                    self.unsure.remove(&kept.id);
                }
                if self.outage.ends("storing updates") {
                    self.told.clear();
                }
                for delivery in deliveries {
                    // Whoever has hung up asks again, and is then known.
                    let _ = delivery.stored.send(());
                }
            }
            Err(error) => {
                for kept in &batch.kept {
                    self.unsure.entry(kept.id).or_insert(now);
                }
                self.outage.begins("storing updates", "store", &error);
                self.entry.tell_once(&batch, &mut self.told);
            }
        }
    }
}

async fn keep(entry: Entry, hook: Arc<Hook>, stop: CancellationToken) {
    let (intake, outage) = (&entry.intake, Outage::default());
    while !stop.is_cancelled() {
        let since = intake.ports.now();
        tokio::select! {
            () = intake.ports.sleep(TEND_EVERY) => {}
            () = stop.cancelled() => return,
        }
        tend(intake, &hook, &outage, since).await;
    }
}
