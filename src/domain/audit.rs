//! Audit entries: who did what to which account, each chained to the one before.
//! An entry never holds a secret; keys appear by label and last four.

use strum::IntoEnumIterator;

use super::{AccountId, OperationNumber, PersonId, Timestamp};

/// The chain's start, in place of a code of the entry before the first.
pub const GENESIS: [u8; 32] = [0; 32];

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum AuditAction {
    /// An account was linked.
    Linked,
    /// Its credential was replaced by linking again.
    Relinked,
    /// It got another name.
    Renamed,
    /// It was unlinked and its credential wiped.
    Unlinked,
    /// The provider refused its credential.
    CredentialRefused,
    /// The provider takes the same credential again.
    CredentialAccepted,
    /// Someone confirmed a new key.
    IssueStarted,
    /// Someone confirmed a rotation.
    RotateStarted,
    /// Someone confirmed a revocation.
    RevokeStarted,
    /// The provider made a new key.
    KeyCreated,
    /// The provider's answer was lost.
    OutcomeLost,
    /// The new key was put in front of its person.
    KeyShown,
    /// Its person was shown the way to the page with it.
    KeyOffered,
    /// Its person opened it on a page.
    KeyOpened,
    /// The person said that it is saved.
    KeySaved,
    /// The person said that it is lost.
    KeyLost,
    /// The person chose to have a key revoked whose answer was lost.
    OrphanRevoked,
    /// The person chose to let such a key live.
    OrphanKept,
    /// The person gave a revocation up.
    RevokeStopped,
    /// The provider accepted a revocation.
    RevokeAccepted,
    /// An operation came to its end.
    Ended,
    /// A key that its owner replaced in the provider's dashboard was taken in.
    KeyRecorded,
    /// The person ended the old key of a rotation before its time.
    OldKeyEnded,
    /// The person let the old key of a rotation live longer.
    OldKeyKept,
    /// It was set how old its keys, or one of them, may become.
    AgeSet,
    /// A key lost the age that was set for it alone.
    AgeRemoved,
    /// A key of it stood in a message; the outcome tells what became of that.
    KeyLeaked,
    /// It was bound to a group.
    Bound,
    /// It was taken from a group.
    Unbound,
    /// A group lost it, since its owner or the bot has left.
    FellAsleep,
    /// Somebody was granted a role in a group that works with it.
    RoleGranted,
    /// A role was taken from somebody there.
    RoleTaken,
    /// Its owner offers it to whoever gets the link.
    MoveOffered,
    /// Somebody has accepted it.
    MoveAccepted,
    /// Somebody has brought a recovery code of its owner's.
    RecoveryBegun,
    /// Its owner keeps it after all.
    MoveStopped,
    /// It has another owner.
    Moved,
    /// It was chosen where its new keys are shown.
    ShownOnSet,
    /// It has a second owner.
    SecondOwnerAdded,
    /// It has no second owner any more.
    SecondOwnerGone,
    /// Its second owner is taking it over.
    TakeOverBegun,
    /// A group that works with it has another rule.
    PolicyChanged,
    /// Somebody approved a request from a group.
    Approved,
    /// Somebody rejected one, or said why.
    Rejected,
    /// Whoever asked for one took it back.
    TakenBack,
    /// An approval counts no more, since its person has lost the right.
    ApprovalDropped,
}

impl AuditAction {
    /// As stored and chained. Never change one: old chains would break.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Relinked => "relinked",
            Self::Renamed => "renamed",
            Self::Unlinked => "unlinked",
            Self::CredentialRefused => "credential_refused",
            Self::CredentialAccepted => "credential_accepted",
            Self::IssueStarted => "issue_started",
            Self::RotateStarted => "rotate_started",
            Self::RevokeStarted => "revoke_started",
            Self::KeyCreated => "key_created",
            Self::OutcomeLost => "outcome_lost",
            Self::KeyShown => "key_shown",
            Self::KeyOffered => "key_offered",
            Self::KeyOpened => "key_opened",
            Self::KeySaved => "key_saved",
            Self::KeyLost => "key_lost",
            Self::OrphanRevoked => "orphan_revoked",
            Self::OrphanKept => "orphan_kept",
            Self::RevokeStopped => "revoke_stopped",
            Self::RevokeAccepted => "revoke_accepted",
            Self::Ended => "ended",
            Self::KeyRecorded => "key_recorded",
            Self::OldKeyEnded => "old_key_ended",
            Self::OldKeyKept => "old_key_kept",
            Self::AgeSet => "age_set",
            Self::AgeRemoved => "age_removed",
            Self::KeyLeaked => "key_leaked",
            Self::Bound => "bound",
            Self::Unbound => "unbound",
            Self::FellAsleep => "fell_asleep",
            Self::RoleGranted => "role_granted",
            Self::RoleTaken => "role_taken",
            Self::MoveOffered => "move_offered",
            Self::MoveAccepted => "move_accepted",
            Self::RecoveryBegun => "recovery_begun",
            Self::MoveStopped => "move_stopped",
            Self::Moved => "moved",
            Self::ShownOnSet => "shown_on_set",
            Self::SecondOwnerAdded => "second_owner_added",
            Self::SecondOwnerGone => "second_owner_gone",
            Self::TakeOverBegun => "take_over_begun",
            Self::PolicyChanged => "policy_changed",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::TakenBack => "taken_back",
            Self::ApprovalDropped => "approval_dropped",
        }
    }

    /// From the stored code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::iter().find(|action| action.code() == code)
    }

    /// What it is about: each action belongs to exactly one kind.
    pub const fn kind(self) -> AuditKind {
        match self {
            Self::Linked
            | Self::Relinked
            | Self::Renamed
            | Self::Unlinked
            | Self::CredentialRefused
            | Self::CredentialAccepted
            | Self::AgeSet
            | Self::AgeRemoved
            | Self::Bound
            | Self::Unbound
            | Self::FellAsleep
            | Self::RoleGranted
            | Self::RoleTaken
            | Self::MoveOffered
            | Self::MoveAccepted
            | Self::RecoveryBegun
            | Self::MoveStopped
            | Self::Moved
            | Self::ShownOnSet
            | Self::SecondOwnerAdded
            | Self::SecondOwnerGone
            | Self::TakeOverBegun
            | Self::PolicyChanged => AuditKind::Accounts,
            Self::IssueStarted
            | Self::RotateStarted
            | Self::RevokeStarted
            | Self::Approved
            | Self::Rejected
            | Self::TakenBack
            | Self::ApprovalDropped
            | Self::KeyCreated
            | Self::OutcomeLost
            | Self::KeyShown
            | Self::KeyOffered
            | Self::KeyOpened
            | Self::KeySaved
            | Self::KeyLost
            | Self::OrphanRevoked
            | Self::OrphanKept
            | Self::RevokeStopped
            | Self::RevokeAccepted
            | Self::OldKeyEnded
            | Self::OldKeyKept
            | Self::Ended
            | Self::KeyRecorded => AuditKind::Keys,
            Self::KeyLeaked => AuditKind::Leaks,
        }
    }
}

/// What entries are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditKind {
    /// Keys that were made, shown, replaced, revoked.
    Keys,
    /// Accounts and their credentials.
    Accounts,
    /// Keys that stood where they must not.
    Leaks,
}

impl AuditKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Keys, Self::Accounts, Self::Leaks];

    /// As it stands in buttons.
    pub const fn code(self) -> char {
        match self {
            Self::Keys => 'k',
            Self::Accounts => 'a',
            Self::Leaks => 'l',
        }
    }
}

/// Which entries are wanted; by default all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of one kind only.
    pub kind: Option<AuditKind>,
    /// Of one account only.
    pub account: Option<AccountId>,
}

impl AuditFilter {
    /// As it stands in buttons: one letter for the kind, then the account's id; empty for all entries.
    pub fn encode(&self) -> String {
        let kind = self.kind.map_or('e', AuditKind::code);
        match (self.kind, &self.account) {
            (None, None) => String::new(),
            (_, account) => format!("{kind}{}", account.as_ref().map_or("", AccountId::as_str)),
        }
    }

    /// Reads what [`encode`](Self::encode) has written.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.chars();
        let kind = match rest.next() {
            None => return Some(Self::default()),
            Some('e') => None,
            Some(code) => Some(
                AuditKind::ALL
                    .into_iter()
                    .find(|kind| kind.code() == code)?,
            ),
        };
        let account = Some(rest.as_str()).filter(|id| !id.is_empty());
        Some(Self {
            kind,
            account: account.map(AccountId::new),
        })
    }
}

/// One line of an account's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// The account.
    pub account: AccountId,
    /// 1, 2, 3, … without gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who; zero for the program itself.
    pub actor: PersonId,
    /// What.
    pub action: AuditAction,
    /// The operation it belongs to, or zero.
    pub operation: OperationNumber,
    /// What it was done to: a label with last four, or a name.
    pub subject: String,
    /// How it ended, where it did (an outcome's code).
    pub outcome: String,
}

impl AuditEntry {
    /// The bytes that the chain's code covers: every field with its length, so that no two entries read the same,
    /// and the code of the entry before. Format version 1.
    pub fn chained_bytes(&self, before: &[u8]) -> Vec<u8> {
        let mut bytes = vec![1];
        let numbers =
            [self.seq, self.at.millis(), self.actor.0, self.operation.0].map(i64::to_be_bytes);
        let fields: [&[u8]; 9] = [
            before,
            self.account.as_str().as_bytes(),
            &numbers[0],
            &numbers[1],
            &numbers[2],
            &numbers[3],
            self.action.code().as_bytes(),
            self.subject.as_bytes(),
            self.outcome.as_bytes(),
        ];
        for field in fields {
            bytes.extend_from_slice(&(field.len() as u64).to_be_bytes());
            bytes.extend_from_slice(field);
        }
        bytes
    }
}

/// Where an account's chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainBreak {
    /// The entry with that number is missing.
    Missing(i64),
    /// The entry with that number is not what was written.
    Altered(i64),
    /// An entry holds what no version of the program has written.
    Unreadable(String),
    /// The account's row counts other entries than there are.
    Cut {
        /// What the account's row says.
        expected: i64,
        /// What is there.
        found: i64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for action in AuditAction::iter() {
            assert_eq!(AuditAction::from_code(action.code()), Some(action));
        }
    }

    #[test]
    fn fields_cannot_flow_into_each_other() {
        let entry = AuditEntry {
            account: AccountId::new("a"),
            seq: 1,
            at: Timestamp::from_millis(5),
            actor: PersonId(7),
            action: AuditAction::Linked,
            operation: OperationNumber(0),
            subject: "ab".to_owned(),
            outcome: "c".to_owned(),
        };
        let shifted = AuditEntry {
            subject: "a".to_owned(),
            outcome: "bc".to_owned(),
            ..entry.clone()
        };
        assert_ne!(
            entry.chained_bytes(&GENESIS),
            shifted.chained_bytes(&GENESIS)
        );
    }
}
