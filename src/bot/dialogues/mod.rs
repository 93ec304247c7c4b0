//! Conversations of several messages. A state is a plain value that is stored between two updates and survives a restart;
//! it cannot hold a secret, since a secret cannot be serialised.

mod step;

use serde::{Deserialize, Serialize};

use crate::domain::{AccountId, ConfirmationId, KeyRef, MessageId, ProjectId, ProviderKind};

pub use step::{Complaint, Input, Request, Step};

/// Where a conversation stands: what was asked last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Dialogue {
    /// Where is the account that is to be linked? Chosen by a button that works without this state, too.
    LinkProvider,
    /// Which project is to be linked?
    LinkProject {
        /// Where.
        provider: ProviderKind,
        /// The account to be mended, if any.
        again: Option<AccountId>,
    },
    /// What is its credential?
    LinkCredential {
        /// Where.
        provider: ProviderKind,
        /// The project, where there is one.
        project: Option<String>,
        /// The account to be mended, if any.
        again: Option<AccountId>,
    },
    /// What shall the new key be called?
    NewKeyLabel {
        /// Where, if that is known.
        account: Option<AccountId>,
    },
    /// In which account shall it be?
    NewKeyAccount {
        /// Names this question in its buttons.
        question: String,
        /// The label.
        label: String,
        /// The choices.
        accounts: Vec<AccountId>,
    },
    /// Which key shall be revoked?
    RevokeWhich {
        /// Names this question in its buttons.
        question: String,
        /// The choices.
        keys: Vec<(AccountId, KeyRef)>,
    },
    /// Which key has leaked?
    PanicWhich {
        /// Names this question in its buttons.
        question: String,
        /// The choices.
        keys: Vec<(AccountId, KeyRef)>,
    },
    /// Which key shall be rotated?
    RotateWhich {
        /// Names this question in its buttons.
        question: String,
        /// The choices.
        keys: Vec<(AccountId, KeyRef)>,
    },
    /// The age of which key?
    AgeWhich {
        /// Names this question in its buttons.
        question: String,
        /// The choices.
        keys: Vec<(AccountId, KeyRef)>,
    },
    /// How old may that key become?
    KeyAge {
        /// Names this question in its buttons.
        question: String,
        /// Where the key is.
        account: AccountId,
        /// The key.
        key: KeyRef,
    },
    /// Which account shall be forgotten?
    UnlinkWhich {
        /// Names this question in its buttons.
        question: String,
        /// The choices.
        accounts: Vec<AccountId>,
    },
    /// Which accounts are to be offered? Behind the last one stands: all of them.
    TransferWhich {
        /// Names this question in its buttons.
        question: String,
        /// The choices.
        accounts: Vec<AccountId>,
    },
    /// What is the first code of the second factor that is being set up?
    FactorFirstCode,
    /// What is a code of the second factor, for what was confirmed?
    FactorCode {
        /// What was confirmed; the right code uses it up.
        question: ConfirmationId,
        /// Where it stands.
        place: MessageId,
    },
    /// What is a recovery code of a lost Telegram account?
    RecoveryCode,
    /// What is the account's new name?
    Rename {
        /// Which.
        account: AccountId,
    },
    /// What is the key that the dashboard has made?
    RotateGuided {
        /// Of which account.
        account: AccountId,
    },
}

impl Dialogue {
    /// Whatever is sent now may be a secret: it is deleted before anything else.
    pub const fn expects_secret(&self) -> bool {
        matches!(
            self,
            Self::LinkCredential { .. }
                | Self::RotateGuided { .. }
                | Self::FactorFirstCode
                | Self::FactorCode { .. }
                | Self::RecoveryCode
        )
    }

    /// It asks for a choice, and no text is an answer.
    pub const fn offers_buttons(&self) -> bool {
        matches!(
            self,
            Self::LinkProvider
                | Self::NewKeyAccount { .. }
                | Self::RevokeWhich { .. }
                | Self::PanicWhich { .. }
                | Self::RotateWhich { .. }
                | Self::AgeWhich { .. }
                | Self::KeyAge { .. }
                | Self::UnlinkWhich { .. }
                | Self::TransferWhich { .. }
        )
    }

    /// Which project is it?
    pub const fn asks_for_project(&self) -> bool {
        matches!(self, Self::LinkProject { .. })
    }

    /// That text may be a secret, here: one that is asked for, or a token where a project ID is asked for.
    pub fn may_be_secret(&self, text: &str) -> bool {
        let is_no_project = self.asks_for_project() && ProjectId::parse(text).is_none();
        self.expects_secret() || is_no_project
    }
}
