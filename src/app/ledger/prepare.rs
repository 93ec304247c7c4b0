//! What comes before the call that makes a key: a place for its secret, and a look which keys there are. Nothing is sent that changes
//! anything before both are written down.

use futures::future::{Either, select};
use tokio_util::sync::CancellationToken;

use super::{
    Ledger,
    call::Call,
    recording::{Also, later},
};
use crate::{
    app::{AppError, Undelivered, pause},
    domain::{
        KeyId, MessageId, Operation,
        operation::{Event, Hindrance},
    },
    providers::ProviderError,
    store::{leases::Lease, operations},
};

/// How soon to look again whether the scope is free of lost answers.
const QUEUE_LOOK: std::time::Duration = std::time::Duration::from_secs(2);

/// After so long it is looked anew which keys there are.
const FRESH: std::time::Duration = std::time::Duration::from_secs(2);

/// So long the place waits to be written down together with the keys that there are.
const TOGETHER: std::time::Duration = std::time::Duration::from_millis(250);

impl Ledger {
    /// Sends the placeholder and looks which keys there are, side by side: neither changes anything at the provider.
    pub(super) async fn reserve(
        &self,
        operation: &mut Operation,
        lease: &Lease,
        stop: &CancellationToken,
    ) -> Result<(), AppError> {
        let (ready, keys) = (self.ready(operation).await?, operation.keys());
        let call = ready.as_ref().ok().map(|ready| ready.call(&self.app));
        let began = self.app.ports.now();
        // Never left alone: it may have the turn in the line before the provider, for which others wait.
        let mut looking = Box::pin(async {
            match &call {
                Some(call) => Some(call.known(keys).await),
                None => None,
            }
        });
        let reserving = self.messenger.reserve(operation, true);
        let (place, looked) = match select(reserving, &mut looking).await {
            Either::Left((place, _)) => {
                let more = self.app.ports.within(TOGETHER, &mut looking);
                (place, if place.is_ok() { more.await } else { None })
            }
            Either::Right((looked, reserving)) => (reserving.await, Some(looked)),
        };
        let event = match place {
            Ok(place) => Event::PlaceReserved(place),
            Err(Undelivered::Closed | Undelivered::Gone) => Event::PlaceRefused,
            Err(Undelivered::Away | Undelivered::Refused) => later(Hindrance::TelegramAway),
        };
        let reserved = place.as_ref().ok().copied();
        let is_fresh = self.app.ports.now().since(began) < FRESH && !stop.is_cancelled();
        let (Some(call), Ok(_), true) = (&call, place, is_fresh) else {
            // What was read in vain, or so long ago, is read again at the next step.
            drop(looking);
            let recorded = self.record(operation, lease, event, &Also::Nothing).await;
            return self.kept(operation, reserved, recorded).await;
        };
        if let Some(Some(known)) = looked {
            let noted = self.noted(operation, lease, call, vec![event], known).await;
            return self.kept(operation, reserved, noted).await;
        }
        // A place that nobody remembers would stay in the chat: it does not wait for a slow provider.
        let recording = self.record(operation, lease, event, &Also::Nothing);
        let (recorded, looked) = tokio::join!(recording, looking);
        self.kept(operation, reserved, recorded).await?;
        match looked {
            Some(known) if !stop.is_cancelled() => {
                self.noted(operation, lease, call, Vec::new(), known).await
            }
            _ => Ok(()),
        }
    }

    /// A place that could not be written down goes out of the chat again: the next try takes another one.
    async fn kept(
        &self,
        operation: &Operation,
        reserved: Option<MessageId>,
        recorded: Result<(), AppError>,
    ) -> Result<(), AppError> {
        if let (Err(_), Some(place)) = (&recorded, reserved)
            && operation.detail.place != place
            && let Err(undelivered) = self.messenger.withdraw(operation.person, place).await
        {
            tracing::debug!(
                operation = operation.number.0,
                ?undelivered,
                "a place stays that nobody uses"
            );
        }
        recorded
    }

    /// The keys before the call are known, or why not; `before` is recorded with it.
    pub(super) async fn noted(
        &self,
        operation: &mut Operation,
        lease: &Lease,
        call: &Call<'_>,
        mut before: Vec<Event>,
        known: Result<Vec<KeyId>, ProviderError>,
    ) -> Result<(), AppError> {
        let (event, also) = match known {
            // What is known and that it is asked for now are one commit.
            Ok(known) if matches!(self.hindered(operation).await, Ok(None)) => {
                before.push(Event::Noted(known));
                let also = Also::Nothing;
                self.record_after(operation, lease, before, Event::Sending, &also)
                    .await?;
                return self.make(operation, lease, call).await;
            }
            Ok(known) => (Event::Noted(known), Also::Nothing),
            Err(error) => call.before_asking(operation, error),
        };
        self.record_after(operation, lease, before, event, &also)
            .await
    }

    /// What keeps a key from being asked for now.
    pub(super) async fn hindered(&self, operation: &Operation) -> Result<Option<Event>, AppError> {
        let mut c = self.app.store.read().await?;
        if operations::is_unresolved(&mut c, &operation.scope, operation.number).await? {
            return Ok(Some(Event::TryLater(Hindrance::Queued, Some(QUEUE_LOOK))));
        }
        let paused = pause::is_paused(&mut c).await?;
        Ok(paused.then(|| later(Hindrance::Paused)))
    }
}
