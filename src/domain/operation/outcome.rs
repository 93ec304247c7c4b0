//! How an operation ends, and why surely nothing was done. Never a secret: it is stored, and told.

use serde::{Deserialize, Serialize};

/// Why surely nothing was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The credential was refused.
    CredentialRefused,
    /// The provider knows no such project.
    NotFound,
    /// The provider refused the request, with its words (cleaned).
    Invalid(String),
    /// The person's private chat cannot be written to.
    ChatClosed,
    /// The provider could not be reached for [`ISSUE_TRIES_FOR`](super::ISSUE_TRIES_FOR).
    ProviderAway,
    /// The answer was lost, and no key was there a minute later.
    NeverAppeared,
    /// It could not begin for [`ISSUE_TRIES_FOR`](super::ISSUE_TRIES_FOR): whoever asked may not want it any more.
    TooLate,
    /// The person is not on the operator's list any more.
    NotAllowed,
    /// Not enough people have approved in time.
    NotApproved,
    /// Somebody has rejected it.
    Rejected,
    /// Whoever asked for it has taken it back before it began.
    TakenBack,
    /// Whoever asked for it may not do that in the group any more.
    NoRight,
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All that was asked for is true.
    Done,
    /// Nothing was created, nothing changed.
    NothingDone(Reason),
    /// The new key was lost, is revoked, and the old one (if any) lives.
    Undone,
    /// A key whose secret nobody saw lives on, by its person's choice.
    OrphanKept,
    /// A reset went through and its answer was lost: the old key is dead, the new one stands at the provider.
    CredentialLost,
    /// The answer to a reset was lost, and its person has linked the account with another key since.
    Relinked,
    /// Nobody said `I saved it` in time: the new key lives; the old one, if any, was not touched.
    NotSaved,
    /// The new key was saved but could not be proven, so the old one was not touched.
    Unproven,
    /// The account's one key was saved, and has been replaced by another one since.
    Replaced,
    /// Its account was unlinked on the way.
    Withdrawn,
    /// Its person gave a revocation up: the key may be alive.
    Stopped,
}

impl Outcome {
    /// For the audit.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NothingDone(_) => "nothing_done",
            Self::Undone => "undone",
            Self::OrphanKept => "orphan_kept",
            Self::CredentialLost => "credential_lost",
            Self::Relinked => "relinked",
            Self::NotSaved => "not_saved",
            Self::Unproven => "unproven",
            Self::Replaced => "replaced",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
        }
    }
}
