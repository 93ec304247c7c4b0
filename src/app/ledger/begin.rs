//! How an operation begins: written down whole, in the turn that confirmed it, so that a press is either all of it or nothing.

use crate::{
    app::{App, AppError, News, Permitted, Turn, UserError, audit::Note, confirm},
    domain::{
        Account, AuditAction, ChatId, Operation, OperationNumber, Place, Timestamp, Verb,
        operation::{Approval, Detail, Step},
    },
    store::{operations, policies, workspaces},
};

/// Requests of one group that wait for other people at most.
const MOST_WAITING: i64 = 50;

/// Writes a new operation down, in the turn that confirmed it. It is carried out after the commit.
pub(in crate::app) async fn begin(
    app: &App,
    turn: &mut Turn,
    allowed: &Permitted,
    verb: Verb,
    detail: Detail,
    card: Place,
) -> Result<OperationNumber, AppError> {
    let (now, person, update) = (turn.now, turn.person.id, turn.update);
    let language = turn.person.language();
    let account = allowed.account();
    let number = operations::next_number(turn.tx().await?).await?;
    let detail = match allowed.workspace() {
        Some(chat) => from_group(app, turn, account, chat, (number, verb), detail).await?,
        None => detail,
    };
    let tx = turn.tx().await?;
    let step = Operation::first_step(&detail);
    let waits = detail.approval.as_ref().map(|approval| approval.ends_at);
    let operation = Operation {
        number,
        person,
        language,
        card,
        account: account.id.clone(),
        provider: account.provider,
        scope: account.scope(),
        verb,
        step,
        // The first one's card tells of the others: they have nothing to tell yet.
        untold: i64::from(detail.part_of.is_none()),
        detail: Detail {
            account_name: account.name.clone(),
            ..detail
        },
        update,
        started_at: now,
        sent_at: Timestamp::NEVER,
        next_try_at: waits.filter(|_| step == Step::Approval).unwrap_or(now),
        tries: 0,
        ended_at: Timestamp::NEVER,
    };
    operations::insert(tx, &operation).await?;
    let action = match verb {
        Verb::Issue => AuditAction::IssueStarted,
        Verb::Rotate => AuditAction::RotateStarted,
        Verb::Revoke => AuditAction::RevokeStarted,
    };
    app.write_down(tx, Note::operation(&operation, now, person, action))
        .await?;
    turn.wake_ledger();
    Ok(operation.number)
}

/// What is added where a request comes from a group: who asked, for its card; who has to approve; a way on for whoever has not opened the private
/// chat into which a secret goes; and a word to the account's owner about somebody who acts there for the first time.
async fn from_group(
    app: &App,
    turn: &mut Turn,
    account: &Account,
    chat: ChatId,
    (number, verb): (OperationNumber, Verb),
    detail: Detail,
) -> Result<Detail, AppError> {
    let person = turn.person.id;
    // What goes on after it was approved does not wait again.
    let approval = match detail.approval {
        None => asked_of_others(turn, chat, verb).await?,
        approval => approval,
    };
    let waits = approval
        .as_ref()
        .is_some_and(|approval| !approval.is_enough());
    let tx = turn.tx().await?;
    if workspaces::acts(tx, chat, &account.id, person).await? && !account.is_owned_by(person) {
        let title = workspaces::title(tx, chat).await?.unwrap_or_default();
        let name = turn.name.clone();
        turn.tell(News::FirstAction(account.clone(), person, name, title));
    }
    let way_in = match verb {
        Verb::Issue | Verb::Rotate if !waits => {
            Some(confirm::way_in(app, turn, person, number).await?)
        }
        Verb::Issue | Verb::Rotate | Verb::Revoke => None,
    };
    Ok(Detail {
        asked_by: turn.name.clone(),
        approval,
        way_in,
        ..detail
    })
}

/// What other people are to say, as the group's policy of now has it.
async fn asked_of_others(
    turn: &mut Turn,
    chat: ChatId,
    verb: Verb,
) -> Result<Option<Approval>, AppError> {
    let now = turn.now;
    let tx = turn.tx().await?;
    let policy = policies::get(tx, chat).await?;
    // Read after it: a group that has got another number meanwhile has taken its policy along.
    if workspaces::title(tx, chat).await?.is_none() {
        return Err(UserError::NothingBound.into());
    }
    let approval = Approval::asked_by(policy, verb, now);
    if approval.is_some() && policies::waiting_in(tx, chat).await? >= MOST_WAITING {
        return Err(UserError::TooManyWaiting.into());
    }
    Ok(approval)
}
