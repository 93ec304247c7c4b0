//! How the ledger records under its lease: what an event changes besides the operation goes into the same transaction.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

use super::{
    Ledger, PAUSE,
    record::{record, record_from},
};
use crate::{
    app::{AppError, UserError, access::credential_row, accounts::mark_refused},
    domain::{
        Account, AccountState, AuditAction, Key, Keys, Operation, Timestamp,
        operation::{Event, Hindrance},
    },
    secret::Secret,
    store::{
        Connection, accounts, deliveries, key_ages, keys,
        leases::{self, Lease},
        operations,
    },
    vault::Row,
};

/// How long a secret stays sealed for its person at most.
pub(super) const SEALED_FOR: Duration = Duration::from_hours(24);

/// Between two tries to record a new key.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What changes together with the operation.
pub(super) enum Also<'a> {
    Nothing,
    /// The account's credential was refused.
    Refused(&'a Account),
    /// The account's credential is dead, and the one in its place was lost.
    CredentialLost(&'a Account),
    /// Its owner is reminded with these words.
    Reminder(&'a [u8]),
    /// The new key takes the place of the account's own credential.
    NewCredential(&'a Secret),
}

impl Ledger {
    /// Records an event, unless the lease is lost or somebody else moved the operation on.
    pub(super) async fn record(
        &self,
        operation: &mut Operation,
        lease: &Lease,
        event: Event,
        also: &Also<'_>,
    ) -> Result<(), AppError> {
        self.record_after(operation, lease, Vec::new(), event, also)
            .await
    }

    /// The same after others that have happened already, and that nobody has to be told of by themselves.
    pub(super) async fn record_after(
        &self,
        operation: &mut Operation,
        lease: &Lease,
        before: Vec<Event>,
        event: Event,
        also: &Also<'_>,
    ) -> Result<(), AppError> {
        let now = self.app.ports.now();
        let (mut moved, step) = (operation.clone(), operation.step);
        for event in before {
            moved.apply(event, now).map_err(|_| UserError::MovedOn)?;
        }
        let mut tx = self.app.store.begin().await?;
        let (from, actor) = ((step, Some(lease)), operation.person);
        record_from(&self.app, &mut tx, from, &mut moved, event, actor, now).await?;
        self.also(&mut tx, &moved, also, now).await?;
        // Whoever rests needs no lease; what is reminded of is still to be done under it.
        let rests = !moved.is_due(now) && !moved.is_revoking();
        if rests {
            leases::release(&mut tx, lease).await?;
        }
        tx.commit().await?;
        if rests {
            self.holds_no_more(operation.number);
        }
        *operation = moved;
        Ok(())
    }

    /// The same after a call: what came back must not be lost because the database is away for a moment.
    pub(super) async fn record_answer(
        &self,
        operation: &mut Operation,
        lease: &Lease,
        event: Event,
        also: &Also<'_>,
    ) -> Result<(), AppError> {
        loop {
            match self.record(operation, lease, event.clone(), also).await {
                Err(AppError::Store(error)) if error.is_outage() => {
                    tracing::error!(operation = operation.number.0, %error, "an answer cannot be recorded yet; holding it");
                    self.app.ports.sleep(PAUSE).await;
                }
                recorded => return recorded,
            }
        }
    }

    /// Records a new key. Neither a lost lease nor a look that took it for lost may cost its secret, which exists nowhere else:
    /// whoever has it in hand is right.
    pub(super) async fn record_new_key(
        &self,
        operation: &mut Operation,
        secret: &Secret,
        key: &Key,
    ) -> Result<(), AppError> {
        let mut pauses = ExponentialBuilder::default()
            .with_min_delay(PAUSE)
            .with_max_delay(LONGEST_PAUSE)
            .without_max_times()
            .build();
        loop {
            match self.record_new_key_once(operation, secret, key).await {
                Err(AppError::Store(error)) => {
                    tracing::error!(operation = operation.number.0, %error, "a new key cannot be recorded yet; holding it");
                    let pause = pauses.next().unwrap_or(LONGEST_PAUSE);
                    self.app.ports.sleep(pause).await;
                }
                recorded => return recorded,
            }
        }
    }

    async fn record_new_key_once(
        &self,
        operation: &mut Operation,
        secret: &Secret,
        key: &Key,
    ) -> Result<(), AppError> {
        let now = self.app.ports.now();
        let mut tx = self.app.store.begin().await?;
        let current = operations::lock(&mut tx, operation.number).await?;
        let Some(mut moved) = current.filter(|current| current.sent_at == operation.sent_at) else {
            return Err(UserError::MovedOn.into());
        };
        let event = Event::Created(key.to_ref());
        record(&self.app, &mut tx, &mut moved, event, operation.person, now).await?;
        self.keep_secret(&mut tx, &moved, secret, key, now).await?;
        tx.commit().await?;
        *operation = moved;
        Ok(())
    }

    async fn also(
        &self,
        c: &mut Connection,
        operation: &Operation,
        also: &Also<'_>,
        now: Timestamp,
    ) -> Result<(), AppError> {
        match also {
            Also::Nothing => {}
            Also::Refused(account) => {
                mark_refused(&self.app, c, account, operation.person, now).await?;
            }
            Also::CredentialLost(account) => {
                let current = accounts::lock(c, &account.id).await?;
                // One that was linked meanwhile is not the one that died.
                if current.is_some_and(|current| current.credential == account.credential) {
                    accounts::set_state(c, &account.id, AccountState::Lost).await?;
                }
            }
            Also::Reminder(words) => {
                let id = format!("reminder-{}-{}", operation.number, now.millis());
                let chat = operation.person.private_chat();
                self.app.add_answer(c, &id, chat, words, now).await?;
            }
            Also::NewCredential(secret) => self.keep_credential(c, operation, secret, now).await?,
        }
        Ok(())
    }

    /// A new secret is sealed for its person; where there is one key it is the account's credential too.
    async fn keep_secret(
        &self,
        c: &mut Connection,
        operation: &Operation,
        secret: &Secret,
        key: &Key,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let number = operation.number.to_string();
        let delivery = deliveries::Delivery {
            secret: self.app.vault.seal(delivery_row(&number), secret)?,
            ends_at: now.plus(SEALED_FOR),
            opened_at: Timestamp::NEVER,
        };
        deliveries::insert(c, operation.number, &delivery).await?;
        match operation.keys() {
            Keys::Many => {
                keys::record(c, &operation.account, key, operation.number).await?;
                // One that came without an id cannot be known again.
                let old = operation.detail.old_key.as_ref();
                if let Some(old) = old.filter(|_| !key.id.as_str().is_empty()) {
                    key_ages::inherit(c, &operation.account, &old.id, &key.id).await?;
                }
                let app = &self.app;
                app.watch_key(c, &operation.account, key.to_ref(), secret)
                    .await?;
            }
            Keys::One | Keys::Guided => self.keep_credential(c, operation, secret, now).await?,
        }
        Ok(())
    }

    async fn keep_credential(
        &self,
        c: &mut Connection,
        operation: &Operation,
        secret: &Secret,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let sealed = self
            .app
            .vault
            .seal(credential_row(&operation.account), secret)?;
        accounts::set_credential(c, &operation.account, &sealed, &secret.last_four(), now).await?;
        let app = &self.app;
        app.watch_credential(c, &operation.account, secret).await?;
        let mut note = crate::app::audit::Note::operation(
            operation,
            now,
            operation.person,
            AuditAction::Relinked,
        );
        note.subject = format!("{} …{}", operation.detail.account_name, secret.last_four());
        self.app.write_down(c, note).await
    }
}

/// The place of a sealed new secret.
pub(in crate::app) fn delivery_row(number: &str) -> Row<'_> {
    Row {
        column: "deliveries.secret",
        id: number,
    }
}

/// Waiting because a call could not be made or read.
pub(super) fn later(why: Hindrance) -> Event {
    Event::TryLater(why, None)
}
