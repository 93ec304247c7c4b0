//! SQLite's one writer. Transactions that wait for each other share one commit, so that one flush to the disk serves them all; none of
//! them counts before it. Each keeps its own fate: what one writes and does not commit is undone alone.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use sqlx::{Any, AnyPool, Executor, pool::PoolConnection};
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard, oneshot};

use super::{Connection, StoreError};

/// Transactions of one commit at most: the first one waits for the last.
const MOST: usize = 32;

/// Whoever has the turn may write; waiting here is fair and immediate, waiting inside SQLite is neither.
#[derive(Clone, Default)]
pub(super) struct Writer(Arc<Mutex<Option<Group>>>);

/// The connection that writes, and what its next commit takes along.
struct Group {
    connection: PoolConnection<Any>,
    /// A transaction is open.
    open: bool,
    /// Who has committed in it and waits for it to last.
    waiting: Vec<oneshot::Sender<Result<(), String>>>,
    /// The last one that wrote in it has not committed.
    undo: bool,
    /// It answers no more: the next one takes another.
    broken: bool,
}

/// The turn to write.
pub(super) struct Turn {
    writer: Writer,
    group: OwnedMappedMutexGuard<Option<Group>, Group>,
    /// A transaction that is not committed yet.
    transaction: bool,
}

impl Writer {
    /// Waits for the turn to write a statement that lasts by itself.
    pub(super) async fn alone(&self, pool: &AnyPool) -> Result<Turn, StoreError> {
        self.turn(pool, 0).await
    }

    /// Waits for the turn and begins a transaction.
    pub(super) async fn begin(&self, pool: &AnyPool) -> Result<Turn, StoreError> {
        let mut turn = self.turn(pool, MOST).await?;
        turn.group.begin().await?;
        turn.transaction = true;
        Ok(turn)
    }

    /// The turn, in a group that has room, or in none.
    async fn turn(&self, pool: &AnyPool, most: usize) -> Result<Turn, StoreError> {
        loop {
            let mut group = self.0.clone().lock_owned().await;
            if group
                .as_ref()
                .is_some_and(|group| group.open && group.waiting.len() >= most)
            {
                group = commit(group).await?;
            }
            if group.as_ref().is_none_or(|group| group.broken) {
                *group = Some(Group {
                    connection: pool.acquire().await?,
                    open: false,
                    waiting: Vec::new(),
                    undo: false,
                    broken: false,
                });
            }
            if let Ok(group) = OwnedMutexGuard::try_map(group, Option::as_mut) {
                return Ok(Turn {
                    writer: self.clone(),
                    group,
                    transaction: false,
                });
            }
        }
    }

    /// Gives the connection back, after everybody's work.
    pub(super) async fn close(&self) {
        match commit(self.0.clone().lock_owned().await).await {
            Ok(mut group) => *group = None,
            Err(error) => {
                tracing::debug!(%error, "the last transactions could not be committed");
            }
        }
    }
}

/// Commits in a task of its own: whoever stops waiting for it must not leave the others without an answer.
async fn commit(
    mut group: OwnedMutexGuard<Option<Group>>,
) -> Result<OwnedMutexGuard<Option<Group>>, StoreError> {
    let committing = tokio::spawn(async move {
        if let Some(group) = group.as_mut() {
            group.commit().await?;
        }
        Ok(group)
    });
    let lost = |error: tokio::task::JoinError| StoreError::Away(error.to_string());
    committing.await.map_err(lost)?
}

impl Group {
    async fn begin(&mut self) -> Result<(), StoreError> {
        self.undo_last().await;
        let statement = if self.open {
            "SAVEPOINT one"
        } else {
            "BEGIN IMMEDIATE"
        };
        // Whoever stops waiting in the middle may have begun: the next one undoes it.
        (self.open, self.undo) = (true, true);
        self.run(statement).await?;
        self.undo = false;
        Ok(())
    }

    /// Undoes what was written and not committed.
    async fn undo_last(&mut self) {
        if !std::mem::take(&mut self.undo) {
            return;
        }
        if self.waiting.is_empty() {
            self.open = false;
            if let Err(error) = self.run("ROLLBACK").await {
                tracing::debug!(%error, "SQLite has rolled back by itself");
            }
        // A failure has told everybody already that nothing lasts.
        } else if self.run("ROLLBACK TO one").await.is_ok() {
            let _told = self.run("RELEASE one").await;
        }
    }

    /// Makes everything last that was committed, and tells everybody.
    async fn commit(&mut self) -> Result<(), StoreError> {
        self.undo_last().await;
        if !std::mem::take(&mut self.open) {
            return Ok(());
        }
        self.run("COMMIT").await?;
        for waiting in self.waiting.drain(..) {
            // Whoever does not wait any more finds it in the database.
            let _ = waiting.send(Ok(()));
        }
        Ok(())
    }

    /// When a statement about the transaction itself fails, nothing of it lasts, and everybody is told.
    async fn run(&mut self, statement: &'static str) -> Result<(), StoreError> {
        let Err(error) = self.connection.execute(statement).await else {
            return Ok(());
        };
        (self.open, self.undo) = (false, false);
        for waiting in self.waiting.drain(..) {
            // Whoever does not wait any more asks again.
            let _ = waiting.send(Err(error.to_string()));
        }
        // Whether or not one is open: none may be left.
        if let Err(error) = self.connection.execute("ROLLBACK").await {
            // Usually there was none any more.
            self.broken = !matches!(error, sqlx::Error::Database(_));
            tracing::debug!(%error, "SQLite has rolled back by itself");
        }
        Err(error.into())
    }
}

impl Turn {
    /// Makes the transaction last, together with those that come right after it.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        self.transaction = false;
        if !self.group.waiting.is_empty() {
            self.group.run("RELEASE one").await?;
        }
        let (done, told) = oneshot::channel();
        self.group.waiting.push(done);
        let writer = self.writer.clone();
        drop(self);
        // Those that wait already come before; whoever of us is next then commits for all, even if nobody waits for it any more.
        tokio::spawn(async move {
            if let Some(group) = writer.0.lock_owned().await.as_mut() {
                // Everybody is told of a failure.
                let _told = group.commit().await;
            }
        });
        of(told.await)
    }
}

fn of(told: Result<Result<(), String>, oneshot::error::RecvError>) -> Result<(), StoreError> {
    match told {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(StoreError::Away(error)),
        Err(_) => Err(StoreError::Away("the database is closed".to_owned())),
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.transaction {
            return;
        }
        self.group.undo = true;
        // Whoever comes next undoes it; and if nobody comes, it must not keep the file locked.
        let writer = self.writer.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Some(group) = writer.0.lock().await.as_mut() {
                    group.undo_last().await;
                }
            });
        }
    }
}

impl Deref for Turn {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.group.connection
    }
}

impl DerefMut for Turn {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.group.connection
    }
}
