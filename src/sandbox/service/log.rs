//! What a service was asked.
//!
//! Test data, in memory only: it may hold secrets and is never printed by the sandbox.

use std::collections::VecDeque;

use serde_json::Value;

use super::Incoming;

/// How many calls are kept; the demo may run for days.
const CALLS_MAX: usize = 20_000;

/// One call of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// When it came, in sandbox time, milliseconds since 1970.
    pub at_ms: i64,
    /// The HTTP method.
    pub method: String,
    /// The path with its query, as sent.
    pub path: String,
    /// The request's body, if it was JSON.
    pub body: Option<Value>,
    /// What was answered; none while there is no answer, and for ever if there was none.
    pub status: Option<u16>,
    /// Whether the call did what it asked for: not refused, not struck down before.
    pub effect: bool,
    /// The service's own words when it refused; none for what a fault answered in its place.
    pub refusal: Option<String>,
}

/// The calls of one service, oldest first.
#[derive(Default)]
pub(super) struct Log {
    calls: VecDeque<Call>,
    /// How many were dropped from the front.
    dropped: usize,
}

impl Log {
    /// Notes a call that has arrived; gives the number under which it can be completed.
    pub(super) fn open(&mut self, at_ms: i64, incoming: &Incoming) -> usize {
        if self.calls.len() == CALLS_MAX {
            self.calls.pop_front();
            self.dropped += 1;
        }
        self.calls.push_back(Call {
            at_ms,
            method: incoming.method.clone(),
            path: incoming.path_and_query(),
            body: incoming.json(),
            status: None,
            effect: false,
            refusal: None,
        });
        self.dropped + self.calls.len() - 1
    }

    pub(super) fn complete(&mut self, number: usize, complete: impl FnOnce(&mut Call)) {
        let place = number.checked_sub(self.dropped);
        if let Some(call) = place.and_then(|place| self.calls.get_mut(place)) {
            complete(call);
        }
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.calls.iter().cloned().collect()
    }
}
