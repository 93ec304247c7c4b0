//! `keyporter rekey`: seals every value anew with today's master key. Each value is replaced by itself, so it can be interrupted
//! and run again at any time; values that a running bot changes meanwhile are left to the next run.

use crate::{
    domain::Sealed,
    store::{
        Store, StoreError,
        sealed::{self, Column},
    },
    vault::{Row, Vault, VaultError},
};

/// Values read at once.
const PAGE: i64 = 200;

/// What a run has done.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Rekeyed {
    /// Values that were sealed with today's key already.
    pub current: u64,
    /// Values that are now.
    pub renewed: u64,
    /// Values that changed meanwhile; run again.
    pub moved: u64,
    /// Values that do not open, as `column row: reason`.
    pub unreadable: Vec<String>,
}

impl Rekeyed {
    /// True when no value needs an older key any more.
    pub fn is_complete(&self) -> bool {
        self.moved == 0 && self.unreadable.is_empty()
    }
}

/// Walks over everything that is sealed.
pub async fn rekey(store: &Store, vault: &Vault) -> Result<Rekeyed, StoreError> {
    walk(store, vault, true).await
}

/// The same walk without changing anything: what rekeying would do, and what does not open.
pub async fn survey(store: &Store, vault: &Vault) -> Result<Rekeyed, StoreError> {
    walk(store, vault, false).await
}

async fn walk(store: &Store, vault: &Vault, renew: bool) -> Result<Rekeyed, StoreError> {
    let mut result = Rekeyed::default();
    for column in sealed::COLUMNS {
        let mut after = String::new();
        loop {
            let page = sealed::page(&mut *store.read().await?, *column, &after, PAGE).await?;
            let Some((last, _)) = page.last() else {
                break;
            };
            after.clone_from(last);
            for (row, value) in &page {
                visit(store, vault, *column, row, value, renew, &mut result).await?;
            }
        }
    }
    Ok(result)
}

async fn visit(
    store: &Store,
    vault: &Vault,
    column: Column,
    row: &str,
    value: &Sealed,
    renew: bool,
    result: &mut Rekeyed,
) -> Result<(), StoreError> {
    let place = Row {
        column: column.name,
        id: row,
    };
    let opened: Result<Option<Sealed>, VaultError> = if vault.is_current(value) {
        vault.open_bytes(place, value).map(|_plain| None)
    } else {
        vault.reseal(place, value).map(Some)
    };
    match opened {
        Err(error) => result
            .unreadable
            .push(format!("{} {row}: {error}", column.name)),
        Ok(None) => result.current += 1,
        Ok(Some(_)) if !renew => result.renewed += 1,
        Ok(Some(new)) => {
            if sealed::replace(&mut *store.write().await?, column, row, value, &new).await? {
                result.renewed += 1;
            } else {
                result.moved += 1;
            }
        }
    }
    Ok(())
}
