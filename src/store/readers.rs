//! Connections that readers hand on to each other. sqlx's pool tries each connection when it lends it and when it gets it back, each time
//! a way to the database and back: more than most reads cost. What was opened here is tried once in a while, and after any sign that the
//! server was away. Nobody ever waits for one of these: whoever finds none free asks the pool.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures::{StreamExt, TryStreamExt, stream};
use sqlx::{Any, AnyPool, Connection as _, pool::PoolConnection};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use super::{Connection, Pass, StoreError};

/// A server's connection may have died meanwhile: it is tried again after so long. A file does not go away.
const TRIED_FOR: Duration = Duration::from_secs(1);

/// When a database was last found to be away, by whoever asked it.
static DOUBTED_AT: Mutex<Option<Instant>> = Mutex::new(None);

/// A server that needs longer for a mere answer is away.
const ANSWERS_IN: Duration = Duration::from_secs(5);

/// A connection that is kept.
pub(super) struct Kept {
    connection: PoolConnection<Any>,
    tried_at: Instant,
}

type Reader = Arc<Turn<Kept>>;

/// Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Readers(Arc<Mutex<Vec<Reader>>>);

/// A connection for reading.
pub struct Reading {
    pub(super) from: Source,
    pub(super) _pass: Option<Pass>,
}

/// Where a reader's connection goes back to.
pub(super) enum Source {
    Readers(OwnedMutexGuard<Kept>),
    Pool(PoolConnection<Any>),
}

/// Tries every connection again before it is used next.
pub(super) fn doubt_all() {
    *DOUBTED_AT.lock().unwrap_or_else(PoisonError::into_inner) = Some(now());
}

/// Whether a server's connection that answered so long ago will answer now.
pub(super) fn is_trusted(answered: Duration) -> bool {
    let doubted_at = *DOUBTED_AT.lock().unwrap_or_else(PoisonError::into_inner);
    answered <= TRIED_FOR && doubted_at.is_none_or(|doubted_at| doubted_at.elapsed() > answered)
}

/// Whether a server's connection answers, in time: one that was cut off in silence never does.
#[expect(
    clippy::disallowed_methods,
    reason = "a server answers in real time, whatever the clock of the program says"
)]
pub(super) async fn answers(connection: &mut Connection) -> bool {
    let answered = tokio::time::timeout(ANSWERS_IN, connection.ping()).await;
    answered.is_ok_and(|answered| answered.is_ok())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a connection rests in real time, whatever the clock of the program says"
)]
fn now() -> Instant {
    Instant::now()
}

impl Readers {
    /// Takes that many out of a pool, until [`Self::close`]; so many are opened at once. One more is opened for the pool.
    pub(super) async fn fill(
        &self,
        pool: &AnyPool,
        count: u32,
        at_once: usize,
    ) -> Result<(), sqlx::Error> {
        let opening = (0..=count).map(|_| pool.acquire());
        let opened = stream::iter(opening).buffered(at_once);
        let mut opened: Vec<_> = opened.try_collect().await?;
        opened.truncate(count as usize);
        let kept = opened.into_iter().map(|connection| {
            let tried_at = now();
            Arc::new(Turn::new(Kept {
                connection,
                tried_at,
            }))
        });
        self.lock().extend(kept);
        Ok(())
    }

    /// One that nobody uses now. That of a server answers, or did a moment ago.
    pub(super) async fn free(
        &self,
        pool: &AnyPool,
        is_file: bool,
    ) -> Result<Option<Source>, StoreError> {
        let Some(mut kept) = self.unused() else {
            return Ok(None);
        };
        if !is_file && !is_trusted(kept.tried_at.elapsed()) {
            if !answers(&mut kept.connection).await {
                kept.connection.close_on_drop();
                kept.connection = pool.acquire().await?;
            }
            kept.tried_at = now();
        }
        Ok(Some(Source::Readers(kept)))
    }

    fn unused(&self) -> Option<OwnedMutexGuard<Kept>> {
        let readers = self.lock();
        readers
            .iter()
            .find_map(|reader| reader.clone().try_lock_owned().ok())
    }

    /// Gives them back to their pool, those in use as soon as they are not.
    pub(super) fn close(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Reader>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for Reading {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.from {
            Source::Readers(kept) => &kept.connection,
            Source::Pool(connection) => connection,
        }
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut Connection {
        match &mut self.from {
            Source::Readers(kept) => &mut kept.connection,
            Source::Pool(connection) => connection,
        }
    }
}
