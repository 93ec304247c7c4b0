//! `/audit`.

use super::{Voice, name};
use crate::{
    app::AuditPage,
    bot::{callback::Callback, message::Message},
    domain::{AuditAction, plain_line},
    texts::Text,
};

/// A page of a person's history.
pub fn list(voice: &Voice<'_>, page: &AuditPage) -> Message {
    if page.entries.is_empty() {
        return voice.message(Text::AuditNone);
    }
    let mut text = voice.say(Text::AuditHeading);
    text.push_str("\n");
    for (entry, account) in &page.entries {
        text.line(&voice.fill(
            Text::AuditLine,
            &[
                ("time", entry.at.to_minute().into()),
                ("action", voice.say(words(entry.action)).into()),
                ("subject", plain_line(&entry.subject).into()),
                ("account", name(account).into()),
            ],
        ));
    }
    let older = page
        .older
        .map(|offset| voice.button(Text::ButtonOlder, &Callback::AuditFrom(offset)));
    Message::new(text).row(older)
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
    }
}
