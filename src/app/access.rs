//! Who may do what. A passed check is a value: what acts on an account takes an [`Owned`] and cannot be called without it.

use super::{App, AppError, UserError};
use crate::{
    domain::{Account, AccountId, AccountState, PersonId},
    secret::Secret,
    store::{Connection, accounts},
    vault::{Row, Vault, VaultError},
};

/// An account whose owner is the person who acts, checked now.
#[derive(Clone, Debug)]
pub struct Owned(Account);

impl Owned {
    /// Checks. Somebody else's account and one that does not exist look the same.
    pub(super) async fn check(
        c: &mut Connection,
        person: PersonId,
        id: &AccountId,
    ) -> Result<Self, AppError> {
        Self::of(accounts::get(c, id).await?, person)
    }

    /// Checks, and keeps the row as it is until the transaction's end.
    pub(super) async fn lock(
        c: &mut Connection,
        person: PersonId,
        id: &AccountId,
    ) -> Result<Self, AppError> {
        Self::of(accounts::lock(c, id).await?, person)
    }

    fn of(account: Option<Account>, person: PersonId) -> Result<Self, AppError> {
        account
            .filter(|account| account.owner == person && account.state != AccountState::Unlinked)
            .map(Self)
            .ok_or_else(|| UserError::NoSuchAccount.into())
    }

    /// The account.
    pub const fn account(&self) -> &Account {
        &self.0
    }

    /// An error when its credential is known to be dead: calling the provider would be in vain.
    pub(super) fn usable(&self) -> Result<&Account, AppError> {
        match self.0.state {
            AccountState::Linked => Ok(&self.0),
            AccountState::Refused | AccountState::Lost | AccountState::Unlinked => {
                Err(self.link_again().into())
            }
        }
    }

    pub(super) fn link_again(&self) -> UserError {
        UserError::LinkAgain {
            account: self.0.id.clone(),
            name: self.0.name.clone(),
            provider: self.0.provider,
        }
    }
}

impl App {
    /// The accounts of a person, oldest first.
    pub async fn accounts(&self, person: PersonId) -> Result<Vec<Owned>, AppError> {
        let accounts = accounts::of_owner(&mut *self.store.read().await?, person).await?;
        Ok(accounts.into_iter().map(Owned).collect())
    }

    /// One account of a person.
    pub async fn account(&self, person: PersonId, id: &AccountId) -> Result<Owned, AppError> {
        Owned::check(&mut *self.store.read().await?, person, id).await
    }
}

/// Opens an account's credential for one call.
pub(super) fn credential(vault: &Vault, account: &Account) -> Result<Secret, VaultError> {
    vault.open(credential_row(&account.id), &account.credential)
}

/// The place of an account's sealed credential.
pub(super) fn credential_row(id: &AccountId) -> Row<'_> {
    Row {
        column: "accounts.credential",
        id: id.as_str(),
    }
}
