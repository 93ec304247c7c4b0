//! `/policy`: how many other people have to approve what is asked for in a group. Managers change it, one rule at a time; the owners
//! of the accounts are told, since a rule that falls away opens their account.

use super::{App, AppError, News, Turn, access, factor, workspace};
use crate::{
    domain::{AuditAction, Policy, Right, Rule, Verb},
    store::{accounts, policies, workspaces},
};

/// A group's policy, and whether the person who looks may change it.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// The policy.
    pub policy: Policy,
    /// Whether to offer that.
    pub may_change: bool,
}

/// For whoever may see the group's keys.
pub async fn show(app: &App, turn: &Turn) -> Result<Shown, AppError> {
    let (who, mut c) = (turn.who(), app.store.read().await?);
    let chat = workspace::require(&mut c, &who, Right::View).await?;
    let may_change = match who.visit() {
        Some(visit) => access::roles(&mut c, visit, who.person)
            .await?
            .may(Right::Manage),
        None => false,
    };
    Ok(Shown {
        policy: policies::get(&mut c, chat).await?,
        may_change,
    })
}

/// For whoever may change it.
pub async fn show_to_manager(app: &App, turn: &Turn) -> Result<Shown, AppError> {
    let (who, mut c) = (turn.who(), app.store.read().await?);
    let chat = workspace::require(&mut c, &who, Right::Manage).await?;
    Ok(Shown {
        policy: policies::get(&mut c, chat).await?,
        may_change: true,
    })
}

/// Fails where the group of the turn asks for a code of the second factor before a new key, and none was given. The question stays open
/// then: it can be pressed again after the code.
pub(super) async fn require_code(turn: &mut Turn) -> Result<(), AppError> {
    let Some(chat) = turn.visit().map(|visit| visit.chat) else {
        return Ok(());
    };
    if !policies::get(turn.tx().await?, chat).await?.code {
        return Ok(());
    }
    let given = factor::require(turn).await;
    if given.is_err() {
        turn.undo();
    }
    given
}

/// Sets one rule; whoever has a second factor gives a code for it before. What waits for approvals already keeps the rules under which
/// it was asked for.
pub async fn set(app: &App, turn: &mut Turn, rule: Rule) -> Result<Shown, AppError> {
    let (who, chat) = (turn.who(), turn.chat);
    let tx = turn.tx().await?;
    workspaces::lock(tx, chat).await?;
    let chat = workspace::require(tx, &who, Right::Manage).await?;
    let before = policies::get(tx, chat).await?;
    let policy = before.with(rule);
    let shown = Shown {
        policy,
        may_change: true,
    };
    if policy == before {
        turn.undo();
        return Ok(shown);
    }
    if let Err(error) = factor::require_ahead(turn).await {
        turn.undo();
        return Err(error);
    }
    policies::put(turn.tx().await?, chat, policy).await?;
    workspace::write_down(app, turn, chat, AuditAction::PolicyChanged, &rule.encode()).await?;
    tell_owners(app, turn, rule).await?;
    Ok(shown)
}

async fn tell_owners(app: &App, turn: &mut Turn, rule: Rule) -> Result<(), AppError> {
    let (chat, person, name) = (turn.chat, turn.person.id, turn.name.clone());
    let tx = turn.tx().await?;
    let title = workspaces::title(tx, chat).await?.unwrap_or_default();
    let mut told = vec![person];
    for account in accounts::bound_to(tx, chat).await? {
        for owner in account.owners() {
            let is_off_the_list = owner != account.owner && !app.allows(owner);
            if is_off_the_list || told.contains(&owner) {
                continue;
            }
            told.push(owner);
            turn.tell(News::PolicyChanged {
                owner,
                by: (person, name.clone()),
                group: title.clone(),
                rule,
            });
        }
    }
    Ok(())
}

/// How many people would have to approve, for the question; what counts is looked up when the request begins.
pub(super) async fn approvals(turn: &mut Turn, verb: Verb) -> Result<u8, AppError> {
    let Some(chat) = turn.visit().map(|visit| visit.chat) else {
        return Ok(0);
    };
    // The question is written already: with the same connection.
    let policy = policies::get(turn.tx().await?, chat).await?;
    Ok(policy.approvals(verb))
}
