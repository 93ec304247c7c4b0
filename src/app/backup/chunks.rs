//! The file as parts: each sealed by the vault for its number in its file, so that none can be changed, left out, moved or taken from
//! another backup. It does not know what the parts say, and never gives one out that does not open.

use std::{
    io::{Read, Write},
    path::PathBuf,
};

use zeroize::Zeroizing;

use super::{BackupError, failed};
use crate::{
    domain::Sealed,
    ports::Ports,
    vault::{Row, Vault, VaultError},
};

const NAME: &[u8] = b"keyporter backup ";
const FORMAT: &[u8] = b"1\n";
const ID_LENGTH: usize = 16;

/// The longest sealed part, in bytes; a longer one is a damaged length.
const LONGEST: u32 = 64 * 1024 * 1024;

/// The vault's name of a part's place: its file and its number there.
fn place(file: [u8; ID_LENGTH], part: u64) -> String {
    format!("{:032x} {part}", u128::from_be_bytes(file))
}

fn row(place: &str) -> Row<'_> {
    Row {
        column: "backup.part",
        id: place,
    }
}

/// Writes parts.
pub(super) struct Writer<'v, W> {
    out: W,
    path: PathBuf,
    vault: &'v Vault,
    file: [u8; ID_LENGTH],
    next: u64,
}

impl<'v, W: Write> Writer<'v, W> {
    /// Begins a backup; `path` is only for what goes wrong.
    pub(super) fn begin(
        mut out: W,
        path: PathBuf,
        vault: &'v Vault,
        ports: &Ports,
    ) -> Result<Self, BackupError> {
        let file = ports.random::<ID_LENGTH>()?;
        out.write_all(&[NAME, FORMAT, &file].concat())
            .map_err(failed("write", &path))?;
        Ok(Self {
            out,
            path,
            vault,
            file,
            next: 0,
        })
    }

    pub(super) fn part(&mut self, plain: &[u8]) -> Result<(), BackupError> {
        let place = place(self.file, self.next);
        let sealed = self.vault.seal_bytes(row(&place), plain)?;
        let length = u32::try_from(sealed.as_bytes().len()).ok();
        let Some(length) = length.filter(|length| *length <= LONGEST) else {
            return Err(BackupError::TooLarge);
        };
        let written = self
            .out
            .write_all(&length.to_be_bytes())
            .and_then(|()| self.out.write_all(sealed.as_bytes()));
        written.map_err(failed("write", &self.path))?;
        self.next += 1;
        Ok(())
    }

    /// Hands over to the file what was written.
    pub(super) fn end(mut self) -> Result<W, BackupError> {
        self.out.flush().map_err(failed("write", &self.path))?;
        Ok(self.out)
    }
}

/// Reads parts.
pub(super) struct Reader<'v, R> {
    input: R,
    path: PathBuf,
    vault: &'v Vault,
    file: [u8; ID_LENGTH],
    next: u64,
}

impl<'v, R: Read> Reader<'v, R> {
    /// Reads how a backup begins; `path` is only for what goes wrong.
    pub(super) fn begin(input: R, path: PathBuf, vault: &'v Vault) -> Result<Self, BackupError> {
        let mut reader = Self {
            input,
            path,
            vault,
            file: [0; ID_LENGTH],
            next: 0,
        };
        if reader.bytes(NAME.len() as u64)? != NAME {
            return Err(BackupError::Foreign);
        }
        let format = reader.bytes(FORMAT.len() as u64)?;
        if format != FORMAT {
            return Err(BackupError::Format);
        }
        let file = reader.bytes(ID_LENGTH as u64)?;
        reader.file = file.try_into().map_err(|_| BackupError::Cut(0))?;
        Ok(reader)
    }

    /// The next part, opened; nothing where the file ends between two parts.
    pub(super) fn part(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, BackupError> {
        let length = self.bytes(4)?;
        if length.is_empty() {
            return Ok(None);
        }
        let part = self.next;
        let length: [u8; 4] = length.try_into().map_err(|_| BackupError::Cut(part))?;
        let length = u32::from_be_bytes(length);
        if length > LONGEST {
            return Err(BackupError::Damaged(part));
        }
        let sealed = self.bytes(u64::from(length))?;
        if sealed.len() < length as usize {
            return Err(BackupError::Cut(part));
        }
        let opened = self
            .vault
            .open_bytes(row(&place(self.file, part)), &Sealed::from_bytes(sealed));
        self.next += 1;
        opened.map(Some).map_err(|error| match error {
            VaultError::UnknownKey(needed) => BackupError::UnknownKey { needed, part },
            _ => BackupError::Damaged(part),
        })
    }

    /// The number of the part that comes next.
    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    /// So many bytes, or fewer where the file ends.
    fn bytes(&mut self, count: u64) -> Result<Vec<u8>, BackupError> {
        let mut bytes = Vec::new();
        let read = (&mut self.input).take(count).read_to_end(&mut bytes);
        read.map_err(failed("read", &self.path))?;
        Ok(bytes)
    }
}
