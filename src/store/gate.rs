//! A gate before every access, for a simulation; in real life there is none.

use std::fmt;

use async_trait::async_trait;

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
