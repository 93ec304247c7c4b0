//! Being woken by other processes, over a connection of its own. It may miss a call, or hear none at all behind a proxy that pools
//! transactions: whoever waits here looks by itself from time to time too.

use sqlx::postgres::{PgListener, PgPoolOptions};

use super::{Store, StoreError};

/// Calls for one replica.
pub struct Wakes(PgListener);

impl Store {
    /// Listens for calls for that replica; nothing where no other process can be.
    pub async fn wakes(&self, id: &str) -> Result<Option<Wakes>, StoreError> {
        let Some(options) = &self.waking else {
            return Ok(None);
        };
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .connect_lazy_with(options.as_ref().clone());
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(&format!("keyporter_{id}")).await?;
        Ok(Some(Wakes(listener)))
    }
}

impl Wakes {
    /// Waits for the next call. Fails when the connection is lost.
    pub async fn next(&mut self) -> Result<(), StoreError> {
        self.0.recv().await?;
        Ok(())
    }
}
