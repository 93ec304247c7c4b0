//! The two kinds of failure: what a person can mend, with what they need to know, and what broke.

use std::time::Duration;

use super::pages::PageFault;
use crate::{
    domain::{AccountId, OperationNumber, ProviderKind, Right, TextFault},
    ports::NoRandomness,
    providers::ProviderError,
    store::StoreError,
    vault::VaultError,
};

/// What a person did that cannot be done so; each has words in every language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserError {
    /// No account is linked yet.
    NoAccounts,
    /// There is no such account, or it is someone else's: the two look the same on purpose.
    NoSuchAccount,
    /// The person has as many accounts as allowed.
    TooManyAccounts,
    /// The text is no label.
    BadLabel(TextFault),
    /// The text is no project id.
    BadProject,
    /// The text cannot be a credential.
    BadCredential(ProviderKind),
    /// The provider does not accept the credential.
    CredentialRefused(ProviderKind),
    /// Too many refused credentials; again after that time.
    TooManyRefusals(Duration),
    /// The stored credential was refused: the account needs linking again.
    LinkAgain {
        /// Its id, for the button.
        account: AccountId,
        /// Its name.
        name: String,
        /// Where.
        provider: ProviderKind,
    },
    /// The stored credential does not open: the account needs linking again.
    CredentialUnreadable {
        /// Its id, for the button.
        account: AccountId,
        /// Its name.
        name: String,
    },
    /// The provider knows no such project.
    ProjectUnknown(ProviderKind),
    /// The provider refused the request, with its own cleaned words.
    ProviderRefused(ProviderKind, String),
    /// The provider cannot be reached or makes no sense; nothing was changed.
    ProviderAway(ProviderKind),
    /// The provider asks to wait that long; nothing was changed.
    ProviderBusy(ProviderKind, Duration),
    /// Issuing is paused by the operator.
    Paused,
    /// Only operators may do that.
    OperatorsOnly,
    /// There is no such request of this person.
    NoSuchOperation,
    /// That question or request has moved on; what is true now is shown instead.
    MovedOn,
    /// No account is bound to the group.
    NothingBound,
    /// Only an administrator of the group may do that.
    AdministratorsOnly,
    /// The person has no account that could be bound.
    NothingToBind,
    /// All accounts of the person are bound to the group.
    AllBound,
    /// No account of the person is bound to the group.
    NothingToUnbind,
    /// The person is not in the group.
    NotInGroup,
    /// The person may not do that in the group.
    NoRight(Right),
    /// Telegram cannot be asked who may do what in the group.
    GroupAway,
    /// Telegram tells the bot nothing about the group's people, since it is no administrator.
    GroupNotShown,
    /// The owner of an account has left the group: it is not worked with there any more.
    OwnerLeft,
    /// Nobody grants something to oneself.
    GrantSelf,
    /// Bots are granted nothing.
    GrantBot,
    /// Whoever is to be granted something is not in the group.
    GrantGone,
    /// The group has as many grants as allowed.
    TooManyGrants,
    /// About a typed code or the second factor.
    Code(CodeFault),
    /// About accounts that move.
    Move(MoveFault),
    /// About a page.
    Page(PageFault),
    /// Nobody approves or rejects their own request.
    ApproveOwn,
    /// The person has approved it before.
    ApprovedAlready,
    /// As many requests of the group as allowed wait for approval.
    TooManyWaiting,
    /// A request of the account is at its provider at this very moment.
    AtProvider(OperationNumber),
    /// An open request is about the same key.
    KeyBusy(OperationNumber),
    /// The account's one key is another one by now.
    KeyReplaced,
    /// The key is revoked already.
    KeyRevoked,
}

/// What is wrong with a typed code, or with the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFault {
    /// That is no code of the person's second factor.
    Wrong,
    /// That code was given before.
    Used,
    /// Too many wrong codes; again after that time.
    TooMany(Duration),
    /// That code does not belong to the secret that is being set up.
    WrongFirst,
    /// The secret that is to be set up does not stand in the chat yet, or any more.
    NotShown,
    /// There is a second factor already.
    FactorOn,
    /// There is no second factor.
    FactorOff,
    /// A code is to be given in the private chat before.
    FactorFirst,
    /// The group asks for a code, and the person has no second factor.
    FactorNeeded,
    /// That recovery code does not count, for whatever reason.
    WrongRecovery,
}

/// Why accounts do not move, or do not stop to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveFault {
    /// One of the accounts is on its way to somebody already.
    Already,
    /// The offer was taken, taken back, or is too old.
    OfferOver,
    /// Nobody gives an account to oneself.
    OwnOffer,
    /// The person would have too many accounts.
    NoRoom,
    /// Only an account's first owner decides that.
    FirstOwnerOnly,
    /// It has a second owner, and can have no third.
    HasSecondOwner,
    /// The person owns it already.
    YoursAlready,
    /// It has no second owner.
    NoSecondOwner,
    /// What was to be stopped is done, was stopped before, or is not the person's.
    NothingToStop,
}

impl UserError {
    /// Whether it is about somebody who has no business there.
    pub const fn is_a_strangers(&self) -> bool {
        matches!(
            self,
            Self::NoRight(_)
                | Self::NotInGroup
                | Self::NoSuchAccount
                | Self::ApproveOwn
                | Self::ApprovedAlready
        )
    }
}

/// A failure of what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// Told to the person, not logged.
    #[error("{0:?}")]
    User(UserError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A sealed value.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The machine's randomness.
    #[error(transparent)]
    Dice(#[from] NoRandomness),
    /// The update was handled already, by another life or another process.
    #[error("handled already")]
    Repeated,
    /// This process gave no sign of life for so long that another one may be handling the update.
    #[error("this process was silent for too long; looking whose its updates are")]
    Silent,
    /// A rule of our own was broken.
    #[error("{0}")]
    Broken(String),
}

impl From<CodeFault> for AppError {
    fn from(fault: CodeFault) -> Self {
        Self::User(UserError::Code(fault))
    }
}

impl From<MoveFault> for AppError {
    fn from(fault: MoveFault) -> Self {
        Self::User(UserError::Move(fault))
    }
}

impl From<PageFault> for AppError {
    fn from(fault: PageFault) -> Self {
        Self::User(UserError::Page(fault))
    }
}

impl From<UserError> for AppError {
    fn from(error: UserError) -> Self {
        Self::User(error)
    }
}

/// What a person is told about a failed call that changed nothing. An unknown outcome of a reading call is none.
pub(super) fn told(kind: ProviderKind, error: ProviderError) -> UserError {
    match error {
        ProviderError::Refused => UserError::CredentialRefused(kind),
        ProviderError::NotFound => UserError::ProjectUnknown(kind),
        ProviderError::Forbidden(words) | ProviderError::Invalid(words) => {
            UserError::ProviderRefused(kind, words)
        }
        ProviderError::RateLimited { retry_after } => UserError::ProviderBusy(kind, retry_after),
        ProviderError::Unreachable(cause)
        | ProviderError::OutcomeUnknown(cause)
        | ProviderError::Unexpected(cause) => {
            tracing::warn!(provider = kind.code(), cause, "a provider cannot be read");
            UserError::ProviderAway(kind)
        }
    }
}
