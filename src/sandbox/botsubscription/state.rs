//! The projects and keys of `BotSubscription`. Keys are never removed, only revoked.

use std::collections::{BTreeMap, HashMap};

use super::{Behaviour, KeyView};
use crate::sandbox::{
    dice::{ALPHANUMERIC, Dice},
    rate::Window,
};

/// What secrets begin with. The real prefix is not documented.
const SECRET_PREFIX: &str = "bsub_";
/// Who acts in the dashboard, in the form of the documents' sample.
const DASHBOARD_USER: &str = "123456789012345678";

pub(super) struct Key {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) secret: String,
    pub(super) created_at_ms: i64,
    pub(super) updated_at_ms: i64,
    pub(super) revoked_at_ms: Option<i64>,
    /// None where a key acted, and not a person.
    pub(super) created_by: Option<String>,
    pub(super) updated_by: Option<String>,
    pub(super) revoked_by: Option<String>,
    pub(super) is_first: bool,
    pub(super) used: Window,
}

/// Who does something.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Actor {
    Dashboard,
    Api,
}

impl Actor {
    fn name(self) -> Option<String> {
        (self == Self::Dashboard).then(|| DASHBOARD_USER.to_owned())
    }
}

impl Key {
    fn new(dice: &Dice, length: usize, label: &str, actor: Actor, now_ms: i64) -> Self {
        let random = dice.text(ALPHANUMERIC, length.saturating_sub(SECRET_PREFIX.len()));
        Self {
            id: dice.uuid(),
            label: label.to_owned(),
            secret: format!("{SECRET_PREFIX}{random}"),
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
            revoked_at_ms: None,
            created_by: actor.name(),
            updated_by: actor.name(),
            revoked_by: None,
            is_first: false,
            used: Window::default(),
        }
    }

    pub(super) fn is_alive(&self) -> bool {
        self.revoked_at_ms.is_none()
    }

    pub(super) fn last_four(&self) -> &str {
        let start = self.secret.len().saturating_sub(4);
        self.secret.get(start..).unwrap_or_default()
    }

    pub(super) fn revoke(&mut self, actor: Actor, now_ms: i64) {
        self.revoked_at_ms = Some(now_ms);
        self.revoked_by = actor.name();
        self.updated_at_ms = now_ms;
        self.updated_by = actor.name();
    }

    pub(super) fn view(&self) -> KeyView {
        KeyView {
            id: self.id.clone(),
            label: self.label.clone(),
            secret: self.secret.clone(),
            created_at_ms: self.created_at_ms,
            revoked_at_ms: self.revoked_at_ms,
            is_first: self.is_first,
        }
    }
}

#[derive(Default)]
pub(super) struct State {
    pub(super) behaviour: Behaviour,
    /// Keys by the project's id, in the order in which they were made.
    pub(super) projects: BTreeMap<String, Vec<Key>>,
    /// The project of each secret.
    owners: HashMap<String, String>,
    /// All calls come from one address: loopback.
    pub(super) minute: Window,
    pub(super) second: Window,
}

impl State {
    /// A new project; gives the secret of its first key.
    pub(super) fn add_project(&mut self, id: &str, dice: &Dice, now_ms: i64) -> String {
        self.projects.insert(id.to_owned(), Vec::new());
        let key = self.add_key(id, dice, "dashboard", Actor::Dashboard, now_ms);
        let Some(key) = key else {
            return String::new();
        };
        key.is_first = true;
        key.secret.clone()
    }

    /// None if there is no such project.
    pub(super) fn add_key(
        &mut self,
        project: &str,
        dice: &Dice,
        label: &str,
        actor: Actor,
        now_ms: i64,
    ) -> Option<&mut Key> {
        let keys = self.projects.get_mut(project)?;
        let key = Key::new(dice, self.behaviour.secret_chars, label, actor, now_ms);
        self.owners.insert(key.secret.clone(), project.to_owned());
        keys.push(key);
        keys.last_mut()
    }

    pub(super) fn key(&mut self, project: &str, id: &str) -> Option<&mut Key> {
        let keys = self.projects.get_mut(project)?;
        keys.iter_mut().find(|key| key.id == id)
    }

    /// The living key with that secret, and its project.
    pub(super) fn by_secret(&mut self, secret: &str) -> Option<(&str, &mut Key)> {
        let project = self.owners.get(secret)?;
        let keys = self.projects.get_mut(project)?;
        let key = keys.iter_mut().find(|key| key.secret == secret)?;
        key.is_alive().then_some((project, key))
    }

    pub(super) fn is_alive(&self, secret: &str) -> bool {
        let project = self.owners.get(secret);
        let keys = project.and_then(|project| self.projects.get(project));
        let mut keys = keys.into_iter().flatten();
        keys.any(|key| key.secret == secret && key.is_alive())
    }
}
