//! The people of one run, and what one of them does: says or presses something and waits for the answer to just that.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use futures::stream::{self, StreamExt};
use keyporter::sandbox::{
    self, Sandbox,
    botsubscription::Project,
    telegram::{Person, Shown},
};

/// Whoever gets no answer for so long gets none.
const LIMIT: Duration = Duration::from_mins(1);

const FIRST_PERSON: i64 = 1_000_001;

/// The words with which every secret of the emulated provider begins.
const SECRET: &str = "bsub_";

/// The button of a bot that shows new keys on a page.
const IN_THE_CHAT: &str = "Show new keys in the chat";

/// The sandbox and its people, each with a project of their own.
pub struct People {
    pub sandbox: Sandbox,
    all: Vec<i64>,
    labels: AtomicUsize,
}

impl People {
    /// A world in which the limits stand in nobody's way.
    pub fn new(count: usize) -> Self {
        let sandbox = Sandbox::start(sandbox::Options::default()).unwrap();
        sandbox.telegram().limit(|limits| {
            limits.private_burst = 1_000_000_000;
            limits.overall_per_s = 1_000_000;
        });
        sandbox.botsubscription().behave(|behaviour| {
            let limits = &mut behaviour.limits;
            (limits.per_key, limits.per_address, limits.burst) = (1_000_000, 1_000_000, 1_000_000);
        });
        let all: Vec<_> = (FIRST_PERSON..).take(count).collect();
        for person in &all {
            let person = Person::new(*person, "Ada").language("en");
            sandbox.telegram().add_person(person);
        }
        Self {
            sandbox,
            all,
            labels: AtomicUsize::new(0),
        }
    }

    pub fn all(&self) -> &[i64] {
        &self.all
    }

    /// Everyone links a project, `at_once` of them at a time.
    pub async fn link(&self, at_once: usize) {
        let linking = stream::iter(&self.all).for_each_concurrent(at_once, async |person| {
            let project = self.sandbox.botsubscription().add_project();
            self.link_one(*person, &project).await;
        });
        linking.await;
    }

    async fn link_one(&self, person: i64, project: &Project) {
        let menu = self.says(person, "/link", has("BotSubscription")).await.0;
        self.presses(person, &menu, "BotSubscription", says("project ID"))
            .await;
        self.says(person, &project.id, says("API token")).await;
        self.says(person, &project.token, says("Linked")).await;
    }

    /// With a public address a bot may show new keys on a page; whoever can have them in the chat, as everywhere else, does.
    pub async fn want_keys_in_the_chat(&self) {
        for person in &self.all {
            let accounts = self.says(*person, "/accounts", |_| true).await.0;
            if !has(IN_THE_CHAT)(&accounts) {
                return;
            }
            self.presses(*person, &accounts, IN_THE_CHAT, says("From now on"))
                .await;
        }
    }

    /// `/keys`: a list with a label that we know.
    pub async fn keys(&self, person: i64) -> Duration {
        let lists = |shown: &Shown| shown.text.contains("dashboard") || shown.text.contains("load");
        self.says(person, "/keys", lists).await.1
    }

    /// `/newkey` until the secret is shown: how long the question took, and the press.
    pub async fn new_key(&self, person: i64) -> [Duration; 2] {
        let number = self.labels.fetch_add(1, Ordering::Relaxed);
        let command = format!("/newkey load {number}");
        let (question, asked) = self.says(person, &command, has("Create key")).await;
        let (_, shown) = self
            .presses(person, &question, "Create key", says(SECRET))
            .await;
        [asked, shown]
    }

    /// Where a bot wants to hear that the secret was saved, everyone says so.
    pub async fn all_saved(&self) {
        for person in &self.all {
            let telegram = self.sandbox.telegram();
            let waits = |shown: &Shown| has("I saved it")(shown) && !shown.deleted;
            let messages = telegram.messages(*person);
            let Some(secret) = messages.iter().rev().find(|shown| waits(shown)) else {
                continue;
            };
            // The card was the question, right before the place of the secret.
            let is_card = |shown: &&Shown| shown.id < secret.id && shown.from_bot();
            let card = messages.iter().rev().find(is_card).map(|card| card.id);
            let card = card.expect("a card");
            telegram
                .press(*person, *person, secret.id, "I saved it")
                .unwrap();
            self.sees_in(*person, card, says("created and saved")).await;
        }
    }

    async fn says(&self, person: i64, text: &str, wanted: impl Fn(&Shown) -> bool) -> Answer {
        let begun = Instant::now();
        let said = self.sandbox.telegram().say(person, person, text).unwrap();
        (self.sees(person, said, wanted).await, begun.elapsed())
    }

    async fn presses(
        &self,
        person: i64,
        message: &Shown,
        button: &str,
        wanted: impl Fn(&Shown) -> bool,
    ) -> Answer {
        let begun = Instant::now();
        let telegram = self.sandbox.telegram();
        telegram
            .press(person, person, message.id, button)
            .unwrap_or_else(|error| panic!("{error}"));
        (self.sees(person, message.id, wanted).await, begun.elapsed())
    }

    /// That message, as soon as it is of that kind.
    async fn sees_in(&self, person: i64, message: i64, wanted: impl Fn(&Shown) -> bool) {
        let is_it = |shown: &Shown| shown.id == message && wanted(shown);
        self.sees(person, message, is_it).await;
    }

    /// The bot's message of that kind that is not older than the given one.
    async fn sees(&self, person: i64, first: i64, wanted: impl Fn(&Shown) -> bool) -> Shown {
        let telegram = self.sandbox.telegram();
        let mut news = telegram.follow(person).expect("a person");
        let seen = async {
            loop {
                news.mark_unchanged();
                let messages = telegram.messages_from(person, first);
                let found = messages
                    .into_iter()
                    .rev()
                    .find(|shown| shown.from_bot() && !shown.deleted && wanted(shown));
                if let Some(found) = found {
                    return found;
                }
                news.changed().await.unwrap();
            }
        };
        let seen = tokio::time::timeout(LIMIT, seen).await;
        seen.unwrap_or_else(|_| panic!("no answer:\n{}", telegram.transcript(person)))
    }
}

/// What was shown, and how long it took.
type Answer = (Shown, Duration);

fn says(words: &str) -> impl Fn(&Shown) -> bool {
    move |shown| shown.text.contains(words)
}

fn has(button: &str) -> impl Fn(&Shown) -> bool {
    move |shown| shown.button(button).is_some()
}
