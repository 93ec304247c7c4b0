//! `keyporter backup` and `keyporter restore`: the whole database as one file that only the master key opens. A file is written as a
//! whole or not at all, never over another one, and nothing of a file that is not whole reaches a database.
//!
//! Format 1: `keyporter backup 1` and a line feed, 16 random bytes, then parts: four bytes of length (big-endian) and a value of the
//! vault, bound to the random bytes and the part's number. Opened and joined, the parts are lines of JSON (`lines.rs`).

mod chunks;
mod lines;
mod read;
mod write;

use std::path::{Path, PathBuf};

pub use lines::Start;
pub use read::{Backup, restore};
pub use write::{Written, write};

use crate::{
    app::AppError,
    ports::NoRandomness,
    store::StoreError,
    vault::{MasterKeyId, VaultError},
};

/// Why a backup was not written or not restored; each a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file is there already.
    #[error("{} exists already; a backup never takes the place of a file", .0.display())]
    Exists(PathBuf),
    /// The file system did not do it: away, full, not allowed.
    #[error("cannot {what} {}: {error}", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// It does not begin as a backup does.
    #[error("this file is no backup of Keyporter, or its first bytes are damaged")]
    Foreign,
    /// Written by a newer program in another format.
    #[error(
        "the backup has a format that this program does not know: restore it with the version that wrote it"
    )]
    Format,
    /// Written by a newer program with more tables.
    #[error(
        "the backup has schema version {schema} and this program knows version {known}: restore it with Keyporter {program} or newer"
    )]
    NewerSchema {
        /// The backup's.
        schema: i64,
        /// Ours.
        known: i64,
        /// Which program wrote it.
        program: String,
    },
    /// Sealed with a master key that was not given.
    #[error(
        "the backup needs master key {needed}, which is not given: set KEYPORTER_MASTER_KEY to it, or name it in KEYPORTER_MASTER_KEYS_OLD. (If it never existed, part {part} is damaged.)"
    )]
    UnknownKey {
        /// The id that stands in the file.
        needed: MasterKeyId,
        /// Where it stands.
        part: u64,
    },
    /// A part that does not open at its place.
    #[error(
        "part {0} of the backup is damaged, or is not at its place: the file was changed since it was written"
    )]
    Damaged(u64),
    /// The file ends before its end, or a length was changed.
    #[error("the backup is cut or damaged: it ends in part {0}, before its end")]
    Cut(u64),
    /// A row is longer than a part can be.
    #[error("a row is too large for a backup")]
    TooLarge,
    /// No part can be sealed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// No random bytes.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The database, or the master key does not fit it.
    #[error("{0}")]
    App(#[from] AppError),
}

impl From<StoreError> for BackupError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// Names a file in what the file system did not do.
fn failed(what: &'static str, path: &Path) -> impl Fn(std::io::Error) -> BackupError {
    move |error| BackupError::File {
        what,
        path: path.to_owned(),
        error,
    }
}

#[cfg(test)]
mod tests;
