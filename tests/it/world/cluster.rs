//! A PostgreSQL server of a story's own, which can be stopped and started again.

use std::{
    io::{self, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

/// Where Debian puts the server's programs, one folder a version.
const VERSIONS: &str = "/usr/lib/postgresql";

pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    /// A fresh one that runs. `None` when the machine lacks the programs and that is allowed.
    pub fn make() -> Option<Self> {
        let Some(programs) = programs() else {
            // Past the test harness, which shows nothing of a test that passes.
            let said = writeln!(
                io::stderr(),
                "NOT TOLD: there is no initdb under {VERSIONS}"
            );
            said.unwrap();
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "with CI=true nothing may be left out"
            );
            return None;
        };
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).unwrap();
        let name = format!("keyporter_cluster_{:016x}", u64::from_be_bytes(bytes));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        let cluster = Self {
            programs,
            folder,
            port: free_port(),
        };
        if is_root() {
            carry_out(Command::new("chown").arg("postgres").arg(&cluster.folder));
        }
        carry_out(
            cluster
                .program("initdb")
                .args(["-U", "postgres", "-A", "trust", "--no-sync", "-D"])
                .arg(cluster.data()),
        );
        cluster.start();
        Some(cluster)
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}", self.port)
    }

    pub fn start(&self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={}",
            self.port,
            self.folder.display()
        );
        carry_out(
            self.control()
                .arg("-l")
                .arg(self.folder.join("log"))
                .args(["-w", "-o", &options, "start"]),
        );
    }

    /// Ends it as a power failure would.
    pub fn stop(&self) {
        carry_out(self.control().args(["-m", "immediate", "stop"]));
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn control(&self) -> Command {
        let mut command = self.program("pg_ctl");
        command.arg("-D").arg(self.data());
        command
    }

    /// It refuses to run as root.
    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Whether it still runs or not: nothing of it stays.
        let _ = self.control().args(["-m", "immediate", "stop"]).output();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Those of the newest version.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(VERSIONS).ok()?;
    versions
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .filter(|programs| programs.join("initdb").exists())
        .max_by_key(|programs| version_of(programs))
}

fn version_of(programs: &Path) -> Option<u32> {
    programs.parent()?.file_name()?.to_str()?.parse().ok()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn carry_out(command: &mut Command) {
    // Into a file: what the server inherits would keep a pipe open for as long as it runs.
    let said = std::env::temp_dir().join(format!("keyporter_said_{}", free_port()));
    let file = std::fs::File::create(&said).unwrap();
    let status = command
        .stdout(file.try_clone().unwrap())
        .stderr(file)
        .status()
        .unwrap();
    let words = std::fs::read_to_string(&said).unwrap();
    std::fs::remove_file(&said).unwrap();
    assert!(status.success(), "{command:?}: {words}");
}
