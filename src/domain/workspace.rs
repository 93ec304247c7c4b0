//! Groups that work with accounts: who may do what there. A role is granted by a manager; Telegram's administrators are managers
//! as long as Telegram says so.

use serde::{Deserialize, Serialize};

use super::{ChatId, PersonId};

/// What somebody was granted in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees keys and requests.
    Viewer,
    /// Creates keys.
    Issuer,
    /// Revokes keys.
    Revoker,
    /// Does all of that and grants roles.
    Manager,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Issuer, Self::Revoker, Self::Manager];

    /// As stored and typed.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Issuer => "issuer",
            Self::Revoker => "revoker",
            Self::Manager => "manager",
        }
    }

    /// From the stored or typed code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// What somebody wants to do with an account or a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// See keys and requests.
    View,
    /// Create a key.
    Issue,
    /// Put a new key in the place of an old one, which dies: it takes the rights for both.
    Rotate,
    /// Revoke a key.
    Revoke,
    /// Grant roles.
    Manage,
}

/// What Telegram says that somebody is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its creator or an administrator.
    Administrator,
    /// Any other member.
    Member,
    /// Not in it.
    Gone,
}

/// The roles of one person in one group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// Those that were granted, as far as they count for somebody who stands so in the group now.
    pub fn of(standing: Standing, mut granted: Vec<Role>) -> Self {
        match standing {
            Standing::Administrator => granted.push(Role::Manager),
            Standing::Member => {}
            Standing::Gone => granted.clear(),
        }
        Self(granted)
    }

    /// Whether they are enough for that.
    pub fn may(&self, right: Right) -> bool {
        let has = |role: Role| self.0.contains(&role) || self.0.contains(&Role::Manager);
        match right {
            Right::View => !self.0.is_empty(),
            Right::Issue => has(Role::Issuer),
            Right::Revoke => has(Role::Revoker),
            Right::Rotate => has(Role::Issuer) && has(Role::Revoker),
            Right::Manage => has(Role::Manager),
        }
    }
}

/// A role and who has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Who.
    pub person: PersonId,
    /// What.
    pub role: Role,
}

/// Somebody who is named in a command, by a reply or by a mention that carries an id. The name is for people to read only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Who.
    pub id: PersonId,
    /// It is a bot, or stands for somebody who hides.
    pub is_bot: bool,
    /// What they are called.
    pub name: String,
}

/// What Telegram tells of a group itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupEvent {
    /// It has that number from now on.
    MigratedTo(ChatId),
    /// It had that number until now.
    MigratedFrom(ChatId),
    /// Somebody has left it, or was removed.
    Left(PersonId),
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHTS: [Right; 5] = [
        Right::View,
        Right::Issue,
        Right::Rotate,
        Right::Revoke,
        Right::Manage,
    ];

    fn rights(standing: Standing, granted: &[Role]) -> Vec<Right> {
        let roles = Roles::of(standing, granted.to_vec());
        let mut rights = RIGHTS.to_vec();
        rights.retain(|right| roles.may(*right));
        rights
    }

    #[test]
    fn a_role_gives_what_it_says_and_nothing_else() {
        let member = |granted: &[Role]| rights(Standing::Member, granted);
        assert_eq!(member(&[]), []);
        assert_eq!(member(&[Role::Viewer]), [Right::View]);
        assert_eq!(member(&[Role::Issuer]), [Right::View, Right::Issue]);
        assert_eq!(member(&[Role::Revoker]), [Right::View, Right::Revoke]);
        assert_eq!(
            member(&[Role::Issuer, Role::Revoker]),
            [Right::View, Right::Issue, Right::Rotate, Right::Revoke]
        );
        assert_eq!(member(&[Role::Manager]), RIGHTS);
        assert_eq!(rights(Standing::Administrator, &[]), RIGHTS);
        assert_eq!(rights(Standing::Gone, &Role::ALL), []);
    }

    #[test]
    fn every_role_reads_back() {
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
    }
}
