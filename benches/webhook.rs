//! How long Telegram waits for the answer to an update, commit included, at 200 updates a second on SQLite, each from another chat.
//! Figures only, no thresholds: `cargo bench --bench webhook`. The goal is a p99 below 10 ms.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench measures the real time of a real process, and prints it"
)]

mod world;

use std::time::{Duration, Instant};

use keyporter::sandbox::telegram::Webhook;
use reqwest::Client;
use serde_json::json;
use world::{Bench, stop};

/// Updates a second.
const PACE: u32 = 200;
const SECONDS: u32 = 20;
const FIRST_PERSON: i64 = 5_000;

/// The settings of a webhook, on a port that is free now.
fn settings() -> [(&'static str, String); 2] {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    [
        ("KEYPORTER_PUBLIC_URL", format!("http://{address}")),
        ("KEYPORTER_LISTEN", address.to_string()),
    ]
}

/// What a person of that number says.
fn update(number: u32) -> String {
    let person = FIRST_PERSON + i64::from(number % 2_000);
    json!({
        "update_id": 1_000_000 + i64::from(number),
        "message": {
            "message_id": number + 1,
            "date": 1,
            "chat": { "id": person, "type": "private", "first_name": "Ada" },
            "from": { "id": person, "is_bot": false, "first_name": "Ada" },
            "text": "/keys",
        },
    })
    .to_string()
}

async fn deliver(client: Client, hook: Webhook, body: String) -> Duration {
    let begun = Instant::now();
    let request = client
        .post(&hook.url)
        .header(
            "X-Telegram-Bot-Api-Secret-Token",
            hook.secret_token.unwrap(),
        )
        .body(body);
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    begun.elapsed()
}

async fn measure(bench: &Bench) {
    let first = bench.start();
    bench.started(0).await;
    let project = bench.sandbox.botsubscription().add_project();
    bench.link(FIRST_PERSON, &project).await;
    stop(first);
    let child = bench.start_with(&settings());
    let hook = bench.until(|sandbox| sandbox.telegram().webhook()).await;
    let client = Client::new();
    let mut tick = tokio::time::interval(Duration::from_secs(1) / PACE);
    let mut under_way = Vec::new();
    for number in 0..PACE * SECONDS {
        tick.tick().await;
        let (client, hook) = (client.clone(), hook.clone());
        under_way.push(tokio::spawn(deliver(client, hook, update(number))));
    }
    let mut times = Vec::new();
    for answer in under_way {
        times.push(answer.await.unwrap());
    }
    stop(child);
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 1000].as_secs_f64() * 1000.0;
    println!(
        "webhook answer at {PACE} updates a second, handled meanwhile   median {:.2} ms   p99 {:.2} ms   p99.9 {:.2} ms   ({} updates)",
        at(500),
        at(990),
        at(999),
        times.len()
    );
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let bench = runtime.block_on(async {
        let bench = Bench::new(FIRST_PERSON..FIRST_PERSON + 2_000);
        measure(&bench).await;
        bench
    });
    std::fs::remove_dir_all(bench.folder).unwrap();
}
