//! A whole copy: every row of every table as of one moment, and back into a database without tables, all or nothing.
//! It knows neither files nor keys: what is sealed stays as it is. Both databases have the same tables, so a copy of one fits the other.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use futures::{Stream, StreamExt};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sqlx::{
    Any, AssertSqlSafe, Column, Row as _, TypeInfo, ValueRef,
    any::{AnyRow, AnyTypeInfoKind},
    query,
};

use super::{
    Access, Options, Pass, Store, StoreError, Tx,
    dialect::Backend,
    leases, migrate, replicas,
    row::{Columns, damaged},
};

/// All tables, each after those that it refers to; a test compares them with the migrations.
pub const TABLES: &[&str] = &[
    "facts",
    "data_keys",
    "people",
    "accounts",
    "keys",
    "inbox",
    "outbox",
    "dialogues",
    "confirmations",
    "counters",
    "operations",
    "leases",
    "deliveries",
    "audit",
    "seen_keys",
    "key_ages",
    "workspaces",
    "bindings",
    "grants",
    "actors",
    "fingerprints",
    "watched_groups",
    "policies",
    "second_factors",
    "recovery_codes",
    "wrong_codes",
    "showings",
    "moves",
    "move_accounts",
    "page_sessions",
    "used_launches",
    "replicas",
    "rates",
];

/// What a column holds. As text: a number, a string, or `{"base64": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// `BIGINT`.
    Number(i64),
    /// `TEXT`.
    Text(String),
    /// `BYTEA`: sealed, or a code that tells nothing.
    Bytes {
        /// The bytes themselves.
        #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
        base64: Vec<u8>,
    },
}

fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&BASE64_STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    BASE64_STANDARD.decode(text).map_err(D::Error::custom)
}

/// A row: its values by their columns' names.
pub type Row = BTreeMap<String, Value>;

/// How many rows each table has.
pub type Counts = BTreeMap<String, u64>;

/// One moment of the database, to be read for as long as it takes. Whoever writes meanwhile is neither seen nor held up.
pub struct Snapshot {
    inner: sqlx::Transaction<'static, Any>,
    _pass: Option<Pass>,
}

impl Store {
    /// Holds on to this moment. Fails when the schema is not this program's.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let pass = self.pass(Access::Read).await;
        let mut inner = self.pool.begin_with(self.backend.begin_snapshot()).await?;
        migrate::require_current(&mut inner).await?;
        Ok(Snapshot { inner, _pass: pass })
    }

    /// Opens a database to restore into; a missing SQLite file is made. Fails when it has a table, or when a Keyporter runs on it.
    pub async fn open_empty(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let backend = Backend::of(url)?;
        let file_lock = backend.lock_file(url).await?.map(std::sync::Arc::new);
        let store = Self::connect(url, backend, file_lock, Options::default()).await?;
        let tables = query(backend.count_tables())
            .fetch_one(&mut *store.read().await?)
            .await?
            .number(0)?;
        if tables > 0 {
            return Err(StoreError::Unusable(
                "the database of DATABASE_URL is not empty: a backup is only restored into one that has no table yet"
                    .to_owned(),
            ));
        }
        Ok(store)
    }

    /// Begins to restore into an empty database: makes the tables of that schema version.
    pub async fn restore(&self, schema: i64) -> Result<Restoring, StoreError> {
        let mut tx = self.begin_apart().await?;
        migrate::run_to(&mut tx, schema).await?;
        // The first rows of some tables come with the schema; those of the copy take their place.
        query("DELETE FROM counters").execute(&mut *tx).await?;
        Ok(Restoring { tx })
    }
}

impl Snapshot {
    /// The rows of one of [`TABLES`], in no order, read while they are taken.
    pub fn rows(&mut self, table: &str) -> impl Stream<Item = Result<Row, StoreError>> + '_ {
        query(AssertSqlSafe(format!("SELECT * FROM {table}")))
            .fetch(&mut *self.inner)
            .map(|row| read(&row?))
    }
}

fn read(row: &AnyRow) -> Result<Row, StoreError> {
    let columns = row.columns().iter();
    let values = columns.map(|column| {
        let index = column.ordinal();
        let kind = row.try_get_raw(index)?.type_info().kind();
        let value = match kind {
            AnyTypeInfoKind::SmallInt | AnyTypeInfoKind::Integer | AnyTypeInfoKind::BigInt => {
                Value::Number(row.number(index)?)
            }
            AnyTypeInfoKind::Text => Value::Text(row.text(index)?),
            AnyTypeInfoKind::Blob => Value::Bytes {
                base64: row.bytes(index)?,
            },
            _ => {
                let (column, name) = (column.name(), column.type_info().name());
                return Err(StoreError::Failed(format!(
                    "column {column} holds what no column of ours does: {name}"
                )));
            }
        };
        Ok((column.name().to_owned(), value))
    });
    values.collect()
}

/// A restoring that is under way. Dropped without [`Restoring::finish`], nothing of it has happened.
pub struct Restoring {
    tx: Tx,
}

impl Restoring {
    /// Puts a row into a table; rows that it refers to came before.
    pub async fn put(&mut self, table: &str, row: &Row) -> Result<(), StoreError> {
        let Some(table) = TABLES.iter().find(|known| **known == table) else {
            return Err(StoreError::Unusable(
                "the copy has a table that this program does not know".to_owned(),
            ));
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if row.is_empty() || !row.keys().all(|column| column.chars().all(plain)) {
            return Err(damaged(table, "no names of columns"));
        }
        let columns: Vec<_> = row.keys().map(String::as_str).collect();
        let places: Vec<_> = (1..=row.len()).map(|place| format!("${place}")).collect();
        let mut statement = query(AssertSqlSafe(format!(
            "INSERT INTO {table} ({}) VALUES ({})",
            columns.join(", "),
            places.join(", ")
        )));
        for value in row.values() {
            statement = match value {
                Value::Number(number) => statement.bind(*number),
                Value::Text(text) => statement.bind(text.as_str()),
                Value::Bytes { base64 } => statement.bind(base64.as_slice()),
            };
        }
        statement.execute(&mut *self.tx).await?;
        Ok(())
    }

    /// Compares with how many rows there must be, brings the schema up to date, and makes it last. Whoever held a lease does not
    /// work here.
    pub async fn finish(mut self, expected: &Counts) -> Result<(), StoreError> {
        for (table, expected) in expected {
            let found = query(AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}")))
                .fetch_one(&mut *self.tx)
                .await?
                .number(0)?;
            if u64::try_from(found) != Ok(*expected) {
                return Err(StoreError::Failed(format!(
                    "table {table} has {found} rows and not {expected}"
                )));
            }
        }
        migrate::run_to(&mut self.tx, migrate::newest_schema()).await?;
        leases::clear(&mut self.tx).await?;
        replicas::clear(&mut self.tx).await?;
        self.tx.commit().await
    }
}
