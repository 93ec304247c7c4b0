//! All that must differ between SQLite and PostgreSQL. Nothing else may ask which of them it is.

use std::{
    fs::File,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use sqlx::{AssertSqlSafe, Executor, postgres::PgConnectOptions, sqlite::SqliteConnectOptions};

use super::{Connection, StoreError};

/// A file that another process holds is tried so often, with that pause.
const LOCK_TRIES: u32 = 60;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    /// By the address. A database in memory is refused: it would forget people's accounts, and each connection would see its own.
    pub(super) fn of(url: &str) -> Result<Self, StoreError> {
        Self::known(url).map_err(|fault| StoreError::Unusable(format!("DATABASE_URL {fault}")))
    }

    /// The same; on failure what is wrong, without the address, which may hold a password.
    pub(super) fn known(url: &str) -> Result<Self, &'static str> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return match PgConnectOptions::from_str(url) {
                Ok(_) => Ok(Self::Postgres),
                Err(_) => Err(
                    "cannot be read: it looks like postgres://user:password@host:5432/database, with odd characters \
                     of the password as %40 and the like",
                ),
            };
        }
        match sqlite_path(url) {
            Some(_) => Ok(Self::Sqlite),
            None => Err("must begin with sqlite:// and name a file, or begin with postgres://"),
        }
    }

    pub(super) fn of_connection(connection: &Connection) -> Self {
        match connection.backend_name() {
            "PostgreSQL" => Self::Postgres,
            _ => Self::Sqlite,
        }
    }

    /// The address with what sqlx needs: it does not make a missing SQLite file by itself.
    pub(super) fn complete(self, url: &str) -> String {
        match self {
            Self::Sqlite if !url.contains("mode=") => {
                let separator = if url.contains('?') { '&' } else { '?' };
                format!("{url}{separator}mode=rwc")
            }
            Self::Sqlite | Self::Postgres => url.to_owned(),
        }
    }

    /// Takes the lock that keeps a second process away from an SQLite file; its end frees the lock, however it ends.
    /// One that is just ending is waited for.
    #[expect(
        clippy::disallowed_methods,
        reason = "what is waited for is the machine's, whatever time it is"
    )]
    pub(super) async fn lock_file(self, url: &str) -> Result<Option<File>, StoreError> {
        let Some(path) = sqlite_path(url).filter(|_| self == Self::Sqlite) else {
            return Ok(None);
        };
        let mut lock_path = path.clone().into_os_string();
        lock_path.push(".lock");
        let lock_path = PathBuf::from(lock_path);
        let lock = private_file(&lock_path)?;
        let mut tries = LOCK_TRIES;
        while let Err(refused) = lock.try_lock() {
            tries -= 1;
            match refused {
                std::fs::TryLockError::WouldBlock if tries > 0 => {
                    tokio::time::sleep(LOCK_PAUSE).await;
                }
                std::fs::TryLockError::WouldBlock => {
                    let text = format!("another Keyporter is running on {}", path.display());
                    return Err(StoreError::Unusable(text));
                }
                std::fs::TryLockError::Error(error) => {
                    return Err(unusable("lock", &lock_path, &error));
                }
            }
        }
        // Made here, before SQLite would make it readable for everyone.
        private_file(&path)?;
        Ok(Some(lock))
    }

    /// Fails when an SQLite file is not there: looking must not make it.
    pub(super) fn require_file(self, url: &str) -> Result<(), StoreError> {
        match sqlite_path(url).filter(|_| self == Self::Sqlite) {
            Some(path) if !path.exists() => Err(StoreError::Unusable(format!(
                "{} does not exist yet; the first start makes it",
                path.display()
            ))),
            _ => Ok(()),
        }
    }

    /// Settings of a fresh connection.
    pub(super) async fn prepare(
        self,
        connection: &mut Connection,
        page_limit: Option<u32>,
    ) -> Result<(), sqlx::Error> {
        if self == Self::Postgres {
            // A process that is stopped in the middle of a transaction must not keep the others from what it has locked.
            let limit = "SET idle_in_transaction_session_timeout = '10s'";
            connection.execute(sqlx::raw_sql(limit)).await?;
            return Ok(());
        }
        // FULL: what was acknowledged survives a power failure. secure_delete: a wiped secret leaves no bytes behind.
        let common = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                      PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864;";
        let limit = page_limit.map(|pages| format!("PRAGMA max_page_count = {pages};"));
        let pragmas = common.to_owned() + limit.as_deref().unwrap_or_default();
        connection
            .execute(sqlx::raw_sql(AssertSqlSafe(pragmas)))
            .await?;
        Ok(())
    }

    /// Folds the write-ahead log into the file and empties it. PostgreSQL's own log is its operator's matter.
    pub(super) async fn fold_log(self, connection: &mut Connection) -> Result<(), StoreError> {
        if self == Self::Sqlite {
            connection
                .execute(sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)"))
                .await?;
        }
        Ok(())
    }

    /// Begins a transaction that sees one moment of the database and is in nobody's way.
    pub(super) const fn begin_snapshot(self) -> &'static str {
        match self {
            Self::Postgres => "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            Self::Sqlite => "BEGIN DEFERRED",
        }
    }

    /// Counts the tables, whoever made them.
    pub(super) const fn count_tables(self) -> &'static str {
        match self {
            Self::Postgres => {
                "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema()"
            }
            Self::Sqlite => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'",
        }
    }

    /// Locks the rows that a statement selects until the transaction's end. SQLite's writer has the whole file already.
    pub(super) fn locking(self, select: &'static str) -> AssertSqlSafe<String> {
        AssertSqlSafe(match self {
            Self::Postgres => format!("{select} FOR UPDATE"),
            Self::Sqlite => select.to_owned(),
        })
    }

    /// How to make a connection that waits to be woken by other processes; nothing where there can be none.
    pub(super) fn waking(self, url: &str) -> Option<Arc<PgConnectOptions>> {
        match self {
            Self::Postgres => PgConnectOptions::from_str(url).ok().map(Arc::new),
            Self::Sqlite => None,
        }
    }

    /// Wakes the process whose id is bound, after the commit; nothing where there can be none.
    pub(super) const fn wake(self) -> Option<&'static str> {
        match self {
            // The result has no type that both databases know.
            Self::Postgres => Some("SELECT CAST(pg_notify('keyporter_' || $1, '') AS TEXT)"),
            Self::Sqlite => None,
        }
    }

    /// Waits until nobody else adds to those lanes, given as numbers with commas between, and keeps them until the transaction's end;
    /// nothing where there is nobody else. In their order, so that no two wait for each other.
    pub(super) const fn lock_lanes(self) -> Option<&'static str> {
        match self {
            Self::Postgres => Some(
                "SELECT COUNT(*) FROM (SELECT pg_advisory_xact_lock(lane) FROM (SELECT DISTINCT lane FROM \
                 unnest(CAST(string_to_array($1, ',') AS BIGINT[])) AS lanes (lane) ORDER BY lane) AS ordered) AS locked",
            ),
            Self::Sqlite => None,
        }
    }

    /// The numbers of a text that is bound first, with commas between, as a list to look in.
    pub(super) const fn numbers(self) -> &'static str {
        match self {
            Self::Postgres => "SELECT unnest(CAST(string_to_array($1, ',') AS BIGINT[]))",
            Self::Sqlite => "SELECT value FROM json_each('[' || $1 || ']')",
        }
    }

    /// How long a lease lasts after its last sign of life, in milliseconds. An SQLite file has one process, whose leases end with
    /// it and not before: a machine that slept must not take the work out of its own hands.
    pub(super) const fn lease_ms(self) -> i64 {
        match self {
            Self::Postgres => 10_000,
            Self::Sqlite => 100 * 365 * 24 * 3_600_000,
        }
    }

    /// The database's own clock, in milliseconds: leases of several processes must not hang on each one's clock.
    pub(super) const fn now(self) -> &'static str {
        match self {
            Self::Postgres => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
            Self::Sqlite => "CAST(unixepoch('subsec') * 1000 AS BIGINT)",
        }
    }
}

/// The file that an SQLite address names; `None` for any other address and for a database in memory.
fn sqlite_path(url: &str) -> Option<PathBuf> {
    let in_memory = url.contains(":memory:") || url.contains("mode=memory");
    if !url.starts_with("sqlite:") || in_memory {
        return None;
    }
    let options = SqliteConnectOptions::from_str(url).ok()?;
    let path = options.get_filename();
    (!path.as_os_str().is_empty()).then(|| path.to_owned())
}

/// Opens a file, readable for its owner only if it is made now.
fn private_file(path: &Path) -> Result<File, StoreError> {
    let mut options = File::options();
    options.create(true).read(true).write(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|error| unusable("open", path, &error))
}

fn unusable(what: &str, path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unusable(format!("cannot {what} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_understood() {
        assert_eq!(
            Backend::of("postgres://host/db").unwrap(),
            Backend::Postgres
        );
        assert_eq!(
            Backend::of("sqlite://keyporter.db").unwrap(),
            Backend::Sqlite
        );
        for wrong in [
            "",
            "mysql://host/db",
            "sqlite::memory:",
            "sqlite://a.db?mode=memory",
            "sqlite://",
            "sqlite://?mode=rwc",
            "sqlite://a.db?mode=odd",
            "postgres://user:p@ss@host:port/db",
            "keyporter.db",
        ] {
            assert!(Backend::of(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            Backend::Sqlite.complete("sqlite://a.db"),
            "sqlite://a.db?mode=rwc"
        );
        assert_eq!(
            Backend::Sqlite.complete("sqlite://a.db?cache=private"),
            "sqlite://a.db?cache=private&mode=rwc"
        );
        assert_eq!(
            sqlite_path("sqlite:///srv/k%20p.db?mode=rw"),
            Some(PathBuf::from("/srv/k p.db"))
        );
    }
}
