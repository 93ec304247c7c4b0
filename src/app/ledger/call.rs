//! A provider's call on an operation's account, and what its failures mean for the operation.

use super::{
    Ledger,
    recording::{Also, later},
};
use crate::{
    app::{App, AppError},
    domain::{
        Account, AccountState, Key, KeyId, Keys, Operation,
        operation::{Event, Hindrance, Reason},
    },
    providers::{Access, Provider, ProviderError},
    secret::Secret,
    store::accounts,
};

impl Ledger {
    /// What calls on an operation's account need, or what is to be recorded since there is none.
    pub(super) async fn ready(
        &self,
        operation: &Operation,
    ) -> Result<Result<Ready, Event>, AppError> {
        let account = accounts::get(&mut *self.app.store.read().await?, &operation.account).await?;
        let Some(account) = account.filter(|account| account.state != AccountState::Unlinked)
        else {
            return Ok(Err(Event::Withdrawn));
        };
        Ok(match self.app.credential(&account) {
            Ok(credential) => Ok(Ready {
                account,
                credential,
            }),
            Err(error) => {
                tracing::error!(account = %account.id, %error, "a stored credential does not open");
                Err(later(Hindrance::CredentialUnreadable))
            }
        })
    }
}

/// An account and its credential, as they are now.
pub(super) struct Ready {
    account: Account,
    credential: Secret,
}

impl Ready {
    pub(super) fn call<'a>(&'a self, app: &'a App) -> Call<'a> {
        Call {
            provider: app.providers.get(self.account.provider),
            access: Access {
                project: &self.account.project,
                credential: &self.credential,
            },
            account: &self.account,
        }
    }
}

/// What a call needs.
pub(super) struct Call<'a> {
    pub(super) provider: &'a dyn Provider,
    pub(super) access: Access<'a>,
    pub(super) account: &'a Account,
}

impl<'a> Call<'a> {
    /// The keys that there are, or that the one key works.
    pub(super) async fn known(&self, keys: Keys) -> Result<Vec<KeyId>, ProviderError> {
        match keys {
            Keys::Many => self.provider.list(self.access).await.map(ids),
            Keys::One | Keys::Guided => self.provider.probe(self.access).await.map(|()| Vec::new()),
        }
    }

    /// A failed call at a step where nothing has been made yet, or may have been.
    pub(super) fn before_asking(
        &self,
        operation: &Operation,
        error: ProviderError,
    ) -> (Event, Also<'a>) {
        match error {
            ProviderError::Refused => (
                Event::NotDone(Reason::CredentialRefused),
                Also::Refused(self.account),
            ),
            ProviderError::Forbidden(words) if words.is_empty() => {
                (Event::NotDone(Reason::CredentialRefused), Also::Nothing)
            }
            ProviderError::NotFound => (Event::NotDone(Reason::NotFound), Also::Nothing),
            ProviderError::Invalid(words) | ProviderError::Forbidden(words) => {
                (Event::NotDone(Reason::Invalid(words)), Also::Nothing)
            }
            ProviderError::OutcomeUnknown(cause) => {
                tracing::warn!(operation = operation.number.0, cause, "an answer was lost");
                (Event::AnswerLost, Also::Nothing)
            }
            error => self.while_reading(operation, error),
        }
    }

    /// A failed call that may be repeated.
    pub(super) fn while_reading(
        &self,
        operation: &Operation,
        error: ProviderError,
    ) -> (Event, Also<'a>) {
        tracing::debug!(operation = operation.number.0, %error, "a call has to be repeated");
        match error {
            ProviderError::Refused => (
                later(Hindrance::CredentialRefused),
                Also::Refused(self.account),
            ),
            // Linking again with one that may do it mends that too.
            ProviderError::Forbidden(_) => (later(Hindrance::CredentialRefused), Also::Nothing),
            ProviderError::RateLimited { retry_after } => (
                Event::TryLater(Hindrance::RateLimited, Some(retry_after)),
                Also::Nothing,
            ),
            _ => (later(Hindrance::ProviderAway), Also::Nothing),
        }
    }

    /// True when the key that was to be replaced is not the account's credential any more.
    pub(super) fn was_relinked(&self, operation: &Operation) -> bool {
        let old = operation.detail.old_key.as_ref();
        self.account.credential_at > operation.sent_at
            && old.is_some_and(|old| !self.account.seems_own(&old.last_four))
    }

    pub(super) fn only_key(&self, secret: Secret) -> (Secret, Key) {
        let mut key = crate::app::list_keys::only_key(self.account);
        key.last_four = secret.last_four();
        (secret, key)
    }
}

fn ids(listed: Vec<Key>) -> Vec<KeyId> {
    listed.into_iter().map(|key| key.id).collect()
}
