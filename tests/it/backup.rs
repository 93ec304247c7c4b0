//! Backups, as an operator makes, proves and restores them, while people go on.

mod bad_days;

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    process::{Service, ended, on, said, signal},
    world::{ADA, Database, Engine, LIMIT, Talker, canary::spellings},
};

/// Runs the program with these arguments and tells whether it succeeded, and what it said.
fn run(service: &Service, arguments: &[&str]) -> (bool, String) {
    run_command(service.command(arguments))
}

fn run_command(mut command: Command) -> (bool, String) {
    let output = tokio::task::block_in_place(|| command.output().unwrap());
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    (output.status.success(), said(&output))
}

fn succeeds(service: &Service, arguments: &[&str]) -> String {
    let (good, told) = run(service, arguments);
    assert!(good, "{told}");
    told
}

fn refuses(service: &Service, arguments: &[&str], words: &str) {
    let (good, told) = run(service, arguments);
    assert!(!good && told.contains(words), "{words}: {told}");
}

/// Whatever stands in a folder.
fn names(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    names
}

/// A folder of its own for backups, and one for what is temporary.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new(service: &mut Service) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let scratch = folder.path().join("scratch");
        std::fs::create_dir(&scratch).unwrap();
        service.set("TMPDIR", scratch.display().to_string());
        Self { folder }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Only these are there, and nothing temporary.
    fn holds(&self, names_there: &[&str]) {
        assert_eq!(
            names(&self.folder.path().join("scratch")),
            <[PathBuf; 0]>::default()
        );
        let mut expected: Vec<_> = names_there
            .iter()
            .map(|name| self.folder.path().join(name))
            .collect();
        expected.push(self.folder.path().join("scratch"));
        expected.sort();
        assert_eq!(names(self.folder.path()), expected);
    }
}

fn other(engine: Engine) -> Engine {
    match engine {
        Engine::Sqlite => Engine::Postgres,
        Engine::Postgres => Engine::Sqlite,
    }
}

/// Ada has a key, and the next one stands in her chat, not saved yet. Tells all secrets that are in play.
async fn ada_is_in_the_middle_of_it(service: &Service) -> Vec<String> {
    let ada = Talker::new(service.sandbox.clone(), ADA);
    let project = service.sandbox.botsubscription().add_project();
    ada.links_project(&project).await;
    let mut secrets = vec![project.token.clone(), service.sandbox.telegram().token()];
    for label in ["ci-deploy", "staging-bot"] {
        ada.asks(&format!("/newkey {label}"), "Create key").await;
        ada.press("Create key");
        let shown = ada.sees("It disappears after ten minutes").await;
        secrets.push(shown.parts("spoiler").remove(0));
        if label == "ci-deploy" {
            ada.presses("I saved it", "is created and saved").await;
        }
    }
    secrets
}

async fn moves_to_the_other_database(from: &Database, service: &mut Service) {
    let Some(to) = Database::make(other(from.engine())) else {
        return;
    };
    let place = Place::new(service);
    let file = place.file("one.backup");
    let child = service.command(&[]).spawn().unwrap();
    let secrets = ada_is_in_the_middle_of_it(service).await;

    let told = succeeds(service, &["backup", &file]);
    assert!(
        told.contains("rows") && told.contains("sealed with master key"),
        "{told}"
    );
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    place.holds(&["one.backup"]);
    let bytes = std::fs::read(&file).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let plain = ["ci-deploy", "accounts", "botsubscription", "created"].map(str::to_owned);
    for hidden in secrets
        .iter()
        .flat_map(|secret| spellings(secret))
        .chain(plain)
    {
        assert!(!text.contains(&hidden), "{hidden} stands in the backup");
    }
    refuses(service, &["backup", &file], "exists already");
    assert_eq!(std::fs::read(&file).unwrap(), bytes);

    let proof = succeeds(service, &["restore", &file, "--verify"]);
    for words in [
        "is whole and unchanged",
        "every table has as many rows",
        "opens all",
        "chains of 1 accounts are whole",
    ] {
        assert!(proof.contains(words), "{words}: {proof}");
    }
    place.holds(&["one.backup"]);
    let in_use = match from.engine() {
        Engine::Sqlite => "another Keyporter is running",
        Engine::Postgres => "is not empty",
    };
    refuses(service, &["restore", &file], in_use);
    signal(&child, "TERM");
    ended(child).await;
    refuses(service, &["restore", &file], "is not empty");

    service.set("DATABASE_URL", to.url());
    let told = succeeds(service, &["restore", &file]);
    assert!(told.contains("is restored and up to date"), "{told}");
    goes_on(service).await;
    to.remove();
}

/// The bot works on as if nothing had happened: the open request, keys, audit.
async fn goes_on(service: &Service) {
    let child = service.command(&[]).spawn().unwrap();
    let ada = Talker::new(service.sandbox.clone(), ADA);
    ada.presses("I saved it", "is created and saved").await;
    let keys = ada.asks("/keys", "staging-bot").await;
    assert!(keys.text.contains("ci-deploy"), "{}", keys.text);
    ada.asks("/audit verify", "whole").await;
    let told = succeeds(service, &["check"]);
    assert!(
        told.contains("opens all") && told.contains("chains of 1 accounts are whole"),
        "{told}"
    );
    signal(&child, "TERM");
    assert_eq!(ended(child).await.status.code(), Some(0));
}

#[test]
fn a_backup_of_a_running_bot_moves_it_from_sqlite_to_postgres() {
    on(Engine::Sqlite, moves_to_the_other_database);
}

#[test]
fn a_backup_of_a_running_bot_moves_it_from_postgres_to_sqlite() {
    on(Engine::Postgres, moves_to_the_other_database);
}

/// Backup after backup, while Ada makes keys and a history.
async fn people_go_on(_database: &Database, service: &mut Service) {
    let place = Place::new(service);
    let child = service.command(&[]).spawn().unwrap();
    let ada = Talker::new(service.sandbox.clone(), ADA);
    ada.links_project(&service.sandbox.botsubscription().add_project())
        .await;
    let files: Vec<_> = (0..8)
        .map(|number| place.file(&format!("{number}.backup")))
        .collect();
    let mut commands: Vec<_> = files
        .iter()
        .map(|file| service.command(&["backup", file]))
        .collect();
    let writing = tokio::task::spawn_blocking(move || {
        commands
            .iter_mut()
            .map(|command| command.output().unwrap())
            .collect::<Vec<_>>()
    });
    let mut number = 0;
    while !writing.is_finished() || number < 2 {
        number += 1;
        ada.asks(&format!("/newkey key-{number}"), "Create key")
            .await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        ada.presses("I saved it", "is created and saved").await;
    }
    for output in writing.await.unwrap() {
        assert!(output.status.success(), "{}", said(&output));
    }
    for file in &files {
        let told = succeeds(service, &["restore", file, "--verify"]);
        assert!(!told.contains("LOOK"), "{told}");
    }
    signal(&child, "TERM");
    assert_eq!(ended(child).await.status.code(), Some(0));
}

#[test]
fn every_backup_is_of_one_moment_while_people_go_on_on_sqlite() {
    on(Engine::Sqlite, people_go_on);
}

#[test]
fn every_backup_is_of_one_moment_while_people_go_on_on_postgres() {
    on(Engine::Postgres, people_go_on);
}

#[test]
fn a_change_in_the_middle_of_a_backup_is_not_in_it() {
    on(Engine::Postgres, async |database, service| {
        let place = Place::new(service);
        bad_days::backed_up(database, service, &place.file("one.backup")).await;
        let two = place.file("two.backup");
        // The accounts with the heads of their chains come before this table, the chains after it.
        let held = database.hold("LOCK TABLE dialogues IN ACCESS EXCLUSIVE MODE");
        let child = service.command(&["backup", &two]).spawn().unwrap();
        let waits = "SELECT CAST(pid AS TEXT) FROM pg_locks WHERE NOT granted AND relation = 'dialogues'::regclass";
        let waiting = async {
            while database.find(waits).is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LIMIT, waiting).await.unwrap();
        database.execute("DELETE FROM audit");
        drop(held);
        assert_eq!(ended(child).await.status.code(), Some(0));
        let told = succeeds(service, &["restore", &two, "--verify"]);
        assert!(told.contains("chains of 1 accounts are whole"), "{told}");
    });
}
