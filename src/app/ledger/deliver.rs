//! The steps that put a secret in front of its person and take it away again. The place comes first: without one, nothing is created.

use std::{slice, time::Duration};

use super::{
    Ledger,
    recording::{Also, delivery_row, later},
};
use crate::{
    app::{AppError, Undelivered, pages::usual},
    domain::{
        MessageId, Operation, ShownOn,
        operation::{Event, Hindrance},
    },
    store::{accounts, deliveries, leases::Lease},
};

/// How long a shown secret stays in the chat.
const SHOWN_FOR: Duration = Duration::from_mins(10);

/// What a copy button holds, in UTF-16 units. A longer secret must be `code`, which clients do not copy from a protected message.
const COPY_BUTTON_LIMIT: usize = 256;

impl Ledger {
    /// Shows the secret. May be repeated: an edit that changes nothing proves that it is there.
    pub(super) async fn deliver(
        &self,
        operation: &mut Operation,
        lease: &Lease,
    ) -> Result<(), AppError> {
        let now = self.app.ports.now();
        let delivery =
            deliveries::get(&mut *self.app.store.read().await?, operation.number).await?;
        let Some(delivery) = delivery.filter(|delivery| now < delivery.ends_at) else {
            return self.time_is_up(operation, lease).await;
        };
        // As in a closed chat: it stays sealed, in case the person comes back onto the list before its end.
        if !self.app.allows(operation.person) {
            let event = later(Hindrance::NotAllowed);
            return self.record(operation, lease, event, &Also::Nothing).await;
        }
        let number = operation.number.to_string();
        let secret = self
            .app
            .vault
            .open(delivery_row(&number), &delivery.secret)?;
        let account = accounts::get(&mut *self.app.store.read().await?, &operation.account).await?;
        let on_page = account
            .as_ref()
            .is_some_and(|account| usual(&self.app, account) == ShownOn::Page);
        let open = !on_page && secret.utf16_len() > COPY_BUTTON_LIMIT;
        let mut offered = on_page;
        let mut shown = match self.place_for(operation, lease, open).await? {
            Ok(place) if on_page => self.messenger.offer(operation, place).await,
            Ok(place) => self.messenger.reveal(operation, place, &secret).await,
            Err(undelivered) => Err(undelivered),
        };
        let chosen = account.and_then(|account| account.shown_on);
        if on_page && shown == Err(Undelivered::Refused) && chosen.is_none() {
            // Telegram takes no button to such an address, and nobody has asked for one: in the chat it is not lost.
            offered = false;
            let place = operation.detail.place;
            shown = self.messenger.reveal(operation, place, &secret).await;
        }
        let until = now.plus(SHOWN_FOR).min(delivery.ends_at);
        let event = match shown {
            Ok(()) if offered => Event::Offered(until),
            Ok(()) => Event::Shown(until),
            // Somebody deleted the place; the next round takes a new one.
            Err(Undelivered::Gone) => Event::Moved(MessageId(0), false),
            Err(Undelivered::Closed) => later(Hindrance::ChatClosed),
            Err(Undelivered::Away | Undelivered::Refused) => later(Hindrance::TelegramAway),
        };
        self.record_answer(operation, lease, event, &Also::Nothing)
            .await
    }

    /// The reserved place, or a new one where there is none or the secret needs another kind: an open one, from which can be copied.
    async fn place_for(
        &self,
        operation: &mut Operation,
        lease: &Lease,
        open: bool,
    ) -> Result<Result<MessageId, Undelivered>, AppError> {
        let reserved = operation.detail.place;
        if reserved != MessageId(0) && open == operation.detail.open_place {
            return Ok(Ok(reserved));
        }
        let place = match self.messenger.reserve(operation, !open).await {
            Ok(place) => place,
            Err(undelivered) => return Ok(Err(undelivered)),
        };
        self.record_answer(operation, lease, Event::Moved(place, open), &Also::Nothing)
            .await?;
        Ok(Ok(place))
    }

    /// Takes a shown secret out of the chat after its time, and the sealed one out of the database after its.
    pub(super) async fn take_away(
        &self,
        operation: &mut Operation,
        lease: &Lease,
    ) -> Result<(), AppError> {
        let delivery =
            deliveries::get(&mut *self.app.store.read().await?, operation.number).await?;
        match delivery {
            Some(delivery) if self.app.ports.now() < delivery.ends_at => {
                let event = Event::Hidden(delivery.ends_at);
                self.record(operation, lease, event, &Also::Nothing).await
            }
            _ => self.time_is_up(operation, lease).await,
        }
    }

    /// Nobody has saved it: it is wiped, and its person hears of it, since an edit of the card makes no sound.
    async fn time_is_up(&self, operation: &mut Operation, lease: &Lease) -> Result<(), AppError> {
        let words = self.messenger.reminder(slice::from_ref(operation)).await;
        self.record(operation, lease, Event::TimeUp, &Also::Reminder(&words))
            .await
    }
}
