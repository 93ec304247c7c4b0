//! `/audit`.

use super::{Voice, name};
use crate::{
    app::AuditPage,
    bot::{callback::Callback, message::Message},
    domain::{AuditAction, AuditEntry, plain_line},
    texts::{Rich, Text},
};

/// A page of a person's history.
pub fn list(voice: &Voice<'_>, page: &AuditPage) -> Message {
    let mut text = Rich::default();
    for account in &page.broken {
        text.paragraph(&voice.fill(Text::AuditBroken, &[("account", name(account).into())]));
    }
    if page.entries.is_empty() {
        text.paragraph(&voice.say(Text::AuditNone));
        return Message::new(text);
    }
    text.paragraph(&voice.say(Text::AuditHeading));
    text.push_str("\n");
    for (entry, account) in &page.entries {
        text.line(&voice.fill(
            Text::AuditLine,
            &[
                ("time", entry.at.to_minute().into()),
                ("action", what(voice, entry).into()),
                ("subject", plain_line(&entry.subject).into()),
                ("account", name(account).into()),
            ],
        ));
    }
    let turn =
        |text: Text, to: Option<i64>| to.map(|to| voice.button(text, &Callback::AuditFrom(to)));
    let turns = [
        turn(Text::ButtonNewer, page.newer),
        turn(Text::ButtonOlder, page.older),
    ];
    Message::new(text).row(turns.into_iter().flatten())
}

/// What happened, and of an end also how it ended.
fn what(voice: &Voice<'_>, entry: &AuditEntry) -> Rich {
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

/// By the codes of [`Outcome`](crate::domain::operation::Outcome), as the chain keeps them.
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
        "withdrawn" => Text::AuditOutcomeWithdrawn,
        "stopped" => Text::AuditOutcomeStopped,
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
        AuditAction::IssueStarted => Text::AuditIssueStarted,
        AuditAction::RotateStarted => Text::AuditRotateStarted,
        AuditAction::RevokeStarted => Text::AuditRevokeStarted,
        AuditAction::KeyCreated => Text::AuditKeyCreated,
        AuditAction::OutcomeLost => Text::AuditOutcomeLost,
        AuditAction::KeyShown => Text::AuditKeyShown,
        AuditAction::KeySaved => Text::AuditKeySaved,
        AuditAction::KeyLost => Text::AuditKeyLost,
        AuditAction::OrphanRevoked => Text::AuditOrphanRevoked,
        AuditAction::OrphanKept => Text::AuditOrphanKept,
        AuditAction::RevokeStopped => Text::AuditRevokeStopped,
        AuditAction::RevokeAccepted => Text::AuditRevokeAccepted,
        AuditAction::Ended => Text::AuditEnded,
        AuditAction::KeyRecorded => Text::AuditKeyRecorded,
        AuditAction::AgeSet => Text::AuditAgeSet,
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
            Outcome::Withdrawn,
        ];
        for ended in outcomes {
            assert!(outcome(ended.code()).is_some(), "{ended:?}");
        }
        assert!(outcome("").is_none());
    }
}
