//! A group's policy, with a button for each value of each rule.

use super::{Voice, name, workspace};
use crate::{
    app::policy::Shown,
    bot::{
        callback::Callback,
        message::{Button, Message},
    },
    domain::{PersonId, Policy, Rule, RuleKind, Verb},
    texts::{Arg, Rich, Text},
};

/// Choices in a row of buttons.
const IN_A_ROW: usize = 3;

/// What it says; whoever may change it gets the buttons.
pub fn policy(voice: &Voice<'_>, shown: &Shown) -> Message {
    let mut text = voice.say(Text::PolicyHeading);
    text.push_str("\n");
    for kind in RuleKind::ALL {
        text.line(&rule(voice, shown.policy.rule(kind)));
    }
    text.paragraph(&voice.say(Text::PolicyMeaning));
    if !shown.may_change {
        return Message::new(text);
    }
    let button = |kind: &RuleKind| voice.button(short(*kind), &Callback::ChooseRule(*kind));
    RuleKind::ALL
        .chunks(2)
        .fold(Message::new(text), |message, row| {
            message.row(row.iter().map(button))
        })
}

/// What can be chosen for one rule, with a mark at what it says now.
pub fn choices(voice: &Voice<'_>, policy: Policy, kind: RuleKind) -> Message {
    let mut text = voice.say(Text::PolicyChoose);
    text.line(&rule(voice, policy.rule(kind)));
    let buttons: Vec<_> = kind
        .choices()
        .into_iter()
        .map(|choice| {
            let chosen = policy.rule(kind) == choice;
            let mut words = Rich::plain(if chosen { "✓ " } else { "" });
            words.push(&match choice {
                Rule::Approvals(_, 0) => voice.say(Text::ButtonPolicyNobody),
                Rule::Approvals(_, count) => voice.fill(
                    Text::ButtonPolicyCount,
                    &[("count", Arg::Count(count.into()))],
                ),
                Rule::WaitsFor(waits_for) => voice.wait(waits_for.span()),
                Rule::Code(false) => voice.say(Text::ButtonPolicyNoCode),
                Rule::Code(true) => voice.say(Text::ButtonPolicyCode),
            });
            Button::press(&words, &Callback::SetRule(choice))
        })
        .collect();
    let back = voice.button(Text::ButtonBack, &Callback::Policy);
    buttons
        .chunks(IN_A_ROW)
        .fold(Message::new(text), |message, row| {
            message.row(row.iter().cloned())
        })
        .row([back])
}

const fn short(kind: RuleKind) -> Text {
    match kind {
        RuleKind::Approvals(Verb::Issue) => Text::ButtonPolicyIssue,
        RuleKind::Approvals(Verb::Rotate) => Text::ButtonPolicyRotate,
        RuleKind::Approvals(Verb::Revoke) => Text::ButtonPolicyRevoke,
        RuleKind::WaitsFor => Text::ButtonPolicyWaits,
        RuleKind::Code => Text::ButtonPolicyCodes,
    }
}

/// One rule in words.
fn rule(voice: &Voice<'_>, rule: Rule) -> Rich {
    let (verb, count) = match rule {
        Rule::WaitsFor(waits_for) => {
            let time = ("time", voice.wait(waits_for.span()).into());
            return voice.fill(Text::PolicyWaits, &[time]);
        }
        Rule::Code(false) => return voice.say(Text::PolicyNoCode),
        Rule::Code(true) => return voice.say(Text::PolicyCode),
        Rule::Approvals(verb, count) => (verb, count),
    };
    let text = match verb {
        Verb::Issue => Text::PolicyIssue,
        Verb::Rotate => Text::PolicyRotate,
        Verb::Revoke => Text::PolicyRevoke,
    };
    voice.fill(text, &[("count", Arg::Count(count.into()))])
}

/// An owner is told that somebody has changed it.
pub fn changed(voice: &Voice<'_>, by: &(PersonId, String), group: &str, new: Rule) -> Message {
    let values = [
        ("person", workspace::person(by.0, &by.1).into()),
        ("group", name(group).into()),
        ("rule", rule(voice, new).into()),
    ];
    Message::new(voice.fill(Text::NewsPolicyChanged, &values))
}
