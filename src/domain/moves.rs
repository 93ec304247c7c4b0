//! Accounts on their way from one person to another: by their owner's wish, by a recovery code after a Telegram account was lost, or
//! since their second owner takes them over. And second owners on their way to an account.

use serde::{Deserialize, Serialize};

use super::{AccountId, MoveId, PersonId, Timestamp};

/// Why accounts move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveKind {
    /// Their owner gives them away.
    Transfer,
    /// Somebody has brought a recovery code.
    Recovery,
    /// Their owner makes somebody their second owner.
    Share,
    /// Their second owner takes them over.
    TakeOver,
}

impl MoveKind {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Transfer => "transfer",
            Self::Recovery => "recovery",
            Self::Share => "share",
            Self::TakeOver => "take_over",
        }
    }

    /// From the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Transfer, Self::Recovery, Self::Share, Self::TakeOver]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// One move that is neither done nor stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Random, not guessable: whoever has it can accept an offer.
    pub id: MoveId,
    /// Why.
    pub kind: MoveKind,
    /// Whose the accounts are.
    pub giver: PersonId,
    /// What the giver was called when it began.
    pub giver_name: String,
    /// Whose they are to be, too or alone; zero until somebody has accepted.
    pub taker: PersonId,
    /// What the taker was called then.
    pub taker_name: String,
    /// Until when it can be accepted.
    pub ends_at: Timestamp,
    /// When the accounts move; never, until somebody has accepted.
    pub due_at: Timestamp,
    /// Which.
    pub accounts: Vec<AccountId>,
}

impl Move {
    /// Somebody has accepted: it happens when its time has come, unless it is stopped.
    pub const fn is_waiting(&self) -> bool {
        !self.due_at.is_never()
    }
}

/// What can be asked about an account's second owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// The owner offers somebody to be that.
    Offer,
    /// There is to be none any more: the owner or the second owner wants that.
    End,
    /// The second owner wants to be the owner.
    TakeOver,
}

impl Sharing {
    /// As it stands in buttons.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::End => "end",
            Self::TakeOver => "take",
        }
    }

    /// From that code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Offer, Self::End, Self::TakeOver]
            .into_iter()
            .find(|what| what.code() == code)
    }
}
