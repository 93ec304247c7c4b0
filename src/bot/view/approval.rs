//! A request that waits for other people: who has decided what, and the buttons for the others. Whether somebody may is decided elsewhere.

use super::{Voice, key_name, overlap, workspace};
use crate::{
    app::requests::Press,
    bot::{
        callback::Callback,
        message::{Button, Colour, Message},
    },
    domain::{
        Keys, Operation, Verb,
        operation::{Approval, Decider, Objection, Outcome, Reason, Step},
    },
    texts::{Arg, Rich, Text},
};

/// Under a question in a group: what the press leads to, where others have to be asked.
pub fn with_approvals(voice: &Voice<'_>, question: Message, approvals: u8) -> Message {
    if approvals == 0 {
        return question;
    }
    let count = Arg::Count(approvals.into());
    question.then(&voice.fill(Text::ApprovalsNeeded, &[("count", count)]))
}

/// While it waits.
pub(super) fn standing(voice: &Voice<'_>, operation: &Operation) -> Rich {
    let Some(approval) = &operation.detail.approval else {
        return Rich::default();
    };
    let values = [
        ("given", count(approval.given.len())),
        ("needed", Arg::Count(approval.needed.into())),
        ("time", approval.ends_at.to_minute().into()),
    ];
    let mut text = voice.fill(Text::StepApproval, &values);
    if let Some(about) = about(voice, operation) {
        text.paragraph(&about);
    }
    text
}

/// What is to be approved, where the card's heading does not say it all.
fn about(voice: &Voice<'_>, operation: &Operation) -> Option<Rich> {
    let detail = &operation.detail;
    let own = match operation.verb {
        Verb::Rotate => Text::RotateOwn,
        Verb::Issue | Verb::Revoke => Text::RevokeOwn,
    };
    let mut text = match (&detail.old_key, operation.keys()) {
        (Some(old), Keys::Many) => {
            let mut text = voice.fill(Text::ApprovalAbout, &[("key", key_name(old).into())]);
            text.line(&overlap::end(voice, detail.old_key_dies));
            text
        }
        (Some(_), Keys::One | Keys::Guided) => voice.say(Text::ApprovalOneKey),
        (None, _) => Rich::default(),
    };
    if detail.own_credential && operation.keys() == Keys::Many {
        text.line(&voice.say(own));
    }
    (!text.is_empty()).then_some(text)
}

/// Who has said what, on every card of a request that others were asked about.
pub(super) fn said(voice: &Voice<'_>, operation: &Operation) -> Option<Rich> {
    let approval = operation.detail.approval.as_ref()?;
    let mut text = Rich::default();
    if !approval.given.is_empty() {
        text.push(&voice.fill(
            Text::ApprovedBy,
            &[("names", names(&approval.given).into())],
        ));
    }
    if let Some(rejected) = rejected(voice, approval) {
        text.push_str(if text.is_empty() { "" } else { "\n" });
        text.push(&rejected);
    }
    (!text.is_empty()).then_some(text)
}

fn rejected(voice: &Voice<'_>, approval: &Approval) -> Option<Rich> {
    let by = approval.rejected.as_ref()?;
    let who = ("name", workspace::person(by.person, &by.name).into());
    Some(match approval.why {
        None => voice.fill(Text::RejectedBy, &[who]),
        Some(why) => {
            let why = ("why", voice.say(words(why)).into());
            voice.fill(Text::RejectedBecause, &[who, why])
        }
    })
}

fn names(deciders: &[Decider]) -> Rich {
    let mut names = Rich::default();
    for (index, decider) in deciders.iter().enumerate() {
        names.push_str(if index == 0 { "" } else { ", " });
        names.push(&workspace::person(decider.person, &decider.name));
    }
    names
}

/// For the others, and for whoever asked.
pub(super) fn buttons(voice: &Voice<'_>, operation: &Operation) -> Vec<Vec<Button>> {
    let number = operation.number;
    let withdraw = Callback::Request(number, Press::TakeBack);
    vec![
        vec![
            voice
                .button(Text::ButtonApprove, &Callback::Approve(number))
                .coloured(Colour::Creates),
            voice
                .button(Text::ButtonReject, &Callback::Reject(number))
                .coloured(Colour::Destroys),
        ],
        vec![voice.button(Text::ButtonWithdraw, &withdraw)],
    ]
}

/// After `Reject`: why?
pub(super) fn reasons(voice: &Voice<'_>, operation: &Operation) -> Vec<Vec<Button>> {
    let approval = operation.detail.approval.as_ref();
    let unsaid = approval.is_some_and(|it| it.rejected.is_some() && it.why.is_none());
    if !unsaid {
        return Vec::new();
    }
    let button = |why: &Objection| {
        let callback = Callback::Object(operation.number, *why);
        voice.button(words(*why), &callback)
    };
    let rows = Objection::ALL.chunks(2);
    rows.map(|row| row.iter().map(button).collect()).collect()
}

const fn words(why: Objection) -> Text {
    match why {
        Objection::NotNeeded => Text::ObjectionNotNeeded,
        Objection::Wrong => Text::ObjectionWrong,
        Objection::NotNow => Text::ObjectionNotNow,
        Objection::TalkFirst => Text::ObjectionTalkFirst,
    }
}

/// The word on the press.
pub fn approved(voice: &Voice<'_>, operation: &Operation) -> Rich {
    match &operation.detail.approval {
        Some(approval) if operation.waits_for_approval() => {
            voice.fill(Text::ToastApproved, &[("count", count(approval.missing()))])
        }
        _ if operation.step == Step::Ended => voice.say(Text::ReasonNoRight),
        _ => voice.say(Text::ToastApprovedLast),
    }
}

/// Whoever asked is told in private how it was decided.
pub fn decided(voice: &Voice<'_>, operation: &Operation) -> Message {
    let mut text = super::request::title(voice, operation);
    if let Some(said) = said(voice, operation) {
        text.paragraph(&said);
    }
    text.paragraph(&voice.say(match &operation.detail.outcome {
        Some(Outcome::NothingDone(Reason::NoRight)) => Text::ReasonNoRight,
        Some(_) => Text::DecidedNothingDone,
        None => Text::DecidedBegins,
    }));
    Message::new(text)
}

/// Nobody has said enough in time.
pub fn over(voice: &Voice<'_>, operation: &Operation) -> Message {
    let mut text = super::request::title(voice, operation);
    text.paragraph(&voice.say(Text::ReasonNotApproved));
    text.line(&voice.say(Text::DecidedNothingDone));
    Message::new(text)
}

fn count(count: usize) -> Arg {
    Arg::Count(i64::try_from(count).unwrap_or(i64::MAX))
}
