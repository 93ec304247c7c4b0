//! `/rotate`: a new key in the place of an old one. Where both can live the old one dies last; where there is one key, it dies
//! with the call, and the person is told so before; where there is no call, the person does it in the dashboard and the new key is taken in.

use super::{
    App, AppError, Owned, Permitted, Turn, UserError,
    access::credential_row,
    audit::Note,
    confirm::{self, Press, Stale},
    ledger, link, pause, policy,
};
use crate::{
    domain::{
        Account, AccountId, Action, AuditAction, Confirmation, ConfirmationId, KeyRef, Keys,
        OperationNumber, Place, Right, Verb,
        operation::{Detail, OldKeyDies, Then},
    },
    providers::{Access, ProviderError},
    secret::Secret,
    store::{accounts, operations},
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
        /// When it dies, as far as that can be chosen.
        dies: OldKeyDies,
        /// So many other people have to approve it.
        approvals: u8,
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
    let owned = Permitted::within(turn, account, Right::Rotate).await?;
    if owned.account().provider.capabilities().keys == Keys::Guided {
        return Ok(Asked::Guided(owned.account().clone()));
    }
    pause::check(app).await?;
    let account = owned.usable()?.clone();
    question_about(app, turn, account, key, OldKeyDies::default()).await
}

/// Chooses when the old key dies: another question in the place of that one, so that a button never does anything but what the
/// message above it says, however late that is redrawn.
pub async fn choose(
    app: &App,
    turn: &mut Turn,
    question: &ConfirmationId,
    dies: OldKeyDies,
) -> Result<Result<Asked, Stale>, AppError> {
    let action = match confirm::take(app, turn, question).await? {
        Press::Go(confirmation) => confirmation.action,
        Press::Stale(stale) => return Ok(Err(stale)),
    };
    let Action::RotateKey { account, key, .. } = action else {
        turn.undo();
        return Ok(Err(Stale::NotYours));
    };
    let owned = Permitted::within(turn, &account, Right::Rotate).await?;
    if !may_choose(owned.account(), &key, dies) {
        turn.undo();
        return Ok(Err(Stale::NotYours));
    }
    question_about(app, turn, owned.usable()?.clone(), key, dies)
        .await
        .map(Ok)
}

async fn question_about(
    app: &App,
    turn: &mut Turn,
    account: Account,
    key: KeyRef,
    dies: OldKeyDies,
) -> Result<Asked, AppError> {
    let action = Action::RotateKey {
        account: account.id.clone(),
        key: key.clone(),
        old_key_dies: dies,
    };
    Ok(Asked::Question {
        question: confirm::ask(app, turn, action, None).await?,
        account,
        key,
        dies,
        approvals: policy::approvals(turn, Verb::Rotate).await?,
    })
}

/// Where there is one key nothing can be chosen, and without the credential that Keyporter uses no new key could be made.
pub fn may_choose(account: &Account, key: &KeyRef, dies: OldKeyDies) -> bool {
    let own = account.seems_own(&key.last_four);
    account.provider.capabilities().keys == Keys::Many && !(own && dies == OldKeyDies::AtOnce)
}

/// Starts what was confirmed.
pub async fn start(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
    card: Place,
) -> Result<OperationNumber, AppError> {
    let Action::RotateKey {
        account,
        key,
        old_key_dies,
    } = &confirmation.action
    else {
        return Err(AppError::Broken(
            "not a question about a rotation".to_owned(),
        ));
    };
    pause::check_in(turn.tx().await?).await?;
    policy::require_code(turn).await?;
    let who = turn.who();
    let owned = Permitted::lock(turn.tx().await?, &who, account, Right::Rotate).await?;
    still_to_rotate(turn, owned.usable()?, key).await?;
    let detail = detail(&owned, key, *old_key_dies);
    ledger::begin(app, turn, &owned, Verb::Rotate, detail, card).await
}

/// A question may be older than another request about the same key: a key is replaced once, and only the one that was named.
pub(super) async fn still_to_rotate(
    turn: &mut Turn,
    account: &Account,
    key: &KeyRef,
) -> Result<(), AppError> {
    // One without an id is known by its last four characters alone.
    let is_nameless = account.provider.capabilities().keys != Keys::Many;
    if is_nameless && !account.seems_own(&key.last_four) {
        return Err(UserError::KeyReplaced.into());
    }
    let tx = turn.tx().await?;
    for number in operations::open_of_account(tx, &account.id).await? {
        let open = operations::get(tx, number).await?;
        if open.is_some_and(|open| open.ends(key)) {
            return Err(UserError::KeyBusy(number).into());
        }
    }
    let revoked = operations::revoked_keys(tx, &account.id).await?;
    if !is_nameless && !key.id.as_str().is_empty() && revoked.contains(&key.id) {
        return Err(UserError::KeyRevoked.into());
    }
    Ok(())
}

/// What the ledger is to know of a rotation. The old key may have become the account's own since it was asked about: then it lives
/// until there is a new one.
pub(super) fn detail(allowed: &Permitted, key: &KeyRef, dies: OldKeyDies) -> Detail {
    let account = allowed.account();
    let old_key_dies = if may_choose(account, key, dies) {
        dies
    } else {
        OldKeyDies::default()
    };
    let first = (old_key_dies == OldKeyDies::AtOnce).then(|| (key.clone(), Then::Replace));
    Detail {
        label: key.label.clone(),
        own_credential: account.seems_own(&key.last_four),
        old_key: Some(key.clone()),
        old_key_dies,
        revoking: first,
        ..Detail::default()
    }
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
    let old = app.credential(&account)?;
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
    app.watch_credential(tx, &account.id, new).await?;
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
