//! The ledger under load, on SQLite: many requests at once, and a start with many that an earlier life has left. Figures only, no
//! thresholds: `cargo bench --bench ledger`.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench measures the real time of a real process, and prints it"
)]

mod world;

use std::time::Instant;

use futures::future::join_all;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use world::{Bench, stop};

const PEOPLE: i64 = 500;
const LEFT_BEHIND: i64 = 10_000;

/// So many new keys, asked for at the same moment, each in a project of its own.
async fn at_once(bench: &Bench) {
    let child = bench.start();
    bench.started(0).await;
    join_all((1..=PEOPLE).map(|person| async move {
        let project = bench.sandbox.botsubscription().add_project();
        bench.link(person, &project).await;
    }))
    .await;
    let questions = join_all((1..=PEOPLE).map(|person| async move {
        let question = bench.says(person, "/newkey ci", "Create key ci").await;
        (person, question)
    }))
    .await;
    let begun = Instant::now();
    join_all(questions.iter().map(|(person, question)| async move {
        bench
            .presses(*person, question, "Create key", "It disappears")
            .await;
    }))
    .await;
    println!(
        "{:<46} {:.1} s",
        "500 new keys at once, until all are shown",
        begun.elapsed().as_secs_f64()
    );
    stop(child);
}

/// So many revocations that an earlier life has left unfinished.
async fn left_behind(bench: &Bench) {
    let url = format!("sqlite://{}", bench.folder.join("bench.db").display());
    let statement = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {LEFT_BEHIND}) \
         INSERT INTO operations (number, person, chat, thread, card, account, provider, scope, verb, step, detail, update_id, \
         started_at, sent_at, next_try_at, tries, ended_at, untold) \
         SELECT 1000000 + n.i, o.person, o.chat, 0, 0, o.account, o.provider, o.scope, 'revoke', 'verify', \
         '{{\"revoking\":[{{\"id\":\"x\",\"label\":\"x\",\"last_four\":\"xxxx\"}},\"done\"]}}', 1000000 + n.i, o.started_at, 0, 0, 0, 0, 1 \
         FROM n JOIN operations o ON o.number = 1 + n.i % {PEOPLE}"
    );
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&url).await.unwrap();
    sqlx::query(AssertSqlSafe(statement))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let polls = bench.sandbox.telegram().calls_of("getUpdates").len();
    let said = bench.sandbox.telegram().say(1, 1, "/help").unwrap();
    let begun = Instant::now();
    let child = bench.start();
    bench.started(polls).await;
    println!(
        "{:<46} {:.2} s",
        "start with 10,000 unfinished, to the first poll",
        begun.elapsed().as_secs_f64()
    );
    bench.sees(1, said, "What you can send me").await;
    println!(
        "{:<46} {:.2} s",
        "start with 10,000 unfinished, to the first answer",
        begun.elapsed().as_secs_f64()
    );
    stop(child);
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let bench = runtime.block_on(async {
        let bench = Bench::new(1..=PEOPLE);
        at_once(&bench).await;
        left_behind(&bench).await;
        bench
    });
    std::fs::remove_dir_all(bench.folder).unwrap();
}
