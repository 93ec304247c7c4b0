//! The tables, on SQLite or PostgreSQL with the same statements. One file a table; each function takes a connection,
//! so that it serves alone and inside a transaction. The store sees sealed bytes only and never opens one.

pub mod accounts;
pub mod audit;
pub mod codes;
pub mod confirmations;
pub mod copy;
pub mod deliveries;
mod dialect;
pub mod dialogues;
mod error;
pub mod factors;
pub mod facts;
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
mod row;
pub mod sealed;
pub mod showings;
pub mod watch;
pub mod workspaces;

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use sqlx::{Any, AnyConnection, AnyPool, any::AnyPoolOptions, pool::PoolConnection};
use tokio::sync::{Mutex, OwnedMutexGuard};

use dialect::Backend;
pub use error::StoreError;
pub use migrate::{MIGRATIONS, newest_schema};

/// One connection: of the pool, or inside a transaction.
pub type Connection = AnyConnection;

/// What is wrong with a database's address, in words for the operator that do not show it; nothing is opened.
pub fn address_fault(url: &str) -> Option<&'static str> {
    Backend::known(url).err()
}

/// What is about to be done with the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Take a connection for reading.
    Read,
    /// Take one for a statement that writes.
    Write,
    /// Begin a transaction.
    Begin,
    /// Make a transaction last.
    Commit,
}

/// Stands before every access, so that a simulation chooses what comes first, and where the process dies.
#[async_trait]
pub trait Gate: fmt::Debug + Send + Sync {
    /// Waits for leave; the access is over when what is returned is dropped.
    async fn pass(&self, access: Access) -> Pass;
}

/// Leave for one access.
pub type Pass = Box<dyn Send + Sync>;

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
    backend: Backend,
    /// SQLite allows one writer: waiting here is fair and immediate, waiting inside SQLite is neither.
    writer: Arc<Mutex<()>>,
    /// Proof that no other process uses this SQLite file; held until the store is dropped.
    _file_lock: Option<Arc<std::fs::File>>,
    gate: Option<Arc<dyn Gate>>,
}

impl Store {
    /// Opens the database, makes it if it is a missing SQLite file, and brings its schema up to date.
    /// Fails with a sentence for the operator: another process holds it, it is newer than this program, it cannot be reached.
    pub async fn open(url: &str, options: Options) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let backend = Backend::of(url)?;
        let file_lock = backend.lock_file(url)?.map(Arc::new);
        let pass = match &options.gate {
            Some(gate) => Some(gate.pass(Access::Begin).await),
            None => None,
        };
        let store = Self::connect(url, backend, file_lock, options).await?;
        migrate::run(&store.pool).await?;
        drop(pass);
        if store.backend == Backend::Sqlite {
            // The file lock proves that whoever held a lease is gone.
            leases::clear(&mut *store.write().await?).await?;
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
            .after_connect(move |connection, _| {
                Box::pin(async move { backend.prepare(connection, page_limit).await })
            })
            .connect(&backend.complete(url))
            .await?;
        Ok(Self {
            pool,
            backend,
            writer: Arc::default(),
            _file_lock: file_lock,
            gate: options.gate,
        })
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Reading, StoreError> {
        let pass = self.pass(Access::Read).await;
        Ok(Reading {
            inner: self.pool.acquire().await?,
            _pass: pass,
        })
    }

    /// A connection for one statement that writes, in its turn.
    pub async fn write(&self) -> Result<Writing, StoreError> {
        let pass = self.pass(Access::Write).await;
        let turn = self.turn().await;
        Ok(Writing {
            inner: self.pool.acquire().await?,
            _turn: turn,
            _pass: pass,
        })
    }

    async fn pass(&self, access: Access) -> Option<Pass> {
        match &self.gate {
            Some(gate) => Some(gate.pass(access).await),
            None => None,
        }
    }

    async fn turn(&self) -> Option<OwnedMutexGuard<()>> {
        match self.backend {
            Backend::Sqlite => Some(self.writer.clone().lock_owned().await),
            Backend::Postgres => None,
        }
    }

    /// A transaction for writing. Nothing slow may happen before its end: on SQLite everyone else waits.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let pass = self.pass(Access::Begin).await;
        let turn = self.turn().await;
        let inner = match self.backend {
            Backend::Sqlite => self.pool.begin_with("BEGIN IMMEDIATE").await?,
            Backend::Postgres => self.pool.begin().await?,
        };
        Ok(Tx {
            inner,
            _turn: turn,
            _pass: pass,
            gate: self.gate.clone(),
        })
    }

    /// Folds SQLite's log into its file: until then it holds the bytes of what was wiped. What is being read stays until the next time.
    pub async fn fold_log(&self) -> Result<(), StoreError> {
        self.backend.fold_log(&mut *self.write().await?).await
    }

    /// Closes all connections after their work; SQLite's log is folded into its file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// A connection for reading.
pub struct Reading {
    inner: PoolConnection<Any>,
    _pass: Option<Pass>,
}

impl Deref for Reading {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.inner
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.inner
    }
}

/// A connection of the one who may write now.
pub struct Writing {
    inner: PoolConnection<Any>,
    _turn: Option<OwnedMutexGuard<()>>,
    _pass: Option<Pass>,
}

impl Deref for Writing {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.inner
    }
}

impl DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.inner
    }
}

/// A transaction. Dropped without [`Tx::commit`], nothing of it has happened.
pub struct Tx {
    inner: sqlx::Transaction<'static, Any>,
    _turn: Option<OwnedMutexGuard<()>>,
    _pass: Option<Pass>,
    gate: Option<Arc<dyn Gate>>,
}

impl Tx {
    /// Makes it last.
    pub async fn commit(self) -> Result<(), StoreError> {
        let _pass = match &self.gate {
            Some(gate) => Some(gate.pass(Access::Commit).await),
            None => None,
        };
        Ok(self.inner.commit().await?)
    }
}

impl Deref for Tx {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.inner
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.inner
    }
}
