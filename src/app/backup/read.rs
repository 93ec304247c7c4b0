//! Reads a backup to its end and puts it into an empty database. No row counts before the end was read: what is cut or damaged anywhere
//! leaves no trace in a database.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use super::{
    BackupError, Start,
    chunks::Reader,
    failed,
    lines::{Line, LineReader},
};
use crate::{
    store::{
        Store,
        copy::{Counts, Row},
        newest_schema,
    },
    vault::Vault,
};

/// A backup's file, and the keys that open it.
pub struct Backup<'v> {
    path: PathBuf,
    vault: &'v Vault,
}

/// A backup that is read.
struct Rows<'v> {
    start: Start,
    lines: LineReader<'v, BufReader<File>>,
    counts: Counts,
}

impl<'v> Backup<'v> {
    /// Reads the file to its end and checks every part of it; nothing else is touched.
    pub fn prove(path: &Path, vault: &'v Vault) -> Result<(Self, Start, Counts), BackupError> {
        let backup = Self {
            path: path.to_owned(),
            vault,
        };
        let mut rows = backup.rows()?;
        while rows.next()?.is_some() {}
        Ok((backup, rows.start, rows.counts))
    }

    fn rows(&self) -> Result<Rows<'v>, BackupError> {
        let file = File::open(&self.path).map_err(failed("open", &self.path))?;
        let parts = Reader::begin(BufReader::new(file), self.path.clone(), self.vault)?;
        let mut lines = LineReader::new(parts);
        let start = match lines.line()? {
            Some(Line::Start(start)) => start,
            Some(_) => return Err(BackupError::Damaged(0)),
            None => return Err(BackupError::Cut(0)),
        };
        let known = newest_schema();
        if start.schema > known {
            return Err(BackupError::NewerSchema {
                schema: start.schema,
                known,
                program: start.program,
            });
        }
        Ok(Rows {
            start,
            lines,
            counts: Counts::new(),
        })
    }
}

impl Rows<'_> {
    /// The next row; nothing after the last one, when all are as many as the backup says.
    fn next(&mut self) -> Result<Option<(String, Row)>, BackupError> {
        match self.lines.line()? {
            Some(Line::Row(table, row)) => {
                *self.counts.entry(table.clone()).or_default() += 1;
                Ok(Some((table, row)))
            }
            Some(Line::End(mut expected)) => {
                expected.retain(|_, count| *count > 0);
                if expected == self.counts && self.lines.line()?.is_none() {
                    return Ok(None);
                }
                Err(BackupError::Damaged(self.lines.place()))
            }
            Some(Line::Start(_)) => Err(BackupError::Damaged(self.lines.place())),
            None => Err(BackupError::Cut(self.lines.place() + 1)),
        }
    }
}

/// Puts a backup into an empty database, all or nothing. An older schema is made first and then brought up to date.
pub async fn restore(backup: &Backup<'_>, store: &Store) -> Result<(), BackupError> {
    let mut rows = backup.rows()?;
    let mut restoring = store.restore(rows.start.schema).await?;
    while let Some((table, row)) = rows.next()? {
        restoring.put(&table, &row).await?;
    }
    Ok(restoring.finish(&rows.counts).await?)
}
