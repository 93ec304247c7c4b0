//! Two Keyporters that poll for the same bot by mistake, each on a database of its own: Telegram gives one of them what the other one
//! wanted. Each says so clearly, and whatever a person sends is answered.

use std::{fs::File, process::Child};

use crate::{
    process::{Service, ended, on, signal},
    world::{ADA, Database, Engine, LIMIT},
};

/// How much Ada says while both poll.
const SAID: usize = 12;

/// Starts one more of that service on a database; what it logs goes into a file there.
fn starts(service: &mut Service, database: &Database) -> Child {
    service.set("DATABASE_URL", database.url());
    service.set("RUST_LOG", "info".to_owned());
    let log = File::create(database.folder.join("log")).unwrap();
    service.command(&["run"]).stderr(log).spawn().unwrap()
}

#[test]
fn two_that_poll_by_mistake_say_so_and_lose_nothing() {
    on(Engine::Sqlite, async |first, service| {
        let second = Database::make(Engine::Sqlite).unwrap();
        let both = [starts(service, first), starts(service, &second)];
        let telegram = service.sandbox.telegram();
        let conflicts = || {
            let polls = telegram.calls_of("getUpdates").into_iter();
            polls.filter(|poll| poll.status == Some(409)).count()
        };
        for number in 0..SAID {
            let before = conflicts();
            let said = telegram.say(ADA, ADA, "/help").unwrap();
            let answered = service.sandbox.wait_until(LIMIT, "an answer", |_| {
                let chat = telegram.messages(ADA);
                let answer = |message: &keyporter::sandbox::telegram::Shown| {
                    message.from_bot()
                        && message.id > said
                        && message.text.contains("What you can send me")
                };
                // Each time they get into each other's way anew.
                (chat.iter().any(answer) && (number > 2 || conflicts() > before)).then_some(())
            });
            answered
                .await
                .unwrap_or_else(|seen| panic!("{number}: {seen}"));
        }
        for process in both {
            signal(&process, "TERM");
            assert!(ended(process).await.status.success());
        }
        for database in [first, &second] {
            let log = std::fs::read_to_string(database.folder.join("log")).unwrap();
            let told = log.lines().filter(|line| line.contains("Conflict"));
            assert_eq!(told.count(), 1, "{log}");
        }
        second.remove();
    });
}
