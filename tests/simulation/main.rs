//! The whole bot against a network, a clock and a database gate that are out to break it: `run_with` as in production, on real
//! SQLite; requests are dropped, delayed, carried out late and garbled, the process dies at any access to the database and at
//! any answer, presses come twice, clocks jump. One seed is one life of such a world, and replays exactly.
//!
//! `cargo test --test simulation` tells 2,000 of them; `KEYPORTER_SIM_SEEDS=100000` more, `KEYPORTER_SIM_SEED=17` one, in words.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a simulation fails by panicking, tells what it has seen, and stands for the people and the machines"
)]

mod life;
mod network;
mod people;
mod seeded;
mod truth;
mod world;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use world::{Tally, World};

const USUAL_SEEDS: u64 = 2_000;

fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {value}")),
    )
}

fn main() {
    // As `cargo test` asks every test binary.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    if let Some(seed) = variable("KEYPORTER_SIM_SEED") {
        let tally = World::new(seed, true).run();
        println!("seed {seed}: {tally}");
        return;
    }
    let seeds = variable("KEYPORTER_SIM_SEEDS").unwrap_or(USUAL_SEEDS);
    let first = variable("KEYPORTER_SIM_FIRST").unwrap_or(1);
    let (next, begun) = (AtomicU64::new(first), Instant::now());
    let (tally, failed) = (Mutex::new(Tally::default()), Mutex::new(Vec::new()));
    std::panic::set_hook(Box::new(|_| {}));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + seeds {
                        return;
                    }
                    match catch_unwind(AssertUnwindSafe(|| World::new(seed, false).run())) {
                        Ok(one) => tally.lock().unwrap().add(&one),
                        Err(panic) => failed.lock().unwrap().push((seed, words(&*panic))),
                    }
                }
            });
        }
    });
    let (tally, mut failed) = (tally.into_inner().unwrap(), failed.into_inner().unwrap());
    failed.sort();
    println!(
        "{seeds} seeds in {:.0} s: {tally}",
        begun.elapsed().as_secs_f64()
    );
    for (seed, words) in failed.iter().take(20) {
        println!("seed {seed} FAILED: {words}");
    }
    println!(
        "{} passed, {} failed",
        seeds - failed.len() as u64,
        failed.len()
    );
    if !failed.is_empty() {
        println!(
            "replay one with KEYPORTER_SIM_SEED={} cargo test --test simulation",
            failed[0].0
        );
        std::process::exit(1);
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
        .unwrap_or_else(|| "a panic without words".to_owned())
}
