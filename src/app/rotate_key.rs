//! `/rotate`: a new key in the place of an old one. Where both can live the old one dies last; where there is one key, it dies
//! with the call, and the person is told so before; where there is no call, the person does it in the dashboard and the new key is taken in.

use super::{
    App, AppError, Owned, Turn, UserError,
    access::{credential, credential_row},
    audit::Note,
    confirm, ledger, link, pause,
};
use crate::{
    domain::{
        Account, AccountId, Action, AuditAction, Confirmation, ConfirmationId, KeyRef, Keys,
        OperationNumber, Place, Verb, operation::Detail,
    },
    providers::{Access, ProviderError},
    secret::Secret,
    store::accounts,
};

/// What `/rotate` leads to for a key.
#[derive(Debug)]
pub enum Asked {
    /// A question.
    Question {
        /// Its row.
        question: ConfirmationId,
        /// Where the key is.
        account: Account,
        /// The key.
        key: KeyRef,
        /// It seems to be the credential that Keyporter itself uses there.
        own: bool,
    },
    /// The provider has no call for it: its dashboard does it.
    Guided(Account),
}

/// Asks whether to rotate a key.
pub async fn ask(
    app: &App,
    turn: &mut Turn,
    account: &AccountId,
    key: KeyRef,
) -> Result<Asked, AppError> {
    let owned = app.account(turn.person.id, account).await?;
    if owned.account().provider.capabilities().keys == Keys::Guided {
        return Ok(Asked::Guided(owned.account().clone()));
    }
    pause::check(app).await?;
    let account = owned.usable()?.clone();
    let own = account.seems_own(&key.last_four);
    let action = Action::RotateKey {
        account: account.id.clone(),
        key: key.clone(),
    };
    let question = confirm::ask(app, turn, action, None).await?;
    Ok(Asked::Question {
        question,
        account,
        key,
        own,
    })
}

/// Starts what was confirmed.
pub async fn start(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
    card: Place,
) -> Result<OperationNumber, AppError> {
    let Action::RotateKey { account, key } = &confirmation.action else {
        return Err(AppError::Broken(
            "not a question about a rotation".to_owned(),
        ));
    };
    pause::check_in(turn.tx().await?).await?;
    let person = turn.person.id;
    let owned = Owned::lock(turn.tx().await?, person, account).await?;
    let account = owned.usable()?;
    let detail = Detail {
        label: key.label.clone(),
        own_credential: account.seems_own(&key.last_four),
        old_key: Some(key.clone()),
        ..Detail::default()
    };
    ledger::begin(app, turn, &owned, Verb::Rotate, detail, card).await
}

/// What is known of the old key after a guided rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldKey {
    /// The provider refuses it.
    Dead,
    /// The provider does not refuse it.
    NotRefused,
    /// The provider could not be asked.
    NotAsked,
}

/// A new key taken in after a guided rotation.
#[derive(Debug)]
pub struct TakenIn {
    /// The account with its new key.
    pub account: Account,
    /// See [`OldKey`].
    pub old_key: OldKey,
}

/// Why a key that a person brought from the dashboard is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// It is the key that is stored already.
    Same,
    /// It is for another channel.
    OtherChannel,
}

/// Takes in the key that its owner got from the provider's dashboard.
pub async fn take_in(
    app: &App,
    turn: &mut Turn,
    account: &AccountId,
    new: Secret,
) -> Result<Result<TakenIn, NotTaken>, AppError> {
    let owned = app.account(turn.person.id, account).await?;
    let account = owned.account().clone();
    if !new.is_plausible() {
        return Err(UserError::BadCredential(account.provider).into());
    }
    let old = credential(&app.vault, &account)?;
    if new.is_same(&old) {
        return Ok(Err(NotTaken::Same));
    }
    link::check_refusals(turn)?;
    let provider = app.providers.get(account.provider);
    let verified = link::verify(
        turn,
        provider,
        Access {
            project: &account.project,
            credential: &new,
        },
    )
    .await?;
    if verified.project != account.project {
        return Ok(Err(NotTaken::OtherChannel));
    }
    let old_key = match provider
        .probe(Access {
            project: &account.project,
            credential: &old,
        })
        .await
    {
        Ok(()) => OldKey::NotRefused,
        Err(ProviderError::Refused) => OldKey::Dead,
        Err(_) => OldKey::NotAsked,
    };
    let account = record(app, turn, account, &new).await?;
    Ok(Ok(TakenIn { account, old_key }))
}

async fn record(
    app: &App,
    turn: &mut Turn,
    account: Account,
    new: &Secret,
) -> Result<Account, AppError> {
    let sealed = app.vault.seal(credential_row(&account.id), new)?;
    let last_four = new.last_four();
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    Owned::lock(tx, person, &account.id).await?;
    accounts::set_credential(tx, &account.id, &sealed, &last_four, now).await?;
    let mut note = Note::account(
        &account.id,
        now,
        person,
        AuditAction::KeyRecorded,
        &account.name,
    );
    note.subject = format!("{} …{last_four}", account.name);
    app.write_down(tx, note).await?;
    Ok(Account {
        last_four,
        credential: sealed,
        credential_at: now,
        ..account
    })
}
