//! The keys of a person's accounts, as their providers show them now.

use futures::future::join_all;

use super::{
    App, AppError, Permitted, Turn, UserError,
    accounts::{mark_accepted, mark_refused},
    error::told,
};
use crate::{
    domain::{Account, AccountId, AccountState, Key, KeyAges, KeyId, Keys, Right, Timestamp},
    providers::{Access, ProviderError},
    store::key_ages,
    vault::VaultError,
};

/// An account and its keys, or why they cannot be shown.
#[derive(Debug)]
pub struct AccountKeys {
    /// The account.
    pub account: Account,
    /// Its keys, living ones first, newest first.
    pub keys: Result<Vec<Key>, UserError>,
    /// How old they may become.
    pub ages: KeyAges,
}

/// The keys of all accounts on which the person of a turn may do that, or of one; perhaps as they were a moment ago.
pub async fn list(
    app: &App,
    turn: &mut Turn,
    right: Right,
    only: Option<&AccountId>,
) -> Result<Vec<AccountKeys>, AppError> {
    list_of(app, turn, right, only, When::AMomentAgo).await
}

/// The same as they are now, for whoever acts on all that is there.
pub(super) async fn list_anew(
    app: &App,
    turn: &mut Turn,
    right: Right,
    only: Option<&AccountId>,
) -> Result<Vec<AccountKeys>, AppError> {
    list_of(app, turn, right, only, When::Now).await
}

/// As of when a list is wanted.
#[derive(Clone, Copy)]
enum When {
    AMomentAgo,
    Now,
}

async fn list_of(
    app: &App,
    turn: &mut Turn,
    right: Right,
    only: Option<&AccountId>,
    when: When,
) -> Result<Vec<AccountKeys>, AppError> {
    let mut owned = Permitted::here(app, turn, right).await?;
    if let Some(only) = only {
        owned.retain(|owned| owned.account().id == *only);
        if owned.is_empty() {
            return Err(UserError::NoSuchAccount.into());
        }
    }
    // Side by side: one slow provider delays nobody but itself.
    let read = join_all(owned.iter().map(|owned| read(app, owned, when))).await;
    let mut lists = Vec::with_capacity(owned.len());
    for (owned, keys) in owned.iter().zip(read) {
        let keys = match keys {
            // A damaged row keeps nobody from the other accounts.
            Err(error) => {
                let account = owned.account();
                tracing::error!(account = %account.id, %error, "a stored credential does not open");
                Err(UserError::CredentialUnreadable {
                    account: account.id.clone(),
                    name: account.name.clone(),
                })
            }
            Ok(Err(ProviderError::Refused)) => {
                let (now, person) = (turn.now, turn.person.id);
                mark_refused(app, turn.tx().await?, owned.account(), person, now).await?;
                Err(owned.link_again())
            }
            Ok(Err(error)) => Err(told(owned.account().provider, error)),
            Ok(Ok(keys)) => Ok(keys),
        };
        let mut account = owned.account().clone();
        if keys.is_ok() && account.state == AccountState::Refused {
            let (now, person) = (turn.now, turn.person.id);
            mark_accepted(app, turn.tx().await?, &account, person, now).await?;
            account.state = AccountState::Linked;
        }
        let ages = key_ages::of(&mut *app.store.read().await?, &account).await?;
        lists.push(AccountKeys {
            account,
            keys,
            ages,
        });
    }
    Ok(lists)
}

/// An account to do something with: one whose credential was refused is tried first.
pub(super) async fn usable(
    app: &App,
    turn: &mut Turn,
    owned: &Permitted,
    right: Right,
) -> Result<Account, AppError> {
    if owned.account().state == AccountState::Refused {
        let id = &owned.account().id;
        let mut lists = list_of(app, turn, right, Some(id), When::AMomentAgo).await?;
        let AccountKeys { account, keys, .. } = lists.pop().ok_or(UserError::NoSuchAccount)?;
        return keys.map(|_| account).map_err(AppError::from);
    }
    owned.usable().cloned()
}

async fn read(
    app: &App,
    owned: &Permitted,
    when: When,
) -> Result<Result<Vec<Key>, ProviderError>, VaultError> {
    let account = owned.account();
    // One that was refused is tried again: whoever asks must not be locked out by a provider's mistake of a moment.
    if !matches!(account.state, AccountState::Linked | AccountState::Refused) {
        return Ok(Err(ProviderError::Refused));
    }
    let credential = app.credential(account)?;
    let access = Access {
        project: &account.project,
        credential: &credential,
    };
    let provider = app.providers.get(account.provider);
    Ok(match account.provider.capabilities().keys {
        Keys::Many => {
            let listing = provider.list(access);
            let listed = match when {
                When::AMomentAgo if account.state == AccountState::Linked => {
                    app.recent_list(account, listing).await
                }
                // A refusal is not undone from memory.
                When::AMomentAgo | When::Now => listing.await,
            };
            listed.map(sorted)
        }
        // Trying it would be a call to a service that is made for messages; people look at lists often.
        Keys::Guided if account.state == AccountState::Linked => Ok(vec![only_key(account)]),
        Keys::One | Keys::Guided => provider
            .probe(access)
            .await
            .map(|()| vec![only_key(account)]),
    })
}

fn sorted(mut keys: Vec<Key>) -> Vec<Key> {
    keys.sort_by_key(|key| (!key.is_alive(), std::cmp::Reverse(key.created_at)));
    keys
}

/// The one key of an account that has just one: the credential itself.
pub(super) fn only_key(account: &Account) -> Key {
    Key {
        id: KeyId::new(""),
        label: account.name.clone(),
        last_four: account.last_four.clone(),
        created_at: account.credential_at,
        revoked_at: Timestamp::NEVER,
    }
}
