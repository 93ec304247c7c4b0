//! The database's bad days: away, full, read-only, too new, sealed with another key, in use.

use std::time::Duration;

use keyporter::{
    ports::Ports,
    sandbox::fault::{Fault, Rule, ServiceName},
    vault::MasterKey,
};

use crate::world::{Database, Engine};

fn fresh_key() -> String {
    MasterKey::generate(&Ports::system())
        .unwrap()
        .expose()
        .to_owned()
}

story! {
    async fn a_database_that_is_away_is_told_once_and_nothing_is_lost(world) {
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        let away = world.database.go_away();
        // What changes nothing needs nothing written down.
        ada.say("/link");
        ada.say("/status");
        ada.sees("cannot write anything down").await;
        drop(away);
        for _ in 0..4 {
            world.pass(Duration::from_secs(31));
            world.settle().await;
        }
        ada.sees("Where is the account").await;
        ada.sees("no open requests").await;
        let told = ada.chat().iter().filter(|message| message.text.contains("cannot write anything down")).count();
        assert_eq!(told, 1);
    }
}

// Only SQLite lets a test fill a database without filling the machine's disk.
story! {
    sqlite, async fn a_full_database_is_told_and_the_rest_comes_when_there_is_room(world) {
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        // After a crash everything is stored before it is handled.
        world.crash().await;
        world.options.store.page_limit = Some(1);
        world.start();
        for _ in 0..12 {
            ada.say(&"x".repeat(4000));
        }
        ada.sees("cannot write anything down").await;
        world.stop().await;
        world.options.store.page_limit = None;
        world.sandbox.telegram().limit(|limits| limits.private_burst = 1000);
        world.start();
        world.settle().await;
        ada.asks("/help", "What you can send me").await;
    }
}

// For root no file is read-only; the kinds of failure are the same as for a full one.
story! {
    postgres, async fn a_read_only_database_is_told_and_nothing_is_done(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        world.database.read_only(true);
        ada.press("Create key");
        ada.sees("cannot write anything down").await;
        assert!(world.sandbox.botsubscription().keys(&project.id).iter().all(|key| key.label != "ci"));
        world.database.read_only(false);
        world.pass(Duration::from_secs(31));
        ada.sees("It disappears after ten minutes").await;
    }
}

story! {
    async fn a_schema_from_a_newer_program_stops_the_start(world) {
        world.ada().asks("/start", "Hello").await;
        world.stop().await;
        world.database.execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             SELECT 9999, 'from the future', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
        );
        world.start();
        let said = world.fails_to_start().await;
        assert!(said.contains("schema version 9999") && said.contains("newer"), "{said}");
    }
}

story! {
    async fn the_wrong_master_key_stops_the_start_and_both_keys_are_named(world) {
        world.linked_project().await;
        world.stop().await;
        let (right, wrong) = (world.master_keys[0].clone(), fresh_key());
        let id = |key: &str| MasterKey::parse(&keyporter::secret::Secret::new(key.to_owned())).unwrap().id().to_string();
        world.master_keys = vec![wrong.clone()];
        world.start();
        let said = world.fails_to_start().await;
        assert!(said.contains(&id(&right)) && said.contains(&id(&wrong)), "{said}");
        assert!(!said.contains(&right) && !said.contains(&wrong), "{said}");
        world.master_keys = vec![wrong, right];
        world.start();
        world.ada().asks("/keys", "dashboard").await;
    }
}

story! {
    async fn the_master_key_can_be_changed(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        world.stop().await;
        let (old, new) = (world.master_keys[0].clone(), fresh_key());
        world.master_keys = vec![new.clone(), old];
        // Interrupted in the middle and run again: each value is replaced by itself.
        for _ in 0..2 {
            let (_app, store, vault) = keyporter::open_app(world.settings(), &world.ports(), &world.options).await.unwrap();
            let done = keyporter::app::rekey::rekey(&store, &vault).await.unwrap();
            assert!(done.is_complete(), "{done:?}");
            store.close().await;
        }
        world.master_keys = vec![new];
        world.start();
        ada.press("I saved it");
        ada.sees("is created and saved").await;
        ada.asks("/keys", "ci").await;
    }
}

story! {
    async fn a_value_moved_to_another_row_does_not_open(world) {
        let project = world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/start", "Hello").await;
        boris.links_project(&project).await;
        world.database.execute("UPDATE accounts SET credential = (SELECT credential FROM accounts ORDER BY linked_at DESC LIMIT 1)");
        let mut broken = 0;
        for talker in [&ada, &boris] {
            talker.say("/keys");
            let answer = talker.sees("").await;
            broken += usize::from(answer.text.contains("is damaged: I cannot open it"));
            talker.asks("/status", "no open requests").await;
        }
        assert_eq!(broken, 1, "one value is in its own place and one is not");
    }
}

story! {
    async fn an_altered_history_is_noticed(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/accounts", "Your accounts").await;
        ada.presses("Rename", "new name").await;
        ada.asks("bots", "bots").await;
        let whole = keyporter::check::check(world.settings(), &world.ports()).await;
        assert!(whole.iter().all(|finding| finding.good), "{whole:#?}");
        for (tampering, words) in [
            ("UPDATE audit SET subject = 'another' WHERE seq = 1", "Altered"),
            ("UPDATE accounts SET audit_count = audit_count + 1", "Cut"),
            ("DELETE FROM audit WHERE seq > 1", "Cut"),
        ] {
            world.database.execute(tampering);
            let found = keyporter::check::check(world.settings(), &world.ports()).await;
            let noticed = found.iter().any(|finding| !finding.good && finding.subject == "audit" && finding.text.contains(words));
            assert!(noticed || found.iter().any(|finding| finding.text.contains("Altered")), "{tampering}: {found:#?}");
        }
    }
}

#[test]
fn a_second_process_on_one_sqlite_file_is_refused() {
    let database = Database::make(Engine::Sqlite).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let first =
            keyporter::store::Store::open(&database.url(), keyporter::store::Options::default())
                .await
                .unwrap();
        let second =
            keyporter::store::Store::open(&database.url(), keyporter::store::Options::default())
                .await;
        let said = second.err().expect("it is refused").to_string();
        assert!(said.contains("another Keyporter is running"), "{said}");
        // One that is just ending is waited for.
        let url = database.url();
        let next = keyporter::store::Store::open(&url, keyporter::store::Options::default());
        let ends = async {
            tokio::task::yield_now().await;
            first.close().await;
            drop(first);
        };
        let (next, ()) = tokio::join!(next, ends);
        next.unwrap();
    });
    database.remove();
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_database_file() {
    use std::os::unix::fs::PermissionsExt;
    let database = Database::make(Engine::Sqlite).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store =
            keyporter::store::Store::open(&database.url(), keyporter::store::Options::default())
                .await
                .unwrap();
        store.close().await;
    });
    let mode = std::fs::metadata(database.file())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    database.remove();
}

story! {
    async fn what_was_sent_while_the_database_went_away_is_not_sent_again(world) {
        world.linked_project().await;
        let ada = world.ada();
        let slow = Fault::Delay(Duration::from_secs(2));
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, slow).path("sendMessage"));
        let sent = world.sandbox.telegram().calls_of("sendMessage").len();
        ada.say("/newkey ci");
        world.until("the question is on its way", |sandbox| {
            (sandbox.telegram().calls_of("sendMessage").len() > sent).then_some(())
        }).await;
        let away = world.database.go_away();
        world.pass(Duration::from_secs(2));
        ada.sees("Create key ci").await;
        // Until nobody can say any more that its own turn is still sending it.
        world.pass(Duration::from_mins(2));
        drop(away);
        let unsent = "SELECT id FROM outbox";
        world.hurry("nothing waits to be sent", |_| world.database.find(unsent).is_empty().then_some(())).await;
        let asked = ada.chat().iter().filter(|message| message.text.contains("Create key ci")).count();
        assert_eq!(asked, 1);
    }
}
