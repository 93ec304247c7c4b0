//! A database for one story: an SQLite file in a folder of its own, or a fresh database on a PostgreSQL server.

use std::{path::PathBuf, time::Duration};

use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, Row};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Where a PostgreSQL server is that lets us make databases; `none` leaves those stories out, which `scripts/test` says aloud.
const SERVER_VARIABLE: &str = "KEYPORTER_TEST_POSTGRES";
const USUAL_SERVER: &str = "postgres://postgres@127.0.0.1:5432";

pub struct Database {
    engine: Engine,
    server: String,
    name: String,
    pub folder: PathBuf,
}

impl Database {
    /// `None` when the machine lacks it and that is allowed.
    pub fn make(engine: Engine) -> Option<Self> {
        match engine {
            Engine::Sqlite => Some(Self::on(engine, String::new())),
            Engine::Postgres => Some(Self::on(engine, Self::server()?)),
        }
    }

    /// The PostgreSQL server, if there is one.
    pub fn server() -> Option<String> {
        let server = std::env::var(SERVER_VARIABLE).unwrap_or_else(|_| USUAL_SERVER.to_owned());
        (server != "none").then_some(server)
    }

    /// On that PostgreSQL server; an SQLite file needs none.
    pub fn on(engine: Engine, server: String) -> Self {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).unwrap();
        let name = format!("keyporter_test_{:016x}", u64::from_be_bytes(bytes));
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir(&folder).unwrap();
        let database = Self {
            engine,
            server,
            name,
            folder,
        };
        if engine == Engine::Postgres {
            database.on_server(&format!("CREATE DATABASE {}", database.name));
        }
        database
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    pub fn url(&self) -> String {
        match self.engine {
            Engine::Sqlite => format!("sqlite://{}", self.file().display()),
            Engine::Postgres => format!("{}/{}", self.server, self.name),
        }
    }

    /// The SQLite file.
    pub fn file(&self) -> PathBuf {
        self.folder.join("keyporter.db")
    }

    /// Carries a statement out in this database.
    pub fn execute(&self, statement: &str) {
        let url = match self.engine {
            Engine::Sqlite => format!("{}?mode=rwc", self.url()),
            Engine::Postgres => self.url(),
        };
        run(url, statement.to_owned());
    }

    /// The first column of what a statement finds, as text.
    pub fn find(&self, statement: &str) -> Vec<String> {
        let (url, statement) = (self.url(), statement.to_owned());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                sqlx::any::install_default_drivers();
                let mut connection = AnyConnection::connect(&url).await.unwrap();
                let rows = sqlx::query(AssertSqlSafe(statement))
                    .fetch_all(&mut connection)
                    .await
                    .unwrap();
                connection.close().await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            })
        })
        .join()
        .unwrap()
    }

    /// Waits for the server, which may still be at work for a client that is gone.
    pub async fn is_left_alone(&self) {
        let others = "SELECT CAST(pid AS TEXT) FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
        let left = async {
            while !self.find(others).is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), left)
            .await
            .expect("the old life's connections end");
    }

    /// Keeps everyone from the database until the guard is dropped.
    pub fn go_away(&self) -> Away {
        match self.engine {
            Engine::Sqlite => Away::Locked {
                _by: hold(
                    format!("{}?mode=rwc", self.url()),
                    "BEGIN EXCLUSIVE".to_owned(),
                ),
            },
            Engine::Postgres => {
                self.on_server(&format!(
                    "ALTER DATABASE {} WITH ALLOW_CONNECTIONS false",
                    self.name
                ));
                self.disconnect();
                Away::Closed {
                    server: self.server.clone(),
                    name: self.name.clone(),
                }
            }
        }
    }

    /// Begins a transaction with a statement, and ends it when the guard is dropped.
    pub fn hold(&self, statement: &str) -> Holding {
        hold(self.url(), format!("BEGIN; {statement}"))
    }

    /// Makes a PostgreSQL database take no writes, or take them again.
    pub fn read_only(&self, on: bool) {
        let on = if on { "on" } else { "off" };
        self.on_server(&format!(
            "ALTER DATABASE {} SET default_transaction_read_only = {on}",
            self.name
        ));
        self.disconnect();
    }

    /// Cuts all its connections, as a restart of the server does.
    pub fn disconnect(&self) {
        self.on_server(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
            self.name
        ));
    }

    /// The bytes of the SQLite files, or all rows of all tables as text.
    pub fn dump(&self) -> Vec<u8> {
        match self.engine {
            Engine::Sqlite => {
                let files = std::fs::read_dir(&self.folder)
                    .unwrap()
                    .map(|entry| entry.unwrap().path());
                // A log file that its database removes while we look was read before.
                files
                    .flat_map(|file| std::fs::read(file).unwrap_or_default())
                    .collect()
            }
            Engine::Postgres => rows_as_text(self.url()),
        }
    }

    pub fn remove(&self) {
        if self.engine == Engine::Postgres {
            self.on_server(&format!(
                "DROP DATABASE IF EXISTS {} WITH (FORCE)",
                self.name
            ));
        }
        std::fs::remove_dir_all(&self.folder).unwrap();
    }

    fn on_server(&self, statement: &str) {
        run(format!("{}/postgres", self.server), statement.to_owned());
    }
}

fn rows_as_text(url: String) -> Vec<u8> {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            sqlx::any::install_default_drivers();
            let mut connection = AnyConnection::connect(&url).await.unwrap();
            let tables = sqlx::query("SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'");
            let mut dump = Vec::new();
            for table in tables.fetch_all(&mut connection).await.unwrap() {
                let table: String = table.get(0);
                let rows = sqlx::query(AssertSqlSafe(format!("SELECT CAST(t AS TEXT) FROM {table} t")));
                for row in rows.fetch_all(&mut connection).await.unwrap() {
                    dump.extend_from_slice(row.get::<String, _>(0).as_bytes());
                }
            }
            connection.close().await.unwrap();
            dump
        })
    })
    .join()
    .unwrap()
}

/// A database that cannot be reached until this is dropped.
pub enum Away {
    /// Somebody holds an SQLite file for themselves.
    Locked { _by: Holding },
    /// A PostgreSQL database lets nobody in.
    Closed { server: String, name: String },
}

impl Drop for Away {
    fn drop(&mut self) {
        if let Self::Closed { server, name } = self {
            run(
                format!("{server}/postgres"),
                format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true"),
            );
        }
    }
}

/// A connection on a thread of its own that stays in its transaction until this is dropped.
pub struct Holding {
    release: Option<std::sync::mpsc::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

fn hold(url: String, statement: String) -> Holding {
    let (release, released) = std::sync::mpsc::channel::<()>();
    let (begun, has_begun) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            sqlx::any::install_default_drivers();
            let mut connection = AnyConnection::connect(&url).await.unwrap();
            connection
                .execute(sqlx::raw_sql(AssertSqlSafe(statement)))
                .await
                .unwrap();
            begun.send(()).unwrap();
            let _ = released.recv();
            connection.execute(sqlx::raw_sql("ROLLBACK")).await.unwrap();
            connection.close().await.unwrap();
        });
    });
    has_begun.recv().unwrap();
    Holding {
        release: Some(release),
        thread: Some(thread),
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.release.take();
        self.thread.take().unwrap().join().unwrap();
    }
}

/// On a thread and a runtime of its own, so that it can be called from anywhere.
fn run(url: String, statement: String) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            sqlx::any::install_default_drivers();
            let mut connection = AnyConnection::connect(&url)
                .await
                .expect("the database can be reached");
            connection
                .execute(sqlx::raw_sql(AssertSqlSafe(statement)))
                .await
                .expect("the statement works");
            connection.close().await.unwrap();
        });
    })
    .join()
    .unwrap();
}
