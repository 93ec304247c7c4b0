//! The providers' real APIs behind one trait: one file a provider, one shared HTTP client.
//! No error and no log line from here may hold a credential, a host or a URL.

mod botanalytics;
mod bots_business;
mod botsubscription;
mod clean;
mod error;
mod http;
mod limits;
mod measured;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{
    domain::{Key, KeyId, ProjectId, ProviderKind},
    http::Way,
    metrics::Metrics,
    ports::Ports,
    rates::Shared,
    secret::Secret,
};

pub use botanalytics::Botanalytics;
pub use bots_business::BotsBusiness;
pub use botsubscription::BotSubscription;
pub use error::ProviderError;
use http::{Http, LIST_BODY};
use measured::Measured;

/// A credential and the project it is for.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    /// Empty where the credential itself names the account.
    pub project: &'a ProjectId,
    /// The credential.
    pub credential: &'a Secret,
}

/// What a verified credential belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The project, account or channel that it is for.
    pub project: ProjectId,
    /// A name for people until they choose one.
    pub default_name: String,
    /// Telegram ids that the provider itself has linked to that account.
    pub telegram_ids: Vec<i64>,
}

/// A key just made: its secret exists nowhere else.
#[derive(Debug)]
pub struct NewKey {
    /// The secret, given once.
    pub secret: Secret,
    /// Its metadata.
    pub key: Key,
}

/// What a provider can be asked. Which of it a provider has stands in its `Capabilities`; asking for anything else is a
/// fault of ours and answered with [`ProviderError::Unexpected`].
#[async_trait]
pub trait Provider: Send + Sync {
    /// Which one it is.
    fn kind(&self) -> ProviderKind;

    /// Where it is; for [`Providers::reach`].
    fn origin(&self) -> &str;

    /// A harmless call that tells whether a credential works and what it is for.
    async fn verify(&self, access: Access<'_>) -> Result<Verified, ProviderError>;

    /// The cheapest call that tells whether a credential works.
    async fn probe(&self, access: Access<'_>) -> Result<(), ProviderError>;

    /// All keys, revoked ones too where the provider keeps them.
    async fn list(&self, _access: Access<'_>) -> Result<Vec<Key>, ProviderError> {
        Err(ProviderError::not_offered())
    }

    /// Makes a key. Never to be repeated blindly.
    async fn create(&self, _access: Access<'_>, _label: &str) -> Result<NewKey, ProviderError> {
        Err(ProviderError::not_offered())
    }

    /// Kills a key; harmless to repeat.
    async fn revoke(&self, _access: Access<'_>, _key: &KeyId) -> Result<(), ProviderError> {
        Err(ProviderError::not_offered())
    }

    /// Puts a new key in the place of the credential itself, which dies. Never to be repeated blindly.
    async fn replace(&self, _access: Access<'_>) -> Result<Secret, ProviderError> {
        Err(ProviderError::not_offered())
    }
}

/// Origins and limits of the providers.
#[derive(Clone, Debug)]
pub struct Options {
    /// Origin without a version.
    pub botsubscription: String,
    /// Origin without a version.
    pub bots_business: String,
    /// Origin without a version.
    pub botanalytics: String,
    /// A whole call, from connecting to the last byte.
    pub call_timeout: Duration,
    /// How requests go out.
    pub way: Way,
}

/// A provider that does not answer in this time is treated as one that lost the answer.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(15);

/// All providers.
pub struct Providers {
    http: Http,
    botsubscription: Measured<BotSubscription>,
    bots_business: Measured<BotsBusiness>,
    botanalytics: Measured<Botanalytics>,
}

impl Providers {
    /// With one HTTP client for all, whose calls are counted there; fails when the machine's TLS cannot be set up.
    pub fn new(options: &Options, ports: &Ports, metrics: &Metrics) -> Result<Self, ProviderError> {
        let http = Http::new(options.call_timeout, options.way.clone())?;
        let botsubscription = BotSubscription::new(http.clone(), &options.botsubscription, ports);
        let bots_business = BotsBusiness::new(http.clone(), &options.bots_business);
        let botanalytics = Botanalytics::new(http.clone(), &options.botanalytics);
        Ok(Self {
            botsubscription: measured(botsubscription, ports, metrics),
            bots_business: measured(bots_business, ports, metrics),
            botanalytics: measured(botanalytics, ports, metrics),
            http,
        })
    }

    /// From now on limits of single credentials are shared with other processes; those of our address are each process's own.
    pub fn share(&self, shared: Arc<dyn Shared>) {
        self.botsubscription.provider.share(shared);
    }

    /// Whether anything answers where that provider should be; no credential is sent.
    pub async fn reach(&self, kind: ProviderKind) -> Result<(), ProviderError> {
        let request = self.http.client().get(self.get(kind).origin());
        self.http
            .send(request, LIST_BODY)
            .await
            .map(|_any_answer| ())
            .map_err(ProviderError::of_reading_call)
    }

    /// The one of that kind.
    pub fn get(&self, kind: ProviderKind) -> &dyn Provider {
        match kind {
            ProviderKind::BotSubscription => &self.botsubscription,
            ProviderKind::BotsBusiness => &self.bots_business,
            ProviderKind::Botanalytics => &self.botanalytics,
        }
    }
}

fn measured<P>(provider: P, ports: &Ports, metrics: &Metrics) -> Measured<P> {
    Measured {
        provider,
        metrics: metrics.clone(),
        ports: ports.clone(),
    }
}
