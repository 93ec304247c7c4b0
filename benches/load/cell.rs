//! One cell of the table: a story, told by so many people at once, and what it cost.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use clap::ValueEnum;
use keyporter::sandbox::service::Call;
use tokio::task::JoinSet;

use crate::{
    people::People,
    process::{self, Bot},
    report::Figures,
};

/// What people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Story {
    /// `/keys`: one update.
    Keys,
    /// `/newkey label`, `Create key`, the secret is shown: two updates.
    Newkey,
}

impl Story {
    /// In how many parts everyone takes part once. Every key makes the lists longer, so there are fewer rounds of `/newkey`.
    fn rounds(self, updates: usize, people: usize) -> usize {
        let stories = match self {
            Self::Keys => updates,
            Self::Newkey => updates / 4,
        };
        stories.div_ceil(people).max(1)
    }

    async fn tell(self, people: &People, person: i64) -> Vec<Duration> {
        match self {
            Self::Keys => vec![people.keys(person).await],
            Self::Newkey => people.new_key(person).await.into(),
        }
    }
}

/// Tells the story once by everyone as a warm-up, in which the calls are counted, then about so many updates long.
pub async fn measure(
    people: &Arc<People>,
    bots: &[Bot],
    story: Story,
    in_flight: usize,
    updates: usize,
) -> Figures {
    let start_ms = people.sandbox.clock().now_ms();
    let warm_up = round(people, story, in_flight, 1).await.len();
    let (telegram, provider) = calls_since(people, start_ms);
    people.all_saved().await;

    let rounds = story.rounds(updates, people.all().len());
    let (mut times, mut elapsed) = (Vec::new(), Duration::ZERO);
    let (mut bots_time, mut own_time) = (Duration::ZERO, Duration::ZERO);
    // Between two parts of `/newkey` everyone says that the secret was saved; that is not measured.
    let (parts, rounds_each) = match story {
        Story::Keys => (1, rounds),
        Story::Newkey => (rounds, 1),
    };
    for _ in 0..parts {
        let (bots_before, own_before) = (time_of(bots), process::processor_time("self"));
        let begun = Instant::now();
        times.extend(round(people, story, in_flight, rounds_each).await);
        elapsed += begun.elapsed();
        bots_time += time_of(bots).saturating_sub(bots_before);
        own_time += process::processor_time("self").saturating_sub(own_before);
        people.all_saved().await;
    }
    times.sort_unstable();
    Figures::new(&times, elapsed, bots_time, own_time)
        .with_calls(warm_up, telegram, provider)
        .with_peak(bots.iter().map(Bot::peak_kb).max().unwrap_or(0))
}

fn time_of(bots: &[Bot]) -> Duration {
    bots.iter().map(Bot::processor_time).sum()
}

/// Everyone tells the story so many times, so many people at once. A person waits for the end of one before the next.
async fn round(
    people: &Arc<People>,
    story: Story,
    in_flight: usize,
    times: usize,
) -> Vec<Duration> {
    let all = people.all();
    let waiting: VecDeque<_> = all.iter().copied().collect();
    let waiting = Arc::new(Mutex::new((waiting, all.len() * times)));
    let mut workers = JoinSet::new();
    for _ in 0..in_flight.min(all.len()) {
        let (people, waiting) = (people.clone(), waiting.clone());
        workers.spawn(async move {
            let mut times = Vec::new();
            loop {
                let person = {
                    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
                    if waiting.1 == 0 {
                        return times;
                    }
                    waiting.1 -= 1;
                    waiting.0.pop_front().expect("more people than workers")
                };
                times.extend(story.tell(&people, person).await);
                let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
                waiting.0.push_back(person);
            }
        });
    }
    workers.join_all().await.concat()
}

/// How often the sandbox was called since then: Telegram, polls for updates left out, and the provider.
fn calls_since(people: &People, start_ms: i64) -> (usize, usize) {
    let sandbox = &people.sandbox;
    let since = |call: &&Call| call.at_ms >= start_ms && !call.path.ends_with("/getUpdates");
    let (telegram, provider) = (
        sandbox.telegram().calls(),
        sandbox.botsubscription().calls(),
    );
    (
        telegram.iter().filter(since).count(),
        provider.iter().filter(since).count(),
    )
}
