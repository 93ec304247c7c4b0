//! Linking: a credential is tried with a harmless call, sealed, and belongs to the person who brought it.

use std::time::Duration;

use super::{
    App, AppError, Owned, Turn, UserError,
    access::credential_row,
    accounts::{MAX_ACCOUNTS, free_name},
    audit::Note,
    confirm,
    error::told,
};
use crate::{
    domain::{
        Account, AccountId, AccountState, Action, AuditAction, Confirmation, ConfirmationId,
        KeyAge, ProjectId, ProviderKind,
    },
    providers::{Access, Provider, ProviderError, Verified},
    secret::Secret,
    store::{accounts, operations},
};

/// Refused credentials of one person in [`REFUSALS_WITHIN`]; beyond, none is tried: nobody may use us to guess.
const MAX_REFUSALS: i64 = 5;

/// See [`MAX_REFUSALS`].
const REFUSALS_WITHIN: Duration = Duration::from_mins(10);

/// A credential that a person has brought.
#[derive(Debug)]
pub struct Brought {
    /// For which provider.
    pub provider: ProviderKind,
    /// For which project, where the provider needs one.
    pub project: Option<ProjectId>,
    /// The account that is to be mended, if the person came by `Link again`.
    pub again: Option<AccountId>,
    /// The credential.
    pub credential: Secret,
}

/// What came of it.
#[derive(Debug)]
pub enum Linked {
    /// A new account.
    New {
        /// It.
        account: Account,
        /// The provider itself has linked this very Telegram person to it.
        telegram_matches: bool,
    },
    /// The account's credential is replaced.
    Replaced(Account),
    /// It is linked already; the person is asked whether to replace the credential.
    Ask {
        /// The question.
        question: ConfirmationId,
        /// The account that bears it.
        account: Account,
        /// It may as well be another account: the provider's key does not tell.
        may_be_another: bool,
    },
}

impl Linked {
    /// It is an account that was not there before.
    pub const fn is_new(&self) -> bool {
        matches!(self, Self::New { .. })
    }
}

/// Tries a credential and links it.
pub async fn accept(app: &App, turn: &mut Turn, brought: Brought) -> Result<Linked, AppError> {
    let Brought {
        provider,
        project,
        again,
        credential,
    } = brought;
    check_refusals(turn)?;
    if !credential.is_plausible() {
        return Err(UserError::BadCredential(provider).into());
    }
    let project = project.unwrap_or_default();
    let access = Access {
        project: &project,
        credential: &credential,
    };
    let verified = verify(turn, app.providers.get(provider), access).await?;
    let owned = app.accounts(turn.person.id).await?;
    let same = |owned: &&Owned| {
        let account = owned.account();
        account.provider == provider && account.project == verified.project
    };
    // Who came to mend an account means that one, if the credential fits it.
    let meant = owned
        .iter()
        .filter(same)
        .find(|owned| Some(&owned.account().id) == again.as_ref());
    if let Some(account) = meant.map(Owned::account) {
        return replace_in(app, turn, account.clone(), &credential).await;
    }
    match owned.iter().find(same).map(Owned::account) {
        Some(account) => ask(app, turn, account.clone(), verified, &credential).await,
        None => link_new(app, turn, provider, verified, &credential).await,
    }
}

/// Tries a credential with a harmless call; a refused one counts.
pub(super) async fn verify(
    turn: &mut Turn,
    provider: &dyn Provider,
    access: Access<'_>,
) -> Result<Verified, AppError> {
    match provider.verify(access).await {
        Ok(verified) => Ok(verified),
        // One that may not even be tried harmlessly is of no use.
        Err(ProviderError::Refused | ProviderError::Forbidden(_)) => {
            count_refusal(turn).await?;
            Err(UserError::CredentialRefused(provider.kind()).into())
        }
        Err(ProviderError::Invalid(words)) if words.is_empty() => {
            Err(UserError::BadCredential(provider.kind()).into())
        }
        Err(error) => Err(told(provider.kind(), error).into()),
    }
}

/// Fails when that person has brought too many wrong credentials.
pub fn check_refusals(turn: &Turn) -> Result<(), UserError> {
    let person = &turn.person;
    let passed = turn.now.since(person.refused_since);
    if person.refused_count >= MAX_REFUSALS && passed < REFUSALS_WITHIN {
        return Err(UserError::TooManyRefusals(
            REFUSALS_WITHIN.saturating_sub(passed),
        ));
    }
    Ok(())
}

async fn count_refusal(turn: &mut Turn) -> Result<(), AppError> {
    let now = turn.now;
    turn.remember(|person| {
        if now.since(person.refused_since) >= REFUSALS_WITHIN {
            person.refused_since = now;
            person.refused_count = 0;
        }
        person.refused_count += 1;
    })
    .await
}

async fn ask(
    app: &App,
    turn: &mut Turn,
    account: Account,
    verified: Verified,
    credential: &Secret,
) -> Result<Linked, AppError> {
    let action = Action::ReplaceCredential {
        account: account.id.clone(),
        provider: account.provider,
        project: verified.project.as_str().to_owned(),
        name: verified.default_name,
        last_four: credential.last_four(),
    };
    let question = confirm::ask(app, turn, action, Some(credential)).await?;
    let may_be_another = !account.provider.capabilities().project_is_unique;
    Ok(Linked::Ask {
        question,
        account,
        may_be_another,
    })
}

async fn link_new(
    app: &App,
    turn: &mut Turn,
    provider: ProviderKind,
    verified: Verified,
    credential: &Secret,
) -> Result<Linked, AppError> {
    let telegram_matches = verified.telegram_ids.contains(&turn.person.id.0);
    let account = insert(
        app,
        turn,
        provider,
        verified.project,
        (&verified.default_name, false),
        credential,
    )
    .await?;
    Ok(Linked::New {
        account,
        telegram_matches,
    })
}

async fn insert(
    app: &App,
    turn: &mut Turn,
    provider: ProviderKind,
    project: ProjectId,
    (name, may_be_twin): (&str, bool),
    credential: &Secret,
) -> Result<Account, AppError> {
    let id = AccountId::from_random(app.ports.random()?);
    let sealed = app.vault.seal(credential_row(&id), credential)?;
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    let others = accounts::of_owner(tx, person).await?;
    let same = |other: &Account| other.provider == provider && other.project == project;
    if !may_be_twin && others.iter().any(same) {
        // Linked on a page and in the chat at the same moment.
        turn.undo();
        return Err(UserError::MovedOn.into());
    }
    if others.len() >= MAX_ACCOUNTS {
        return Err(UserError::TooManyAccounts.into());
    }
    let taken: Vec<_> = others.into_iter().map(|other| other.name).collect();
    let account = Account {
        id,
        owner: person,
        second_owner: None,
        provider,
        project,
        name: free_name(name, &taken),
        credential: sealed,
        last_four: credential.last_four(),
        state: AccountState::Linked,
        linked_at: now,
        credential_at: now,
        key_age: KeyAge::default(),
        shown_on: None,
    };
    accounts::insert(tx, &account).await?;
    app.watch_credential(tx, &account.id, credential).await?;
    let note = Note::account(&account.id, now, person, AuditAction::Linked, &account.name);
    app.write_down(tx, note).await?;
    Ok(account)
}

/// Puts a tried credential into an account and lets its waiting operations go on.
async fn replace_in(
    app: &App,
    turn: &mut Turn,
    account: Account,
    credential: &Secret,
) -> Result<Linked, AppError> {
    let sealed = app.vault.seal(credential_row(&account.id), credential)?;
    let last_four = credential.last_four();
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    Owned::check(tx, person, &account.id).await?;
    // Operations before accounts, as the ledger locks them.
    operations::wake_account(tx, &account.id, now).await?;
    let account = Owned::lock(tx, person, &account.id)
        .await?
        .account()
        .clone();
    accounts::set_credential(tx, &account.id, &sealed, &last_four, now).await?;
    app.watch_credential(tx, &account.id, credential).await?;
    let note = Note::account(
        &account.id,
        now,
        person,
        AuditAction::Relinked,
        &account.name,
    );
    app.write_down(tx, note).await?;
    turn.wake_ledger();
    Ok(Linked::Replaced(Account {
        last_four,
        state: AccountState::Linked,
        credential_at: now,
        ..account
    }))
}

/// The person chose to replace the credential.
pub async fn replace(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
) -> Result<Linked, AppError> {
    let Action::ReplaceCredential { account, .. } = &confirmation.action else {
        return Err(AppError::Broken(
            "not a question about a credential".to_owned(),
        ));
    };
    let credential = confirm::credential(app, confirmation)?;
    let person = turn.person.id;
    let owned = Owned::check(turn.tx().await?, person, account).await?;
    replace_in(app, turn, owned.account().clone(), &credential).await
}

/// The person chose to link it as another account.
pub async fn link_as_another(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
) -> Result<Linked, AppError> {
    let Action::ReplaceCredential {
        provider,
        project,
        name,
        ..
    } = &confirmation.action
    else {
        return Err(AppError::Broken(
            "not a question about a credential".to_owned(),
        ));
    };
    let credential = confirm::credential(app, confirmation)?;
    let project = ProjectId::from_stored(project.clone());
    let account = insert(app, turn, *provider, project, (name, true), &credential).await?;
    Ok(Linked::New {
        account,
        telegram_matches: false,
    })
}
