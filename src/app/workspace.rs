//! Groups that work with accounts: who stands in one, asked of Telegram now; binding, unbinding, and what happens when people,
//! the bot or the group itself move on. A binding whose owner has left gives nobody a right.

use std::collections::BTreeMap;

use futures::future::join_all;

use super::{
    App, AppError, News, Owned, Turn, UserError, access, audit::Note, confirm, members::Members,
};
use crate::{
    app::members::{Seen, Unseen},
    domain::{
        Account, AccountId, Action, AuditAction, ChatId, Confirmation, ConfirmationId, PersonId,
        Right, Standing,
    },
    store::{Connection, accounts, leaks, workspaces},
};

/// Somebody in a group, as Telegram knows them now. Only [`enter`] and the approvals make one, each from a look of this turn.
#[derive(Clone, Debug)]
pub struct Visit {
    pub(super) chat: ChatId,
    pub(super) standing: Standing,
}

/// Why bindings sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asleep {
    /// The bot is not in the group any more.
    BotGone,
    /// The owner is not in the group any more.
    OwnerGone,
}

/// Asks Telegram who acts in a group, and whether the owners of its accounts are still there. Before the turn's first write.
pub async fn enter(
    app: &App,
    turn: &mut Turn,
    members: &dyn Members,
    chat: ChatId,
) -> Result<(), AppError> {
    let bound = accounts::bound_to(&mut *app.store.read().await?, chat).await?;
    let person = turn.person.id;
    let mut seen = BTreeMap::new();
    let first = bound.iter().map(|account| account.owner);
    look_at(&mut seen, members, chat, first.chain([person])).await;
    // A second owner matters only where the first one is not seen: Telegram may tell nothing of them.
    let alone = bound
        .iter()
        .filter(|account| !is_here(&seen, account.owner));
    let second: Vec<_> = alone.filter_map(|account| account.second_owner).collect();
    look_at(&mut seen, members, chat, second.into_iter()).await;
    let mut left = Vec::new();
    for account in &bound {
        if account.owners().any(|owner| is_here(&seen, owner)) {
            continue;
        }
        for owner in account.owners().filter(|owner| *owner != person) {
            if let Some(seen) = seen.get(&owner) {
                known(seen.clone())?;
                left.push(owner);
            }
        }
    }
    let standing = match seen.remove(&person) {
        Some(seen) => known(seen)?.standing,
        None => Standing::Gone,
    };
    turn.set_visit(Visit { chat, standing });
    let asleep = owners_left(app, turn, chat, &left).await?;
    match (standing, asleep) {
        (Standing::Gone, _) => Err(UserError::NotInGroup.into()),
        // The transaction that says so must not wait for a provider.
        (_, true) => Err(UserError::OwnerLeft.into()),
        (_, false) => Ok(()),
    }
}

type Looks = BTreeMap<PersonId, Result<Seen, Unseen>>;

fn is_here(seen: &Looks, person: PersonId) -> bool {
    matches!(seen.get(&person), Some(Ok(seen)) if seen.standing != Standing::Gone)
}

/// Asks Telegram about those who were not asked about yet; side by side, since each is a question.
async fn look_at(
    seen: &mut Looks,
    members: &dyn Members,
    chat: ChatId,
    people: impl Iterator<Item = PersonId>,
) {
    let mut people: Vec<_> = people.filter(|person| !seen.contains_key(person)).collect();
    people.sort_unstable();
    people.dedup();
    let answers = join_all(people.iter().map(|person| members.look(chat, *person))).await;
    seen.extend(people.into_iter().zip(answers));
}

/// What Telegram said; without an answer nobody has any right.
pub(super) fn known(seen: Result<Seen, Unseen>) -> Result<Seen, AppError> {
    seen.map_err(|unseen| match unseen {
        Unseen::Away => UserError::GroupAway.into(),
        Unseen::NotShown => UserError::GroupNotShown.into(),
    })
}

/// The accounts that the person of a turn could bind to its group: their own, which are not bound there yet.
pub async fn bindable(app: &App, turn: &Turn) -> Result<Vec<Owned>, AppError> {
    let chat = require_administrator(turn)?.chat;
    let owned = app.accounts(turn.person.id).await?;
    if owned.is_empty() {
        return Err(UserError::NothingToBind.into());
    }
    let bound = bound(app, chat).await?;
    let mut free = owned;
    free.retain(|owned| !bound.iter().any(|bound| bound.id == owned.account().id));
    if free.is_empty() {
        return Err(UserError::AllBound.into());
    }
    Ok(free)
}

/// The accounts of the person of a turn that are bound to its group.
pub async fn unbindable(app: &App, turn: &Turn) -> Result<Vec<Account>, AppError> {
    let mut bound = bound(app, turn.chat).await?;
    bound.retain(|account| account.is_owned_by(turn.person.id));
    if bound.is_empty() {
        return Err(UserError::NothingToUnbind.into());
    }
    Ok(bound)
}

async fn bound(app: &App, chat: ChatId) -> Result<Vec<Account>, AppError> {
    Ok(accounts::bound_to(&mut *app.store.read().await?, chat).await?)
}

/// A question for each account: one press binds or unbinds it.
pub async fn ask(
    app: &App,
    turn: &mut Turn,
    actions: Vec<Action>,
) -> Result<Vec<ConfirmationId>, AppError> {
    let mut questions = Vec::with_capacity(actions.len());
    for action in actions {
        questions.push(confirm::ask(app, turn, action, None).await?);
    }
    Ok(questions)
}

/// Binds what was confirmed to the group of the turn, under its present title.
pub async fn bind(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
    title: &str,
) -> Result<Account, AppError> {
    let Action::Bind { account } = &confirmation.action else {
        return Err(AppError::Broken("not a question about binding".to_owned()));
    };
    let chat = require_administrator(turn)?.chat;
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    // Groups are locked before accounts, and accounts before bindings, everywhere.
    workspaces::put(tx, chat, title).await?;
    let owned = Owned::lock(tx, person, account).await?;
    workspaces::bind(tx, chat, account, now).await?;
    let note = Note::account(account, now, person, AuditAction::Bound, title);
    app.write_down(tx, note).await?;
    Ok(owned.account().clone())
}

/// Takes an account from the group of the turn.
pub async fn unbind(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
) -> Result<Account, AppError> {
    let Action::Unbind { account } = &confirmation.action else {
        return Err(AppError::Broken(
            "not a question about unbinding".to_owned(),
        ));
    };
    let (now, person, chat) = (turn.now, turn.person.id, turn.chat);
    let tx = turn.tx().await?;
    let owned = Owned::lock(tx, person, account).await?;
    if workspaces::unbind(tx, chat, account).await? {
        let title = workspaces::title(tx, chat).await?.unwrap_or_default();
        let note = Note::account(account, now, person, AuditAction::Unbound, &title);
        app.write_down(tx, note).await?;
    }
    Ok(owned.account().clone())
}

/// Binding takes both: the account, and Telegram's word that the group is the person's to decide about.
fn require_administrator(turn: &Turn) -> Result<&Visit, UserError> {
    turn.visit()
        .filter(|visit| visit.standing == Standing::Administrator)
        .ok_or(UserError::AdministratorsOnly)
}

/// Whether Telegram says that the person of the turn is an administrator of its group.
pub fn is_administrator(turn: &Turn) -> bool {
    require_administrator(turn).is_ok()
}

/// The bot was taken from a group: nothing is bound there until the owners bind it again.
pub async fn bot_left(app: &App, turn: &mut Turn, chat: ChatId) -> Result<(), AppError> {
    let accounts = bound(app, chat).await?;
    sleep(app, turn, chat, accounts, Asleep::BotGone).await
}

/// People have left a group: what they alone own is not worked with there any more. True when there is something of that kind.
pub async fn owners_left(
    app: &App,
    turn: &mut Turn,
    chat: ChatId,
    left: &[PersonId],
) -> Result<bool, AppError> {
    let mut accounts = bound(app, chat).await?;
    // Whether its other owner is still there is asked of Telegram when somebody acts.
    accounts.retain(|account| account.owners().all(|owner| left.contains(&owner)));
    let any = !accounts.is_empty();
    sleep(app, turn, chat, accounts, Asleep::OwnerGone).await?;
    Ok(any)
}

async fn sleep(
    app: &App,
    turn: &mut Turn,
    chat: ChatId,
    accounts: Vec<Account>,
    why: Asleep,
) -> Result<(), AppError> {
    let now = turn.now;
    for account in accounts {
        let tx = turn.tx().await?;
        accounts::lock(tx, &account.id).await?;
        if !workspaces::put_to_sleep(tx, chat, &account.id, now).await? {
            continue;
        }
        let title = workspaces::title(tx, chat).await?.unwrap_or_default();
        let nobody = PersonId(0);
        let note = Note::account(&account.id, now, nobody, AuditAction::FellAsleep, &title);
        app.write_down(tx, note).await?;
        turn.tell(News::Asleep(account, title, why));
    }
    Ok(())
}

/// The group has got another number; both of the messages that say so lead here.
pub async fn migrated(turn: &mut Turn, old: ChatId, new: ChatId) -> Result<(), AppError> {
    workspaces::migrate(turn.tx().await?, old, new).await?;
    leaks::migrate_group(turn.tx().await?, old, new).await?;
    turn.wake_ledger();
    Ok(())
}

/// Fails where the person of the turn may not do that with the group as a whole.
pub(super) async fn require(
    c: &mut Connection,
    turn: &access::Who,
    right: Right,
) -> Result<ChatId, AppError> {
    let visit = turn.visit().ok_or(UserError::NoSuchAccount)?;
    if accounts::bound_to(c, visit.chat).await?.is_empty() {
        return Err(UserError::NothingBound.into());
    }
    if access::roles(c, visit, turn.person).await?.may(right) {
        Ok(visit.chat)
    } else {
        Err(UserError::NoRight(right).into())
    }
}

/// Writes something about a group down for each account that it works with.
pub(super) async fn write_down(
    app: &App,
    turn: &mut Turn,
    chat: ChatId,
    action: AuditAction,
    subject: &str,
) -> Result<(), AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    let ids: Vec<AccountId> = accounts::bound_to(tx, chat)
        .await?
        .into_iter()
        .map(|account| account.id)
        .collect();
    for id in ids {
        app.write_down(tx, Note::account(&id, now, person, action, subject))
            .await?;
    }
    Ok(())
}
