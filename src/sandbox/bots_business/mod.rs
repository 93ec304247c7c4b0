//! `Bots.Business`: accounts with exactly one key each, which can only be replaced.
//!
//! This file is the handle for tests and the demo; what goes over the wire stands in `wire`.

#[cfg(test)]
mod tests;
mod wire;

use std::{io, sync::Arc};

use serde_json::{Value, json};

use super::{
    changes::Kept,
    dice::{DIGITS, Dice, URL_SAFE},
    fault::ServiceName,
    service::{Call, Service},
    shared::Shared,
};

/// The length of a key, as in the documents' examples.
const KEY_CHARS: usize = 40;

/// The two shapes in which errors were seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorShape {
    /// `{"error":"…"}`.
    Error,
    /// `{"errors":["…"]}`.
    Errors,
}

/// How the service behaves where the documents leave it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// The shape of errors.
    pub error_shape: ErrorShape,
    /// Whether errors come with status 200.
    pub errors_with_200: bool,
}

/// An account.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// The provider's own number.
    pub id: i64,
    /// Where its owner gets mail.
    pub email: String,
    /// When the account was made, not its key; milliseconds since 1970.
    pub created_at_ms: i64,
    /// The one key.
    pub api_key: String,
    /// The Telegram accounts linked to it, as the service lists them. Only `id` is documented.
    pub linked_accounts: Vec<Value>,
}

/// The emulated service. Cheap to clone.
#[derive(Clone)]
pub struct BotsBusiness {
    service: Service,
    core: Arc<Core>,
}

struct Core {
    state: Kept<State>,
    dice: Dice,
}

struct State {
    behaviour: Behaviour,
    accounts: Vec<Account>,
}

impl BotsBusiness {
    pub(super) fn start(shared: &Shared) -> io::Result<Self> {
        let state = State {
            behaviour: Behaviour {
                error_shape: ErrorShape::Error,
                errors_with_200: false,
            },
            accounts: Vec::new(),
        };
        let core = Arc::new(Core {
            state: Kept::new(state, &shared.changes),
            dice: shared.dice.clone(),
        });
        let service = Service::start(ServiceName::BotsBusiness, shared, Arc::clone(&core))?;
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

    /// A new account with its key and one linked Telegram account.
    pub fn add_account(&self, email: &str) -> Account {
        let dice = &self.core.dice;
        let linked = format!("4{}", dice.text(DIGITS, 7));
        self.core.state.change(|state| {
            let number = i64::try_from(state.accounts.len()).unwrap_or_default();
            let account = Account {
                id: 22_425_807 + number,
                email: email.to_owned(),
                // A fixed day long ago: an account is older than its key.
                created_at_ms: 1_700_462_700_435 + number,
                api_key: dice.text(URL_SAFE, KEY_CHARS),
                linked_accounts: vec![json!({"id": linked.parse::<i64>().unwrap_or_default()})],
            };
            state.accounts.push(account.clone());
            account
        })
    }

    /// All accounts, in the order in which they were made.
    pub fn accounts(&self) -> Vec<Account> {
        self.core.state.look(|state| state.accounts.clone())
    }

    /// The account with that number.
    pub fn account(&self, id: i64) -> Option<Account> {
        let accounts = self.accounts();
        accounts.into_iter().find(|account| account.id == id)
    }

    /// Changes an account as its owner would do elsewhere; false if there is none with that number.
    pub fn change_account(&self, id: i64, change: impl FnOnce(&mut Account)) -> bool {
        self.core.state.change(|state| {
            let account = state.accounts.iter_mut().find(|account| account.id == id);
            account.map(change).is_some()
        })
    }

    /// Whether this key authenticates.
    pub fn alive(&self, key: &str) -> bool {
        let mut accounts = self.accounts().into_iter();
        accounts.any(|account| account.api_key == key)
    }

    /// Replaces the key as its owner would do in the app; gives the new one.
    pub fn reset_outside(&self, id: i64) -> Option<String> {
        let key = self.core.dice.text(URL_SAFE, KEY_CHARS);
        self.change_account(id, |account| account.api_key.clone_from(&key))
            .then_some(key)
    }
}
