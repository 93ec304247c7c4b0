//! `BotSubscription`: projects with many labelled keys, each of which may do everything in its project.
//!
//! This file is the handle for tests and the demo; what goes over the wire stands in `wire`.

mod behaviour;
mod state;
#[cfg(test)]
mod tests;
mod wire;

use std::{io, sync::Arc};

pub use self::behaviour::{Behaviour, ErrorShape, Limits};
use self::state::{Actor, Key, State};
use super::{
    changes::Kept,
    fault::ServiceName,
    service::{Call, Service},
    shared::Shared,
};

/// A project just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// A UUID.
    pub id: String,
    /// The secret of its first key, made in the dashboard.
    pub token: String,
}

/// A key as only the sandbox sees it: with its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyView {
    /// A UUID.
    pub id: String,
    /// As given when it was made.
    pub label: String,
    /// The whole secret.
    pub secret: String,
    /// Milliseconds since 1970.
    pub created_at_ms: i64,
    /// Milliseconds since 1970; none while it lives.
    pub revoked_at_ms: Option<i64>,
    /// The project's first token.
    pub is_first: bool,
}

impl KeyView {
    /// The end of the secret, by which people know it.
    pub fn last_four(&self) -> &str {
        let start = self.secret.len().saturating_sub(4);
        self.secret.get(start..).unwrap_or_default()
    }
}

/// The emulated service. Cheap to clone.
#[derive(Clone)]
pub struct BotSubscription {
    service: Service,
    core: Arc<Core>,
}

struct Core {
    state: Kept<State>,
    shared: Shared,
}

impl BotSubscription {
    pub(super) fn start(shared: &Shared) -> io::Result<Self> {
        let core = Arc::new(Core {
            state: Kept::new(State::default(), &shared.changes),
            shared: shared.clone(),
        });
        let name = ServiceName::BotSubscription;
        let service = Service::start(name, shared, Arc::clone(&core))?;
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

    /// A new project with its first token.
    pub fn add_project(&self) -> Project {
        let Shared { dice, clock, .. } = &self.core.shared;
        let id = dice.uuid();
        let state = &self.core.state;
        let token = state.change(|state| state.add_project(&id, dice, clock.now_ms()));
        Project { id, token }
    }

    /// The ids of all projects.
    pub fn projects(&self) -> Vec<String> {
        let state = &self.core.state;
        state.look(|state| state.projects.keys().cloned().collect())
    }

    /// All keys of a project, revoked ones too, in the order in which they were made.
    pub fn keys(&self, project: &str) -> Vec<KeyView> {
        self.core.state.look(|state| {
            let keys = state.projects.get(project).into_iter().flatten();
            keys.map(Key::view).collect()
        })
    }

    /// Whether this secret authenticates somewhere.
    pub fn alive(&self, secret: &str) -> bool {
        let state = &self.core.state;
        state.look(|state| state.is_alive(secret))
    }

    /// Makes a key as a colleague in the dashboard would; none if there is no such project.
    pub fn create_key_outside(&self, project: &str, label: &str) -> Option<KeyView> {
        let Shared { dice, clock, .. } = &self.core.shared;
        self.core.state.change(|state| {
            let key = state.add_key(project, dice, label, Actor::Dashboard, clock.now_ms());
            key.map(|key| key.view())
        })
    }

    /// Revokes a key as a colleague in the dashboard would; false if there is no such living key.
    pub fn revoke_outside(&self, project: &str, key_id: &str) -> bool {
        let now_ms = self.core.shared.clock.now_ms();
        self.core.state.change(|state| {
            let key = state.key(project, key_id);
            let living = key.filter(|key| key.is_alive());
            let Some(key) = living else {
                return false;
            };
            key.revoke(Actor::Dashboard, now_ms);
            true
        })
    }
}
