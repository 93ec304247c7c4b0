//! `keyporter restore`: puts a backup back, here or in a scratch place, and says what that has proved. It touches no database before the
//! whole file was read, and never one that holds anything.

use std::path::Path;

use crate::{
    app::backup::{self, Backup, BackupError, Start},
    check::{Finding, good, sealed_and_written_down},
    config::Settings,
    ports::Ports,
    store::{Store, copy::Counts},
    vault::Vault,
};

/// Restores into the settings' database, which must be empty, and looks at what is there then.
pub async fn restore(
    settings: Settings,
    ports: &Ports,
    file: &Path,
) -> Result<Vec<Finding>, BackupError> {
    let url = settings.database_url.as_str().to_owned();
    let mut findings = restore_into(&url, settings, ports, file).await?;
    findings.push(good(
        "database",
        "is restored and up to date; start Keyporter",
    ));
    Ok(findings)
}

/// Restores into a scratch SQLite file in the folder for temporary files, looks at what is there then, and removes it.
pub async fn verify(
    settings: Settings,
    ports: &Ports,
    file: &Path,
) -> Result<Vec<Finding>, BackupError> {
    let scratch = tempfile::Builder::new()
        .prefix("keyporter-verify-")
        .tempdir()
        .map_err(|error| BackupError::File {
            what: "write in",
            path: std::env::temp_dir(),
            error,
        })?;
    let url = format!("sqlite://{}", scratch.path().join("scratch.db").display());
    let findings = restore_into(&url, settings, ports, file).await;
    let path = scratch.path().to_owned();
    scratch.close().map_err(|error| BackupError::File {
        what: "remove",
        path,
        error,
    })?;
    findings
}

async fn restore_into(
    url: &str,
    settings: Settings,
    ports: &Ports,
    file: &Path,
) -> Result<Vec<Finding>, BackupError> {
    let vault = Vault::new(settings.master_key, settings.old_master_keys, ports.clone());
    let (backup, start, counts) = Backup::prove(file, &vault)?;
    let mut findings = vec![whole(&start, &counts)];
    let store = Store::open_empty(url).await?;
    let restored = backup::restore(&backup, &store).await;
    if restored.is_ok() {
        findings.push(good(
            "restoring",
            "every table has as many rows as the backup says",
        ));
        findings.extend(sealed_and_written_down(&store, &vault).await);
    }
    store.close().await;
    restored.map(|()| findings)
}

fn whole(start: &Start, counts: &Counts) -> Finding {
    let rows: u64 = counts.values().sum();
    good(
        "backup",
        format!(
            "is whole and unchanged: {rows} rows as of {}, written by Keyporter {}, schema version {}",
            start.made_at.to_minute(),
            start.program,
            start.schema
        ),
    )
}
