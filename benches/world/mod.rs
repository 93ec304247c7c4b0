//! The release binary against the sandbox, as an operator would run it; shared by the benches.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    unreachable_pub,
    reason = "a bench measures the real time of a real process"
)]

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use keyporter::sandbox::{
    self, Sandbox,
    botsubscription::Project,
    telegram::{Person, Shown},
};

const LIMIT: Duration = Duration::from_mins(2);

/// Of nobody else's database.
pub const MASTER_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// The release binary's surroundings.
pub struct Bench {
    pub sandbox: Sandbox,
    pub folder: PathBuf,
}

impl Bench {
    pub fn new(people: impl Iterator<Item = i64>) -> Self {
        let sandbox = Sandbox::start(sandbox::Options::default()).unwrap();
        for person in people {
            sandbox
                .telegram()
                .add_person(Person::new(person, "Ada").language("en"));
        }
        sandbox.telegram().limit(|limits| {
            limits.private_burst = 1_000_000;
            limits.overall_per_s = 1_000_000;
        });
        sandbox.botsubscription().behave(|behaviour| {
            let limits = &mut behaviour.limits;
            (limits.per_key, limits.per_address, limits.burst) = (1_000_000, 1_000_000, 1_000_000);
        });
        let folder = std::env::temp_dir().join(format!("keyporter-bench-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        Self { sandbox, folder }
    }

    pub fn database(&self) -> String {
        format!("sqlite://{}", self.folder.join("bench.db").display())
    }

    pub fn start(&self) -> Child {
        self.start_with(&[])
    }

    /// The same with further settings.
    pub fn start_with(&self, settings: &[(&'static str, String)]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_keyporter"))
            .env("TELOXIDE_TOKEN", self.sandbox.telegram().token())
            .env("TELOXIDE_API_URL", self.sandbox.telegram().url())
            .env("DATABASE_URL", self.database())
            .env("KEYPORTER_MASTER_KEY", MASTER_KEY)
            .env("KEYPORTER_ALLOWED_USERS", "*")
            .env("KEYPORTER_TELEGRAM_RATE", "1000000")
            .env(
                "BOTSUBSCRIPTION_API_URL",
                self.sandbox.botsubscription().url(),
            )
            .env("BOTS_BUSINESS_API_URL", self.sandbox.bots_business().url())
            .env("BOTANALYTICS_API_URL", self.sandbox.botanalytics().url())
            .env("RUST_LOG", "warn")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    pub async fn started(&self, polls_before: usize) {
        self.until(|sandbox| {
            let polls = sandbox.telegram().calls_of("getUpdates").len();
            (polls > polls_before).then_some(())
        })
        .await;
    }

    pub async fn until<T>(&self, condition: impl Fn(&Sandbox) -> Option<T>) -> T {
        self.sandbox
            .wait_until(LIMIT, "the bench goes on", condition)
            .await
            .expect("in time")
    }

    pub async fn says(&self, person: i64, text: &str, words: &str) -> Shown {
        let said = self.sandbox.telegram().say(person, person, text).unwrap();
        self.sees(person, said, words).await
    }

    /// The bot's message with those words that is newer than the given one or took its place.
    pub async fn sees(&self, person: i64, after: i64, words: &str) -> Shown {
        self.until(|sandbox| {
            let messages = sandbox.telegram().messages(person);
            let newer = messages
                .into_iter()
                .rev()
                .take_while(|message| message.id >= after);
            newer.into_iter().find(|message| {
                message.from_bot() && !message.deleted && message.text.contains(words)
            })
        })
        .await
    }

    pub async fn presses(&self, person: i64, message: &Shown, button: &str, words: &str) -> Shown {
        self.sandbox
            .telegram()
            .press(person, person, message.id, button)
            .unwrap();
        self.sees(person, message.id, words).await
    }

    pub async fn link(&self, person: i64, project: &Project) {
        let menu = self.says(person, "/link", "Where").await;
        self.presses(person, &menu, "BotSubscription", "project ID")
            .await;
        self.says(person, &project.id, "API token").await;
        self.says(person, &project.token, "Linked").await;
    }
}

/// Ends the program as an operator would.
pub fn stop(mut child: Child) {
    Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    child.wait().unwrap();
}
