//! Limits that replicas share, in the database. Where that is away, each replica keeps to its own limits, which is said once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::App;
use crate::{
    ports::Ports,
    rates::{Pace, Reserved, Shared},
    store::{Store, StoreError, rates},
    vault::DataKey,
};

/// A database that needs longer is no help: calls would wait for it one after another.
const ANSWERS_WITHIN: Duration = Duration::from_millis(250);

struct InDatabase {
    store: Store,
    ports: Ports,
    /// Names are coded with it, so that nobody who reads the table can try out keys.
    key: Arc<DataKey>,
    is_away: AtomicBool,
}

impl App {
    /// Nothing where no other process can work on the same database.
    pub fn shared_rates(&self) -> Option<Arc<dyn Shared>> {
        self.store.is_shared().then(|| {
            Arc::new(InDatabase {
                store: self.store.clone(),
                ports: self.ports.clone(),
                key: self.fingerprint_key.clone(),
                is_away: AtomicBool::new(false),
            }) as Arc<dyn Shared>
        })
    }

    /// Forgets shared limits that are at rest.
    pub(super) async fn sweep_rates(&self) -> Result<(), StoreError> {
        if !self.store.is_shared() {
            return Ok(());
        }
        rates::sweep(&mut *self.store.write().await?).await
    }
}

#[async_trait]
impl Shared for InDatabase {
    async fn reserve(&self, pace: &Pace, calls: u32, patience: Duration) -> Reserved {
        let reserving = async {
            let mut c = self.store.write().await?;
            let spans = (pace.interval.saturating_mul(calls), pace.credit);
            rates::reserve(&mut c, &pace.name, spans, patience).await
        };
        let why = match self.ports.within(ANSWERS_WITHIN, reserving).await {
            Some(Ok(reserved)) => {
                if self.is_away.swap(false, Ordering::Relaxed) {
                    tracing::info!("limits are shared with the other replicas again");
                }
                return reserved.map_or(Reserved::TooLate, Reserved::After);
            }
            Some(Err(error)) => error.to_string(),
            None => "the database is slow".to_owned(),
        };
        if !self.is_away.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                why,
                "limits cannot be shared with the other replicas; each keeps to its own"
            );
        }
        Reserved::Unknown
    }

    fn name_of(&self, digest: &[u8; 32]) -> String {
        let code = self.key.code(&[b"rate:", digest.as_slice()].concat());
        BASE64_STANDARD.encode(&code[..16])
    }
}
