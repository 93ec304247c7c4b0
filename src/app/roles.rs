//! Roles in a group: granted and taken by managers, checked anew in the transaction that records it. People are known by their ids:
//! a name can be anybody's.

use futures::future::join_all;

use super::{App, AppError, Members, Turn, Unseen, UserError, confirm, workspace};
use crate::{
    domain::{
        Action, AuditAction, ChatId, Confirmation, ConfirmationId, Grant, Named, PersonId, Right,
        Role, Standing,
    },
    store::workspaces,
};

/// Grants of one group at most: more than a message can list would be lost from sight.
const MOST: usize = 50;

/// What came of granting or taking away.
#[derive(Debug)]
pub struct Changed {
    /// Whom it is about.
    pub person: PersonId,
    /// What they are called now.
    pub name: String,
    /// The roles that were given or taken; none when it was so already.
    pub roles: Vec<Role>,
}

/// Looks, before anything is written, whether somebody can be granted a role: a person, not oneself, and in the group.
pub async fn check_target(
    app: &App,
    turn: &Turn,
    members: &dyn Members,
    person: PersonId,
) -> Result<Named, AppError> {
    let chat = may_manage(app, turn).await?;
    if person == turn.person.id {
        return Err(UserError::GrantSelf.into());
    }
    match members.look(chat, person).await {
        Err(Unseen::Away) => Err(UserError::GroupAway.into()),
        Ok(seen) if seen.is_bot => Err(UserError::GrantBot.into()),
        Ok(seen) if seen.standing != Standing::Gone => Ok(Named {
            id: person,
            is_bot: false,
            name: seen.name,
        }),
        Ok(_) | Err(Unseen::NotShown) => Err(UserError::GrantGone.into()),
    }
}

/// Grants a role to somebody who was looked at.
pub async fn grant(
    app: &App,
    turn: &mut Turn,
    role: Role,
    named: Named,
) -> Result<Changed, AppError> {
    let (chat, now) = (lock(turn).await?, turn.now);
    let by = turn.person.id;
    let tx = turn.tx().await?;
    if workspaces::grants(tx, chat).await?.len() >= MOST {
        return Err(UserError::TooManyGrants.into());
    }
    let person = named.id;
    let mut roles = Vec::new();
    if workspaces::grant(tx, chat, Grant { person, role }, by, now).await? {
        roles.push(role);
        let subject = format!("{} → {person}", role.code());
        workspace::write_down(app, turn, chat, AuditAction::RoleGranted, &subject).await?;
    }
    Ok(Changed {
        person,
        name: named.name,
        roles,
    })
}

/// Takes a role from somebody, or all of them; whoever has left the group too.
pub async fn take_away(
    app: &App,
    turn: &mut Turn,
    role: Option<Role>,
    named: Named,
) -> Result<Changed, AppError> {
    let (chat, person) = (lock(turn).await?, named.id);
    let mut roles = Vec::new();
    for role in role.map_or(Role::ALL.to_vec(), |role| vec![role]) {
        let tx = turn.tx().await?;
        if workspaces::take_away(tx, chat, Grant { person, role }).await? {
            roles.push(role);
            let subject = format!("{} → {person}", role.code());
            workspace::write_down(app, turn, chat, AuditAction::RoleTaken, &subject).await?;
        }
    }
    Ok(Changed {
        person,
        name: named.name,
        roles,
    })
}

/// Looks again whether the person is a manager, now that no other one can change it.
async fn lock(turn: &mut Turn) -> Result<ChatId, AppError> {
    let (who, chat) = (turn.who(), turn.chat);
    let tx = turn.tx().await?;
    workspaces::lock(tx, chat).await?;
    workspace::require(tx, &who, Right::Manage).await
}

/// Fails where the person of the turn is no manager of the group; before anything else is asked or written.
pub async fn may_manage(app: &App, turn: &Turn) -> Result<ChatId, AppError> {
    workspace::require(&mut *app.store.read().await?, &turn.who(), Right::Manage).await
}

/// A role and whoever has it, by the name that Telegram tells now.
#[derive(Debug)]
pub struct Listed {
    /// Who has what.
    pub grant: Grant,
    /// The present name; empty when Telegram does not tell.
    pub name: String,
    /// They are not in the group any more, so it counts for nothing.
    pub gone: bool,
}

/// All roles that were granted in the group; its members are never listed, however many they are.
pub async fn list(app: &App, turn: &Turn, members: &dyn Members) -> Result<Vec<Listed>, AppError> {
    let (chat, grants) = {
        let mut c = app.store.read().await?;
        let chat = workspace::require(&mut c, &turn.who(), Right::View).await?;
        (chat, workspaces::grants(&mut c, chat).await?)
    };
    let mut people: Vec<_> = grants.iter().map(|grant| grant.person).collect();
    people.sort_unstable();
    people.dedup();
    let seen = join_all(people.iter().map(|person| members.look(chat, *person))).await;
    let listed = grants.into_iter().map(|grant| {
        let place = people.iter().position(|person| *person == grant.person);
        let seen = place.and_then(|place| seen.get(place)?.as_ref().ok());
        Listed {
            grant,
            gone: seen.is_some_and(|seen| seen.standing == Standing::Gone),
            name: seen.map(|seen| seen.name.clone()).unwrap_or_default(),
        }
    });
    Ok(listed.collect())
}

/// Asks whoever is meant, or hides, to press a button: nobody else can say who they are.
pub async fn ask_who(
    app: &App,
    turn: &mut Turn,
    action: Action,
) -> Result<ConfirmationId, AppError> {
    confirm::ask_anyone(app, turn, action).await
}

/// Whoever pressed has shown who they are; the manager who wants to grant is asked whether it is the right one.
pub async fn claimed(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
) -> Result<(Role, PersonId, ConfirmationId), AppError> {
    let Action::Claim { role, by } = confirmation.action else {
        return Err(AppError::Broken(
            "not a question about who it is".to_owned(),
        ));
    };
    if turn.person.id == by {
        return Err(UserError::GrantSelf.into());
    }
    let action = Action::Grant {
        role,
        person: turn.person.id,
    };
    let question = confirm::ask_other(app, turn, action, by).await?;
    Ok((role, by, question))
}
