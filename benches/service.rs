//! How fast the program starts, how much memory it takes when idle, how long `/keys` and the story of `/newkey` take with one chat
//! active. Figures only, no thresholds: `cargo bench --bench service`.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench measures the real time of a real process, and prints it"
)]

mod world;

use std::{
    process::Child,
    time::{Duration, Instant},
};

use world::{Bench, stop};

const ADA: i64 = 1001;
const ROUNDS: usize = 300;

async fn new_key(bench: &Bench, label: &str) {
    let question = bench
        .says(ADA, &format!("/newkey {label}"), "Create key")
        .await;
    let secret = bench
        .presses(ADA, &question, "Create key", "It disappears")
        .await;
    let telegram = bench.sandbox.telegram();
    telegram.press(ADA, ADA, secret.id, "I saved it").unwrap();
    bench.sees(ADA, question.id, "created and saved").await;
}

/// Resident memory in kilobytes.
fn resident_kb(child: &Child) -> u64 {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap_or("0");
    line.split_whitespace()
        .next()
        .and_then(|kilobytes| kilobytes.parse().ok())
        .unwrap_or(0)
}

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!(
        "{what:<46} median {:>7.2} ms   p95 {:>7.2} ms   p99 {:>7.2} ms   ({} rounds)",
        at(50),
        at(95),
        at(99),
        times.len()
    );
}

async fn measure(bench: &Bench) {
    let binary = std::fs::metadata(env!("CARGO_BIN_EXE_keyporter"))
        .unwrap()
        .len();
    println!("{:<46} {:.1} MB", "binary", binary as f64 / 1_000_000.0);
    let first = bench.start();
    bench.started(0).await;
    bench
        .link(ADA, &bench.sandbox.botsubscription().add_project())
        .await;
    stop(first);

    let mut starts = Vec::new();
    for _ in 0..10 {
        let polls = bench.sandbox.telegram().calls_of("getUpdates").len();
        let begun = Instant::now();
        let child = bench.start();
        bench.started(polls).await;
        starts.push(begun.elapsed());
        stop(child);
    }
    told("start to the first getUpdates (existing file)", starts);

    let polls = bench.sandbox.telegram().calls_of("getUpdates").len();
    let child = bench.start();
    bench.started(polls).await;
    bench.says(ADA, "/start", "Hello").await;
    println!(
        "{:<46} {:.1} MB",
        "idle resident memory",
        resident_kb(&child) as f64 / 1000.0
    );
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        bench.says(ADA, "/keys", "dashboard").await;
        rounds.push(begun.elapsed());
    }
    told("/keys, with the sandbox's own share", rounds);
    let mut rounds = Vec::new();
    for round in 0..50 {
        let begun = Instant::now();
        new_key(bench, &format!("bench {round}")).await;
        rounds.push(begun.elapsed());
    }
    told("/newkey … I saved it, the whole story", rounds);
    println!(
        "{:<46} {:.1} MB",
        "resident memory after that",
        resident_kb(&child) as f64 / 1000.0
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
        let bench = Bench::new(std::iter::once(ADA));
        measure(&bench).await;
        bench
    });
    std::fs::remove_dir_all(bench.folder).unwrap();
}
