//! How a request ended, in words: what is true now and what can be done next. Never more than what is recorded.

use super::{
    Voice, key_name, key_names,
    request::{account, key, old_key, provider, revoking},
    workspace,
};
use crate::{
    domain::{
        KeyRef, Keys, Operation, Verb,
        operation::{Hindrance, OldKeyDies, Outcome, Reason},
    },
    texts::{Rich, Text},
};

/// What is true now, and what can be done next.
pub(super) fn words(voice: &Voice<'_>, operation: &Operation, outcome: &Outcome) -> Rich {
    let mut said = ended(voice, operation, outcome);
    if let Some(more) = old_is_gone(voice, operation) {
        said.paragraph(&more);
    }
    said
}

fn ended(voice: &Voice<'_>, operation: &Operation, outcome: &Outcome) -> Rich {
    let (many, rotate) = (operation.keys() == Keys::Many, operation.replaces_later());
    let key = key(operation);
    let old = || ("old", old_key(operation));
    match outcome {
        Outcome::Done => done(voice, operation),
        Outcome::NothingDone(reason) => {
            let text = match operation.verb {
                Verb::Revoke => Text::EndNothingRevoked,
                Verb::Rotate if rotate => Text::EndNothingRotated,
                Verb::Issue | Verb::Rotate => Text::EndNothingCreated,
            };
            let mut said = voice.say(text);
            said.line(&because(voice, operation, reason));
            said
        }
        Outcome::Undone if rotate => voice.fill(Text::EndUndoneRotate, &[key, old()]),
        Outcome::Undone => voice.fill(Text::EndUndone, &[key]),
        Outcome::OrphanKept => {
            let keys = key_names(&operation.detail.suspects);
            voice.fill(Text::EndOrphanKept, &[("keys", keys.into())])
        }
        Outcome::Relinked => voice.fill(Text::EndRelinked, &[account(operation)]),
        Outcome::CredentialLost => voice.fill(Text::EndCredentialLost, &[account(operation)]),
        Outcome::NotSaved if !many => {
            voice.fill(Text::EndNotSavedOneKey, &[key, account(operation)])
        }
        Outcome::NotSaved if rotate => voice.fill(Text::EndNotSavedRotate, &[key, old()]),
        Outcome::NotSaved => voice.fill(Text::EndNotSaved, &[key]),
        Outcome::Unproven if !many => {
            voice.fill(Text::EndUnprovenOneKey, &[key, account(operation)])
        }
        Outcome::Unproven => voice.fill(Text::EndUnproven, &[key, old()]),
        Outcome::Replaced => voice.fill(Text::EndReplaced, &[key, account(operation)]),
        Outcome::Withdrawn => voice.fill(Text::EndWithdrawn, &[provider(operation)]),
        Outcome::Stopped => voice.fill(
            Text::EndStopped,
            &[revoking(operation), provider(operation)],
        ),
    }
}

fn done(voice: &Voice<'_>, operation: &Operation) -> Rich {
    let key = key(operation);
    match (operation.verb, operation.keys()) {
        (Verb::Issue, _) => voice.fill(Text::EndCreated, &[key]),
        (Verb::Rotate, Keys::Many) => {
            voice.fill(Text::EndRotated, &[key, ("old", old_key(operation))])
        }
        (Verb::Rotate, _) => voice.fill(Text::EndRotatedOneKey, &[key, account(operation)]),
        (Verb::Revoke, _) => {
            let mut text = voice.fill(Text::EndRevoked, &[key]);
            if operation.detail.own_credential {
                text.paragraph(&voice.fill(Text::EndRevokedOwn, &[account(operation)]));
            }
            text
        }
    }
}

fn because(voice: &Voice<'_>, operation: &Operation, reason: &Reason) -> Rich {
    let text = match reason {
        Reason::CredentialRefused => {
            return voice.fill(
                Text::ReasonCredentialRefused,
                &[provider(operation), account(operation)],
            );
        }
        Reason::ChatClosed if operation.is_from_group() => {
            return workspace::chat_closed(voice, operation);
        }
        Reason::ChatClosed => return voice.say(Text::ReasonChatClosed),
        Reason::Invalid(words) if !words.is_empty() => {
            return voice.fill(
                Text::ReasonInvalidWords,
                &[provider(operation), ("words", words.as_str().into())],
            );
        }
        Reason::NeverAppeared if operation.keys() != Keys::Many => Text::ReasonStillOld,
        Reason::NeverAppeared => return never_appeared(voice, operation),
        Reason::NotFound => Text::ReasonNotFound,
        Reason::Invalid(_) => Text::ReasonInvalid,
        Reason::ProviderAway => Text::ReasonProviderAway,
        Reason::TooLate if operation.detail.hindrance == Some(Hindrance::RateLimited) => {
            Text::ReasonRateLimited
        }
        Reason::TooLate => return voice.say(Text::ReasonTooLate),
        Reason::NotAllowed => return voice.say(Text::ReasonNotAllowed),
        Reason::NotApproved => return voice.say(Text::ReasonNotApproved),
        Reason::Rejected => return voice.say(Text::ReasonRejected),
        Reason::TakenBack => return voice.say(Text::ReasonTakenBack),
        Reason::NoRight => return voice.say(Text::ReasonNoRight),
    };
    voice.fill(text, &[provider(operation)])
}

fn never_appeared(voice: &Voice<'_>, operation: &Operation) -> Rich {
    let mut text = voice.fill(Text::ReasonNeverAppeared, &[provider(operation)]);
    let others: &[KeyRef] = &operation.detail.suspects;
    if !others.is_empty() {
        let keys = ("keys", key_names(others).into());
        text.line(&voice.fill(
            Text::ReasonNeverAppearedOthers,
            &[keys, provider(operation)],
        ));
    }
    text
}

/// What else is true at the end of a rotation whose old key died first.
fn old_is_gone(voice: &Voice<'_>, operation: &Operation) -> Option<Rich> {
    let detail = &operation.detail;
    if detail.old_key_dies != OldKeyDies::AtOnce {
        return None;
    }
    let old = detail.old_key.as_ref()?;
    match detail.outcome {
        Some(Outcome::Done | Outcome::Withdrawn) => None,
        Some(Outcome::Stopped) if operation.replaces_later() => {
            Some(voice.say(Text::EndStoppedNoNew))
        }
        _ if operation.replaces_later() => None,
        _ => Some(voice.fill(Text::EndOldRevoked, &[("old", key_name(old).into())])),
    }
}
