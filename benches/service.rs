//! The release binary against the sandbox, as an operator would run it: how fast it starts, how much memory it takes when idle,
//! how long `/keys` and the story of `/newkey` take with one chat active. Figures only, no thresholds: `cargo bench --bench service`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a bench measures the real time of a real process, and prints it"
)]

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use keyporter::sandbox::{
    self, Sandbox,
    botsubscription::Project,
    telegram::{Person, Shown},
};

const ADA: i64 = 1001;
const ROUNDS: usize = 300;
const LIMIT: Duration = Duration::from_secs(20);

struct Bench {
    sandbox: Sandbox,
    folder: PathBuf,
}

impl Bench {
    fn new() -> Self {
        let sandbox = Sandbox::start(sandbox::Options::default()).unwrap();
        sandbox
            .telegram()
            .add_person(Person::new(ADA, "Ada").language("en"));
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

    fn start(&self) -> Child {
        Command::new(env!("CARGO_BIN_EXE_keyporter"))
            .env("TELOXIDE_TOKEN", self.sandbox.telegram().token())
            .env("TELOXIDE_API_URL", self.sandbox.telegram().url())
            .env(
                "DATABASE_URL",
                format!("sqlite://{}", self.folder.join("bench.db").display()),
            )
            .env(
                "KEYPORTER_MASTER_KEY",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            )
            .env("KEYPORTER_ALLOWED_USERS", "*")
            .env("KEYPORTER_TELEGRAM_RATE", "1000000")
            .env(
                "BOTSUBSCRIPTION_API_URL",
                self.sandbox.botsubscription().url(),
            )
            .env("BOTS_BUSINESS_API_URL", self.sandbox.bots_business().url())
            .env("BOTANALYTICS_API_URL", self.sandbox.botanalytics().url())
            .env("RUST_LOG", "warn")
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    async fn started(&self, polls_before: usize) {
        self.until(|sandbox| {
            let polls = sandbox.telegram().calls_of("getUpdates").len();
            (polls > polls_before).then_some(())
        })
        .await;
    }

    async fn until<T>(&self, condition: impl Fn(&Sandbox) -> Option<T>) -> T {
        self.sandbox
            .wait_until(LIMIT, "the bench goes on", condition)
            .await
            .expect("in time")
    }

    async fn says(&self, text: &str, words: &str) -> Shown {
        let said = self.sandbox.telegram().say(ADA, ADA, text).unwrap();
        self.sees(said, words).await
    }

    /// The bot's message with those words that is newer than the given one or took its place.
    async fn sees(&self, after: i64, words: &str) -> Shown {
        self.until(|sandbox| {
            let messages = sandbox.telegram().messages(ADA);
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

    async fn presses(&self, message: &Shown, button: &str, words: &str) -> Shown {
        self.sandbox
            .telegram()
            .press(ADA, ADA, message.id, button)
            .unwrap();
        self.sees(message.id, words).await
    }

    async fn link(&self, project: &Project) {
        let menu = self.says("/link", "Where").await;
        self.presses(&menu, "BotSubscription", "project ID").await;
        self.says(&project.id, "API token").await;
        self.says(&project.token, "Linked").await;
    }

    async fn new_key(&self, label: &str) {
        let question = self.says(&format!("/newkey {label}"), "Create key").await;
        let secret = self.presses(&question, "Create key", "It disappears").await;
        self.sandbox
            .telegram()
            .press(ADA, ADA, secret.id, "I saved it")
            .unwrap();
        self.sees(question.id, "created and saved").await;
    }
}

fn stop(mut child: Child) {
    Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    child.wait().unwrap();
}

/// Resident memory in kilobytes.
fn resident_kb(child: &Child) -> u64 {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap_or("0");
    line.split_whitespace()
        .next()
        .and_then(|kilobytes| kilobytes.parse().ok())
        .unwrap_or(0)
}

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!(
        "{what:<46} median {:>7.2} ms   p95 {:>7.2} ms   p99 {:>7.2} ms   ({} rounds)",
        at(50),
        at(95),
        at(99),
        times.len()
    );
}

async fn measure(bench: &Bench) {
    let binary = std::fs::metadata(env!("CARGO_BIN_EXE_keyporter"))
        .unwrap()
        .len();
    println!("{:<46} {:.1} MB", "binary", binary as f64 / 1_000_000.0);
    let first = bench.start();
    bench.started(0).await;
    bench
        .link(&bench.sandbox.botsubscription().add_project())
        .await;
    stop(first);

    let mut starts = Vec::new();
    for _ in 0..10 {
        let polls = bench.sandbox.telegram().calls_of("getUpdates").len();
        let begun = Instant::now();
        let child = bench.start();
        bench.started(polls).await;
        starts.push(begun.elapsed());
        stop(child);
    }
    told("start to the first getUpdates (existing file)", starts);

    let polls = bench.sandbox.telegram().calls_of("getUpdates").len();
    let child = bench.start();
    bench.started(polls).await;
    bench.says("/start", "Hello").await;
    println!(
        "{:<46} {:.1} MB",
        "idle resident memory",
        resident_kb(&child) as f64 / 1000.0
    );
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        bench.says("/keys", "dashboard").await;
        rounds.push(begun.elapsed());
    }
    told("/keys, with the sandbox's own share", rounds);
    let mut rounds = Vec::new();
    for round in 0..50 {
        let begun = Instant::now();
        bench.new_key(&format!("bench {round}")).await;
        rounds.push(begun.elapsed());
    }
    told("/newkey … I saved it, the whole story", rounds);
    println!(
        "{:<46} {:.1} MB",
        "resident memory after that",
        resident_kb(&child) as f64 / 1000.0
    );
    stop(child);
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let bench = runtime.block_on(async {
        let bench = Bench::new();
        measure(&bench).await;
        bench
    });
    std::fs::remove_dir_all(bench.folder).unwrap();
}
