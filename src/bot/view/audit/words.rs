//! What happened, in words: an entry's action, and of an end also how it ended.

use crate::{
    bot::view::Voice,
    domain::{AuditAction, AuditEntry},
    texts::{Rich, Text},
};

/// What happened, and of an end also how it ended.
pub(super) fn what(voice: &Voice<'_>, entry: &AuditEntry) -> Rich {
    let said = voice.say(words(entry.action));
    match outcome(&entry.outcome) {
        Some(outcome) => voice.fill(
            Text::AuditEndedSo,
            &[
                ("action", said.into()),
                ("outcome", voice.say(outcome).into()),
            ],
        ),
        None => said,
    }
}

/// By the codes of [`Outcome`](crate::domain::operation::Outcome) and of leaks, as the chain keeps them.
fn outcome(code: &str) -> Option<Text> {
    Some(match code {
        "done" => Text::AuditOutcomeDone,
        "nothing_done" => Text::AuditOutcomeNothingDone,
        "undone" => Text::AuditOutcomeUndone,
        "orphan_kept" => Text::AuditOutcomeOrphanKept,
        "credential_lost" => Text::AuditOutcomeCredentialLost,
        "relinked" => Text::AuditOutcomeRelinked,
        "not_saved" => Text::AuditOutcomeNotSaved,
        "unproven" => Text::AuditOutcomeUnproven,
        "replaced" => Text::AuditOutcomeReplaced,
        "withdrawn" => Text::AuditOutcomeWithdrawn,
        "stopped" => Text::AuditOutcomeStopped,
        "deleted" => Text::AuditOutcomeDeleted,
        "not_deleted" => Text::AuditOutcomeNotDeleted,
        _ => return None,
    })
}

fn words(action: AuditAction) -> Text {
    match action {
        AuditAction::Linked => Text::AuditLinked,
        AuditAction::Relinked => Text::AuditRelinked,
        AuditAction::Renamed => Text::AuditRenamed,
        AuditAction::Unlinked => Text::AuditUnlinked,
        AuditAction::CredentialRefused => Text::AuditCredentialRefused,
        AuditAction::CredentialAccepted => Text::AuditCredentialAccepted,
        AuditAction::IssueStarted => Text::AuditIssueStarted,
        AuditAction::RotateStarted => Text::AuditRotateStarted,
        AuditAction::RevokeStarted => Text::AuditRevokeStarted,
        AuditAction::KeyCreated => Text::AuditKeyCreated,
        AuditAction::OutcomeLost => Text::AuditOutcomeLost,
        AuditAction::KeyShown => Text::AuditKeyShown,
        AuditAction::KeyOffered => Text::AuditKeyOffered,
        AuditAction::KeyOpened => Text::AuditKeyOpened,
        AuditAction::ShownOnSet => Text::AuditShownOnSet,
        AuditAction::KeySaved => Text::AuditKeySaved,
        AuditAction::KeyLost => Text::AuditKeyLost,
        AuditAction::OrphanRevoked => Text::AuditOrphanRevoked,
        AuditAction::OrphanKept => Text::AuditOrphanKept,
        AuditAction::RevokeStopped => Text::AuditRevokeStopped,
        AuditAction::RevokeAccepted => Text::AuditRevokeAccepted,
        AuditAction::Ended => Text::AuditEnded,
        AuditAction::KeyRecorded => Text::AuditKeyRecorded,
        AuditAction::OldKeyEnded => Text::AuditOldKeyEnded,
        AuditAction::OldKeyKept => Text::AuditOldKeyKept,
        AuditAction::AgeSet => Text::AuditAgeSet,
        AuditAction::AgeRemoved => Text::AuditAgeRemoved,
        AuditAction::KeyLeaked => Text::AuditKeyLeaked,
        AuditAction::Bound => Text::AuditBound,
        AuditAction::Unbound => Text::AuditUnbound,
        AuditAction::FellAsleep => Text::AuditFellAsleep,
        AuditAction::RoleGranted => Text::AuditRoleGranted,
        AuditAction::RoleTaken => Text::AuditRoleTaken,
        AuditAction::MoveOffered => Text::AuditMoveOffered,
        AuditAction::MoveAccepted => Text::AuditMoveAccepted,
        AuditAction::RecoveryBegun => Text::AuditRecoveryBegun,
        AuditAction::MoveStopped => Text::AuditMoveStopped,
        AuditAction::Moved => Text::AuditMoved,
        AuditAction::SecondOwnerAdded => Text::AuditSecondOwnerAdded,
        AuditAction::SecondOwnerGone => Text::AuditSecondOwnerGone,
        AuditAction::TakeOverBegun => Text::AuditTakeOverBegun,
        AuditAction::PolicyChanged => Text::AuditPolicyChanged,
        AuditAction::Approved => Text::AuditApproved,
        AuditAction::Rejected => Text::AuditRejected,
        AuditAction::TakenBack => Text::AuditTakenBack,
        AuditAction::ApprovalDropped => Text::AuditApprovalDropped,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::operation::{Outcome, Reason};

    #[test]
    fn every_end_has_its_words() {
        let outcomes = [
            Outcome::Done,
            Outcome::NothingDone(Reason::NotFound),
            Outcome::Undone,
            Outcome::OrphanKept,
            Outcome::CredentialLost,
            Outcome::Relinked,
            Outcome::NotSaved,
            Outcome::Unproven,
            Outcome::Replaced,
            Outcome::Withdrawn,
        ];
        for ended in outcomes {
            assert!(outcome(ended.code()).is_some(), "{ended:?}");
        }
        assert!(outcome("").is_none());
    }
}
