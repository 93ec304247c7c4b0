//! `/revoke`: a question about exactly one key, and after its answer an operation that is never given up.

use super::{App, AppError, Permitted, Turn, confirm, ledger, policy};
use crate::domain::{
    Account, AccountId, Action, Confirmation, ConfirmationId, KeyRef, Keys, OperationNumber, Place,
    Right, Verb,
    operation::{Detail, Then},
};

/// What `/revoke` leads to for a key.
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
        /// So many other people have to approve it.
        approvals: u8,
    },
    /// The account has one key, which can only be replaced.
    OneKey(Account),
}

/// Asks whether to revoke a key.
pub async fn ask(
    app: &App,
    turn: &mut Turn,
    account: &AccountId,
    key: KeyRef,
) -> Result<Asked, AppError> {
    let owned = Permitted::within(turn, account, Right::Revoke).await?;
    if owned.account().provider.capabilities().keys != Keys::Many {
        return Ok(Asked::OneKey(owned.account().clone()));
    }
    let account = owned.usable()?.clone();
    let own = account.seems_own(&key.last_four);
    let action = Action::RevokeKey {
        account: account.id.clone(),
        key: key.clone(),
    };
    let question = confirm::ask(app, turn, action, None).await?;
    Ok(Asked::Question {
        question,
        account,
        key,
        own,
        approvals: policy::approvals(turn, Verb::Revoke).await?,
    })
}

/// Starts what was confirmed. A pause does not stop it: taking away is always allowed.
pub async fn start(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
    card: Place,
) -> Result<OperationNumber, AppError> {
    let Action::RevokeKey { account, key } = &confirmation.action else {
        return Err(AppError::Broken(
            "not a question about a revocation".to_owned(),
        ));
    };
    let who = turn.who();
    let owned = Permitted::lock(turn.tx().await?, &who, account, Right::Revoke).await?;
    let detail = detail(&owned, key);
    ledger::begin(app, turn, &owned, Verb::Revoke, detail, card).await
}

/// What the ledger is to know of a revocation.
pub(super) fn detail(owned: &Permitted, key: &KeyRef) -> Detail {
    Detail {
        label: key.label.clone(),
        own_credential: owned.account().seems_own(&key.last_four),
        revoking: Some((key.clone(), Then::Done)),
        ..Detail::default()
    }
}
