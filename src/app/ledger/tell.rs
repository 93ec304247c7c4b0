//! How the ledger tells people where their operations stand: the card, and reminders: of a revocation that stays open, and of an old
//! key's end.

use std::{slice, time::Duration};

use super::{BUSY_PAUSE, Ledger, Rest, recording::Also};
use crate::{
    app::{AppError, Undelivered},
    domain::{
        MessageId, Operation, OperationNumber, Timestamp,
        operation::{Event, REMIND_EVERY, Reason},
    },
    store::{StoreError, cards, leases::Lease, operations},
};

/// While Telegram is away.
const AWAY_PAUSE: Duration = Duration::from_secs(5);

impl Ledger {
    /// Whoever waits sees that something is being done; how it ends is told by [`Ledger::tell`].
    pub(super) async fn show_progress(&self, number: OperationNumber) {
        let shows = |operation: &Operation| {
            operation.number == number
                && operation.card.message != MessageId(0)
                && operation.detail.part_of.is_none()
        };
        match self.together(number).await {
            Ok(together) if together.iter().any(shows) => {}
            _ => return,
        }
        if let Err(error) = self.show_in_turn(number).await {
            tracing::debug!(operation = number.0, %error, "the progress could not be shown");
        }
    }

    /// Draws a card as it stands now, unless another replica is drawing it: its edit must not arrive after a newer one.
    async fn show_in_turn(&self, number: OperationNumber) -> Result<(), AppError> {
        let app = &self.app;
        let (is_shared, teller) = (app.store.is_shared(), app.replica.id());
        if is_shared && !cards::claim(&mut *app.store.write().await?, number, teller).await? {
            return Ok(());
        }
        let shown = match self.together(number).await {
            Ok(together) => self.messenger.show(&together).await,
            Err(error) => {
                tracing::debug!(operation = number.0, %error, "the progress cannot be read");
                Ok(None)
            }
        };
        if !is_shared && !matches!(shown, Ok(Some(_))) {
            return Ok(());
        }
        let mut c = app.store.write().await?;
        if let Ok(Some(card)) = shown {
            cards::put_card(&mut c, number, card).await?;
        }
        // Whoever was silent for too long may have drawn over what another one has drawn since.
        if is_shared && !cards::release(&mut c, number, teller).await? {
            cards::untell(&mut c, number).await?;
        }
        Ok(())
    }

    /// Takes places that have served out of the chat, and makes the card show where the operation stands.
    pub(super) async fn tell(&self, number: OperationNumber) -> Result<Rest, AppError> {
        let app = &self.app;
        if app.store.is_shared()
            && !cards::claim(&mut *app.store.write().await?, number, app.replica.id()).await?
        {
            return Ok(Some(BUSY_PAUSE));
        }
        let mut together = self.together(number).await?;
        let Some(operation) = together
            .iter_mut()
            .find(|operation| operation.number == number)
        else {
            return Ok(None);
        };
        for place in std::mem::take(&mut operation.detail.leaving) {
            match self.messenger.withdraw(operation.person, place).await {
                Err(Undelivered::Away) => return Ok(Some(AWAY_PAUSE)),
                // It still stands there: its turn comes when the person is back.
                Err(Undelivered::Closed) => operation.detail.leaving.push(place),
                // One that is gone needs nothing more.
                Ok(()) | Err(Undelivered::Gone | Undelivered::Refused) => {}
            }
        }
        let operation = operation.clone();
        if let Some(first) = operation.detail.part_of {
            // Left to the first one, so that no two workers draw the same card.
            let mut tx = self.app.store.begin().await?;
            // In the order of their numbers, as everywhere.
            cards::untell(&mut tx, first).await?;
            cards::told(&mut tx, &operation).await?;
            tx.commit().await?;
            return Ok(Some(Duration::ZERO));
        }
        match self.messenger.show(&together).await {
            Ok(Some(card)) => {
                cards::put_card(&mut *self.app.store.write().await?, number, card).await?;
            }
            // In a closed chat there is nobody to tell; what is recorded stands in /status.
            Ok(None) | Err(Undelivered::Closed | Undelivered::Gone | Undelivered::Refused) => {}
            Err(Undelivered::Away) => return Ok(Some(AWAY_PAUSE)),
        }
        let mut c = self.app.store.write().await?;
        if cards::told(&mut c, &operation).await? {
            return Ok(None);
        }
        // What was recorded meanwhile is shown next; and what another one has drawn while this one was silent, once more.
        if self.app.store.is_shared()
            && !cards::release(&mut c, number, self.app.replica.id()).await?
        {
            cards::untell(&mut c, number).await?;
        }
        Ok(Some(Duration::ZERO))
    }

    /// The operations that the same press has started, that one among them.
    async fn together(&self, number: OperationNumber) -> Result<Vec<Operation>, StoreError> {
        operations::together(&mut *self.app.store.read().await?, number).await
    }

    /// Nobody has said enough in time: whoever asked is told in private, since an edit in the group makes no sound.
    pub(super) async fn not_approved(
        &self,
        operation: &mut Operation,
        lease: &Lease,
    ) -> Result<(), AppError> {
        let words = self.messenger.reminder(slice::from_ref(operation)).await;
        let event = Event::NotDone(Reason::NotApproved);
        self.record(operation, lease, event, &Also::Reminder(&words))
            .await
    }

    /// Both keys live: reminds of the old one's end a while before, and lets it die when its time has come.
    pub(super) async fn overlap(
        &self,
        operation: &mut Operation,
        lease: &Lease,
    ) -> Result<(), AppError> {
        if operation.detail.old_dies_at <= self.app.ports.now() {
            return self
                .record(operation, lease, Event::RevokeOld, &Also::Nothing)
                .await;
        }
        let words = self.messenger.reminder(slice::from_ref(operation)).await;
        self.record(operation, lease, Event::Reminded, &Also::Reminder(&words))
            .await
    }

    /// Reminds of a revocation that has been open for long. Several that one press has started are one reminder, which is the
    /// business of the first that is open.
    pub(super) async fn remind(
        &self,
        operation: &mut Operation,
        lease: &Lease,
    ) -> Result<(), AppError> {
        let now = self.app.ports.now();
        if !operation.is_revoking() || now.since(operation.started_at) < REMIND_EVERY {
            return Ok(());
        }
        let mut open = self.together(operation.number).await?;
        let last = open
            .iter()
            .map(|operation| operation.detail.reminded_at)
            .max()
            .unwrap_or(Timestamp::NEVER);
        open.retain(Operation::is_revoking);
        let is_first = open
            .first()
            .is_some_and(|first| first.number == operation.number);
        if !is_first || now.since(last) < REMIND_EVERY {
            return Ok(());
        }
        let words = self.messenger.reminder(&open).await;
        self.record(operation, lease, Event::Reminded, &Also::Reminder(&words))
            .await
    }
}
