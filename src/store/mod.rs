//! The tables, on SQLite or PostgreSQL with the same statements. One file a table; each function takes a connection,
//! so that it serves alone and inside a transaction. The store sees sealed bytes only and never opens one.

pub mod accounts;
pub mod audit;
pub mod cards;
pub mod codes;
pub mod confirmations;
pub mod copy;
pub mod deliveries;
mod dialect;
pub mod dialogues;
mod error;
pub mod factors;
pub mod facts;
mod gate;
pub mod inbox;
pub mod key_ages;
pub mod keys;
pub mod leaks;
pub mod leases;
pub mod levels;
mod migrate;
pub mod moves;
pub mod operations;
pub mod outbox;
pub mod pages;
pub mod people;
pub mod policies;
pub mod rates;
mod readers;
pub mod replicas;
mod row;
pub mod sealed;
pub mod showings;
mod wakes;
pub mod watch;
pub mod workspaces;
mod writer;

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{
    Any, AnyConnection, AnyPool, any::AnyPoolOptions, pool::PoolConnection,
    postgres::PgConnectOptions,
};

use dialect::Backend;
pub use error::StoreError;
pub use gate::{Access, Gate, Pass};
pub use migrate::{MIGRATIONS, newest_schema};
pub use readers::Reading;
use readers::{Readers, Source, is_trusted};
pub use wakes::Wakes;
use writer::{Turn, Writer};

/// One connection: of the pool, or inside a transaction.
pub type Connection = AnyConnection;

/// What is wrong with a database's address, in words for the operator that do not show it; nothing is opened.
pub fn address_fault(url: &str) -> Option<&'static str> {
    Backend::known(url).err()
}

/// Connections that readers keep at most.
const READERS: u32 = 3;

/// How the database is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Connections at most. Readers share them with the one writer that SQLite allows.
    pub connections: u32,
    /// How long a statement may wait for a connection before the database counts as away.
    pub acquire: Duration,
    /// Pages that an SQLite file may have; beyond it is full. None: as the disk allows.
    pub page_limit: Option<u32>,
    /// See [`Gate`]; none in real life.
    pub gate: Option<Arc<dyn Gate>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connections: 8,
            acquire: Duration::from_secs(5),
            page_limit: None,
            gate: None,
        }
    }
}

/// The database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    /// One connection apart, so that signs of life need not wait behind work.
    lifeline: AnyPool,
    backend: Backend,
    readers: Readers,
    /// For a connection that waits to be woken; nothing where there is nobody to wake us.
    waking: Option<Arc<PgConnectOptions>>,
    /// SQLite allows one.
    writer: Writer,
    /// Proof that no other process uses this SQLite file; held until the store is dropped.
    _file_lock: Option<Arc<std::fs::File>>,
    gate: Option<Arc<dyn Gate>>,
    written: Arc<AtomicU64>,
}

/// Counts an access that may have written, at its end.
struct Counted(Arc<AtomicU64>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

impl Store {
    /// Opens the database, makes it if it is a missing SQLite file, and brings its schema up to date.
    /// Fails with a sentence for the operator: another process holds it, it is newer than this program, it cannot be reached.
    pub async fn open(url: &str, options: Options) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let backend = Backend::of(url)?;
        let file_lock = backend.lock_file(url).await?.map(Arc::new);
        let pass = match &options.gate {
            Some(gate) => Some(gate.pass(Access::Begin).await),
            None => None,
        };
        let store = Self::connect(url, backend, file_lock, options).await?;
        migrate::run(&store.pool).await?;
        drop(pass);
        if store.backend == Backend::Sqlite {
            // The file lock proves that whoever held anything is gone.
            let mut c = store.write().await?;
            leases::clear(&mut c).await?;
            replicas::clear(&mut c).await?;
        }
        Ok(store)
    }

    /// Opens the database beside a running Keyporter, to look at it: nothing is locked, made or migrated.
    /// Fails when there is none yet, or when its schema is not the one that this program knows.
    pub async fn inspect(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let backend = Backend::of(url)?;
        backend.require_file(url)?;
        let store = Self::connect(url, backend, None, Options::default()).await?;
        migrate::require_current(&mut *store.read().await?).await?;
        Ok(store)
    }

    async fn connect(
        url: &str,
        backend: Backend,
        file_lock: Option<Arc<std::fs::File>>,
        options: Options,
    ) -> Result<Self, StoreError> {
        let page_limit = options.page_limit;
        let pool = AnyPoolOptions::new()
            .max_connections(options.connections)
            .acquire_timeout(options.acquire)
            // A look before each use would cost as much as the use. What has died is found when it comes back to the pool, or has rested.
            .test_before_acquire(false)
            .before_acquire(move |connection, resting| {
                let is_fine = backend == Backend::Sqlite || is_trusted(resting.idle_for);
                Box::pin(async move {
                    // One that does not answer is replaced.
                    Ok(is_fine || readers::answers(connection).await)
                })
            })
            .after_connect(move |connection, _| {
                Box::pin(async move { backend.prepare(connection, page_limit).await })
            })
            .connect_lazy(&backend.complete(url))?;
        let lifeline = match backend {
            Backend::Sqlite => pool.clone(),
            Backend::Postgres => AnyPoolOptions::new()
                .max_connections(1)
                .acquire_timeout(options.acquire)
                .connect_lazy(url)?,
        };
        let readers = Readers::default();
        let count = READERS.min(options.connections / 2);
        match backend {
            Backend::Sqlite => readers.fill(&pool, count, 1).await?,
            Backend::Postgres => {
                // Side by side: greeting a server takes a tenth of a second where it is done by TLS.
                let first = readers.fill(&pool, count, count as usize + 1);
                let (filled, _) = futures::join!(first, lifeline.acquire());
                filled?;
            }
        }
        Ok(Self {
            pool,
            lifeline,
            waking: backend.waking(url),
            backend,
            readers,
            writer: Writer::default(),
            _file_lock: file_lock,
            gate: options.gate,
            written: Arc::default(),
        })
    }

    /// Whether other processes may work on the same database.
    pub fn is_shared(&self) -> bool {
        self.backend == Backend::Postgres
    }

    /// Where only this process writes: a number that is another one after each write. What was read at this number is still so.
    pub fn written(&self) -> Option<u64> {
        (!self.is_shared()).then(|| self.written.load(Ordering::Acquire))
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Reading, StoreError> {
        let pass = self.pass(Access::Read).await;
        let is_file = self.backend == Backend::Sqlite;
        let from = match self.readers.free(&self.pool, is_file).await? {
            Some(from) => from,
            None => Source::Pool(self.pool.acquire().await?),
        };
        Ok(Reading { from, _pass: pass })
    }

    /// A connection for one statement that writes, in its turn.
    pub async fn write(&self) -> Result<Writing, StoreError> {
        self.write_with(&self.pool).await
    }

    /// The same for a sign of life, which does not wait behind others' work.
    pub async fn sign(&self) -> Result<Writing, StoreError> {
        self.write_with(&self.lifeline).await
    }

    async fn write_with(&self, pool: &AnyPool) -> Result<Writing, StoreError> {
        let pass = self.pass(Access::Write).await;
        let inner = match self.backend {
            Backend::Sqlite => Writes::InTurn(self.writer.alone(pool).await?),
            Backend::Postgres => Writes::Alone(pool.acquire().await?),
        };
        Ok(Writing {
            inner,
            _pass: pass,
            _counted: Counted(self.written.clone()),
        })
    }

    async fn pass(&self, access: Access) -> Option<Pass> {
        match &self.gate {
            Some(gate) => Some(gate.pass(access).await),
            None => None,
        }
    }

    /// A transaction for writing. Nothing slow may happen before its end: on SQLite everyone else waits.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let pass = self.pass(Access::Begin).await;
        let inner = match self.backend {
            Backend::Sqlite => Transaction::InTurn(self.writer.begin(&self.pool).await?),
            Backend::Postgres => Transaction::Alone(self.pool.begin().await?),
        };
        Ok(Tx {
            inner,
            _pass: pass,
            gate: self.gate.clone(),
            _counted: Counted(self.written.clone()),
        })
    }

    /// The same on a connection of its own, in which the schema may be changed: for a database on which nobody else works.
    async fn begin_apart(&self) -> Result<Tx, StoreError> {
        let pass = self.pass(Access::Begin).await;
        let inner = match self.backend {
            Backend::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            Backend::Postgres => self.pool.begin().await?,
        };
        Ok(Tx {
            inner: Transaction::Alone(inner),
            _pass: pass,
            gate: self.gate.clone(),
            _counted: Counted(self.written.clone()),
        })
    }

    /// Folds SQLite's log into its file: until then it holds the bytes of what was wiped. What is being read stays until the next time.
    pub async fn fold_log(&self) -> Result<(), StoreError> {
        self.backend.fold_log(&mut *self.write().await?).await
    }

    /// Closes all connections after their work; SQLite's log is folded into its file.
    pub async fn close(&self) {
        self.readers.close();
        self.writer.close().await;
        self.lifeline.close().await;
        self.pool.close().await;
    }
}

/// A connection of the one who may write now.
pub struct Writing {
    inner: Writes,
    _pass: Option<Pass>,
    _counted: Counted,
}

enum Writes {
    Alone(PoolConnection<Any>),
    InTurn(Turn),
}

impl Deref for Writing {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.inner {
            Writes::Alone(connection) => connection,
            Writes::InTurn(turn) => turn,
        }
    }
}

impl DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut Connection {
        match &mut self.inner {
            Writes::Alone(connection) => connection,
            Writes::InTurn(turn) => turn,
        }
    }
}

/// A transaction. Dropped without [`Tx::commit`], nothing of it has happened.
pub struct Tx {
    inner: Transaction,
    _pass: Option<Pass>,
    gate: Option<Arc<dyn Gate>>,
    _counted: Counted,
}

enum Transaction {
    Alone(sqlx::Transaction<'static, Any>),
    InTurn(Turn),
}

impl Tx {
    /// Makes it last.
    pub async fn commit(self) -> Result<(), StoreError> {
        let _pass = match &self.gate {
            Some(gate) => Some(gate.pass(Access::Commit).await),
            None => None,
        };
        match self.inner {
            Transaction::Alone(transaction) => Ok(transaction.commit().await?),
            Transaction::InTurn(turn) => turn.commit().await,
        }
    }
}

impl Deref for Tx {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.inner {
            Transaction::Alone(transaction) => transaction,
            Transaction::InTurn(turn) => turn,
        }
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Connection {
        match &mut self.inner {
            Transaction::Alone(transaction) => transaction,
            Transaction::InTurn(turn) => turn,
        }
    }
}
