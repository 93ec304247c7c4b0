//! What a group wants before something is done from it: how many other people have to approve, and for how long they can.

use std::time::Duration;

use super::operation::Verb;

/// A group can ask for so many approvals at most.
pub const MOST_APPROVALS: u8 = 5;

/// How long a request waits for approvals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaitsFor {
    /// An hour.
    Hour,
    /// Eight hours.
    Shift,
    /// A day.
    #[default]
    Day,
    /// Three days.
    ThreeDays,
    /// A week.
    Week,
}

impl WaitsFor {
    /// All of them, shortest first.
    pub const ALL: [Self; 5] = [
        Self::Hour,
        Self::Shift,
        Self::Day,
        Self::ThreeDays,
        Self::Week,
    ];

    /// As stored, and in buttons.
    pub const fn hours(self) -> u8 {
        match self {
            Self::Hour => 1,
            Self::Shift => 8,
            Self::Day => 24,
            Self::ThreeDays => 72,
            Self::Week => 168,
        }
    }

    /// From the stored hours.
    pub fn from_hours(hours: i64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|waits| i64::from(waits.hours()) == hours)
    }

    /// The same as a span.
    pub const fn span(self) -> Duration {
        Duration::from_hours(self.hours() as u64)
    }
}

/// The rules of a group. By default nothing has to be approved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Approvals for a new key.
    pub issue: u8,
    /// Approvals for a rotation.
    pub rotate: u8,
    /// Approvals for a revocation.
    pub revoke: u8,
    /// How long a request waits for them.
    pub waits_for: WaitsFor,
    /// Whether whoever asks for a new key has to give a code of their second factor.
    pub code: bool,
}

/// Which rule of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// How many approvals.
    Approvals(Verb),
    /// For how long.
    WaitsFor,
    /// Whether with a code.
    Code,
}

impl RuleKind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Approvals(Verb::Issue),
        Self::Approvals(Verb::Rotate),
        Self::Approvals(Verb::Revoke),
        Self::WaitsFor,
        Self::Code,
    ];

    /// As it stands in a button.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Approvals(verb) => verb.code(),
            Self::WaitsFor => "hours",
            Self::Code => "code",
        }
    }

    /// From the code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// All that can be chosen for it.
    pub fn choices(self) -> Vec<Rule> {
        match self {
            Self::Approvals(verb) => (0..=MOST_APPROVALS)
                .map(|count| Rule::Approvals(verb, count))
                .collect(),
            Self::WaitsFor => WaitsFor::ALL.map(Rule::WaitsFor).to_vec(),
            Self::Code => [false, true].map(Rule::Code).to_vec(),
        }
    }
}

/// One rule of a policy, as a button sets it: two managers who change different rules at once lose nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// So many approvals.
    Approvals(Verb, u8),
    /// For so long.
    WaitsFor(WaitsFor),
    /// With a code, or without one.
    Code(bool),
}

impl Policy {
    /// How many other people have to approve.
    pub const fn approvals(&self, verb: Verb) -> u8 {
        match verb {
            Verb::Issue => self.issue,
            Verb::Rotate => self.rotate,
            Verb::Revoke => self.revoke,
        }
    }

    /// What it says there.
    pub const fn rule(&self, kind: RuleKind) -> Rule {
        match kind {
            RuleKind::Approvals(verb) => Rule::Approvals(verb, self.approvals(verb)),
            RuleKind::WaitsFor => Rule::WaitsFor(self.waits_for),
            RuleKind::Code => Rule::Code(self.code),
        }
    }

    /// With another rule.
    #[must_use]
    pub const fn with(mut self, rule: Rule) -> Self {
        match rule {
            Rule::Approvals(Verb::Issue, count) => self.issue = count,
            Rule::Approvals(Verb::Rotate, count) => self.rotate = count,
            Rule::Approvals(Verb::Revoke, count) => self.revoke = count,
            Rule::WaitsFor(waits_for) => self.waits_for = waits_for,
            Rule::Code(code) => self.code = code,
        }
        self
    }
}

impl Rule {
    /// As it stands in a button and in the audit.
    pub fn encode(self) -> String {
        match self {
            Self::Approvals(verb, count) => format!("{}:{count}", verb.code()),
            Self::WaitsFor(waits_for) => format!("hours:{}", waits_for.hours()),
            Self::Code(code) => format!("code:{}", u8::from(code)),
        }
    }

    /// Reads what [`encode`](Self::encode) has written.
    pub fn parse(text: &str) -> Option<Self> {
        let kind = RuleKind::from_code(text.split_once(':')?.0)?;
        let choices = kind.choices();
        choices.into_iter().find(|rule| rule.encode() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_reads_back_and_nothing_else_is_one() {
        for rule in RuleKind::ALL.into_iter().flat_map(RuleKind::choices) {
            assert_eq!(Rule::parse(&rule.encode()), Some(rule));
            let changed = Policy::default().with(rule);
            assert!(
                RuleKind::ALL
                    .into_iter()
                    .any(|kind| changed.rule(kind) == rule)
            );
        }
        for odd in [
            "issue:6",
            "issue:-1",
            "hours:2",
            "panic:1",
            "issue",
            "",
            "issue:1:2",
        ] {
            assert_eq!(Rule::parse(odd), None, "{odd}");
        }
    }
}
