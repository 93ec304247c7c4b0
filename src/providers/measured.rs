//! A provider whose calls are counted and timed. It changes nothing of them.

use std::time::Duration;

use async_trait::async_trait;

use super::{Access, NewKey, Provider, ProviderError, Verified};
use crate::{
    domain::{Key, KeyId, ProviderKind},
    metrics::Metrics,
    ports::Ports,
    secret::Secret,
};

pub(super) struct Measured<P> {
    pub(super) provider: P,
    pub(super) metrics: Metrics,
    pub(super) ports: Ports,
}

impl<P: Provider> Measured<P> {
    async fn timed<T>(
        &self,
        call: &'static str,
        work: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<T, ProviderError> {
        let begun = self.ports.now();
        let done = work.await;
        let took: Duration = self.ports.now().since(begun);
        let outcome = done.as_ref().map_or_else(ProviderError::code, |_| "done");
        let provider = self.kind().code();
        self.metrics.provider_call(provider, call, outcome, took);
        done
    }
}

#[async_trait]
impl<P: Provider> Provider for Measured<P> {
    fn kind(&self) -> ProviderKind {
        self.provider.kind()
    }

    fn origin(&self) -> &str {
        self.provider.origin()
    }

    async fn verify(&self, access: Access<'_>) -> Result<Verified, ProviderError> {
        self.timed("verify", self.provider.verify(access)).await
    }

    async fn probe(&self, access: Access<'_>) -> Result<(), ProviderError> {
        self.timed("probe", self.provider.probe(access)).await
    }

    async fn list(&self, access: Access<'_>) -> Result<Vec<Key>, ProviderError> {
        self.timed("list", self.provider.list(access)).await
    }

    async fn create(&self, access: Access<'_>, label: &str) -> Result<NewKey, ProviderError> {
        self.timed("create", self.provider.create(access, label))
            .await
    }

    async fn revoke(&self, access: Access<'_>, key: &KeyId) -> Result<(), ProviderError> {
        self.timed("revoke", self.provider.revoke(access, key))
            .await
    }

    async fn replace(&self, access: Access<'_>) -> Result<Secret, ProviderError> {
        self.timed("replace", self.provider.replace(access)).await
    }
}
