//! The way of an operation: from each step, which event leads where. Whatever is not written here does not happen.

use std::time::Duration;

use super::{
    Decider, Detail, Hindrance, LOOK_UNTIL, Operation, Outcome, Reason, Step, Then, next_look,
    retry_after,
};
use crate::domain::{KeyId, KeyRef, Keys, MessageId, Timestamp};

/// How often the list is read for each call that revokes.
const LOOKS_PER_CALL: i64 = 3;

/// What came back from carrying out a step, or what a person pressed.
#[derive(Clone, Debug)]
pub enum Event {
    /// The placeholder stands in the person's private chat.
    PlaceReserved(MessageId),
    /// The person's private chat cannot be written to.
    PlaceRefused,
    /// The credential works, and these keys exist before the call (none are listed where there is only one).
    Noted(Vec<KeyId>),
    /// The call that makes a key is sent right after this is recorded.
    Sending,
    /// The provider answered with a new key (its secret is sealed in the same transaction).
    Created(KeyRef),
    /// Surely nothing was done.
    NotDone(Reason),
    /// Surely nothing was done, or only a read failed: again later, after the given time or by the usual steps.
    TryLater(Hindrance, Option<Duration>),
    /// Perhaps done: the answer was lost.
    AnswerLost,
    /// The list shows keys that were not there before: with our label, and others.
    Looked {
        /// New keys with our label.
        ours: Vec<KeyRef>,
        /// New keys with another label; made by someone else, unless the provider changes labels.
        others: Vec<KeyRef>,
        /// When the list was asked for: what came later is not in it, however late it is read.
        asked_at: Timestamp,
    },
    /// The old credential still worked, when it was tried at that time.
    OldKeyWorks(Timestamp),
    /// The old credential is refused.
    OldKeyDead,
    /// The secret stands in front of its person until then.
    Shown(Timestamp),
    /// The way to the page that shows it stands there until then.
    Offered(Timestamp),
    /// `I saved it`.
    Saved,
    /// `I lost it`.
    LostIt,
    /// Nobody said anything until the secret's end.
    TimeUp,
    /// The shown secret was taken away again; its end is at that time.
    Hidden(Timestamp),
    /// Another place for the secret, protected or not; zero: the one before is gone.
    Moved(MessageId, bool),
    /// `Show again`.
    ShowAgain,
    /// `Revoke it and create again`, for that suspect.
    RevokeOrphan(KeyId),
    /// `Keep it`.
    KeepOrphan,
    /// A harmless call with the new key worked.
    Proven,
    /// The new key was refused, or could not be tried before its secret's end.
    Unproven,
    /// The new key is not the account's any more: another one has taken its place.
    Replaced,
    /// The provider accepted the revocation.
    RevokeAccepted,
    /// The provider refused it: its list tells why.
    RevokeRefused,
    /// The account has another credential since the call was sent.
    Relinked,
    /// The key is dead.
    Gone,
    /// The new key is dead before anybody has said `I saved it`: revoked, or replaced by a newer one.
    Died,
    /// The account was unlinked.
    Withdrawn,
    /// The old key's time has come, or `Revoke old now`.
    RevokeOld,
    /// `Keep longer`.
    KeepOld,
    /// `Stop trying`.
    StopTrying,
    /// Its owner is reminded that it is open.
    Reminded,
    /// These people approve now.
    Approved(Vec<Decider>),
    /// Somebody is against it.
    Rejected(Decider),
}

/// An event that the present step does not wait for; nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event out of place at step {0:?}")]
pub struct OutOfPlace(pub Step);

impl Operation {
    /// The first step: whoever has to approve comes before everything else.
    pub fn first_step(detail: &Detail) -> Step {
        match &detail.approval {
            Some(approval) if !approval.is_enough() => Step::Approval,
            _ => Self::first_step_after_approval(detail),
        }
    }

    /// The step with which the work begins: a key that is to die before anything else dies first.
    pub(super) const fn first_step_after_approval(detail: &Detail) -> Step {
        match detail.revoking {
            Some(_) => Step::Revoke,
            None => Step::Reserve,
        }
    }

    /// Takes an event in, at that time. On an error nothing has changed.
    pub fn apply(&mut self, event: Event, now: Timestamp) -> Result<(), OutOfPlace> {
        match (self.step, event) {
            (Step::Ended, _) => return Err(OutOfPlace(Step::Ended)),
            (_, Event::Withdrawn) => self.end(Outcome::Withdrawn, now),
            (Step::Approval, event) => return self.apply_to_approval(event, now),
            (Step::Reserve, Event::PlaceReserved(message)) => {
                self.detail.place = message;
                self.go(Step::Note, now);
            }
            (Step::Reserve, Event::PlaceRefused) => {
                self.end(Outcome::NothingDone(Reason::ChatClosed), now);
            }
            (Step::Note, Event::Noted(ids)) => {
                self.detail.known_before = ids;
                self.go(Step::Ask, now);
            }
            (Step::Ask, Event::Sending) => {
                self.sent_at = now;
                self.go(Step::Asked, now);
            }
            (Step::Reserve | Step::Note | Step::Ask | Step::Asked, Event::NotDone(reason)) => {
                self.end(Outcome::NothingDone(reason), now);
            }
            (Step::Note | Step::Ask | Step::Asked, Event::TryLater(why, wait)) => {
                self.wait_before_asking(why, wait, now);
            }
            // Even if it was taken for lost meanwhile: the answer is here.
            (Step::Asked | Step::Unknown | Step::Orphan, Event::Created(key)) => {
                self.detail.new_key = Some(key);
                self.detail.known_before = Vec::new();
                self.detail.suspects = Vec::new();
                self.go(Step::Deliver, now);
            }
            (Step::Asked, Event::AnswerLost) => {
                self.go(Step::Unknown, now);
                // After a crash some time has passed already: then at once.
                self.next_try_at = next_look(self.sent_at, self.sent_at, 0).max(now);
            }
            (Step::Unknown, event) => return self.apply_to_unknown(event, now),
            (Step::Orphan, Event::KeepOrphan) => self.end(Outcome::OrphanKept, now),
            (Step::Orphan, Event::RevokeOrphan(id)) => return self.revoke_orphan(&id, now),
            (Step::Deliver | Step::Shown, event) => return self.apply_to_delivery(event, now),
            (Step::Prove, event) => return self.apply_to_proof(event, now),
            (Step::Overlap, event) => return self.apply_to_overlap(event, now),
            (Step::Revoke | Step::Verify, Event::StopTrying) => self.end(Outcome::Stopped, now),
            (Step::Revoke | Step::Verify, Event::Reminded) => self.detail.reminded_at = now,
            (Step::Revoke, Event::RevokeAccepted) => self.look_whether_gone(true, now),
            (Step::Revoke, Event::RevokeRefused) => self.look_whether_gone(false, now),
            (Step::Revoke | Step::Verify, Event::Gone) => return self.after_revocation(now),
            (Step::Verify, Event::TryLater(Hindrance::StillAlive, _)) => self.still_alive(now),
            (Step::Revoke | Step::Verify | Step::Reserve, Event::TryLater(why, wait)) => {
                self.try_later(why, wait, now);
            }
            (step, _) => return Err(OutOfPlace(step)),
        }
        Ok(())
    }

    fn apply_to_unknown(&mut self, event: Event, now: Timestamp) -> Result<(), OutOfPlace> {
        let window_over = |asked_at: Timestamp| asked_at.since(self.sent_at) >= LOOK_UNTIL;
        match event {
            Event::Looked { ours, .. } if !ours.is_empty() => {
                self.detail.suspects = ours;
                // An empty place would look as if a key were still to come.
                self.leave_place();
                self.go(Step::Orphan, now);
                self.next_try_at = Timestamp::FAR;
            }
            Event::Looked {
                others, asked_at, ..
            } if window_over(asked_at) => {
                self.detail.suspects = others;
                self.end(Outcome::NothingDone(Reason::NeverAppeared), now);
            }
            Event::OldKeyWorks(asked_at) if window_over(asked_at) => {
                self.end(Outcome::NothingDone(Reason::NeverAppeared), now);
            }
            Event::OldKeyDead => self.end(Outcome::CredentialLost, now),
            Event::Relinked => self.end(Outcome::Relinked, now),
            Event::Looked { .. } | Event::OldKeyWorks(_) => {
                self.next_try_at = next_look(self.sent_at, now, self.tries);
            }
            Event::TryLater(why, wait) => self.try_later(why, wait, now),
            _ => return Err(OutOfPlace(self.step)),
        }
        Ok(())
    }

    fn apply_to_delivery(&mut self, event: Event, now: Timestamp) -> Result<(), OutOfPlace> {
        match (self.step, event) {
            (Step::Deliver, Event::Shown(until)) => self.shown(false, until, now),
            (Step::Deliver, Event::Offered(until)) => self.shown(true, until, now),
            (Step::Deliver | Step::Shown, Event::TryLater(why, wait)) => {
                self.try_later(why, wait, now);
            }
            (Step::Shown, Event::ShowAgain) => self.go(Step::Deliver, now),
            (Step::Deliver, Event::Moved(place, open)) => {
                self.leave_place();
                self.detail.place = place;
                self.detail.open_place = open;
                if place == MessageId::default() {
                    // Whatever takes the places away may take the next one too.
                    self.next_try_at = now.plus(retry_after(self.tries));
                    self.tries = self.tries.saturating_add(1);
                }
            }
            (Step::Shown, Event::Hidden(end)) => {
                self.leave_place();
                self.detail.hidden = true;
                self.next_try_at = end;
            }
            // Whoever has saved it has seen it, even if that is not recorded yet.
            (Step::Shown | Step::Deliver, Event::Saved) if self.replaces_later() => {
                self.leave_place();
                self.go(Step::Prove, now);
            }
            (Step::Shown | Step::Deliver, Event::Saved) => self.end(Outcome::Done, now),
            (Step::Shown | Step::Deliver, Event::LostIt) if self.keys() == Keys::Many => {
                let Some(key) = self.detail.new_key.clone() else {
                    return Err(OutOfPlace(self.step));
                };
                self.leave_place();
                self.revoke(key, Then::Undone, now);
            }
            (Step::Shown | Step::Deliver, Event::Died) if self.keys() == Keys::Many => {
                self.end(Outcome::Undone, now);
            }
            (Step::Shown | Step::Deliver, Event::Died) => self.end(Outcome::Replaced, now),
            (Step::Shown | Step::Deliver, Event::TimeUp) => self.end(Outcome::NotSaved, now),
            (step, _) => return Err(OutOfPlace(step)),
        }
        Ok(())
    }

    fn shown(&mut self, on_page: bool, until: Timestamp, now: Timestamp) {
        self.go(Step::Shown, now);
        (self.detail.hidden, self.detail.on_page) = (false, on_page);
        self.next_try_at = until;
    }

    fn apply_to_proof(&mut self, event: Event, now: Timestamp) -> Result<(), OutOfPlace> {
        match event {
            Event::Proven => match (self.keys(), self.detail.old_key.clone()) {
                (Keys::Many, Some(_)) if !self.detail.old_key_dies.grace().is_zero() => {
                    self.overlap(now);
                }
                (Keys::Many, Some(old)) => self.revoke(old, Then::Done, now),
                _ => self.end(Outcome::Done, now),
            },
            Event::Unproven => self.end(Outcome::Unproven, now),
            Event::Replaced => self.end(Outcome::Replaced, now),
            Event::TryLater(why, wait) => self.try_later(why, wait, now),
            _ => return Err(OutOfPlace(self.step)),
        }
        Ok(())
    }

    fn revoke_orphan(&mut self, id: &KeyId, now: Timestamp) -> Result<(), OutOfPlace> {
        let suspect = self.detail.suspects.iter().find(|key| key.id == *id);
        let Some(key) = suspect.cloned() else {
            return Err(OutOfPlace(self.step));
        };
        self.revoke(key, Then::StartOver, now);
        Ok(())
    }

    pub(super) fn revoke(&mut self, key: KeyRef, then: Then, now: Timestamp) {
        self.detail.revoking = Some((key, then));
        self.detail.accepted = false;
        // What was asked for long ago is revoked only from now on.
        self.detail.reminded_at = now;
        self.go(Step::Revoke, now);
    }

    /// Whatever the provider has said: its list decides. The tries count on, so that a key which stays alive is not asked about
    /// every second for ever.
    fn look_whether_gone(&mut self, accepted: bool, now: Timestamp) {
        self.detail.accepted |= accepted;
        self.detail.hindrance = None;
        self.step = Step::Verify;
        self.next_try_at = now;
    }

    /// A list may lag behind: it is read some times before the call is repeated.
    fn still_alive(&mut self, now: Timestamp) {
        if self.tries % LOOKS_PER_CALL == LOOKS_PER_CALL - 1 {
            self.step = Step::Revoke;
        }
        let why = if self.detail.accepted {
            Hindrance::StillAlive
        } else {
            Hindrance::RevokeRefused
        };
        self.try_later(why, None, now);
    }

    fn after_revocation(&mut self, now: Timestamp) -> Result<(), OutOfPlace> {
        let Some((key, then)) = self.detail.revoking.clone() else {
            return Err(OutOfPlace(self.step));
        };
        self.detail.gone.push(key);
        match then {
            Then::Done => self.end(Outcome::Done, now),
            Then::Undone => self.end(Outcome::Undone, now),
            Then::StartOver => {
                self.detail.revoking = None;
                self.detail.suspects = Vec::new();
                self.sent_at = Timestamp::NEVER;
                self.started_at = now;
                self.go(Step::Reserve, now);
            }
            // Its time is not counted anew: after long the new one may not be wanted any more.
            Then::Replace => {
                self.detail.revoking = None;
                self.go(Step::Reserve, now);
            }
        }
        Ok(())
    }

    pub(super) fn go(&mut self, step: Step, now: Timestamp) {
        self.step = step;
        self.tries = 0;
        self.detail.hindrance = None;
        self.next_try_at = now;
    }

    /// The secret's place has served.
    fn leave_place(&mut self) {
        let place = std::mem::take(&mut self.detail.place);
        if place != MessageId::default() {
            self.detail.leaving.push(place);
        }
    }

    pub(super) fn end(&mut self, outcome: Outcome, now: Timestamp) {
        self.leave_place();
        self.go(Step::Ended, now);
        self.detail.outcome = Some(outcome);
        self.detail.known_before = Vec::new();
        self.ended_at = now;
    }
}
