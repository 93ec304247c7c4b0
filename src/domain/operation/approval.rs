//! A request from a group that waits for other people: who has approved, who has rejected. Whether somebody may is never decided here.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Event, Operation, OutOfPlace, Outcome, Reason, Step};
use crate::domain::{PersonId, Policy, Timestamp};

/// Somebody who has decided, and what they were called then, for the card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decider {
    /// Who.
    pub person: PersonId,
    /// For people to read only.
    pub name: String,
}

/// Why a request was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objection {
    /// Nobody needs it.
    NotNeeded,
    /// It is about the wrong key, label or account.
    Wrong,
    /// Later, perhaps.
    NotNow,
    /// It is to be talked about first.
    TalkFirst,
}

impl Objection {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::NotNeeded, Self::Wrong, Self::NotNow, Self::TalkFirst];

    /// As it stands in a button and in the audit.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotNeeded => "not_needed",
            Self::Wrong => "wrong",
            Self::NotNow => "not_now",
            Self::TalkFirst => "talk_first",
        }
    }

    /// From the code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|objection| objection.code() == code)
    }
}

/// What other people say to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// So many have to approve.
    pub needed: u8,
    /// Who has, in order.
    pub given: Vec<Decider>,
    /// Who has rejected it.
    pub rejected: Option<Decider>,
    /// Why, as far as they said so.
    pub why: Option<Objection>,
    /// It is over then.
    pub ends_at: Timestamp,
}

impl Approval {
    /// None where nobody has to be asked.
    pub fn asked_by(policy: Policy, verb: super::Verb, now: Timestamp) -> Option<Self> {
        let needed = policy.approvals(verb);
        let lasts: Duration = policy.waits_for.span();
        (needed > 0).then(|| Self {
            needed,
            given: Vec::new(),
            rejected: None,
            why: None,
            ends_at: now.plus(lasts),
        })
    }

    /// Whether the request may begin.
    pub fn is_enough(&self) -> bool {
        self.given.len() >= usize::from(self.needed)
    }

    /// How many are still missing.
    pub fn missing(&self) -> usize {
        usize::from(self.needed).saturating_sub(self.given.len())
    }

    /// Whether that person has approved.
    pub fn is_given_by(&self, person: PersonId) -> bool {
        self.given.iter().any(|decider| decider.person == person)
    }
}

impl Operation {
    /// It waits for other people.
    pub fn waits_for_approval(&self) -> bool {
        self.step == Step::Approval
    }

    pub(super) fn apply_to_approval(
        &mut self,
        event: Event,
        now: Timestamp,
    ) -> Result<(), OutOfPlace> {
        let Some(approval) = &mut self.detail.approval else {
            return Err(OutOfPlace(self.step));
        };
        match event {
            Event::Approved(given) => {
                approval.given = given;
                if approval.is_enough() {
                    // What was waited for does not count as time in which it could not begin.
                    self.started_at = now;
                    self.go(Self::first_step_after_approval(&self.detail), now);
                }
            }
            Event::Rejected(by) => {
                approval.rejected = Some(by);
                self.end(Outcome::NothingDone(Reason::Rejected), now);
            }
            Event::NotDone(reason) => self.end(Outcome::NothingDone(reason), now),
            _ => return Err(OutOfPlace(self.step)),
        }
        Ok(())
    }
}
