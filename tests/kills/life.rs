//! The program's lives: a child process with only the documented variables, killed at a moment of chance.

use std::{
    fs::File,
    process::{Child, Command, Stdio},
    time::Duration,
};

use keyporter::sandbox::Sandbox;

use crate::{
    chance::Chance,
    database::{Database, Engine},
    town::{LIMIT, Town, program, settings},
};

pub struct Life<'d> {
    database: &'d Database,
    variables: Vec<(&'static str, String)>,
    chance: Chance,
    child: Option<Child>,
}

impl<'d> Life<'d> {
    pub fn new(database: &'d Database, sandbox: &Sandbox, seed: u64) -> Self {
        let variables = settings(database, sandbox, "debug");
        Self {
            database,
            variables,
            chance: Chance::new(seed),
            child: None,
        }
    }

    fn command(&self, argument: &str) -> Command {
        let mut command = program();
        command.arg(argument).envs(self.variables.iter().cloned());
        command
    }

    pub fn begins(&mut self) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.database.folder.join("log"))
            .unwrap();
        let child = self.command("run").stderr(log).spawn().unwrap();
        self.child = Some(child);
    }

    /// Begins, and goes on until a moment of chance: some time after the start, or after something that somebody did.
    pub async fn lasts_a_while(&mut self, town: &Town) {
        let acts = town.acts();
        self.begins();
        let ms = if self.chance.percent(40) {
            self.chance.below(300)
        } else {
            let more = 1 + self.chance.below(8);
            // Nobody may have anything to do for a while, after an answer was lost: then this life is killed idle.
            let _ = town
                .sandbox
                .wait_until(Duration::from_secs(1), "people do something", |_| {
                    (town.acts() >= acts + more).then_some(())
                })
                .await;
            self.chance.below(60)
        };
        tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap())).await;
    }

    /// Dies by SIGKILL. It must have lived until then.
    pub fn is_killed(&mut self, for_the_last_time: bool) {
        let mut child = self.child.take().unwrap();
        if let Some(status) = child.try_wait().unwrap() {
            self.fails(&format!("it ended by itself: {status}"));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // On PostgreSQL leases last ten seconds longer than their holder. The last ones end by themselves.
        if self.database.engine() == Engine::Postgres && !for_the_last_time && self.has_replicas() {
            self.database.execute("UPDATE leases SET until = 0");
            self.database.execute("UPDATE replicas SET until = 0");
        }
    }

    /// False before the very first start has made the tables.
    fn has_replicas(&self) -> bool {
        let table = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_name = 'replicas'";
        !self.database.find(table).is_empty()
    }

    /// Ends by SIGTERM, in order.
    pub fn ends(&mut self) {
        let mut child = self.child.take().unwrap();
        let id = child.id().to_string();
        let signalled = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(signalled.success());
        let status = child.wait().unwrap();
        if !status.success() {
            self.fails(&format!("it did not end in order: {status}"));
        }
    }

    /// What `keyporter check` says.
    pub fn check(&self) -> String {
        let output = self.command("check").stdout(Stdio::piped()).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    }

    /// All that it has ever logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.database.folder.join("log")).unwrap()
    }

    /// Fails with the end of its log.
    pub fn fails(&self, why: &str) -> ! {
        let log = self.log();
        let lines: Vec<_> = log.lines().collect();
        let end = lines.len().saturating_sub(60);
        panic!("{why}\n{}", lines[end..].join("\n"));
    }
}

impl Drop for Life<'_> {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // A failed test leaves nothing running; one that is dead already is fine.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Nothing takes longer than the limit of the people's patience: a lost answer is looked for during a minute.
const _: () = assert!(LIMIT.as_secs() > 60);
