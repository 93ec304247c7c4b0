//! Backups that were changed, cut or made with another key, full disks: each is told in a sentence and leaves nothing behind.

use std::{path::Path, process::Command};

use super::{Place, names, refuses, run, run_command, succeeds};
use crate::{
    process::{Service, ended, generated_key, on, said, signal},
    world::{ADA, Database, Engine, LIMIT, Talker},
};

/// Enough rows for several parts.
const MANY_PEOPLE: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) \
     INSERT INTO people (id, chosen_language, telegram_language, refused_since, refused_count) \
     SELECT i, 'en', 'en', 0, 0 FROM n";

const NAME_LENGTH: usize = "keyporter backup 1\n".len() + 16;

/// How a file begins, and each of its parts with its length.
fn taken_apart(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (head, mut rest) = bytes.split_at(NAME_LENGTH);
    let mut parts = vec![head.to_vec()];
    while let Some(length) = rest.first_chunk() {
        let (part, after) = rest.split_at(4 + u32::from_be_bytes(*length) as usize);
        parts.push(part.to_vec());
        rest = after;
    }
    parts
}

/// A database with much in it, and a backup of it that was made while no bot ran.
pub(super) async fn backed_up(database: &Database, service: &Service, file: &str) {
    let child = service.command(&[]).spawn().unwrap();
    let ada = Talker::new(service.sandbox.clone(), ADA);
    ada.links_project(&service.sandbox.botsubscription().add_project())
        .await;
    signal(&child, "TERM");
    ended(child).await;
    database.execute(MANY_PEOPLE);
    succeeds(service, &["backup", file]);
}

/// The ways in which a file can be bad, each with what is said of it.
fn spoilt(good: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let changed = |position: usize| {
        let mut bytes = good.to_vec();
        bytes[position] ^= 1;
        bytes
    };
    let parts = taken_apart(good);
    assert!(parts.len() > 3, "the backup has several parts");
    let (mut swapped, mut left_out) = (parts.clone(), parts.clone());
    swapped.swap(1, 2);
    left_out.remove(2);
    let first = NAME_LENGTH + 4;
    vec![
        (Vec::new(), "no backup of Keyporter"),
        (
            b"SQLite format 3\0 and so on".to_vec(),
            "no backup of Keyporter",
        ),
        (changed(3), "no backup of Keyporter"),
        (
            changed(NAME_LENGTH - 18),
            "a format that this program does not know",
        ),
        (changed(NAME_LENGTH - 1), "part 0 of the backup is damaged"),
        (changed(NAME_LENGTH), "is cut or damaged"),
        (changed(first), "part 0 of the backup is damaged"),
        (changed(first + 1), "is damaged"),
        (changed(first + 20), "part 0 of the backup is damaged"),
        (changed(first + 100), "part 0 of the backup is damaged"),
        (changed(good.len() - 1), "is damaged"),
        (good[..good.len() - 1].to_vec(), "is cut"),
        (good[..good.len() / 2].to_vec(), "is cut"),
        (parts[..parts.len() - 1].concat(), "is cut"),
        (
            swapped.concat(),
            "part 0 of the backup is damaged, or is not at its place",
        ),
        (
            left_out.concat(),
            "part 1 of the backup is damaged, or is not at its place",
        ),
        ([good, good].concat(), "is damaged, or is not at its place"),
    ]
}

async fn bad_files_leave_nothing(database: &Database, service: &mut Service) {
    let place = Place::new(service);
    let (file, bad) = (place.file("good.backup"), place.file("bad.backup"));
    backed_up(database, service, &file).await;
    let target = Database::make(database.engine()).unwrap();
    service.set("DATABASE_URL", target.url());
    let untouched = || {
        match target.engine() {
        Engine::Sqlite => assert!(names(&target.folder).is_empty()),
        Engine::Postgres => assert_eq!(
            target.find("SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public'"),
            Vec::<String>::new()
        ),
    }
    };
    for (bytes, words) in spoilt(&std::fs::read(&file).unwrap()) {
        std::fs::write(&bad, bytes).unwrap();
        refuses(service, &["restore", &bad], words);
        refuses(service, &["restore", &bad, "--verify"], words);
        untouched();
    }
    std::fs::remove_file(&bad).unwrap();
    refuses(service, &["restore", &bad], "cannot open");
    refuses(service, &["restore", &place.file("")], "cannot read");
    untouched();
    place.holds(&["good.backup"]);
    target.remove();
}

#[test]
fn a_bad_file_is_refused_and_leaves_nothing_on_sqlite() {
    on(Engine::Sqlite, bad_files_leave_nothing);
}

#[test]
fn a_bad_file_is_refused_and_leaves_nothing_on_postgres() {
    on(Engine::Postgres, bad_files_leave_nothing);
}

#[test]
fn a_wrong_master_key_is_named_when_writing_and_when_restoring() {
    on(Engine::Sqlite, async |database, service| {
        let place = Place::new(service);
        let file = place.file("one.backup");
        backed_up(database, service, &file).await;
        let right = service
            .variables
            .iter()
            .find(|(name, _)| *name == "KEYPORTER_MASTER_KEY");
        let right = right.unwrap().1.clone();
        service.set("KEYPORTER_MASTER_KEY", generated_key());
        refuses(
            service,
            &["backup", &place.file("two.backup")],
            "is sealed with master key",
        );
        refuses(
            service,
            &["restore", &file, "--verify"],
            "which is not given",
        );
        place.holds(&["one.backup"]);
        service.set("KEYPORTER_MASTER_KEYS_OLD", right);
        let (_, told) = run(service, &["restore", &file, "--verify"]);
        assert!(
            told.contains("is whole and unchanged") && told.contains("need an older key"),
            "{told}"
        );
    });
}

#[test]
fn a_backup_that_was_made_from_altered_rows_says_so_when_it_is_proved() {
    on(Engine::Sqlite, async |database, service| {
        let place = Place::new(service);
        let file = place.file("one.backup");
        backed_up(database, service, &file).await;
        database.execute(
            "UPDATE audit SET subject = 'another'; UPDATE accounts SET credential = x'01020304'",
        );
        succeeds(service, &["backup", &place.file("two.backup")]);
        let (good, told) = run(service, &["restore", &place.file("two.backup"), "--verify"]);
        assert!(
            !good && told.contains("LOOK sealed value: accounts.credential"),
            "{told}"
        );
        assert!(told.contains("LOOK audit: the chain of account"), "{told}");
        place.holds(&["one.backup", "two.backup"]);
    });
}

#[test]
fn in_a_folder_a_backup_gets_a_name_with_the_time() {
    on(Engine::Sqlite, async |database, service| {
        let place = Place::new(service);
        refuses(
            service,
            &["backup", &place.file("a.backup")],
            "does not exist yet",
        );
        backed_up(database, service, &place.file("")).await;
        let files = names(place.folder.path());
        let name = files[0].file_name().unwrap().to_str().unwrap();
        let path = Path::new(name);
        assert!(
            name.starts_with("keyporter-20") && path.extension().unwrap() == "backup",
            "{name}"
        );
        succeeds(
            service,
            &["restore", files[0].to_str().unwrap(), "--verify"],
        );
        refuses(
            service,
            &["backup", &place.file("nowhere/a.backup")],
            "cannot write in",
        );
    });
}

/// The same command where no file can become longer than 50 kB, as on a full disk.
fn on_a_full_disk(service: &Service, arguments: &[&str]) -> Command {
    let mut command = Command::new("/bin/sh");
    let script = "trap '' 25; ulimit -f 100; exec \"$0\" \"$@\"";
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_keyporter")])
        .args(arguments)
        .env_clear()
        .current_dir(std::env::temp_dir());
    command.envs(
        service
            .variables
            .iter()
            .map(|(name, value)| (*name, value.as_str())),
    );
    command
}

#[test]
fn a_full_disk_leaves_nothing_half_done() {
    on(Engine::Sqlite, async |database, service| {
        let place = Place::new(service);
        let file = place.file("one.backup");
        backed_up(database, service, &file).await;
        let (good, told) = run_command(on_a_full_disk(
            service,
            &["backup", &place.file("two.backup")],
        ));
        assert!(!good && told.contains("cannot write"), "{told}");
        place.holds(&["one.backup"]);

        let target = Database::make(Engine::Sqlite).unwrap();
        service.set("DATABASE_URL", target.url());
        let (good, told) = run_command(on_a_full_disk(service, &["restore", &file]));
        assert!(!good && told.contains("the database is"), "{told}");
        let (good, told) = run_command(on_a_full_disk(service, &["restore", &file, "--verify"]));
        assert!(!good && told.contains("the database is"), "{told}");
        place.holds(&["one.backup"]);
        let told = succeeds(service, &["restore", &file]);
        assert!(told.contains("is restored"), "{told}");
        target.remove();
    });
}

#[test]
fn a_backup_that_is_stopped_leaves_nothing() {
    on(Engine::Postgres, async |database, service| {
        let place = Place::new(service);
        backed_up(database, service, &place.file("one.backup")).await;
        let held = database.hold("LOCK TABLE audit IN ACCESS EXCLUSIVE MODE");
        let two = place.file("two.backup");
        let child = service.command(&["backup", &two]).spawn().unwrap();
        let begun = async {
            while names(place.folder.path()).len() < 3 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LIMIT, begun).await.unwrap();
        signal(&child, "TERM");
        let output = ended(child).await;
        assert!(
            said(&output).contains("nothing was kept"),
            "{}",
            said(&output)
        );
        assert_eq!(output.status.code(), Some(1));
        drop(held);
        place.holds(&["one.backup"]);
    });
}
