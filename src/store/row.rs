//! Reads columns by position, since every statement names its columns in order.

use sqlx::{Row as _, any::AnyRow};

use super::StoreError;
use crate::domain::{Sealed, Timestamp};

pub(super) trait Columns {
    fn number(&self, index: usize) -> Result<i64, StoreError>;
    fn text(&self, index: usize) -> Result<String, StoreError>;
    fn bytes(&self, index: usize) -> Result<Vec<u8>, StoreError>;

    fn time(&self, index: usize) -> Result<Timestamp, StoreError> {
        self.number(index).map(Timestamp::from_millis)
    }

    fn sealed(&self, index: usize) -> Result<Sealed, StoreError> {
        self.bytes(index).map(Sealed::from_bytes)
    }
}

impl Columns for AnyRow {
    fn number(&self, index: usize) -> Result<i64, StoreError> {
        Ok(self.try_get(index)?)
    }

    fn text(&self, index: usize) -> Result<String, StoreError> {
        Ok(self.try_get(index)?)
    }

    fn bytes(&self, index: usize) -> Result<Vec<u8>, StoreError> {
        Ok(self.try_get(index)?)
    }
}

pub(super) fn damaged(table: &'static str, row: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged {
        table,
        row: row.to_string(),
    }
}
