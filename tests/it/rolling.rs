//! Old and new versions together on the newest schema: while one replica after the other is updated, the version before says its own
//! statements there, and what it leaves is taken up by the new one.
//!
//! `rolling/statements_0010.txt` holds those statements. When a migration takes something away that they need, the version before
//! must have stopped saying them: then this file is made anew from that version, and not before.

use std::time::Duration;

use keyporter::{
    sandbox::fault::{Fault, Rule, ServiceName},
    store::{MIGRATIONS, Options, Store},
};
use sqlx::{
    AnyConnection, Connection, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

use crate::world::{Database, Engine};

const STATEMENTS: &str = include_str!("rolling/statements_0010.txt");

/// The newest migration that the version before knows.
const BEFORE: i64 = 10;

/// What the version before says to that database, one after the other.
fn statements(engine: Engine) -> impl Iterator<Item = String> {
    let (now, for_update) = match engine {
        Engine::Postgres => (
            "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
            "FOR UPDATE",
        ),
        Engine::Sqlite => ("CAST(unixepoch('subsec') * 1000 AS BIGINT)", ""),
    };
    STATEMENTS
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(move |line| {
            line.replace("{now}", now)
                .replace("{for update}", for_update)
        })
}

/// The same with the number zero, which every type of ours reads, for each value.
fn with_values(statement: &str) -> String {
    let mut parts = statement.split('$');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| {
        text + "'0'" + part.trim_start_matches(|c: char| c.is_ascii_digit())
    })
}

fn the_version_before_can_work(engine: Engine) {
    let Some(database) = Database::make(engine) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let url = database.url();
        let store = Store::open(&url, Options::default()).await.unwrap();
        store.close().await;
    });
    // Rows that refer to each other are not the matter here.
    let alone = match engine {
        Engine::Sqlite => "PRAGMA foreign_keys = OFF",
        Engine::Postgres => "SET session_replication_role = replica",
    };
    let all: Vec<_> = statements(engine).map(|text| with_values(&text)).collect();
    assert!(all.len() > 190, "{} statements", all.len());
    database.execute(&format!("{alone}; BEGIN; {}; ROLLBACK", all.join("; ")));
    database.remove();
}

#[test]
fn the_statements_of_the_version_before_hold_on_sqlite() {
    the_version_before_can_work(Engine::Sqlite);
}

#[test]
fn the_statements_of_the_version_before_hold_on_postgres() {
    the_version_before_can_work(Engine::Postgres);
}

story! {
    async fn what_the_version_before_has_left_goes_on_after_the_update(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        // An answer that Telegram does not take, and an update in the middle of which the process ends.
        let telegram_is_away = Rule::new(ServiceName::Telegram, Fault::Status(502, None)).path("sendMessage");
        world.sandbox.faults().add(telegram_is_away.always());
        ada.say("/link");
        let answers = "SELECT id FROM outbox";
        while world.database.find(answers).is_empty() {
            tokio::task::yield_now().await;
        }
        let calls = world.sandbox.botsubscription().calls().len();
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::HangBefore));
        ada.say("/keys");
        world.until("the provider is asked", |sandbox| (sandbox.botsubscription().calls().len() > calls).then_some(())).await;
        world.crash().await;
        world.sandbox.faults().clear();

        goes_back(&world.database).await;
        world.start();
        // What names nobody is taken when the version before cannot be at it any more.
        world.hurry("both answers", |sandbox| {
            let said = |words: &str| {
                let mut messages = sandbox.telegram().messages(ada.id).into_iter();
                messages.any(|message| message.text.contains(words))
            };
            (said("Where is the account") && said("used by Keyporter")).then_some(())
        }).await;
        ada.press("I saved it");
        ada.sees("is created and saved").await;
        let told = |words: &str| ada.chat().iter().filter(|message| message.text.contains(words)).count();
        assert_eq!((told("Where is the account"), told("used by Keyporter")), (1, 1));
        // Of the linking before.
        world.pass(Duration::from_mins(2));
        ada.asks("/status", "no open requests").await;
    }
}

/// Makes the database what the version before would have made of the same: its tables with what stands in its columns.
async fn goes_back(database: &Database) {
    match database.engine() {
        Engine::Postgres => {
            database.execute("ALTER SCHEMA public RENAME TO newer; CREATE SCHEMA public");
        }
        Engine::Sqlite => {
            let newer = database.folder.join("newer.db");
            database.execute(&format!("VACUUM INTO '{}'", newer.display()));
            for file in ["keyporter.db", "keyporter.db-wal", "keyporter.db-shm"] {
                // The log is there or not.
                let _ = std::fs::remove_file(database.folder.join(file));
            }
        }
    }
    migrates(database).await;
    let (tables, columns) = match database.engine() {
        Engine::Postgres => (
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'",
            "SELECT CAST(string_agg(column_name, ', ') AS TEXT) FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name = ",
        ),
        Engine::Sqlite => (
            "SELECT name FROM sqlite_master WHERE type = 'table'",
            "SELECT group_concat(name, ', ') FROM pragma_table_info",
        ),
    };
    let mut copying = vec![match database.engine() {
        Engine::Postgres => "SET session_replication_role = replica".to_owned(),
        Engine::Sqlite => format!(
            "PRAGMA foreign_keys = OFF; ATTACH '{}' AS newer",
            database.folder.join("newer.db").display()
        ),
    }];
    for table in database.find(tables) {
        if table.starts_with('_') {
            continue;
        }
        let columns = database.find(&format!("{columns}('{table}')")).remove(0);
        copying.push(format!(
            "DELETE FROM {table}; INSERT INTO {table} ({columns}) SELECT {columns} FROM newer.{table}"
        ));
    }
    if database.engine() == Engine::Postgres {
        copying.push("DROP SCHEMA newer CASCADE".to_owned());
    }
    database.execute(&copying.join("; "));
    let _ = std::fs::remove_file(database.folder.join("newer.db"));
}

/// As the version before does at its start.
async fn migrates(database: &Database) {
    let url = match database.engine() {
        Engine::Sqlite => format!("{}?mode=rwc", database.url()),
        Engine::Postgres => database.url(),
    };
    let migrations = MIGRATIONS.iter().filter(|(version, ..)| *version <= BEFORE);
    let migrations = migrations.map(|(version, name, sql)| {
        let kind = MigrationType::Simple;
        Migration::new(*version, (*name).into(), kind, sql.into_sql_str(), false)
    });
    let mut connection = AnyConnection::connect(&url).await.unwrap();
    Migrator::with_migrations(migrations.collect())
        .run(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}
