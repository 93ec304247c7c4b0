//! Linked accounts.

use std::fmt;

use super::{AccountId, KeyAge, PersonId, ProviderKind, Sealed, Timestamp};

/// One linked credential at a provider.
#[derive(Clone, Debug)]
pub struct Account {
    /// Our id.
    pub id: AccountId,
    /// Whose it is: the person who linked it, or whoever has got it since.
    pub owner: PersonId,
    /// Somebody who may do with it whatever its owner may, but neither give it away nor unlink it.
    pub second_owner: Option<PersonId>,
    /// Where.
    pub provider: ProviderKind,
    /// The project, account or channel at the provider.
    pub project: ProjectId,
    /// The owner's name for it; unique among the owner's accounts.
    pub name: String,
    /// The credential. Empty after `/unlink`.
    pub credential: Sealed,
    /// The credential's last four characters.
    pub last_four: String,
    /// See [`AccountState`].
    pub state: AccountState,
    /// When it was linked first.
    pub linked_at: Timestamp,
    /// When the credential was stored last.
    pub credential_at: Timestamp,
    /// How old its keys may become.
    pub key_age: KeyAge,
}

impl Account {
    /// Its owner, and its second owner where it has one.
    pub fn owners(&self) -> impl Iterator<Item = PersonId> + use<> {
        std::iter::once(self.owner).chain(self.second_owner)
    }

    /// Whether that person is one of its owners.
    pub fn is_owned_by(&self, person: PersonId) -> bool {
        self.owners().any(|owner| owner == person)
    }

    /// What operations of several people may collide on.
    pub fn scope(&self) -> Scope {
        let within = if self.provider.capabilities().project_is_unique {
            self.project.as_str()
        } else {
            self.id.as_str()
        };
        Scope(format!("{}:{within}", self.provider.code()))
    }

    /// True when that key seems to be the credential that this account itself uses.
    /// Providers give only the last four characters, so this may rarely be wrong: it warns, it never forbids.
    pub fn seems_own(&self, last_four: &str) -> bool {
        !last_four.is_empty() && self.last_four == last_four
    }
}

/// Whether an account's credential works, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// It worked when it was last used.
    Linked,
    /// The provider refused it: it was changed or revoked outside. `Link again` mends it.
    Refused,
    /// A reset whose answer was lost killed it; the new key stands in the provider's own app.
    Lost,
    /// Its owner unlinked it; the credential is wiped, the audit stays.
    Unlinked,
}

impl AccountState {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Refused => "refused",
            Self::Lost => "lost",
            Self::Unlinked => "unlinked",
        }
    }

    /// From the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Linked, Self::Refused, Self::Lost, Self::Unlinked]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

/// A provider's project or account: operations in one scope run one at a time, across persons.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope(pub String);

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A provider's id of a project or account, safe to stand in a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectId(String);

impl ProjectId {
    /// Longest id taken, in characters: the documented ones are UUIDs. Whatever is longer may be a token in the wrong place.
    pub const MAX_CHARS: usize = 36;

    /// Reads what a person typed. Only letters, digits, `-` and `_` pass, so that it can never leave its place in a path.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = (1..=Self::MAX_CHARS).contains(&text.len());
        let safe = text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        (fits && safe).then(|| Self(text.to_owned()))
    }

    /// From a provider's own number.
    pub fn from_number(number: u64) -> Self {
        Self(number.to_string())
    }

    /// As the database kept it.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough of it for a person to recognise it.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_id_cannot_leave_its_place_in_a_path() {
        assert!(ProjectId::parse(" f47ac10b-58cc-4372-a567-0e02b2c3d479\n").is_some());
        for hostile in [
            "",
            "a/b",
            "..",
            "%2e%2e",
            "a b",
            "a?b",
            "a#b",
            "é",
            &"x".repeat(10_000),
        ] {
            assert_eq!(ProjectId::parse(hostile), None, "{hostile:.20}");
        }
    }
}
