//! What a backup says, line by line: how it begins, its rows, how many there must have been. Several lines make a part of the file.

use std::io::{Read, Write};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    BackupError,
    chunks::{Reader, Writer},
};
use crate::{
    app::AppError,
    domain::Timestamp,
    store::copy::{Counts, Row},
};

/// Lines are gathered until a part has so many bytes.
const PART: usize = 64 * 1024;

/// How a backup begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The schema's version.
    pub schema: i64,
    /// The version of the program that wrote it.
    pub program: String,
    /// When it was begun, in milliseconds since 1970.
    pub made_at: Timestamp,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Line {
    /// Once, first.
    Start(Start),
    /// A table's name and one of its rows.
    Row(String, Row),
    /// Once, last: each table with the number of its rows.
    End(Counts),
}

/// Writes lines.
pub(super) struct LineWriter<'v, W> {
    parts: Writer<'v, W>,
    gathered: Zeroizing<Vec<u8>>,
}

impl<'v, W: Write> LineWriter<'v, W> {
    pub(super) fn new(parts: Writer<'v, W>) -> Self {
        Self {
            parts,
            gathered: Zeroizing::default(),
        }
    }

    pub(super) fn line(&mut self, line: &Line) -> Result<(), BackupError> {
        serde_json::to_writer(&mut *self.gathered, line)
            .map_err(|error| AppError::Broken(error.to_string()))?;
        self.gathered.push(b'\n');
        if self.gathered.len() >= PART {
            self.seal()?;
        }
        Ok(())
    }

    fn seal(&mut self) -> Result<(), BackupError> {
        self.parts.part(&self.gathered)?;
        self.gathered.clear();
        Ok(())
    }

    /// Seals what is left.
    pub(super) fn end(mut self) -> Result<W, BackupError> {
        if !self.gathered.is_empty() {
            self.seal()?;
        }
        self.parts.end()
    }
}

/// Reads lines.
pub(super) struct LineReader<'v, R> {
    parts: Reader<'v, R>,
    part: Zeroizing<Vec<u8>>,
    read: usize,
}

impl<'v, R: Read> LineReader<'v, R> {
    pub(super) fn new(parts: Reader<'v, R>) -> Self {
        Self {
            parts,
            part: Zeroizing::default(),
            read: 0,
        }
    }

    /// The next line; nothing at the end of the file.
    pub(super) fn line(&mut self) -> Result<Option<Line>, BackupError> {
        while self.read == self.part.len() {
            let Some(part) = self.parts.part()? else {
                return Ok(None);
            };
            (self.part, self.read) = (part, 0);
        }
        let rest = &self.part[self.read..];
        let length = rest.iter().position(|byte| *byte == b'\n');
        let line = &rest[..length.unwrap_or(rest.len())];
        self.read = (self.read + line.len() + 1).min(self.part.len());
        // What the master key has sealed and we cannot read, we have not written.
        let line = serde_json::from_slice(line).map_err(|_| BackupError::Damaged(self.place()))?;
        Ok(Some(line))
    }

    /// The number of the part that was read last.
    pub(super) const fn place(&self) -> u64 {
        self.parts.next().saturating_sub(1)
    }
}
