//! A request's card: what is recorded of an operation and nothing else, so that it can be drawn again at any time and is always true.

use super::{
    Voice, approval, ending, key_name, key_names, last_four, link, name, overlap, workspace,
};
use crate::{
    app::requests::{Open, Press, mark},
    bot::{
        callback::Callback,
        message::{Button, Colour, Message},
    },
    domain::{
        Keys, Operation, Verb,
        operation::{Hindrance, Outcome, Reason, Step},
    },
    texts::{Arg, Rich, Text},
};

/// The message that is edited as the operation goes on.
pub fn card(voice: &Voice<'_>, operation: &Operation) -> Message {
    let mut text = title(voice, operation);
    text.paragraph(&match &operation.detail.outcome {
        Some(outcome) => ending::words(voice, operation, outcome),
        None => standing(voice, operation),
    });
    if let Some(by) = workspace::asked_by(voice, operation) {
        text.paragraph(&by);
    }
    if let Some(said) = approval::said(voice, operation) {
        text.line(&said);
    }
    buttons(voice, operation)
        .into_iter()
        .fold(Message::new(text), Message::row)
}

/// What it is about, on one line.
pub fn title(voice: &Voice<'_>, operation: &Operation) -> Rich {
    let number = Rich::plain(&operation.number.to_string());
    let mut text = voice.fill(Text::RequestNumber, &[("number", number.into())]);
    text.push_str(" · ");
    text.push(&match operation.verb {
        Verb::Issue => voice.fill(
            Text::RequestIssue,
            &[("label", name(&operation.detail.label).into())],
        ),
        Verb::Rotate => voice.fill(
            Text::RequestRotate,
            &[("label", name(&operation.detail.label).into())],
        ),
        Verb::Revoke => voice.fill(
            Text::RequestRevoke,
            &[("key", key_name(&operation.subject()).into())],
        ),
    });
    if operation.detail.label != operation.detail.account_name {
        text.push_str(" · ");
        text.push(&name(&operation.detail.account_name));
    }
    text
}

/// Requests in a row of buttons.
const NUMBERS_IN_A_ROW: usize = 5;

/// More requests than this do not fit into a message; the newest are shown.
const MOST_LISTED: usize = 15;

/// `/status`: all open requests of a person, each with a button that shows it whole.
pub fn list(voice: &Voice<'_>, open: &Open, private: bool) -> Message {
    let (none, heading) = if private {
        (Text::StatusNone, Text::StatusHeading)
    } else {
        (Text::StatusNoneGroup, Text::StatusHeadingGroup)
    };
    if open.readable.is_empty() && open.damaged.is_empty() {
        return voice.message(none);
    }
    let listed = &open.readable[..open.readable.len().min(MOST_LISTED)];
    let mut text = voice.say(heading);
    for number in open.damaged.iter().take(MOST_LISTED) {
        let number = Rich::plain(&number.to_string());
        text.paragraph(&voice.fill(Text::StatusUnreadable, &[("number", number.into())]));
    }
    for operation in listed {
        let mut part = title(voice, operation);
        part.line(&standing(voice, operation));
        if let Some(last) = last_try(voice, operation) {
            part.line(&last);
        }
        text.paragraph(&part);
    }
    listed
        .chunks(NUMBERS_IN_A_ROW)
        .fold(Message::new(text), |message, row| {
            message.row(row.iter().map(|operation| {
                let number = Rich::plain(&operation.number.to_string());
                Button::press(&number, &Callback::ShowRequest(operation.number))
            }))
        })
}

/// `/status 17`: its card, when it began, and when it was tried last.
pub fn whole(voice: &Voice<'_>, operation: &Operation) -> Message {
    let started = voice.fill(
        Text::StatusStarted,
        &[("time", operation.started_at.to_minute().into())],
    );
    let mut when = started;
    if let Some(last) = last_try(voice, operation) {
        when.line(&last);
    }
    card(voice, operation).then(&when)
}

/// Its secret was wiped unsaved: what its card says at the end, as news.
pub fn not_saved(voice: &Voice<'_>, operation: &Operation) -> Message {
    let mut text = title(voice, operation);
    text.paragraph(&ending::words(voice, operation, &Outcome::NotSaved));
    Message::new(text)
}

/// In a place that nobody draws again: how it goes on stands on its card.
pub fn goes_on(voice: &Voice<'_>, operation: &Operation) -> Message {
    let mut text = title(voice, operation);
    text.paragraph(&voice.say(Text::RequestGoesOn));
    let again = Callback::ShowRequest(operation.number);
    Message::new(text).row([voice.button(Text::ButtonHowItStands, &again)])
}

/// Above a secret: for what and where it is.
pub fn secret_heading(voice: &Voice<'_>, operation: &Operation) -> Rich {
    let account = &operation.detail.account_name;
    // The one key of an account bears no label but the account's name.
    let label = match operation.keys() {
        Keys::Many => &operation.detail.label,
        Keys::One | Keys::Guided => operation.provider.name(),
    };
    if label == account {
        let mut heading = Rich::plain("🔑 ");
        heading.push(&name(account));
        return heading;
    }
    voice.fill(
        Text::SecretHeading,
        &[
            ("label", name(label).into()),
            ("account", name(account).into()),
        ],
    )
}

/// In the place of a secret: the way to the page that shows it.
pub fn on_page(voice: &Voice<'_>, operation: &Operation) -> Message {
    let mut text = secret_heading(voice, operation);
    text.paragraph(&voice.say(Text::SecretOnPage));
    let path = format!("key?request={}", operation.number);
    // No `I saved it` here: nobody has seen it yet. The page has one.
    Message::new(text).row(voice.page(Text::ButtonShowKey, &path))
}

pub(super) fn provider(operation: &Operation) -> (&'static str, Arg) {
    ("provider", operation.provider.name().into())
}

pub(super) fn account(operation: &Operation) -> (&'static str, Arg) {
    ("account", name(&operation.detail.account_name).into())
}

pub(super) fn old_key(operation: &Operation) -> Arg {
    let old = operation.detail.old_key.as_ref();
    old.map_or_else(Rich::default, |key| last_four(&key.last_four))
        .into()
}

pub(super) fn key(operation: &Operation) -> (&'static str, Arg) {
    let key = operation.subject();
    let shown = match operation.keys() {
        Keys::Many => key_name(&key),
        // It has no label of its own.
        Keys::One | Keys::Guided => last_four(&key.last_four),
    };
    ("key", shown.into())
}

pub(super) fn revoking(operation: &Operation) -> (&'static str, Arg) {
    let key = operation
        .detail
        .revoking
        .as_ref()
        .map(|(key, _)| key_name(key));
    ("key", key.unwrap_or_default().into())
}

/// Where an open operation stands, what hinders it, and when it goes on.
fn standing(voice: &Voice<'_>, operation: &Operation) -> Rich {
    let many = operation.keys() == Keys::Many;
    let mut text = match operation.step {
        Step::Approval => approval::standing(voice, operation),
        Step::Reserve | Step::Note | Step::Ask | Step::Asked if many => {
            voice.say(Text::StepCreating)
        }
        Step::Reserve | Step::Note | Step::Ask | Step::Asked => voice.say(Text::StepReplacing),
        Step::Unknown if many => voice.fill(Text::StepUnknown, &[provider(operation)]),
        Step::Unknown => voice.fill(Text::StepUnknownOneKey, &[provider(operation)]),
        Step::Orphan => {
            let keys = key_names(&operation.detail.suspects);
            voice.fill(
                Text::StepOrphan,
                &[provider(operation), ("keys", keys.into())],
            )
        }
        Step::Deliver => voice.say(Text::StepDeliver),
        Step::Shown if operation.detail.hidden && operation.detail.on_page => voice.fill(
            Text::StepNotOpen,
            &[("time", voice.until(operation.next_try_at).into())],
        ),
        Step::Shown if operation.detail.hidden => voice.fill(
            Text::StepHidden,
            &[("time", voice.until(operation.next_try_at).into())],
        ),
        Step::Shown if operation.is_from_group() => workspace::shown(voice, operation),
        Step::Shown if many && operation.replaces_later() => replacing(voice, operation),
        Step::Shown if operation.detail.on_page => voice.say(Text::StepOnPage),
        Step::Shown => voice.say(Text::StepShown),
        Step::Prove if many => voice.say(Text::StepProve),
        Step::Prove => voice.say(Text::StepProveOneKey),
        Step::Overlap => overlap::standing(voice, operation),
        // Accepted is accepted, even while it is asked once more.
        Step::Revoke | Step::Verify | Step::Ended if operation.detail.accepted => voice.fill(
            Text::StepVerify,
            &[revoking(operation), provider(operation)],
        ),
        Step::Revoke => voice.fill(Text::StepRevoke, &[revoking(operation)]),
        Step::Verify | Step::Ended => voice.fill(Text::StepVerifyRefused, &[revoking(operation)]),
    };
    if let Some(hindrance) = operation.detail.hindrance {
        text.paragraph(&hindered(voice, operation, hindrance));
        text.line(&voice.fill(
            Text::NextTry,
            &[("time", voice.until(operation.next_try_at).into())],
        ));
        text.line(&voice.fill(Text::TriesSoFar, &[("count", operation.tries.into())]));
    }
    text
}

/// The new key waits to be saved; what then becomes of the old one.
fn replacing(voice: &Voice<'_>, operation: &Operation) -> Rich {
    let grace = operation.detail.old_key_dies.grace();
    let on_page = operation.detail.on_page;
    if grace.is_zero() {
        return voice.say(if on_page {
            Text::StepOnPageRotate
        } else {
            Text::StepShownRotate
        });
    }
    let text = if on_page {
        Text::StepOnPageRotateLater
    } else {
        Text::StepShownRotateLater
    };
    voice.fill(text, &[("time", voice.wait(grace).into())])
}

/// When it was tried last, where that was in vain. Not on the card, which is drawn at that very time and then stands there.
fn last_try(voice: &Voice<'_>, operation: &Operation) -> Option<Rich> {
    let at = operation.detail.last_try_at;
    let known = operation.detail.hindrance.is_some() && !at.is_never();
    known.then(|| voice.fill(Text::LastTry, &[("time", voice.passed(at).into())]))
}

/// What hinders an operation.
pub(super) fn hindered(voice: &Voice<'_>, operation: &Operation, hindrance: Hindrance) -> Rich {
    let text = match hindrance {
        Hindrance::ProviderAway => Text::HindranceProviderAway,
        Hindrance::RateLimited => Text::HindranceRateLimited,
        Hindrance::CredentialRefused => {
            return voice.fill(
                Text::HindranceCredentialRefused,
                &[provider(operation), account(operation)],
            );
        }
        Hindrance::CredentialUnreadable => {
            return voice.fill(Text::HindranceCredentialUnreadable, &[account(operation)]);
        }
        Hindrance::ChatClosed => return voice.say(Text::HindranceChatClosed),
        Hindrance::TelegramAway => return voice.say(Text::HindranceTelegramAway),
        Hindrance::Queued => return voice.say(Text::HindranceQueued),
        Hindrance::StillAlive => Text::HindranceStillAlive,
        Hindrance::RevokeRefused => Text::HindranceRevokeRefused,
        Hindrance::Paused => return voice.say(Text::HindrancePaused),
        Hindrance::NotAllowed => return voice.say(Text::HindranceNotAllowed),
        Hindrance::AfterOthers => return voice.say(Text::HindranceAfterOthers),
    };
    voice.fill(text, &[provider(operation)])
}

fn buttons(voice: &Voice<'_>, operation: &Operation) -> Vec<Vec<Button>> {
    let press =
        |text: Text, press: Press| voice.button(text, &Callback::Request(operation.number, press));
    let lost = || press(Text::ButtonILostIt, Press::Lost).coloured(Colour::Destroys);
    let many = operation.keys() == Keys::Many;
    match operation.step {
        Step::Shown => {
            let mut rows = vec![vec![press(Text::ButtonShowAgain, Press::ShowAgain)]];
            if operation.detail.hidden {
                rows[0].push(press(Text::ButtonISavedIt, Press::Saved));
            }
            // Where there is one key the new one is in use already: losing sight of it changes nothing.
            if many {
                rows.push(vec![lost()]);
            }
            rows
        }
        Step::Orphan => {
            let revoke = operation.detail.suspects.iter().map(|key| {
                let mut words = if key.last_four.is_empty() {
                    key_name(key)
                } else {
                    last_four(&key.last_four)
                };
                words.push_str(": ");
                words.push(&voice.say(Text::ButtonRevokeAndCreateAgain));
                let callback = Callback::Request(operation.number, Press::RevokeSuspect(mark(key)));
                vec![Button::press(&words, &callback).coloured(Colour::Destroys)]
            });
            revoke
                .chain([vec![press(Text::ButtonKeepIt, Press::KeepSuspect)]])
                .collect()
        }
        Step::Approval => approval::buttons(voice, operation),
        Step::Overlap => overlap::buttons(voice, operation),
        Step::Ended if operation.detail.approval.is_some() && !needs_linking(operation) => {
            approval::reasons(voice, operation)
        }
        _ if needs_linking(operation) => vec![vec![link::again(voice, &operation.account)]],
        _ => Vec::new(),
    }
}

/// Its account has to be linked again before anything can go on there.
pub(super) fn needs_linking(operation: &Operation) -> bool {
    let one_key = operation.keys() != Keys::Many;
    let dead = match operation.detail.outcome {
        Some(Outcome::CredentialLost | Outcome::NothingDone(Reason::CredentialRefused)) => true,
        Some(Outcome::Unproven) => one_key,
        _ => false,
    };
    let revoked_own = operation.verb == Verb::Revoke
        && operation.detail.own_credential
        && operation.detail.outcome == Some(Outcome::Done);
    let waits = matches!(
        operation.detail.hindrance,
        Some(Hindrance::CredentialRefused | Hindrance::CredentialUnreadable)
    );
    dead || revoked_own || waits
}
