//! What the bot does, one file a verb. It knows neither teloxide nor the web: what it tells people goes through [`Messenger`],
//! as data, and is put into words elsewhere. Nothing here may act before the act is written down.

mod access;
pub mod accounts;
pub mod age;
mod alerts;
pub mod approvals;
pub mod audit;
pub mod backup;
pub mod confirm;
pub mod dialogue;
mod error;
pub mod factor;
pub mod find_key;
pub mod go_on;
pub mod issue_key;
mod keeper;
pub mod leaks;
mod ledger;
pub mod link;
pub mod list_keys;
mod lists;
mod members;
mod messenger;
pub mod moves;
mod news;
pub mod pages;
pub mod panic;
pub mod pause;
pub mod people;
pub mod policy;
mod rates;
pub mod recover;
pub mod rekey;
pub mod requests;
pub mod revoke_key;
pub mod roles;
pub mod rotate_key;
pub mod second_owner;
pub mod showings;
pub mod transfer;
mod turn;
pub mod unlink;
mod vitals;
mod watch;
pub mod workspace;
mod wrong_codes;

use std::sync::Arc;

use tokio::sync::Notify;

pub use access::{Owned, Permitted};
pub use alerts::Alert;
pub use audit::verify as verify_audit;
pub use error::{AppError, CodeFault, MoveFault, UserError};
pub use keeper::Keeper;
pub use ledger::Ledger;
pub use members::{Members, Seen, Unseen};
pub use messenger::{Messenger, Presenter, Undelivered};
pub use news::{News, Words};
pub use turn::{AnswerId, Turn, WaitingAnswer};
pub use vitals::Vitals;
pub use watch::Watch;

pub use crate::store::outbox::Place as OutboxPlace;

use crate::{
    domain::{Allowed, PersonId, Sealed},
    ports::Ports,
    providers::Providers,
    replica::Replica,
    store::{Store, StoreError, facts},
    vault::{DataKey, KEY_LENGTH, Row, Vault, VaultError},
};

/// What everything works with; cheap to clone.
#[derive(Clone)]
pub struct App {
    store: Store,
    vault: Arc<Vault>,
    providers: Arc<Providers>,
    ports: Ports,
    replica: Arc<Replica>,
    audit_key: Arc<DataKey>,
    fingerprint_key: Arc<DataKey>,
    code_key: Arc<DataKey>,
    webhook_key: Arc<DataKey>,
    allowed: Arc<Allowed>,
    operators: Arc<[PersonId]>,
    ledger_wake: Arc<Notify>,
    keeper_wake: Arc<Notify>,
    news_wake: Arc<Notify>,
    unreadable: Arc<alerts::Unreadable>,
    pages: Option<Arc<str>>,
    linking: Arc<pages::Lines>,
    lists: Arc<lists::Lists>,
}

/// Where our own name at Telegram is kept.
pub const BOT_USERNAME: &str = "bot_username";

/// Where the data keys are sealed.
const DATA_KEYS: &str = "data_keys.sealed";

/// The data key of the audit chains.
const AUDIT_KEY: &str = "audit";

/// The data key of the fingerprints.
const FINGERPRINT_KEY: &str = "fingerprints";

/// The data key of the recovery codes.
const CODE_KEY: &str = "recovery_codes";

/// The data key of the webhook's address.
const WEBHOOK_KEY: &str = "webhook";

impl App {
    /// Fails with `Unusable` when the database was sealed with another master key: nothing in it could be read.
    pub async fn open(
        store: Store,
        vault: Arc<Vault>,
        providers: Providers,
        ports: Ports,
        replica: Arc<Replica>,
        allowed: Allowed,
        operators: Vec<PersonId>,
    ) -> Result<Self, AppError> {
        let audit_key = data_key(&store, &vault, &ports, AUDIT_KEY).await?;
        let fingerprint_key = data_key(&store, &vault, &ports, FINGERPRINT_KEY).await?;
        let code_key = data_key(&store, &vault, &ports, CODE_KEY).await?;
        let webhook_key = data_key(&store, &vault, &ports, WEBHOOK_KEY).await?;
        let app = Self {
            store,
            vault,
            providers: Arc::new(providers),
            ports,
            replica,
            audit_key: Arc::new(audit_key),
            fingerprint_key: Arc::new(fingerprint_key),
            code_key: Arc::new(code_key),
            webhook_key: Arc::new(webhook_key),
            allowed: Arc::new(allowed),
            operators: operators.into(),
            ledger_wake: Arc::default(),
            keeper_wake: Arc::default(),
            news_wake: Arc::default(),
            unreadable: Arc::default(),
            pages: None,
            linking: Arc::default(),
            lists: Arc::default(),
        };
        if let Some(shared) = app.shared_rates() {
            app.providers.share(shared);
        }
        Ok(app)
    }

    /// With pages of our own below that address, which ends without a slash.
    #[must_use]
    pub fn with_pages(mut self, public_url: Option<&str>) -> Self {
        self.pages = public_url.map(Into::into);
        self
    }

    /// Where our own pages are; nothing where there are none.
    pub fn pages(&self) -> Option<&str> {
        self.pages.as_deref()
    }

    /// The clock and the dice.
    pub const fn ports(&self) -> &Ports {
        &self.ports
    }

    /// What this process is among others on the same database.
    pub const fn replica(&self) -> &Arc<Replica> {
        &self.replica
    }

    /// By which keys are known again; whoever looks for them needs it.
    pub fn fingerprint_key(&self) -> Arc<DataKey> {
        self.fingerprint_key.clone()
    }

    /// From which the webhook's secret address is derived.
    pub fn webhook_key(&self) -> &DataKey {
        &self.webhook_key
    }

    /// Whether the database answers, and lets us write, now.
    pub async fn database_answers(&self) -> bool {
        let looked = async {
            let mut tx = self.store.begin().await?;
            facts::get(&mut tx, BOT_USERNAME).await
        };
        looked.await.is_ok()
    }

    /// Whether that person may use this Keyporter, now; its operators always may.
    pub fn allows(&self, person: PersonId) -> bool {
        self.allowed.allows(person) || self.is_operator(person)
    }

    /// Who operates this Keyporter.
    pub fn operators(&self) -> &[PersonId] {
        &self.operators
    }

    /// Our own name at Telegram, without `@`; none before it was ever reached.
    pub async fn bot_username(&self) -> Option<String> {
        let read = async { facts::get(&mut *self.store.read().await?, BOT_USERNAME).await };
        read.await.ok().flatten().filter(|name| !name.is_empty())
    }

    /// Whether that person operates this Keyporter.
    pub fn is_operator(&self, person: PersonId) -> bool {
        self.operators.contains(&person)
    }
}

async fn data_key(
    store: &Store,
    vault: &Vault,
    ports: &Ports,
    name: &str,
) -> Result<DataKey, AppError> {
    let row = Row {
        column: DATA_KEYS,
        id: name,
    };
    let mut tx = store.begin().await?;
    if facts::data_key(&mut tx, name).await?.is_none() {
        let fresh = vault.seal_bytes(row, &ports.random::<KEY_LENGTH>()?)?;
        facts::add_data_key(&mut tx, name, &fresh).await?;
    }
    // Read back: another replica may have been first.
    let stored = facts::data_key(&mut tx, name).await?;
    tx.commit().await?;
    let sealed = stored.ok_or_else(|| missing(name))?;
    open_data_key(vault, name, &sealed)
}

/// The key of the audit chains. Fails with `Unusable` when the database was sealed with another master key: nothing in it could be read.
pub async fn audit_key(store: &Store, vault: &Vault) -> Result<DataKey, AppError> {
    let sealed = facts::data_key(&mut *store.read().await?, AUDIT_KEY).await?;
    let sealed = sealed.ok_or_else(|| missing(AUDIT_KEY))?;
    open_data_key(vault, AUDIT_KEY, &sealed)
}

fn missing(name: &str) -> AppError {
    AppError::Broken(format!("data key {name} is missing"))
}

fn open_data_key(vault: &Vault, name: &str, sealed: &Sealed) -> Result<DataKey, AppError> {
    let row = Row {
        column: DATA_KEYS,
        id: name,
    };
    let plain = vault.open_bytes(row, sealed).map_err(|error| match error {
        VaultError::UnknownKey(needed) => AppError::Store(StoreError::Unusable(format!(
            "this database is sealed with master key {needed}, and the given one is {}: \
             set KEYPORTER_MASTER_KEY to the right one, or name the other in KEYPORTER_MASTER_KEYS_OLD",
            vault.current_key()
        ))),
        other => other.into(),
    })?;
    DataKey::from_bytes(&plain)
        .ok_or_else(|| AppError::Broken(format!("data key {name} is no key")))
}
