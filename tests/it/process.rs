//! The program as a process of its own, which knows the world only by its variables.

use std::{
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use keyporter::sandbox::{self, Sandbox, telegram::Person};

use crate::world::{ADA, Database, Engine};

pub fn keyporter(variables: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keyporter"));
    command
        .args(arguments)
        .env_clear()
        .current_dir(std::env::temp_dir());
    command
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// A master key, as `keygen` prints it.
pub fn generated_key() -> String {
    let output = keyporter(&[], &["keygen"]).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A bot as a process of its own, with a sandbox that it knows only by its addresses.
pub struct Service {
    pub sandbox: Sandbox,
    pub variables: Vec<(&'static str, String)>,
}

impl Service {
    pub fn new(database: &Database) -> Self {
        let sandbox = Sandbox::start(sandbox::Options::default()).unwrap();
        sandbox
            .telegram()
            .add_person(Person::new(ADA, "Ada").language("en"));
        let variables = vec![
            ("TELOXIDE_TOKEN", sandbox.telegram().token()),
            ("TELOXIDE_API_URL", sandbox.telegram().url()),
            ("DATABASE_URL", database.url()),
            ("KEYPORTER_MASTER_KEY", generated_key()),
            ("KEYPORTER_ALLOWED_USERS", ADA.to_string()),
            ("BOTSUBSCRIPTION_API_URL", sandbox.botsubscription().url()),
            ("BOTS_BUSINESS_API_URL", sandbox.bots_business().url()),
            ("BOTANALYTICS_API_URL", sandbox.botanalytics().url()),
            ("RUST_LOG", "trace".to_owned()),
        ];
        Self { sandbox, variables }
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let variables: Vec<_> = self
            .variables
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        keyporter(&variables, arguments)
    }

    pub fn set(&mut self, name: &'static str, value: String) {
        self.variables.retain(|(other, _)| *other != name);
        self.variables.push((name, value));
    }
}

pub fn signal(child: &Child, name: &str) {
    assert!(
        Command::new("kill")
            .args([format!("-{name}"), child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
}

/// Waits for the end, at most ten seconds.
pub async fn ended(mut child: Child) -> Output {
    let waiting = tokio::task::spawn_blocking(move || {
        let status = child.wait().unwrap();
        let output = child.wait_with_output().unwrap();
        Output { status, ..output }
    });
    tokio::time::timeout(Duration::from_secs(10), waiting)
        .await
        .expect("it ends within ten seconds")
        .unwrap()
}

pub fn on(engine: Engine, story: impl AsyncFn(&Database, &mut Service)) {
    let Some(database) = Database::make(engine) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut service = Service::new(&database);
        story(&database, &mut service).await;
        service.sandbox.stop_all().await.unwrap();
    });
    database.remove();
}
