//! A database for one run: an SQLite file in the run's folder, or a fresh database on a PostgreSQL server.

use std::path::Path;

use clap::ValueEnum;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};

/// Which database Keyporter gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Gone with [`Database::drop`].
pub struct Database {
    pub url: String,
    /// The server, and the database's name there.
    on_server: Option<(String, String)>,
}

impl Database {
    pub async fn make(engine: Engine, server: &str, folder: &Path, name: &str) -> Self {
        match engine {
            Engine::Sqlite => Self {
                url: format!("sqlite://{}", folder.join(name).display()),
                on_server: None,
            },
            Engine::Postgres => {
                let name = format!("keyporter_load_{}_{name}", std::process::id());
                run(server, &format!("DROP DATABASE IF EXISTS {name}")).await;
                run(server, &format!("CREATE DATABASE {name}")).await;
                Self {
                    url: format!("{server}/{name}"),
                    on_server: Some((server.to_owned(), name)),
                }
            }
        }
    }

    pub async fn drop(self) {
        if let Some((server, name)) = self.on_server {
            run(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// Carries statements out in that database.
pub async fn run(url: &str, statements: &str) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.unwrap();
    let statements = AssertSqlSafe(statements.to_owned());
    connection.execute(statements).await.unwrap();
    connection.close().await.unwrap();
}
