//! 10,000 reminders on their way to as many people, against the sandbox with Telegram's real limits: how fast they leave, how often
//! Telegram asks to wait, and how long a command takes meanwhile. Figures only, no thresholds: `cargo bench --bench reminders`.
//! The goals are 29 to 30 a second, none, and 300 ms. It takes six minutes.

#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench measures the real time of a real process, and prints it"
)]

mod world;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use keyporter::{
    bot::message::{self, Message},
    domain::{ChatId, ThreadId},
    ports::Ports,
    sandbox::telegram::Limits,
    secret::Secret,
    store::{self, Store, outbox},
    texts::Rich,
    vault::{MasterKey, Row, Vault},
};
use world::{Bench, MASTER_KEY, stop};

const ADA: i64 = 1001;
const FIRST_PERSON: i64 = 5_000;

/// How many are reminded, unless an argument says otherwise.
const REMINDERS: i64 = 10_000;

/// Lets everybody open their chat with the bot, so that it may write to them.
async fn meet(bench: &Bench, people: i64) {
    let child = bench.start();
    bench.started(0).await;
    let project = bench.sandbox.botsubscription().add_project();
    bench.link(ADA, &project).await;
    for person in FIRST_PERSON..FIRST_PERSON + people {
        bench
            .sandbox
            .telegram()
            .say(person, person, "/start")
            .unwrap();
    }
    for person in FIRST_PERSON..FIRST_PERSON + people {
        bench.sees(person, 0, "Hello").await;
    }
    stop(child);
}

/// Puts the reminders where the watch would have put them.
async fn seed(bench: &Bench, people: i64) {
    let ports = Ports::system();
    let key = MasterKey::parse(&Secret::new(MASTER_KEY.to_owned())).unwrap();
    let vault = Arc::new(Vault::new(key, Vec::new(), ports.clone()));
    let store = Store::open(&bench.database(), store::Options::default())
        .await
        .unwrap();
    let stored = ports.now().minus(Duration::from_hours(1));
    let mut tx = store.begin().await.unwrap();
    for number in 0..people {
        let chat = ChatId(FIRST_PERSON + number);
        let words = Message::new(Rich::plain("A key of yours is to be replaced soon."));
        let call = message::send(chat, ThreadId(0), &words);
        let id = format!("news-{number:016x}");
        let row = Row {
            column: "outbox.payload",
            id: &id,
        };
        let payload = vault
            .seal_bytes(row, &serde_json::to_vec(&call).unwrap())
            .unwrap();
        let answer = outbox::StoredAnswer {
            id,
            chat,
            payload,
            created_at: stored.plus(Duration::from_millis(number.unsigned_abs())),
        };
        outbox::add(&mut tx, &answer, "").await.unwrap();
    }
    tx.commit().await.unwrap();
    store.close().await;
}

async fn measure(bench: &Bench, people: i64) {
    meet(bench, people).await;
    seed(bench, people).await;
    // What was sent before the limits were there would count against them.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let telegram = bench.sandbox.telegram();
    telegram.limit(|limits| *limits = Limits::default());
    let polls = telegram.calls_of("getUpdates").len();
    let begun_ms = bench.sandbox.clock().now_ms();
    let child = bench.start_with(&[("KEYPORTER_TELEGRAM_RATE", "30".to_owned())]);
    bench.started(polls).await;
    let (last, mut waits) = (FIRST_PERSON + people - 1, Vec::new());
    while telegram.messages(last).len() < 3 {
        let begun = Instant::now();
        bench.says(ADA, "/keys", "dashboard").await;
        waits.push(begun.elapsed());
        tokio::time::sleep(Duration::from_secs(1).saturating_sub(begun.elapsed())).await;
    }
    stop(child);
    let calls = telegram.calls_of("sendMessage").into_iter();
    let calls: Vec<_> = calls.filter(|call| call.at_ms >= begun_ms).collect();
    let refused = calls.iter().filter(|call| call.status == Some(429)).count();
    let reminded: Vec<_> = calls
        .iter()
        .filter(|call| call.status == Some(200))
        .filter(|call| call.body.as_ref().unwrap()["chat_id"] != ADA)
        .map(|call| call.at_ms)
        .collect();
    let took_s = (reminded.last().unwrap() - reminded.first().unwrap()) as f64 / 1000.0;
    let rate = reminded.len() as f64 / took_s;
    let all = rate + waits.len() as f64 / took_s;
    println!(
        "{} reminders in {took_s:.1} s: {rate:.2} a second, {all:.2} with the commands' answers",
        reminded.len()
    );
    println!("asked to wait by Telegram: {refused} times");
    waits.sort_unstable();
    let at = |share: usize| waits[(waits.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!(
        "/keys meanwhile: median {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, longest {:.1} ms ({} times)",
        at(50),
        at(95),
        at(99),
        at(100),
        waits.len()
    );
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let people = arguments.find_map(|argument| argument.parse().ok());
    let people = people.unwrap_or(REMINDERS);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let bench = runtime.block_on(async {
        let everybody = FIRST_PERSON..FIRST_PERSON + people;
        let bench = Bench::new(std::iter::once(ADA).chain(everybody));
        measure(&bench, people).await;
        bench
    });
    std::fs::remove_dir_all(bench.folder).unwrap();
}
