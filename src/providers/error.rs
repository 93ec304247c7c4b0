//! What can come of a call to a provider, in the kinds on which the ledger branches.

use std::time::Duration;

/// Why a call did not bring what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The credential is not accepted (401): it is wrong or dead. Surely nothing was done.
    #[error("the credential was refused")]
    Refused,
    /// The credential may not do that (403), with these words, cleaned for people. It says nothing about its life.
    /// Surely nothing was done.
    #[error("forbidden")]
    Forbidden(String),
    /// There is no such project or key. Surely nothing was done.
    #[error("not found")]
    NotFound,
    /// The request was refused with these words, cleaned for people. Surely nothing was done.
    #[error("the request was refused")]
    Invalid(String),
    /// Too many calls; surely nothing was done.
    #[error("rate limited for {} s", retry_after.as_secs())]
    RateLimited {
        /// What the provider asks for, within our limits.
        retry_after: Duration,
    },
    /// The request surely did not reach the provider, or was one that only reads.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// The request may have been carried out and its answer was lost.
    #[error("the outcome is unknown: {0}")]
    OutcomeUnknown(String),
    /// A reading call brought an answer that makes no sense.
    #[error("an unexpected answer: {0}")]
    Unexpected(String),
}

impl ProviderError {
    /// The kind, for the metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Forbidden(_) => "forbidden",
            Self::NotFound => "not_found",
            Self::Invalid(_) => "invalid",
            Self::RateLimited { .. } => "rate_limited",
            Self::Unreachable(_) => "unreachable",
            Self::OutcomeUnknown(_) => "unknown",
            Self::Unexpected(_) => "unexpected",
        }
    }

    pub(super) fn not_offered() -> Self {
        Self::Unexpected("the provider does not offer that".to_owned())
    }

    /// For a call that changes something: whatever is not surely undone may be done.
    pub(super) fn of_changing_call(self) -> Self {
        match self {
            Self::Unexpected(what) => Self::OutcomeUnknown(what),
            other => other,
        }
    }

    /// For a call that only reads: a lost answer has done nothing.
    pub(super) fn of_reading_call(self) -> Self {
        match self {
            Self::OutcomeUnknown(what) => Self::Unreachable(what),
            other => other,
        }
    }
}
