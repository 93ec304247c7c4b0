//! Three processes on one database: with only the documented variables, each at an address of its own, killed, ended, stopped and
//! begun again.

use std::{
    fs::File,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use keyporter::sandbox::Sandbox;

use crate::{
    database::Database,
    town::{program, settings},
};

pub const REPLICAS: usize = 3;

/// A process ends within this time, and its supervisor would kill it after that.
const END: Duration = Duration::from_secs(10);

pub struct Fleet<'d> {
    database: &'d Database,
    variables: Vec<(&'static str, String)>,
    /// Where each listens.
    addresses: Vec<String>,
    processes: Vec<Option<Child>>,
}

impl<'d> Fleet<'d> {
    pub fn new(database: &'d Database, sandbox: &Sandbox) -> Self {
        let variables = settings(database, sandbox, "info");
        // Taken together, so that they are different.
        let listeners: Vec<_> = (0..REPLICAS)
            .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
            .collect();
        let address = |listener: &TcpListener| listener.local_addr().unwrap().to_string();
        Self {
            database,
            variables,
            addresses: listeners.iter().map(address).collect(),
            processes: (0..REPLICAS).map(|_| None).collect(),
        }
    }

    /// Updates come by webhook, through that address.
    pub fn behind(&mut self, balancer: String) {
        self.variables.push(("KEYPORTER_PUBLIC_URL", balancer));
    }

    pub fn urls(&self) -> Vec<String> {
        let url = |address: &String| format!("http://{address}");
        self.addresses.iter().map(url).collect()
    }

    fn command(&self, argument: &str) -> Command {
        let mut command = program();
        command.arg(argument).envs(self.variables.iter().cloned());
        command
    }

    fn log_of(&self, replica: usize) -> std::path::PathBuf {
        self.database.folder.join(format!("log{replica}"))
    }

    pub fn begins(&mut self, replica: usize) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_of(replica))
            .unwrap();
        let mut command = self.command("run");
        command.env("KEYPORTER_LISTEN", &self.addresses[replica]);
        self.processes[replica] = Some(command.stderr(log).spawn().unwrap());
    }

    /// Dies by SIGKILL. It must have lived until then.
    pub fn is_killed(&mut self, replica: usize) {
        self.lives(replica);
        let mut process = self.processes[replica].take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    pub fn lives(&mut self, replica: usize) {
        let process = self.processes[replica].as_mut().unwrap();
        if let Some(status) = process.try_wait().unwrap() {
            self.fails(&format!("replica {replica} ended by itself: {status}"));
        }
    }

    pub fn signal(&self, replica: usize, signal: &str) {
        let id = self.processes[replica].as_ref().unwrap().id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Ends by SIGTERM, in order and in time; gives how long it took.
    pub async fn ends(&mut self, replica: usize) -> Duration {
        self.lives(replica);
        let begun = Instant::now();
        self.signal(replica, "-TERM");
        let mut process = self.processes[replica].take().unwrap();
        let status = loop {
            if let Some(status) = process.try_wait().unwrap() {
                break status;
            }
            if begun.elapsed() > END {
                // What it was doing is of interest, and then nothing of it may stay.
                let _ = process.kill();
                self.fails(&format!("replica {replica} does not end after SIGTERM"));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        if !status.success() {
            self.fails(&format!("replica {replica} did not end in order: {status}"));
        }
        begun.elapsed()
    }

    /// What `keyporter check` says; it must find everything in order.
    pub fn check(&self) -> String {
        let output = self.command("check").stdout(Stdio::piped()).output();
        let output = output.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "check: {}\n{said}", output.status);
        said
    }

    /// All that they have ever logged.
    pub fn log(&self) -> String {
        let log = |replica| std::fs::read_to_string(self.log_of(replica)).unwrap_or_default();
        (0..REPLICAS).map(log).collect()
    }

    /// Fails with the ends of the logs.
    pub fn fails(&self, why: &str) -> ! {
        let end_of = |replica| {
            let log = std::fs::read_to_string(self.log_of(replica)).unwrap_or_default();
            let lines: Vec<_> = log.lines().collect();
            let end = lines.len().saturating_sub(30);
            format!("--- replica {replica}\n{}", lines[end..].join("\n"))
        };
        let logs: Vec<_> = (0..REPLICAS).map(end_of).collect();
        panic!("{why}\n{}", logs.join("\n"));
    }
}

impl Drop for Fleet<'_> {
    fn drop(&mut self) {
        for process in self.processes.iter_mut().flatten() {
            // A failed test leaves nothing running; one that is dead already is fine.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
