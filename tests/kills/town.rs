//! Where everything happens: the sandbox, who lives there, what they have pressed, what the program is started with. It is not about
//! limits, so there are none.

use std::{
    process::{Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use keyporter::sandbox::{
    self, Sandbox,
    botsubscription::Project,
    telegram::{Person, Shown},
};

use crate::database::Database;

/// Whoever has tried for so long has found a fault: the slowest, a lost answer, takes a minute.
pub const LIMIT: Duration = Duration::from_secs(150);

/// A press, and what stood on the message.
#[derive(Clone, Debug)]
pub struct Press {
    pub person: i64,
    pub message: i64,
    pub button: String,
    pub text: String,
    pub at_ms: i64,
}

/// See the module's text.
pub struct Town {
    pub sandbox: Sandbox,
    pub presses: Mutex<Vec<Press>>,
    pub people: Mutex<Vec<(i64, Project)>>,
    pub seed: u64,
    acts: AtomicUsize,
    next: AtomicI64,
    over: AtomicBool,
}

impl Town {
    pub fn new(seed: u64) -> Self {
        let sandbox = Sandbox::start(sandbox::Options::default()).unwrap();
        sandbox.telegram().limit(|limits| {
            limits.private_burst = 1_000_000;
            limits.overall_per_s = 1_000_000;
        });
        sandbox.botsubscription().behave(|behaviour| {
            behaviour.limits = sandbox::botsubscription::Limits {
                per_key: 1_000_000,
                per_address: 1_000_000,
                burst: 1_000_000,
            };
        });
        Self {
            sandbox,
            presses: Mutex::default(),
            people: Mutex::default(),
            seed,
            acts: AtomicUsize::new(0),
            next: AtomicI64::new(1),
            over: AtomicBool::new(false),
        }
    }

    /// Somebody with an empty chat and a project of their own.
    pub fn somebody_new(&self) -> (i64, Project) {
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        let person = Person::new(id, "Ada").language("en");
        self.sandbox.telegram().add_person(person);
        let project = self.sandbox.botsubscription().add_project();
        self.people.lock().unwrap().push((id, project.clone()));
        (id, project)
    }

    /// Somebody says something to the bot; gives the message's number.
    pub fn says(&self, person: i64, text: &str) -> i64 {
        let said = self.sandbox.telegram().say(person, person, text);
        self.acts.fetch_add(1, Ordering::SeqCst);
        said.unwrap()
    }

    /// Somebody presses a button of a message, if it still stands there; gives the press's number.
    pub fn presses(&self, person: i64, shown: Shown, button: &str) -> Option<String> {
        let at_ms = self.sandbox.clock().now_ms();
        let telegram = self.sandbox.telegram();
        let press = telegram.press(person, person, shown.id, button).ok()?;
        self.notes(person, shown, button, at_ms);
        Some(press)
    }

    /// Remembers what somebody has pressed.
    pub fn notes(&self, person: i64, shown: Shown, button: &str, at_ms: i64) {
        self.presses.lock().unwrap().push(Press {
            person,
            message: shown.id,
            button: button.to_owned(),
            text: shown.text,
            at_ms,
        });
        self.acts.fetch_add(1, Ordering::SeqCst);
    }

    /// How often somebody has done something.
    pub fn acts(&self) -> usize {
        self.acts.load(Ordering::SeqCst)
    }

    /// Nobody begins with anything else.
    pub fn let_everybody_end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }
}

/// What a process is started with: nothing but documented variables, and a master key of its own.
pub fn settings(database: &Database, sandbox: &Sandbox, log: &str) -> Vec<(&'static str, String)> {
    let key = program().arg("keygen").output().unwrap();
    let key = String::from_utf8(key.stdout).unwrap();
    vec![
        ("TELOXIDE_TOKEN", sandbox.telegram().token()),
        ("TELOXIDE_API_URL", sandbox.telegram().url()),
        ("DATABASE_URL", database.url()),
        ("KEYPORTER_MASTER_KEY", key.trim().to_owned()),
        ("KEYPORTER_ALLOWED_USERS", "*".to_owned()),
        ("KEYPORTER_TELEGRAM_RATE", "30000".to_owned()),
        ("BOTSUBSCRIPTION_API_URL", sandbox.botsubscription().url()),
        ("BOTS_BUSINESS_API_URL", sandbox.bots_business().url()),
        ("BOTANALYTICS_API_URL", sandbox.botanalytics().url()),
        ("RUST_LOG", log.to_owned()),
    ]
}

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keyporter"));
    command
        .env_clear()
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null());
    command
}
