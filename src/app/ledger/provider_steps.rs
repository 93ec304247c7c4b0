//! The steps that call a provider. A call that changes something is recorded before it is sent and never repeated blindly;
//! a lost answer is resolved by reading.

use tokio_util::sync::CancellationToken;

use super::{
    Ledger,
    call::Call,
    recording::{Also, delivery_row, later},
};
use crate::{
    app::AppError,
    domain::{
        Key, Keys, Operation, Timestamp,
        operation::{Event, Hindrance, ISSUE_TRIES_FOR, Reason, Step},
    },
    providers::{Access, ProviderError},
    store::{deliveries, keys, leases::Lease, operations},
};

impl Ledger {
    /// Carries out the present step and records what came of it.
    pub(super) async fn carry_out(
        &self,
        operation: &mut Operation,
        lease: &Lease,
        stop: &CancellationToken,
    ) -> Result<(), AppError> {
        let begun = !matches!(operation.step, Step::Reserve | Step::Note | Step::Ask);
        if !begun && self.app.ports.now().since(operation.started_at) >= ISSUE_TRIES_FOR {
            let event = Event::NotDone(operation.too_late());
            return self.record(operation, lease, event, &Also::Nothing).await;
        }
        // Nobody is given a new key who may not be shown one.
        if !begun && !self.app.allows(operation.person) {
            let event = Event::NotDone(Reason::NotAllowed);
            return self.record(operation, lease, event, &Also::Nothing).await;
        }
        match operation.step {
            Step::Approval => self.not_approved(operation, lease).await,
            Step::Reserve => self.reserve(operation, lease, stop).await,
            Step::Deliver => self.deliver(operation, lease).await,
            Step::Shown => self.take_away(operation, lease).await,
            Step::Overlap => self.overlap(operation, lease).await,
            // The process ended between the record and the answer.
            Step::Asked => {
                self.record(operation, lease, Event::AnswerLost, &Also::Nothing)
                    .await
            }
            Step::Note | Step::Ask | Step::Unknown | Step::Prove | Step::Revoke | Step::Verify => {
                self.call_provider(operation, lease).await
            }
            // Only its person moves it on.
            Step::Orphan | Step::Ended => {
                operation.next_try_at = Timestamp::FAR;
                Ok(())
            }
        }
    }

    async fn call_provider(
        &self,
        operation: &mut Operation,
        lease: &Lease,
    ) -> Result<(), AppError> {
        let ready = match self.ready(operation).await? {
            Ok(ready) => ready,
            Err(event) => return self.record(operation, lease, event, &Also::Nothing).await,
        };
        let call = ready.call(&self.app);
        match operation.step {
            Step::Note => {
                let known = call.known(operation.keys()).await;
                self.noted(operation, lease, &call, Vec::new(), known).await
            }
            Step::Ask => self.ask(operation, lease, &call).await,
            Step::Unknown => self.look(operation, lease, &call).await,
            Step::Prove => self.prove(operation, lease, &call).await,
            Step::Revoke => self.revoke(operation, lease, &call).await,
            _ => self.verify(operation, lease, &call).await,
        }
    }

    async fn ask(
        &self,
        operation: &mut Operation,
        lease: &Lease,
        call: &Call<'_>,
    ) -> Result<(), AppError> {
        if let Some(event) = self.hindered(operation).await? {
            return self.record(operation, lease, event, &Also::Nothing).await;
        }
        self.record(operation, lease, Event::Sending, &Also::Nothing)
            .await?;
        self.make(operation, lease, call).await
    }

    /// The call that makes a key; it is recorded that it is sent.
    pub(super) async fn make(
        &self,
        operation: &mut Operation,
        lease: &Lease,
        call: &Call<'_>,
    ) -> Result<(), AppError> {
        let made = match operation.keys() {
            Keys::Many => call
                .provider
                .create(call.access, &operation.detail.label)
                .await
                .map(|new| (new.secret, new.key)),
            Keys::One | Keys::Guided => call
                .provider
                .replace(call.access)
                .await
                .map(|secret| call.only_key(secret)),
        };
        match made {
            Ok((secret, key)) => self.record_new_key(operation, &secret, &key).await,
            Err(error) => {
                let (event, also) = call.before_asking(operation, error);
                self.record_answer(operation, lease, event, &also).await
            }
        }
    }

    /// Reads what became of a lost answer.
    async fn look(
        &self,
        operation: &mut Operation,
        lease: &Lease,
        call: &Call<'_>,
    ) -> Result<(), AppError> {
        if operation.keys() != Keys::Many && call.was_relinked(operation) {
            return self
                .record(operation, lease, Event::Relinked, &Also::Nothing)
                .await;
        }
        let asked_at = self.app.ports.now();
        let read = match operation.keys() {
            Keys::Many => match call.provider.list(call.access).await {
                Ok(listed) => Ok(self.newcomers(operation, listed, asked_at).await?),
                Err(error) => Err(error),
            },
            Keys::One | Keys::Guided => call
                .provider
                .probe(call.access)
                .await
                .map(|()| Event::OldKeyWorks(asked_at)),
        };
        let (event, also) = match read {
            Ok(event) => (event, Also::Nothing),
            Err(ProviderError::Refused) if operation.keys() != Keys::Many => {
                (Event::OldKeyDead, Also::CredentialLost(call.account))
            }
            Err(error) => call.while_reading(operation, error),
        };
        self.record(operation, lease, event, &also).await
    }

    async fn newcomers(
        &self,
        operation: &Operation,
        mut listed: Vec<Key>,
        asked_at: Timestamp,
    ) -> Result<Event, AppError> {
        let mut c = self.app.store.read().await?;
        let others = keys::made_by_others(&mut c, &operation.account, operation.number).await?;
        listed.retain(|key| !others.contains(&key.id));
        let (ours, others) = operation.split_newcomers(&listed);
        Ok(Event::Looked {
            ours,
            others,
            asked_at,
        })
    }

    /// Tries the new key before the old one dies.
    async fn prove(
        &self,
        operation: &mut Operation,
        lease: &Lease,
        call: &Call<'_>,
    ) -> Result<(), AppError> {
        let number = operation.number.to_string();
        let delivery =
            deliveries::get(&mut *self.app.store.read().await?, operation.number).await?;
        let in_time = delivery.filter(|delivery| self.app.ports.now() < delivery.ends_at);
        let Some(delivery) = in_time else {
            return self
                .record(operation, lease, Event::Unproven, &Also::Nothing)
                .await;
        };
        let new = self
            .app
            .vault
            .open(delivery_row(&number), &delivery.secret)?;
        // Rotated once more, or linked with another one, before anybody said that it is saved.
        if operation.keys() != Keys::Many && !new.is_same(call.access.credential) {
            return self
                .record(operation, lease, Event::Replaced, &Also::Nothing)
                .await;
        }
        let access = Access {
            credential: &new,
            ..call.access
        };
        let (event, also) = match call.provider.probe(access).await {
            Ok(()) if operation.keys() == Keys::Many && operation.detail.own_credential => {
                (Event::Proven, Also::NewCredential(&new))
            }
            Ok(()) => (Event::Proven, Also::Nothing),
            Err(ProviderError::Refused) if operation.keys() == Keys::Many => {
                (Event::Unproven, Also::Nothing)
            }
            Err(ProviderError::Refused) => (Event::Unproven, Also::Refused(call.account)),
            Err(error) => call.while_reading(operation, error),
        };
        self.record(operation, lease, event, &also).await
    }

    async fn revoke(
        &self,
        operation: &mut Operation,
        lease: &Lease,
        call: &Call<'_>,
    ) -> Result<(), AppError> {
        let Some((key, _)) = operation.detail.revoking.clone() else {
            return Err(AppError::Broken(format!(
                "operation {} revokes nothing",
                operation.number
            )));
        };
        let own = operation.detail.own_credential;
        if own
            && operations::comes_after_others(&mut *self.app.store.read().await?, operation).await?
        {
            let event = later(Hindrance::AfterOthers);
            return self.record(operation, lease, event, &Also::Nothing).await;
        }
        let (event, also) = match call.provider.revoke(call.access, &key.id).await {
            Ok(()) | Err(ProviderError::NotFound) => (Event::RevokeAccepted, Also::Nothing),
            // Asked again after a lost answer, with the key that died of it.
            Err(ProviderError::Refused)
                if operation.tries > 0 && call.account.seems_own(&key.last_four) =>
            {
                (Event::Gone, Also::Refused(call.account))
            }
            Err(ProviderError::Invalid(_)) => (Event::RevokeRefused, Also::Nothing),
            Err(error) => call.while_reading(operation, error),
        };
        self.record_answer(operation, lease, event, &also).await
    }

    /// Accepted is not gone: the list tells.
    async fn verify(
        &self,
        operation: &mut Operation,
        lease: &Lease,
        call: &Call<'_>,
    ) -> Result<(), AppError> {
        let Some((key, _)) = operation.detail.revoking.clone() else {
            return Err(AppError::Broken(format!(
                "operation {} revokes nothing",
                operation.number
            )));
        };
        let (event, also) = match call.provider.list(call.access).await {
            Ok(listed)
                if listed
                    .iter()
                    .any(|other| other.id == key.id && other.is_alive()) =>
            {
                (later(Hindrance::StillAlive), Also::Nothing)
            }
            // With its project its keys are gone, too.
            Ok(_) | Err(ProviderError::NotFound) => (Event::Gone, Also::Nothing),
            // The key that we ask with is the one that died.
            Err(ProviderError::Refused) if call.account.seems_own(&key.last_four) => {
                (Event::Gone, Also::Refused(call.account))
            }
            Err(error) => call.while_reading(operation, error),
        };
        self.record(operation, lease, event, &also).await
    }
}
