//! The bot as a process: what it was given, what it cost so far, its end.

use std::{
    fs::{self, File},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The kernel counts processor time in these, whatever its own ticks are.
const TICKS_PER_S: f64 = 100.0;

/// A running bot. Ends with this value.
pub struct Bot {
    child: Child,
    pub begun: Instant,
}

impl Bot {
    /// Starts a command, words separated by spaces, with these variables. What it says goes into a file.
    pub fn start(command: &str, variables: &[(&str, String)], log: &Path) -> Self {
        let mut words = command.split_whitespace();
        let log = File::options().create(true).append(true).open(log).unwrap();
        let begun = Instant::now();
        let child = Command::new(words.next().expect("a command"))
            .args(words)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{command}: {error}"));
        Self { child, begun }
    }

    /// Processor time so far, in user and kernel mode, of its children too.
    pub fn processor_time(&self) -> Duration {
        processor_time(&self.child.id().to_string())
    }

    /// The most memory that was ever resident, in kB, its children's added.
    pub fn peak_kb(&self) -> u64 {
        let ids = family(self.child.id().to_string());
        ids.iter().map(|id| status_kb(id, "VmHWM:")).sum()
    }

    /// Ends it as an operator would. The sandbox goes on answering meanwhile: whoever is cut off in the middle of a call has not ended in
    /// order, and is careful after its next start.
    pub async fn stop(mut self) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        told.unwrap();
        while self.child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        // After `stop` there is nobody left.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processor time of a process (`self`: this one) and of its children.
pub fn processor_time(id: &str) -> Duration {
    let ticks: u64 = family(id.to_owned()).iter().map(|id| ticks(id)).sum();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    Duration::from_secs_f64(ticks as f64 / TICKS_PER_S)
}

/// `utime` and `stime`, fields 14 and 15; the name in front of them may hold spaces.
fn ticks(id: &str) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields = after_name.split_whitespace().skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// A process and all below it. This one's children are the bots, which are not its own cost.
fn family(id: String) -> Vec<String> {
    if id == "self" {
        return vec![id];
    }
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
    let children = children.unwrap_or_default();
    let below = children
        .split_whitespace()
        .flat_map(|child| family(child.to_owned()));
    let below: Vec<_> = below.collect();
    std::iter::once(id).chain(below).collect()
}

fn status_kb(id: &str, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    kilobytes.and_then(|text| text.parse().ok()).unwrap_or(0)
}
