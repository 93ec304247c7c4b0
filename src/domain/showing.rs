//! What a person is shown once: it stands in their chat for a short while and is then taken away. It never holds what is shown.

use super::{MessageId, PersonId, Timestamp};

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// The secret of a second factor, while it is being set up.
    Factor,
    /// Codes that stand in for a code of the second factor.
    FactorCodes,
    /// Codes by which another Telegram account takes over.
    AccountCodes,
}

impl Shows {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Factor => "factor",
            Self::FactorCodes => "factor_codes",
            Self::AccountCodes => "account_codes",
        }
    }

    /// From the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Factor, Self::FactorCodes, Self::AccountCodes]
            .into_iter()
            .find(|shows| shows.code() == code)
    }
}

/// One showing.
#[derive(Clone, Debug)]
pub struct Showing {
    /// Random.
    pub id: String,
    /// To whom.
    pub person: PersonId,
    /// What.
    pub shows: Shows,
    /// Where it stands; zero until it is known to stand anywhere.
    pub message: MessageId,
    /// When it is looked at next.
    pub try_at: Timestamp,
    /// When it is taken away, or given up.
    pub ends_at: Timestamp,
}

/// What a code is for. One for one purpose never serves the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// In place of a code of the second factor.
    Factor,
    /// To take accounts over.
    Account,
}

impl Purpose {
    /// As stored and coded. Never change one: codes on paper would stop to count.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Factor => "factor",
            Self::Account => "account",
        }
    }
}

/// Wrong codes of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WrongCodes {
    /// Since when they are counted.
    pub since: Timestamp,
    /// How many.
    pub count: i64,
}
