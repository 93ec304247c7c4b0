//! `/newkey`: a question, and after its answer an operation.

use super::{App, AppError, Permitted, Turn, UserError, confirm, ledger, list_keys, pause, policy};
use crate::domain::{
    Account, AccountId, Action, Confirmation, ConfirmationId, Keys, Label, OperationNumber, Place,
    Right, Verb, operation::Detail,
};

/// What `/newkey` leads to on an account.
#[derive(Debug)]
pub enum Asked {
    /// A question.
    Question {
        /// Its row.
        question: ConfirmationId,
        /// Where the key is to be.
        account: Account,
        /// Its label.
        label: Label,
        /// So many other people have to approve it.
        approvals: u8,
    },
    /// The account has one key, which can only be replaced.
    OneKey(Account),
}

/// Asks whether to create a key.
pub async fn ask(
    app: &App,
    turn: &mut Turn,
    account: &AccountId,
    label: &str,
) -> Result<Asked, AppError> {
    let owned = Permitted::now(app, turn, account, Right::Issue).await?;
    if owned.account().provider.capabilities().keys != Keys::Many {
        return Ok(Asked::OneKey(owned.account().clone()));
    }
    let label = Label::parse(label).map_err(UserError::BadLabel)?;
    pause::check(app).await?;
    let account = list_keys::usable(app, turn, &owned, Right::Issue).await?;
    let action = Action::CreateKey {
        account: account.id.clone(),
        label: label.clone(),
    };
    let question = confirm::ask(app, turn, action, None).await?;
    Ok(Asked::Question {
        question,
        account,
        label,
        approvals: policy::approvals(turn, Verb::Issue).await?,
    })
}

/// Starts what was confirmed.
pub async fn start(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
    card: Place,
) -> Result<OperationNumber, AppError> {
    let Action::CreateKey { account, label } = &confirmation.action else {
        return Err(AppError::Broken(
            "not a question about a new key".to_owned(),
        ));
    };
    pause::check_in(turn.tx().await?).await?;
    policy::require_code(turn).await?;
    let who = turn.who();
    let owned = Permitted::lock(turn.tx().await?, &who, account, Right::Issue).await?;
    owned.usable()?;
    ledger::begin(app, turn, &owned, Verb::Issue, detail(label.as_str()), card).await
}

/// What the ledger is to know of a new key.
pub(super) fn detail(label: &str) -> Detail {
    Detail {
        label: label.to_owned(),
        ..Detail::default()
    }
}
