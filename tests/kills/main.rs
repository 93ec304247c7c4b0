//! Real kills: the program as a process, started with nothing but its documented variables, is killed with SIGKILL at random
//! moments while people go on with their story, and started again each time; on SQLite and on PostgreSQL. At the end everything
//! is looked at from outside.
//!
//! `cargo test --test kills` kills 200 times on each; `KEYPORTER_KILLS=5000` more, `KEYPORTER_KILLS_SEED=17` with that chance.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    unreachable_pub,
    reason = "it fails by panicking, tells what it has seen, and stands for the people and the machine around the program"
)]

#[path = "../simulation/seeded.rs"]
#[allow(
    dead_code,
    reason = "the program's own randomness is the machine's here"
)]
mod chance;
#[path = "../it/world/database.rs"]
#[allow(dead_code, reason = "stories need more of it")]
mod database;
mod life;
mod people;
mod town;
mod truth;

use std::{sync::Arc, time::Instant};

use database::{Database, Engine};
use life::Life;
use town::Town;

const USUAL_KILLS: u64 = 200;

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
    let kills = variable("KEYPORTER_KILLS").unwrap_or(USUAL_KILLS);
    let seed = variable("KEYPORTER_KILLS_SEED").unwrap_or_else(|| {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes).unwrap();
        u32::from_be_bytes(bytes).into()
    });
    println!("{kills} kills on each database, KEYPORTER_KILLS_SEED={seed}");
    let mut missing = false;
    for engine in [Engine::Sqlite, Engine::Postgres] {
        match Database::make(engine) {
            Some(database) => tell(&database, kills, seed),
            None => missing = true,
        }
    }
    if missing {
        println!("NOT KILLED on PostgreSQL: KEYPORTER_TEST_POSTGRES is none");
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "with CI=true nothing may be left out"
        );
    }
}

/// Kills the program so many times on that database, lets everything end, and looks.
fn tell(database: &Database, kills: u64, seed: u64) {
    let begun = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let told = runtime.block_on(async {
        let town = Arc::new(Town::new(seed));
        let mut life = Life::new(database, &town.sandbox, seed);
        let living = people::move_in(&town);
        for number in 1..=kills {
            life.lasts_a_while(&town).await;
            life.is_killed(number == kills);
        }
        life.begins();
        town.let_everybody_end();
        for person in living {
            person
                .await
                .unwrap_or_else(|_| life.fails("somebody could not end their story"));
        }
        truth::when_all_is_told(database, &town).await;
        life.ends();
        let told = truth::at_the_end(database, &town, &life.log(), &life.check());
        town.sandbox.stop_all().await.unwrap();
        told
    });
    println!(
        "{:?}: {kills} kills in {:.0} s: {told}",
        database.engine(),
        begun.elapsed().as_secs_f64()
    );
    database.remove();
}
