//! Brings the schema up to date. A schema from a newer program stops the start: this one would not know what it breaks.

use sqlx::{
    AnyPool, SqlSafeStr,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

use super::{Connection, StoreError};

/// All migrations in order: version, name, text. A test compares them with the folder.
pub const MIGRATIONS: &[(i64, &str, &str)] = &[
    (
        1,
        "foundation",
        include_str!("../../migrations/0001_foundation.sql"),
    ),
    (2, "watch", include_str!("../../migrations/0002_watch.sql")),
    (
        3,
        "key_age",
        include_str!("../../migrations/0003_key_age.sql"),
    ),
    (
        4,
        "workspaces",
        include_str!("../../migrations/0004_workspaces.sql"),
    ),
    (
        5,
        "leakwatch",
        include_str!("../../migrations/0005_leakwatch.sql"),
    ),
    (
        6,
        "policy",
        include_str!("../../migrations/0006_policy.sql"),
    ),
    (
        7,
        "second_factor",
        include_str!("../../migrations/0007_second_factor.sql"),
    ),
    (
        8,
        "transfer",
        include_str!("../../migrations/0008_transfer.sql"),
    ),
    (
        9,
        "second_owner",
        include_str!("../../migrations/0009_second_owner.sql"),
    ),
    (10, "pages", include_str!("../../migrations/0010_pages.sql")),
    (
        11,
        "replicas",
        include_str!("../../migrations/0011_replicas.sql"),
    ),
    (12, "rates", include_str!("../../migrations/0012_rates.sql")),
    (
        13,
        "searches",
        include_str!("../../migrations/0013_searches.sql"),
    ),
    (
        14,
        "leak_stands",
        include_str!("../../migrations/0014_leak_stands.sql"),
    ),
];

/// The newest version that this program knows.
pub fn newest_schema() -> i64 {
    let versions = MIGRATIONS.iter().map(|(version, _, _)| *version);
    versions.max().unwrap_or_default()
}

fn migrator() -> Migrator {
    let migrations = MIGRATIONS
        .iter()
        .map(|(version, name, sql)| {
            Migration::new(
                *version,
                (*name).into(),
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        })
        .collect();
    Migrator::with_migrations(migrations)
}

pub(super) async fn run(pool: &AnyPool) -> Result<(), StoreError> {
    migrator().run(pool).await.map_err(explain)
}

/// Brings the schema to that version and no further; inside a transaction it is a part of it.
pub(super) async fn run_to(c: &mut Connection, version: i64) -> Result<(), StoreError> {
    migrator().run_to(version, c).await.map_err(explain)
}

/// Fails when the schema is not exactly this program's.
pub(super) async fn require_current(c: &mut Connection) -> Result<(), StoreError> {
    let newest = newest_schema();
    let found: Result<i64, _> = sqlx::query("SELECT MAX(version) FROM _sqlx_migrations")
        .fetch_one(c)
        .await
        .and_then(|row| sqlx::Row::try_get(&row, 0));
    match found {
        Ok(version) if version == newest => Ok(()),
        Ok(version) => Err(StoreError::Unusable(format!(
            "the database has schema version {version} and this program version {newest}"
        ))),
        Err(sqlx::Error::Database(_) | sqlx::Error::ColumnDecode { .. }) => {
            Err(StoreError::Unusable(
                "the database has no schema yet; the first start makes it".to_owned(),
            ))
        }
        Err(error) => Err(error.into()),
    }
}

fn explain(error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => StoreError::Unusable(format!(
            "the database has schema version {version}, which is newer than this program knows; \
             start the newer program, or restore the backup from before its first start"
        )),
        MigrateError::VersionMismatch(version) => StoreError::Unusable(format!(
            "the database's schema version {version} is not the one that this program would have made"
        )),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => StoreError::Failed(other.to_string()),
    }
}
