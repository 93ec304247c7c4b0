//! People who tell the same story over and over: link, a new key, rotate it, revoke it. They press what they see, and press
//! or say it again when nothing comes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use keyporter::sandbox::{botsubscription::Project, telegram::Shown};
use tokio::task::JoinHandle;

use crate::{
    chance::Chance,
    town::{LIMIT, Town},
};

/// After so long without an answer people try again.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many people are at it at a time.
const SEATS: usize = 4;

/// Keys of one person; then comes the next one, with an empty chat.
const KEYS_EACH: usize = 4;

/// On every seat somebody tells their story, and then somebody else.
pub fn move_in(town: &Arc<Town>) -> Vec<JoinHandle<()>> {
    let seat = |_| {
        let town = town.clone();
        tokio::spawn(async move {
            loop {
                Person::new(town.clone()).tells_their_story().await;
                if town.is_over() {
                    return;
                }
            }
        })
    };
    (0..SEATS).map(seat).collect()
}

struct Person {
    town: Arc<Town>,
    id: i64,
    project: Project,
    chance: Chance,
}

impl Person {
    fn new(town: Arc<Town>) -> Self {
        let (id, project) = town.somebody_new();
        let chance = Chance::new(town.seed ^ id.unsigned_abs());
        Self {
            town,
            id,
            project,
            chance,
        }
    }

    async fn tells_their_story(mut self) {
        let begun = Instant::now();
        while self.links().await.is_none() {
            self.is_patient(begun, "links in vain");
        }
        for number in 0..KEYS_EACH {
            // Even where few kills are wanted, everybody has made a key.
            if number > 0 && self.town.is_over() {
                return;
            }
            let label = format!("p{}k{number}", self.id);
            for (command, yes) in [
                ("/newkey", "Create key"),
                ("/rotate", "Rotate key"),
                ("/revoke", "Revoke key"),
            ] {
                let begun = Instant::now();
                while self.asks(command, yes, &label).await.is_none() {
                    self.is_patient(begun, "is not understood");
                }
                while self.sees_it_through().await.is_none() {
                    self.is_patient(begun, "sees no end");
                }
            }
        }
    }

    /// People try again and again, but not for ever.
    fn is_patient(&self, since: Instant, why: &str) {
        assert!(
            since.elapsed() < LIMIT,
            "somebody {why}:\n{}",
            self.town.sandbox.telegram().transcript(self.id)
        );
    }

    async fn links(&mut self) -> Option<()> {
        let asked = self.say("/link");
        let menu = self
            .sees(asked, |message| {
                message.text.contains("Where is the account")
            })
            .await?;
        self.presses(&menu, "BotSubscription").await;
        self.sees(menu.id - 1, |message| message.text.contains("project ID"))
            .await?;
        let said = self.say(&self.project.id.clone());
        self.sees(said, |message| message.text.contains("API token"))
            .await?;
        let said = self.say(&self.project.token.clone());
        // The second time it asks whether to replace the credential by itself.
        let is_linked = |message: &Shown| {
            ["Linked", "is linked already"]
                .iter()
                .any(|words| message.text.contains(words))
        };
        self.sees(said, is_linked).await.map(|_| ())
    }

    /// Asks for something about a key and says yes to the question; what cannot be is answered with words, and that is all right.
    async fn asks(&mut self, command: &str, yes: &str, label: &str) -> Option<()> {
        let asked = self.say(&format!("{command} {label}"));
        let is_answer = |message: &Shown| {
            let is_card = ["Request", "🔑", "🔒"]
                .iter()
                .any(|words| message.text.starts_with(words));
            let is_about = message.text.contains(label) || !choices(message, label).is_empty();
            is_about && !is_card
        };
        let mut answer = self.sees(asked, is_answer).await?;
        let choices = choices(&answer, label);
        if !choices.is_empty() {
            // Several keys of that label, after a lost answer: any of them.
            let choice = self.chance.of(&choices).clone();
            self.presses(&answer, &choice).await;
            answer = self
                .sees(asked, |message| message.button(yes).is_some())
                .await?;
        }
        if answer.button(yes).is_some() {
            self.presses(&answer, yes).await;
        }
        Some(())
    }

    /// Presses what a request asks for, until `/status` says that nothing is open.
    async fn sees_it_through(&mut self) -> Option<()> {
        if let Some((message, button)) = self.is_wanted() {
            self.presses(&message, &button).await;
        }
        let asked = self.say("/status");
        let status = self
            .sees(asked, |message| {
                ["Request ", "Your open requests", "no open requests"]
                    .iter()
                    .any(|words| message.text.contains(words))
            })
            .await?;
        if status.text.contains("no open requests") {
            return Some(());
        }
        let town = self.town.clone();
        let wanted = town
            .sandbox
            .wait_until(PATIENCE, "something to press", |_| self.is_wanted());
        wanted.await.ok()?;
        None
    }

    /// The newest thing that a request wants of its person.
    fn is_wanted(&self) -> Option<(Shown, String)> {
        let messages = self.town.sandbox.telegram().messages(self.id);
        messages
            .into_iter()
            .rev()
            .filter(|message| message.from_bot() && !message.deleted)
            .find_map(|message| {
                let buttons = message.keyboard.buttons().map(|button| button.text.clone());
                let mut wanted = buttons.filter(|text| {
                    ["I saved it", "Keep it", "create again"]
                        .iter()
                        .any(|words| text.ends_with(words))
                });
                // Of an orphan's choices every other person takes the last one: to keep it.
                let button = match self.id % 2 {
                    0 => wanted.next(),
                    _ => wanted.last(),
                };
                button.map(|button| (message.clone(), button))
            })
    }

    fn say(&self, text: &str) -> i64 {
        self.town.says(self.id, text)
    }

    /// A message of the bot after that one, for as long as patience lasts.
    async fn sees(&self, after: i64, is_it: impl Fn(&Shown) -> bool) -> Option<Shown> {
        let seen = self
            .town
            .sandbox
            .wait_until(PATIENCE, "an answer", |sandbox| {
                let messages = sandbox.telegram().messages(self.id);
                messages
                    .into_iter()
                    .rev()
                    .take_while(|message| message.id > after)
                    .find(|message| message.from_bot() && !message.deleted && is_it(message))
            });
        seen.await.ok()
    }

    /// Presses, and presses again while the button stands there and nothing comes.
    async fn presses(&self, message: &Shown, button: &str) {
        let telegram = self.town.sandbox.telegram();
        let since = Instant::now();
        while since.elapsed() < LIMIT {
            let shown = telegram.message(self.id, message.id).unwrap();
            if shown.deleted || shown.button(button).is_none() {
                return;
            }
            let Some(press) = self.town.presses(self.id, shown, button) else {
                return;
            };
            let answered = self
                .town
                .sandbox
                .wait_until(PATIENCE, "an answer", |sandbox| {
                    sandbox.telegram().answer(&press).map(|_| ())
                });
            if answered.await.is_ok() {
                return;
            }
        }
        panic!(
            "nothing comes of {button}:\n{}",
            telegram.transcript(self.id)
        );
    }
}

/// Buttons that stand for a key of that label.
fn choices(message: &Shown, label: &str) -> Vec<String> {
    let buttons = message.keyboard.buttons().map(|button| button.text.clone());
    buttons
        .filter(|text| text.contains(label) && text.contains('…'))
        .collect()
}
