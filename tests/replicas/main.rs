//! Several replicas: three processes on one PostgreSQL server of the test's own, behind a small load balancer, while people tell
//! their stories, a replica dies every few seconds and the server dies once. At the end everything is looked at from outside.
//! The same by long polling, with fewer people.
//!
//! `cargo test --test replicas` has so many people as a minute or two allows; `KEYPORTER_REPLICAS_PEOPLE=2000` more,
//! `KEYPORTER_REPLICAS_SEED=17` with that chance, `-- webhook` or `-- poll` only one of the two.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    unreachable_pub,
    reason = "it fails by panicking, tells what it has seen, and stands for the people and the machines around the program"
)]

mod answers;
mod balancer;
#[path = "../simulation/seeded.rs"]
#[allow(
    dead_code,
    reason = "the program's own randomness is the machine's here"
)]
mod chance;
#[path = "../it/world/cluster.rs"]
mod cluster;
#[path = "../it/world/database.rs"]
#[allow(dead_code, reason = "stories need more of it")]
mod database;
mod fleet;
#[path = "../it/world/page.rs"]
#[allow(dead_code, reason = "stories need more of it")]
mod page;
mod people;
#[path = "../kills/town.rs"]
#[allow(dead_code, reason = "people who try again need more of it")]
mod town;
#[path = "../kills/truth.rs"]
mod truth;
mod weather;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use balancer::Balancer;
use cluster::Cluster;
use database::{Database, Engine};
use fleet::{Fleet, REPLICAS};
use people::{Person, Told};
use tokio::task::JoinSet;
use town::{LIMIT, Town};
use weather::Weather;

const USUAL_PEOPLE: usize = 300;

/// Of those who come by webhook so many come by long polling.
const POLLING_SHARE: usize = 5;

/// How many people are at it at a time.
const SEATS: usize = 150;

/// Polls that may meet another one when a replica dies or wakes.
const CONFLICTS: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WayIn {
    Webhook,
    Poll,
}

fn variable(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {value}")),
    )
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    // As `cargo test` asks every test binary.
    if arguments.iter().any(|argument| argument == "--list") {
        return;
    }
    let people = variable("KEYPORTER_REPLICAS_PEOPLE");
    let people = people.map_or(USUAL_PEOPLE, |people| usize::try_from(people).unwrap());
    let seed = variable("KEYPORTER_REPLICAS_SEED").unwrap_or_else(|| {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes).unwrap();
        u32::from_be_bytes(bytes).into()
    });
    println!("{people} people, {REPLICAS} replicas, KEYPORTER_REPLICAS_SEED={seed}");
    let Some(cluster) = Cluster::make() else {
        return;
    };
    let is_asked = |name| arguments.is_empty() || arguments.iter().any(|argument| argument == name);
    if is_asked("webhook") {
        tell(&cluster, WayIn::Webhook, people, seed);
    }
    if is_asked("poll") {
        tell(&cluster, WayIn::Poll, (people / POLLING_SHARE).max(8), seed);
    }
}

/// Lets so many people tell their stories in bad weather, lets everything end, and looks.
fn tell(cluster: &Cluster, way_in: WayIn, people: usize, seed: u64) {
    let begun = Instant::now();
    let database = Database::on(Engine::Postgres, cluster.url());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let town = Arc::new(Town::new(seed));
        // Failed deliveries come again soon: it is about the replicas.
        town.sandbox.telegram().limit(|limits| {
            (limits.webhook_retry_ms, limits.webhook_retry_max_ms) = (50, 1000);
        });
        let mut fleet = Fleet::new(&database, &town.sandbox);
        if way_in == WayIn::Webhook {
            let balancer = Balancer::serve(fleet.urls()).await;
            fleet.behind(balancer);
        }
        for replica in 0..REPLICAS {
            fleet.begins(replica);
        }
        let (told, mut weather) = (Arc::default(), Weather::new(seed));
        let done = Arc::new(AtomicUsize::new(0));
        let living = move_in(&town, people, &told, &done);
        weather.rages(&mut fleet, cluster, &town, &done, people).await;
        if living.join_all().await.contains(&false) {
            fleet.fails("somebody could not end their story");
        }
        let stories_s = begun.elapsed().as_secs_f64();
        truth::when_all_is_told(&database, &town).await;
        everybody_is_ready(&fleet).await;
        for replica in 0..REPLICAS {
            fleet.ends(replica).await;
        }
        let end = truth::at_the_end(&database, &town, &fleet.log(), &fleet.check());
        let count = answers::look(&town, &told.lock().unwrap(), &weather.moments);
        println!(
            "{way_in:?}: {people} people in {stories_s:.0} s, {} updates; {}; {} answers, {} of them again after a death; {end}",
            town.acts(), weather.seen, count.answers, count.repeated
        );
        nobody_polls_beside_the_leader(&town, weather.moments.len());
        if let Some(first) = count.faults.first() {
            panic!("{} chats are not as they should be; one of them: {first}", count.faults.len());
        }
        town.sandbox.stop_all().await.unwrap();
    });
    database.remove();
}

/// On every seat somebody tells their story, and then somebody else. Whoever cannot end it says so; the others go on.
fn move_in(
    town: &Arc<Town>,
    people: usize,
    told: &Arc<Mutex<Vec<Told>>>,
    done: &Arc<AtomicUsize>,
) -> JoinSet<bool> {
    let begun = Arc::new(AtomicUsize::new(0));
    let mut living = JoinSet::new();
    for _ in 0..SEATS.min(people) {
        let (town, told, done, begun) = (town.clone(), told.clone(), done.clone(), begun.clone());
        living.spawn(async move {
            let mut all_well = true;
            while begun.fetch_add(1, Ordering::SeqCst) < people {
                let (town, told) = (town.clone(), told.clone());
                let story = async move { Person::new(town).tells_their_story(&told).await };
                // A task of its own: a story that fails must not take the seat with it.
                all_well &= tokio::spawn(story).await.is_ok();
                done.fetch_add(1, Ordering::SeqCst);
            }
            all_well
        });
    }
    living
}

/// When the leader changes two polls may meet, until the one that has lost its turn knows.
fn nobody_polls_beside_the_leader(town: &Town, moments: usize) {
    let polls = town.sandbox.telegram().calls_of("getUpdates").into_iter();
    let met = polls.filter(|poll| poll.status == Some(409)).count();
    println!("{met} polls have met another one");
    assert!(
        met <= CONFLICTS * (moments + 1),
        "{met} in {moments} moments"
    );
}

/// Whoever has just begun still talks to Telegram; all are ready soon, also those who stand by.
async fn everybody_is_ready(fleet: &Fleet<'_>) {
    for url in fleet.urls() {
        let begun = Instant::now();
        loop {
            let said = match reqwest::get(format!("{url}/health/ready")).await {
                Ok(answer) if answer.status().is_success() => break,
                Ok(answer) => answer.text().await.unwrap_or_default(),
                Err(error) => error.to_string(),
            };
            assert!(begun.elapsed() < LIMIT, "{url} is never ready: {said}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
