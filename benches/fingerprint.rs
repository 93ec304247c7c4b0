//! How long it takes to look for 100,000 known keys in a message of 4096 characters. Figures only, no thresholds:
//! `cargo bench --bench fingerprint`.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench measures the real time, and prints it"
)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use keyporter::{
    ports::Ports,
    secret::Secret,
    vault::{DataKey, KeyIndex},
};

const KEYS: usize = 100_000;
const LENGTH: usize = 4096;
const ROUNDS: usize = 2_000;

/// 40 characters as BotSubscription and Bots.Business give them; every tenth as long as a channel's token.
fn random_key(ports: &Ports, index: usize) -> String {
    let short: [u8; 30] = ports.random().unwrap();
    let text = BASE64_URL_SAFE_NO_PAD.encode(short);
    if index.is_multiple_of(10) {
        format!("{text}.{text}{}.{text}", "x".repeat(index % 17))
    } else {
        text
    }
}

fn cut(text: &str) -> String {
    text.chars().cycle().take(LENGTH).collect()
}

fn measure(what: &str, index: &KeyIndex, key: &DataKey, text: &str, expected: usize) {
    assert_eq!(text.chars().count(), LENGTH, "{what}");
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            let found = black_box(index.find(key, black_box(text)));
            let taken = begun.elapsed();
            assert_eq!(found.len(), expected, "{what}");
            taken
        })
        .collect();
    times.sort_unstable();
    let at = |share: usize| times[(ROUNDS - 1) * share / 100].as_secs_f64() * 1_000_000.0;
    println!(
        "{what:<44} median {:>7.1} µs   p99 {:>7.1} µs",
        at(50),
        at(99)
    );
}

fn main() {
    let ports = Ports::system();
    let key = DataKey::from_bytes(&ports.random::<32>().unwrap()).unwrap();
    let mut index = KeyIndex::default();
    let mut known = String::new();
    let begun = Instant::now();
    for number in 0..KEYS {
        known = random_key(&ports, number);
        let secret = Secret::new(known.clone());
        index.add(&key.fingerprint(&secret).unwrap());
    }
    let taken = begun.elapsed().as_secs_f64() * 1000.0;
    println!("{KEYS} keys are known after {taken:.0} ms");

    let prose =
        cut("I have looked at the build again, and it's the cache; shall we clear it tonight? ");
    measure("prose", &index, &key, &prose, 0);
    let strangers: String = (0..200)
        .map(|number| random_key(&ports, number) + "\n")
        .collect();
    measure(
        "keys of others, line by line",
        &index,
        &key,
        &cut(&strangers),
        0,
    );
    measure(
        "the worst: an edge at every character",
        &index,
        &key,
        &cut("a."),
        0,
    );
    let (left, right) = known.split_at(20);
    let broken = format!("{left}\n{right}, {prose}");
    let broken: String = broken.chars().take(LENGTH).collect();
    measure(
        "a known key with a line break inside",
        &index,
        &key,
        &broken,
        1,
    );
}
