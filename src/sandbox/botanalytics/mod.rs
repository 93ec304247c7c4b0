//! Botanalytics: channels with one JWT each. There is no call that manages keys; only the dashboard regenerates them.
//!
//! This file is the handle for tests and the demo; what goes over the wire stands in `wire`.

mod jwt;
#[cfg(test)]
mod tests;
mod wire;

use std::{collections::HashSet, io, sync::Arc};

use serde_json::Value;

use super::{
    changes::Kept,
    fault::ServiceName,
    service::{Call, Service},
    shared::Shared,
};

/// How the service behaves where the documents leave it open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Behaviour {
    /// Whether a regenerated key's predecessor goes on working.
    pub old_key_lives: bool,
    /// Whether a body that is no message is refused before the key is looked at.
    pub checks_body_first: bool,
}

/// A channel and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The sandbox's own number.
    pub id: u64,
    /// The `channel` claim, such as `universal`.
    pub claim: String,
    /// The newest JWT.
    pub key: String,
}

/// The emulated service. Cheap to clone.
#[derive(Clone)]
pub struct Botanalytics {
    service: Service,
    core: Arc<Core>,
}

struct Core {
    state: Kept<State>,
    shared: Shared,
}

#[derive(Default)]
struct State {
    behaviour: Behaviour,
    channels: Vec<Channel>,
    living: HashSet<String>,
    messages: Vec<Value>,
}

impl Botanalytics {
    pub(super) fn start(shared: &Shared) -> io::Result<Self> {
        let core = Arc::new(Core {
            state: Kept::new(State::default(), &shared.changes),
            shared: shared.clone(),
        });
        let service = Service::start(ServiceName::Botanalytics, shared, Arc::clone(&core))?;
        Ok(Self { service, core })
    }

    /// The server: stop it, resume it.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// The origin, without a version.
    pub fn url(&self) -> String {
        self.service.url()
    }

    /// What it was asked so far.
    pub fn calls(&self) -> Vec<Call> {
        self.service.calls()
    }

    /// Changes how it behaves where the documents leave it open.
    pub fn behave(&self, change: impl FnOnce(&mut Behaviour)) {
        let state = &self.core.state;
        state.change(|state| change(&mut state.behaviour));
    }

    /// A new channel with that claim, and its key.
    pub fn add_channel(&self, claim: &str) -> Channel {
        let key = self.new_key(claim);
        self.core.state.change(|state| {
            let channel = Channel {
                id: state.channels.last().map_or(1, |last| last.id + 1),
                claim: claim.to_owned(),
                key,
            };
            state.living.insert(channel.key.clone());
            state.channels.push(channel.clone());
            channel
        })
    }

    /// All channels, in the order in which they were made.
    pub fn channels(&self) -> Vec<Channel> {
        self.core.state.look(|state| state.channels.clone())
    }

    /// Makes a new key as the dashboard would; none if there is no such channel.
    pub fn regenerate(&self, channel: u64) -> Option<String> {
        let channels = self.channels();
        let claim = &channels.iter().find(|known| known.id == channel)?.claim;
        let key = self.new_key(claim);
        self.core.state.change(|state| {
            let known = state
                .channels
                .iter_mut()
                .find(|known| known.id == channel)?;
            let old = std::mem::replace(&mut known.key, key.clone());
            if !state.behaviour.old_key_lives {
                state.living.remove(&old);
            }
            state.living.insert(key.clone());
            Some(key)
        })
    }

    /// Whether this key is accepted.
    pub fn alive(&self, key: &str) -> bool {
        self.core.state.look(|state| state.living.contains(key))
    }

    /// The messages that were written into somebody's analytics: a probe must leave none.
    pub fn messages(&self) -> Vec<Value> {
        self.core.state.look(|state| state.messages.clone())
    }

    fn new_key(&self, claim: &str) -> String {
        let Shared { dice, clock, .. } = &self.core.shared;
        jwt::issue(claim, clock.now_ms() / 1000, &dice.uuid())
    }
}
