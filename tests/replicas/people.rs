//! People who tell one story each: link, make a key, rotate it or revoke it, and then say many things at once. They say and press
//! everything once and wait: what Telegram has handed over must come to its end whoever dies.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use keyporter::sandbox::{botsubscription::Project, telegram::Shown};
use reqwest::StatusCode;

use crate::{
    page::Page,
    town::{LIMIT, Town},
};

/// Between two looks at the phone.
const LOOK: Duration = Duration::from_millis(150);

/// What is said at once, each before the one before is answered, and how its answer begins. The label is only a label because the
/// question for it comes before; what is cancelled is the linking that comes before.
pub const SERIES: [(&str, &str); 8] = [
    ("/newkey", "What shall the key be for"),
    ("series", "Create key series"),
    ("/help", "What you can send me"),
    ("/link", "Where is the account"),
    ("/cancel", "Cancelled"),
    ("/keys", "used by Keyporter"),
    ("/status", "You have no open requests"),
    ("/accounts", "Your accounts"),
];

/// How a request's card ends.
const ENDS: [&str; 6] = [
    "is created and saved",
    "Rotated:",
    "Revoked:",
    "lives on",
    "is revoked",
    "Nothing was",
];

/// What somebody was to be told, for which truth looks.
pub struct Told {
    pub person: i64,
    /// What it says once before the series.
    pub answers: Vec<&'static str>,
    /// The first message of the series.
    pub series: i64,
}

pub struct Person {
    town: Arc<Town>,
    id: i64,
    project: Project,
    told: Told,
}

impl Person {
    pub fn new(town: Arc<Town>) -> Self {
        let (id, project) = town.somebody_new();
        let told = Told {
            person: id,
            answers: Vec::new(),
            series: 0,
        };
        Self {
            town,
            id,
            project,
            told,
        }
    }

    pub async fn tells_their_story(mut self, all: &Mutex<Vec<Told>>) {
        self.links().await;
        // Where there are pages, every other one wants to see keys in the chat.
        if self.id % 2 == 0 {
            let asked = self.town.says(self.id, "/accounts");
            let accounts = self.sees(asked, "Your accounts").await;
            let in_the_chat = "Show new keys in the chat";
            if accounts.button(in_the_chat).is_some() {
                self.told.answers.push("From now on new keys of");
                self.presses(&accounts, in_the_chat);
                self.sees(0, "From now on new keys of").await;
            }
        }
        let label = format!("p{}", self.id);
        let then = [
            None,
            Some(("/rotate", "Rotate key")),
            Some(("/revoke", "Revoke key")),
        ];
        // Every fourth one has no key made.
        if let Some(then) = then.get(usize::try_from(self.id % 4).unwrap())
            && self
                .asks("/newkey", "Create key", &label)
                .await
                .contains("created and saved")
            && let Some((command, yes)) = then
        {
            self.asks(command, yes, &label).await;
        }
        self.says_all_at_once().await;
        all.lock().unwrap().push(self.told);
    }

    async fn links(&mut self) {
        let asked = self.says("/link", "Where is the account");
        let menu = self.sees(asked, "Where is the account").await;
        self.told.answers.push("send me the project ID");
        self.presses(&menu, "BotSubscription");
        self.sees(menu.id - 1, "send me the project ID").await;
        let said = self.says(&self.project.id.clone(), "send me the API token");
        self.sees(said, "send me the API token").await;
        let said = self.says(&self.project.token.clone(), "Linked:");
        self.sees(said, "Linked:").await;
    }

    /// Asks for something about a key, says yes, and sees it through; gives how it ended.
    async fn asks(&mut self, command: &str, yes: &'static str, label: &str) -> String {
        let asked = self.town.says(self.id, &format!("{command} {label}"));
        let question = self.until("a question", |message| {
            message.id > asked && message.button(yes).is_some()
        });
        self.presses(&question.await, yes);
        let (begun, mut pressed) = (Instant::now(), Vec::new());
        loop {
            let messages = self.chat();
            let ended = |message: &&Shown| message.id > asked && has_ended(message);
            if let Some(card) = messages.iter().find(ended) {
                return card.text.clone();
            }
            if let Some((message, button)) = wanted(&messages, self.id, &pressed) {
                self.presses(&message, &button);
                pressed.push(message.id);
            } else if let Some(message) = unopened(&messages, &pressed)
                && self.opens_the_page_of(message).await
            {
                pressed.push(message.id);
            }
            self.waits(begun, "the end of a request").await;
        }
    }

    /// Takes the key from its page and says there that it is saved. False for who sees nothing there, and asks to see it again.
    async fn opens_the_page_of(&self, message: &Shown) -> bool {
        let telegram = self.town.sandbox.telegram();
        let Ok(address) = telegram.open_page(self.id, self.id, message.id, "Show key") else {
            return false;
        };
        let mut page = Page::at(&address);
        if page.tries().await.0 != StatusCode::OK {
            return false;
        }
        if page.opens_key().await.0 != StatusCode::OK {
            let chat = self.chat();
            let card = chat
                .iter()
                .find(|message| message.button("Show again").is_some());
            if let Some(card) = card {
                self.presses(card, "Show again");
            }
            return false;
        }
        let at_ms = self.town.sandbox.clock().now_ms();
        self.town
            .notes(self.id, message.clone(), "I saved it", at_ms);
        // Whoever hears nothing looks into the chat, and presses again while the way to the key stands there.
        let begun = Instant::now();
        loop {
            let (status, said) = page.saves().await;
            if status == StatusCode::OK || self.is_gone(message.id) {
                return true;
            }
            if said.to_string().contains("Nobody has opened") {
                // It was asked to be shown again before, when nothing had come.
                return false;
            }
            self.waits(begun, &format!("a key to be saved: {said}"))
                .await;
        }
    }

    /// Whether that message stands there no longer.
    fn is_gone(&self, shown: i64) -> bool {
        let telegram = self.town.sandbox.telegram();
        telegram
            .message(self.id, shown)
            .is_none_or(|message| message.deleted)
    }

    /// In the order in which it is said; nobody waits in between.
    async fn says_all_at_once(&mut self) {
        for (number, (text, _)) in SERIES.iter().enumerate() {
            let said = self.town.says(self.id, text);
            if number == 0 {
                self.told.series = said;
            }
        }
        let begin = self.told.series;
        for (_, words) in SERIES {
            self.sees(begin, words).await;
        }
    }

    /// Says something that is answered with those words.
    fn says(&mut self, text: &str, words: &'static str) -> i64 {
        let said = self.town.says(self.id, text);
        self.told.answers.push(words);
        said
    }

    fn presses(&self, message: &Shown, button: &str) {
        self.town.presses(self.id, message.clone(), button);
    }

    /// A message of the bot after that one with those words.
    async fn sees(&self, after: i64, words: &str) -> Shown {
        self.until(words, |message| {
            message.id > after && message.text.contains(words)
        })
        .await
    }

    async fn until(&self, what: &str, is_it: impl Fn(&Shown) -> bool) -> Shown {
        let begun = Instant::now();
        loop {
            if let Some(message) = self.chat().into_iter().find(&is_it) {
                return message;
            }
            self.waits(begun, what).await;
        }
    }

    /// What the bot has said and what still stands there, newest first.
    fn chat(&self) -> Vec<Shown> {
        let mut messages = self.town.sandbox.telegram().messages(self.id);
        messages.retain(|message| message.from_bot() && !message.deleted);
        messages.reverse();
        messages
    }

    async fn waits(&self, since: Instant, what: &str) {
        assert!(
            since.elapsed() < LIMIT,
            "{} waits in vain for {what}:\n{}",
            self.id,
            self.town.sandbox.telegram().transcript(self.id)
        );
        tokio::time::sleep(LOOK).await;
    }
}

fn has_ended(card: &Shown) -> bool {
    ENDS.iter().any(|words| card.text.contains(words))
}

/// The newest thing that a request wants of its person, who presses nothing twice. Of an orphan's choices every other person takes the
/// last one: to keep it.
fn wanted(messages: &[Shown], person: i64, pressed: &[i64]) -> Option<(Shown, String)> {
    let mut fresh = messages
        .iter()
        .filter(|message| !pressed.contains(&message.id));
    fresh.find_map(|message| {
        let buttons = message.keyboard.buttons().map(|button| button.text.clone());
        let mut wanted = buttons.filter(|text| {
            let words = ["I saved it", "Keep it", "create again"];
            words.iter().any(|words| text.ends_with(words))
        });
        let button = if person % 2 == 0 {
            wanted.next()
        } else {
            wanted.last()
        };
        button.map(|button| (message.clone(), button))
    })
}

/// The newest way to a key on a page.
fn unopened<'m>(messages: &'m [Shown], pressed: &[i64]) -> Option<&'m Shown> {
    let mut fresh = messages
        .iter()
        .filter(|message| !pressed.contains(&message.id));
    fresh.find(|message| message.button("Show key").is_some())
}
