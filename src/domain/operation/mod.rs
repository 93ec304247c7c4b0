//! An issue, rotation or revocation on its way, step by step. The rules of the way stand in `steps`, as a pure function
//! of (operation, event); the ledger only carries out what a step asks for and records what came back.

mod approval;
mod backoff;
mod outcome;
mod overlap;
mod steps;

use serde::{Deserialize, Serialize};

pub use approval::{Approval, Decider, Objection};
pub use backoff::{ISSUE_TRIES_FOR, LOOK_UNTIL, REMIND_EVERY, next_look, retry_after};
pub use outcome::{Outcome, Reason};
pub use overlap::OldKeyDies;
pub use steps::{Event, OutOfPlace};

use super::{
    AccountId, ConfirmationId, Key, KeyId, KeyRef, Keys, Language, MessageId, OperationNumber,
    PersonId, Place, ProviderKind, Right, Scope, Timestamp, UpdateId,
};

/// What a person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// A new key.
    Issue,
    /// A new key in the place of an old one.
    Rotate,
    /// The end of a key.
    Revoke,
}

impl Verb {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Rotate => "rotate",
            Self::Revoke => "revoke",
        }
    }

    /// From the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Issue, Self::Rotate, Self::Revoke]
            .into_iter()
            .find(|verb| verb.code() == code)
    }
}

/// Where an operation stands: what is to be done next, or what is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Other people of its group have to approve.
    Approval,
    /// Send the placeholder into which the secret will be put.
    Reserve,
    /// Look which keys there are, to know a new one afterwards, and that the credential works, to know a dead one.
    Note,
    /// The call that makes a key comes next; nothing was sent yet.
    Ask,
    /// The call may have been sent. After a crash this means the same as `Unknown`.
    Asked,
    /// The answer was lost; reading tells.
    Unknown,
    /// A key was made and its secret lost; its person chooses.
    Orphan,
    /// The secret is sealed; put it in front of its person.
    Deliver,
    /// It was shown; its person says `I saved it` or `I lost it`.
    Shown,
    /// Saved; try the new key before the old one dies.
    Prove,
    /// Both keys live, until the old one's time has come.
    Overlap,
    /// Tell the provider to revoke a key.
    Revoke,
    /// The provider accepted; look whether the key is dead.
    Verify,
    /// Over; see [`Detail::outcome`].
    Ended,
}

impl Step {
    /// All of them, in the order of the way.
    pub const ALL: [Self; 14] = [
        Self::Approval,
        Self::Reserve,
        Self::Note,
        Self::Ask,
        Self::Asked,
        Self::Unknown,
        Self::Orphan,
        Self::Deliver,
        Self::Shown,
        Self::Prove,
        Self::Overlap,
        Self::Revoke,
        Self::Verify,
        Self::Ended,
    ];

    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Reserve => "reserve",
            Self::Note => "note",
            Self::Ask => "ask",
            Self::Asked => "asked",
            Self::Unknown => "unknown",
            Self::Orphan => "orphan",
            Self::Deliver => "deliver",
            Self::Shown => "shown",
            Self::Prove => "prove",
            Self::Overlap => "overlap",
            Self::Revoke => "revoke",
            Self::Verify => "verify",
            Self::Ended => "ended",
        }
    }

    /// From the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }
}

/// What keeps an operation from going on for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hindrance {
    /// The provider cannot be reached or its answer makes no sense.
    ProviderAway,
    /// The provider asks to wait.
    RateLimited,
    /// Another request on the same project waits for the outcome of a lost answer.
    Queued,
    /// Telegram cannot be reached.
    TelegramAway,
    /// The provider refuses the account's credential; linking again mends it.
    CredentialRefused,
    /// The account's stored credential does not open; linking again mends it.
    CredentialUnreadable,
    /// The person's chat cannot be written to.
    ChatClosed,
    /// The provider accepted the revocation, and its list still shows the key as alive.
    StillAlive,
    /// The provider refuses the revocation, and its list shows the key as alive.
    RevokeRefused,
    /// An operator has paused issuing.
    Paused,
    /// The person is not on the operator's list any more.
    NotAllowed,
    /// It is the key with which the others of its account are revoked: it is the last of them.
    AfterOthers,
}

/// What a revocation inside an operation leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// The end: done.
    Done,
    /// The end: undone (`I lost it`).
    Undone,
    /// From the beginning (`Revoke it and create again`).
    StartOver,
    /// A new key in its place (a rotation at once).
    Replace,
}

/// What an operation remembers besides its step. Stored as JSON; never a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that do not hang on each other"
)]
pub struct Detail {
    /// The account's name when it was asked for, for texts.
    pub account_name: String,
    /// The new key's label (issue, rotate).
    pub label: String,
    /// The key to replace (rotate).
    pub old_key: Option<KeyRef>,
    /// When that one dies (rotate).
    pub old_key_dies: OldKeyDies,
    /// When it dies, once both live.
    pub old_dies_at: Timestamp,
    /// The old key is the account's own credential, as far as its last four tell.
    pub own_credential: bool,
    /// The new key, once the provider has answered.
    pub new_key: Option<KeyRef>,
    /// Ids listed before the call that creates.
    pub known_before: Vec<KeyId>,
    /// Keys that may have come from a lost answer.
    pub suspects: Vec<KeyRef>,
    /// The key to revoke now, and what comes after.
    pub revoking: Option<(KeyRef, Then)>,
    /// Keys that this operation has seen dead.
    pub gone: Vec<KeyRef>,
    /// The provider has accepted that revocation.
    pub accepted: bool,
    /// The message in the private chat that is kept for the secret, or shows it; zero for none.
    pub place: MessageId,
    /// That place is not protected, since the secret is too long for a copy button.
    pub open_place: bool,
    /// Messages that have served: to be emptied and deleted.
    pub leaving: Vec<MessageId>,
    /// The secret was shown and taken away again, and can be shown again.
    pub hidden: bool,
    /// It is not the secret that was shown in the chat, but the way to the page that shows it.
    pub on_page: bool,
    /// When it was tried last in vain.
    pub last_try_at: Timestamp,
    /// What keeps it from going on.
    pub hindrance: Option<Hindrance>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// The first operation that the same press has started: its card tells of this one too.
    pub part_of: Option<OperationNumber>,
    /// When its owner was last reminded that it is open.
    pub reminded_at: Timestamp,
    /// What the person who asked from a group was called then, for its card there; empty in a private chat.
    pub asked_by: String,
    /// What other people say to it, where its group wants them to be asked.
    pub approval: Option<Approval>,
    /// The row by which the request goes on after the person has opened their private chat.
    pub way_in: Option<ConfirmationId>,
}

/// One operation, as the ledger records it.
#[derive(Clone, Debug)]
pub struct Operation {
    /// What people see.
    pub number: OperationNumber,
    /// Who asked.
    pub person: PersonId,
    /// In which that person is told of it.
    pub language: Language,
    /// The message that is edited as it goes on.
    pub card: Place,
    /// On which account.
    pub account: AccountId,
    /// At which provider.
    pub provider: ProviderKind,
    /// What it may collide with.
    pub scope: Scope,
    /// What was asked for.
    pub verb: Verb,
    /// Where it stands.
    pub step: Step,
    /// What it remembers.
    pub detail: Detail,
    /// The update that started it.
    pub update: UpdateId,
    /// When it was confirmed.
    pub started_at: Timestamp,
    /// When the call that makes a key was recorded as sent; never before.
    pub sent_at: Timestamp,
    /// When the ledger looks at it again.
    pub next_try_at: Timestamp,
    /// Failed tries at the present step.
    pub tries: i64,
    /// When it ended; never before.
    pub ended_at: Timestamp,
    /// How often something was recorded that its card does not show yet.
    pub untold: i64,
}

impl Operation {
    /// How keys live where it works.
    pub fn keys(&self) -> Keys {
        self.provider.capabilities().keys
    }

    /// It was asked for in a group, where its card stands.
    pub const fn is_from_group(&self) -> bool {
        !self.card.chat.is_private()
    }

    /// What its person must have the right to do.
    pub const fn right(&self) -> Right {
        match self.verb {
            Verb::Issue => Right::Issue,
            Verb::Rotate => Right::Rotate,
            Verb::Revoke => Right::Revoke,
        }
    }

    /// It is at work on that key's end, or on another one in its place.
    pub fn ends(&self, key: &KeyRef) -> bool {
        let revoking = self.detail.revoking.as_ref();
        let old_lives_on = revoking.is_some_and(|(_, then)| *then == Then::Undone);
        let old = self.detail.old_key.as_ref().filter(|_| !old_lives_on);
        let mut ended = revoking.map(|(key, _)| key).into_iter().chain(old);
        self.ended_at.is_never()
            && self.step != Step::Approval
            && ended.any(|ended| ended.is_same(key))
    }

    /// A key is to die, and is not known to be dead.
    pub const fn is_revoking(&self) -> bool {
        matches!(self.step, Step::Revoke | Step::Verify)
    }

    /// The key that this operation is about, for people: the new one if there is one.
    pub fn subject(&self) -> KeyRef {
        let named = || KeyRef {
            id: KeyId::new(""),
            label: self.detail.label.clone(),
            last_four: String::new(),
        };
        let old = || self.detail.old_key.clone();
        let revoking = || self.detail.revoking.as_ref().map(|(key, _)| key.clone());
        match self.verb {
            Verb::Revoke => revoking().unwrap_or_else(named),
            Verb::Issue | Verb::Rotate => self
                .detail
                .new_key
                .clone()
                .or_else(old)
                .unwrap_or_else(named),
        }
    }

    /// Keys of a list that were not there before the call, split into those with our label and the others.
    pub fn split_newcomers(&self, listed: &[Key]) -> (Vec<KeyRef>, Vec<KeyRef>) {
        listed
            .iter()
            .filter(|key| key.is_alive() && !self.detail.known_before.contains(&key.id))
            .map(Key::to_ref)
            .partition(|key| key.label == self.detail.label)
    }
}
