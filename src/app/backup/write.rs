//! Writes a backup beside a running bot: one moment of the database, row by row. The file has its name only when it is complete and
//! on the disk; until then it is a nameless one's beside it, which goes when anything fails.

use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
};

use futures::TryStreamExt;
use tempfile::NamedTempFile;

use super::{
    BackupError, Start,
    chunks::Writer,
    failed,
    lines::{Line, LineWriter},
};
use crate::{
    app::audit_key,
    ports::Ports,
    store::{
        Store,
        copy::{Counts, TABLES},
        newest_schema,
    },
    vault::Vault,
};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// How many rows there are in all tables.
    pub rows: u64,
    /// How long the file is, in bytes.
    pub bytes: u64,
}

/// Writes the whole database to a new file, readable for its owner only. In a folder the file gets a name with the time.
pub async fn write(
    store: &Store,
    vault: &Vault,
    ports: &Ports,
    target: &Path,
) -> Result<Written, BackupError> {
    let path = if target.is_dir() {
        let time = ports.now().to_rfc3339().replace(':', "-");
        target.join(format!("keyporter-{time}.backup"))
    } else {
        target.to_owned()
    };
    if path.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(path));
    }
    // With another master key than its database's a backup could not be restored to anything that opens.
    audit_key(store, vault).await?;
    let folder = folder_of(&path);
    let file = tempfile::Builder::new()
        .prefix(".keyporter-backup-")
        .tempfile_in(folder)
        .map_err(failed("write in", folder))?;
    let out = BufWriter::new(file);
    let mut lines = LineWriter::new(Writer::begin(out, path.clone(), vault, ports)?);
    let rows = copy(store, ports, &mut lines).await?;
    let file = lines
        .end()?
        .into_inner()
        .map_err(|error| failed("write", &path)(error.into_error()))?;
    let bytes = keep(file, &path)?;
    Ok(Written { path, rows, bytes })
}

/// Reads one moment of the database into lines; tells how many rows there were.
async fn copy(
    store: &Store,
    ports: &Ports,
    lines: &mut LineWriter<'_, BufWriter<NamedTempFile>>,
) -> Result<u64, BackupError> {
    let mut snapshot = store.snapshot().await?;
    lines.line(&Line::Start(Start {
        schema: newest_schema(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: ports.now(),
    }))?;
    let mut counts = Counts::new();
    for table in TABLES {
        let mut rows = std::pin::pin!(snapshot.rows(table));
        let mut count = 0;
        while let Some(row) = rows.try_next().await? {
            lines.line(&Line::Row((*table).to_owned(), row))?;
            count += 1;
        }
        counts.insert((*table).to_owned(), count);
    }
    let all = counts.values().sum();
    lines.line(&Line::End(counts))?;
    Ok(all)
}

/// Gives the file its name once it is on the disk; tells its length.
fn keep(file: NamedTempFile, path: &Path) -> Result<u64, BackupError> {
    file.as_file().sync_all().map_err(failed("write", path))?;
    let file = file.persist_noclobber(path).map_err(|refused| {
        if refused.error.kind() == std::io::ErrorKind::AlreadyExists {
            BackupError::Exists(path.to_owned())
        } else {
            failed("write", path)(refused.error)
        }
    })?;
    let folder = folder_of(path);
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(failed("write in", folder))?;
    let length = file.metadata().map_err(failed("read", path))?.len();
    Ok(length)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
