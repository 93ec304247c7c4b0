//! What stands behind a button that changes something: the exact action, for one person, in one chat, once, for a short time.

use serde::{Deserialize, Serialize};

use super::{
    AccountId, ChatId, ConfirmationId, KeyRef, Label, MoveId, OperationNumber, PersonId,
    ProviderKind, Role, Sealed, Sharing, Timestamp, UpdateId, operation::OldKeyDies,
};

/// An action that waits for its button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Create a key with that label.
    CreateKey {
        /// Where.
        account: AccountId,
        /// The new key's label.
        label: Label,
    },
    /// Revoke that key.
    RevokeKey {
        /// Where.
        account: AccountId,
        /// Which.
        key: KeyRef,
    },
    /// Revoke all of those keys.
    Panic {
        /// Each with its account; the key that an account itself uses comes last there.
        keys: Vec<(AccountId, KeyRef)>,
        /// They are all that an account or all accounts have, not one that was named.
        #[serde(default)]
        all: bool,
    },
    /// Put a new key in that key's place.
    RotateKey {
        /// Where.
        account: AccountId,
        /// Which.
        key: KeyRef,
        /// When the old key dies; chosen while the question is open.
        #[serde(default)]
        old_key_dies: OldKeyDies,
    },
    /// Forget an account and wipe its credential.
    Unlink {
        /// Which.
        account: AccountId,
    },
    /// Put the credential that is sealed in the confirmation into an account that is linked already.
    ReplaceCredential {
        /// Which.
        account: AccountId,
        /// Where.
        provider: ProviderKind,
        /// The provider's name for the account, as it would be linked.
        project: String,
        /// The default name, if it is linked as another account instead.
        name: String,
        /// The new credential's last four characters.
        last_four: String,
    },
    /// Let a group work with an account.
    Bind {
        /// Which.
        account: AccountId,
    },
    /// Take an account from a group.
    Unbind {
        /// Which.
        account: AccountId,
    },
    /// Grant somebody a role in a group.
    Grant {
        /// Which.
        role: Role,
        /// Whom.
        person: PersonId,
    },
    /// Somebody is to show that a role is meant for them; then whoever grants it is asked. Its row names nobody who may press.
    Claim {
        /// Which role.
        role: Role,
        /// Who grants it.
        by: PersonId,
    },
    /// An anonymous administrator is to show who it is; then the command goes on. Its row names nobody who may press.
    ShowYourself {
        /// The command, as it was typed.
        command: String,
        /// Whom it is about, as JSON; empty for nobody.
        about: String,
    },
    /// A request that had no private chat to write to goes on.
    GoOn {
        /// Which.
        number: OperationNumber,
    },
    /// Set up a second factor.
    SetUpFactor,
    /// Switch the second factor off and wipe its secret.
    DropFactor,
    /// Make new codes that stand in for a code of the second factor.
    NewFactorCodes,
    /// Give a code of the second factor ahead of one action in a group.
    ProveFactor,
    /// Make new codes by which another Telegram account takes over.
    NewAccountCodes,
    /// Offer accounts to whoever gets the link.
    Offer {
        /// Which.
        accounts: Vec<AccountId>,
    },
    /// Something about an account's second owner.
    Share {
        /// Which account.
        account: AccountId,
        /// What.
        what: Sharing,
    },
    /// Take offered accounts.
    Accept {
        /// The offer.
        offer: MoveId,
    },
    /// Stop or allow issuing, for everyone.
    Pause {
        /// True stops.
        on: bool,
    },
}

impl Action {
    /// Whether a code of the second factor is asked for before it, where the person has one.
    pub const fn asks_for_factor(&self) -> bool {
        matches!(
            self,
            Self::Panic { all: true, .. }
                | Self::Unlink { .. }
                | Self::DropFactor
                | Self::NewFactorCodes
                | Self::ProveFactor
                | Self::NewAccountCodes
                | Self::Offer { .. }
                | Self::Share { .. }
        )
    }
}

/// A row behind a button.
#[derive(Clone, Debug)]
pub struct Confirmation {
    /// Random, not guessable.
    pub id: ConfirmationId,
    /// Who alone may press; zero: whoever it is about has yet to show themselves.
    pub person: PersonId,
    /// Where alone it counts.
    pub chat: ChatId,
    /// What the press does.
    pub action: Action,
    /// A credential that waits for the press; empty for most actions, wiped when used or ended.
    pub credential: Sealed,
    /// The update that asked the question.
    pub update: UpdateId,
    /// When it stops counting.
    pub ends_at: Timestamp,
    /// When it was pressed; never before that.
    pub used_at: Timestamp,
}
