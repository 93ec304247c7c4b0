//! What can go wrong with the database, in the kinds on which callers branch.

use super::readers;

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or is busy for too long.
    #[error("the database is away: {0}")]
    Away(String),
    /// It takes no writes.
    #[error("the database is read-only: {0}")]
    ReadOnly(String),
    /// Its disk is full.
    #[error("the database is full: {0}")]
    Full(String),
    /// A row with that key exists.
    #[error("the row exists already: {0}")]
    Exists(String),
    /// A row holds what no version of the program has written.
    #[error("a damaged row in table {table}: {row}")]
    Damaged {
        /// The table.
        table: &'static str,
        /// Which row and what about it; never its content.
        row: String,
    },
    /// It was refused before anything was tried; the sentence is for the operator.
    #[error("{0}")]
    Unusable(String),
    /// Anything else.
    #[error("the database failed: {0}")]
    Failed(String),
}

impl StoreError {
    /// True when the same work may succeed later without a change: nothing was done, nothing is lost.
    pub const fn is_outage(&self) -> bool {
        matches!(self, Self::Away(_) | Self::ReadOnly(_) | Self::Full(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let text = error.to_string();
        let kind = match &error {
            sqlx::Error::Database(cause) if cause.is_unique_violation() => Self::Exists(text),
            sqlx::Error::Database(cause) => {
                of_code(cause.code().as_deref().unwrap_or_default(), text)
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => Self::Away(text),
            _ => Self::Failed(text),
        };
        if matches!(kind, Self::Away(_)) {
            // What cut off one connection may have cut off them all.
            readers::doubt_all();
        }
        kind
    }
}

/// SQLite's numeric result codes (the low byte is the primary one) and PostgreSQL's five-character SQLSTATEs.
fn of_code(code: &str, text: String) -> StoreError {
    if code.len() == 5 {
        return match code {
            "25006" => StoreError::ReadOnly(text),
            // Open for too long without a word, or in another's way: nothing of it has happened.
            "25P03" | "40001" | "40P01" => StoreError::Away(text),
            "53100" | "53200" => StoreError::Full(text),
            _ if ["08", "53", "57"]
                .iter()
                .any(|class| code.starts_with(class)) =>
            {
                StoreError::Away(text)
            }
            _ => StoreError::Failed(text),
        };
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(8) => StoreError::ReadOnly(text),
        Ok(13) => StoreError::Full(text),
        // Busy, locked, I/O error, cannot open.
        Ok(5 | 6 | 10 | 14) => StoreError::Away(text),
        _ => StoreError::Failed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_codes_are_told_apart() {
        let kind = |code: &str| of_code(code, String::new());
        assert!(matches!(kind("25006"), StoreError::ReadOnly(_)));
        assert!(matches!(kind("53100"), StoreError::Full(_)));
        assert!(matches!(kind("57P01"), StoreError::Away(_)));
        assert!(matches!(kind("25P03"), StoreError::Away(_)));
        assert!(matches!(kind("40P01"), StoreError::Away(_)));
        assert!(matches!(kind("42601"), StoreError::Failed(_)));
        assert!(matches!(kind("13"), StoreError::Full(_)));
        assert!(matches!(kind("1032"), StoreError::ReadOnly(_)));
        assert!(matches!(kind("778"), StoreError::Away(_)));
        assert!(matches!(kind("1"), StoreError::Failed(_)));
    }
}
