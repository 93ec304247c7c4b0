//! `/unlink`: the credential is wiped, waiting requests of the account end, the audit stays.

use super::{App, AppError, Owned, Turn, audit::Note, confirm, moves, requests, second_owner};
use crate::{
    domain::{Account, AccountId, Action, AuditAction, Confirmation, ConfirmationId, Operation},
    store::{accounts, leaks, operations, workspaces},
};

/// The question, and what would stay behind.
#[derive(Debug)]
pub struct Asked {
    /// Its row.
    pub question: ConfirmationId,
    /// The account.
    pub account: Account,
    /// Its open requests: each would end where it stands.
    pub open: Vec<Operation>,
}

/// Asks whether to unlink an account.
pub async fn ask(app: &App, turn: &mut Turn, id: &AccountId) -> Result<Asked, AppError> {
    let person = turn.person.id;
    let owned = app.account(person, id).await?.decided_by(person)?;
    let open = {
        let mut c = app.store.read().await?;
        let numbers = operations::open_of_account(&mut c, id).await?;
        requests::read(&mut c, numbers).await?.readable
    };
    let question = confirm::ask(
        app,
        turn,
        Action::Unlink {
            account: id.clone(),
        },
        None,
    )
    .await?;
    Ok(Asked {
        question,
        account: owned.account().clone(),
        open,
    })
}

/// Unlinks. Refused while a request is at the provider at this very moment: its answer would have nowhere to go.
pub async fn unlink(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
) -> Result<Account, AppError> {
    let Action::Unlink { account } = &confirmation.action else {
        return Err(AppError::Broken(
            "not a question about unlinking".to_owned(),
        ));
    };
    let unlinked = withdraw_and_wipe(app, turn, account).await;
    match unlinked {
        Ok(account) => {
            turn.wake_ledger();
            Ok(account)
        }
        Err(error) => {
            turn.undo();
            Err(error)
        }
    }
}

async fn withdraw_and_wipe(
    app: &App,
    turn: &mut Turn,
    account: &AccountId,
) -> Result<Account, AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    Owned::check(tx, person, account).await?;
    let moving = moves::lock_of(tx, account).await?;
    let open = requests::lock_open(tx, account).await?;
    requests::withdraw(app, tx, open, person, now).await?;
    let owned = Owned::lock(tx, person, account).await?;
    let owned = owned.decided_by(person)?;
    accounts::unlink(tx, account).await?;
    leaks::forget_account(tx, account).await?;
    workspaces::forget_account(tx, account).await?;
    let note = Note::account(
        account,
        now,
        person,
        AuditAction::Unlinked,
        &owned.account().name,
    );
    app.write_down(tx, note).await?;
    let account = owned.account().clone();
    second_owner::tell_gone(turn, &account, person);
    moves::end_emptied(turn, moving, &account).await?;
    Ok(account)
}
