//! The program itself, as an operator starts it: only with the variables of the README.

use crate::{
    process::{Service, ended, generated_key, keyporter, on, said, signal},
    world::{ADA, Database, Engine, Talker},
};

#[test]
fn all_wrong_settings_are_named_at_once_and_none_is_shown() {
    let wrong = [
        ("TELOXIDE_TOKEN", "canary-token"),
        ("KEYPORTER_LISTEN", "x"),
        ("KEYPORTER_PUBLIC_URL", "http://keys.example/canary"),
    ];
    let output = keyporter(&wrong, &[]).output().unwrap();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for (name, _) in wrong {
        assert!(said.contains(name), "{said}");
    }
    assert!(said.contains("KEYPORTER_MASTER_KEY"), "{said}");
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn help_and_version_are_told_without_any_setting() {
    for (argument, words) in [
        ("--help", "keygen"),
        ("--version", env!("CARGO_PKG_VERSION")),
    ] {
        let output = keyporter(&[], &[argument]).output().unwrap();
        assert!(
            output.status.success() && said(&output).contains(words),
            "{}",
            said(&output)
        );
    }
}

#[test]
fn a_taken_port_of_the_demo_is_named_with_the_way_out() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = keyporter(&[], &["demo", "--port", &port]).output().unwrap();
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let told = [port.as_str(), "another program uses it", "--port"];
    assert!(told.iter().all(|words| said.contains(words)), "{said}");
}

async fn works_and_ends_by(signal_name: &str, service: &Service) {
    let child = service.command(&[]).spawn().unwrap();
    let ada = Talker::new(service.sandbox.clone(), ADA);
    let project = service.sandbox.botsubscription().add_project();
    ada.asks("/start", "Hello, Ada!").await;
    ada.links_project(&project).await;
    ada.asks("/newkey ci", "Create key ci").await;
    ada.press("Create key");
    let shown = ada.sees("It disappears after ten minutes").await;
    let secret = shown.parts("spoiler").remove(0);
    signal(&child, signal_name);
    let output = ended(child).await;
    let log = said(&output);
    assert_eq!(output.status.code(), Some(0), "{log}");
    assert!(log.contains("Keyporter has ended"), "{log}");
    for hidden in [&secret, &project.token, &service.sandbox.telegram().token()] {
        assert!(!log.contains(hidden.as_str()), "{log}");
    }
}

#[test]
fn the_program_works_and_ends_in_order_on_sqlite() {
    on(Engine::Sqlite, async |_, service| {
        works_and_ends_by("TERM", service).await;
        let child = service.command(&["run"]).spawn().unwrap();
        let ada = Talker::new(service.sandbox.clone(), ADA);
        ada.presses("I saved it", "is created and saved").await;
        signal(&child, "INT");
        assert_eq!(ended(child).await.status.code(), Some(0));
    });
}

#[test]
fn the_program_works_and_ends_in_order_on_postgres() {
    on(Engine::Postgres, async |_, service| {
        works_and_ends_by("TERM", service).await;
    });
}

#[test]
fn it_ends_in_time_even_in_the_middle_of_a_call() {
    on(Engine::Sqlite, async |_, service| {
        use keyporter::sandbox::fault::{Fault, Rule, ServiceName};
        let child = service.command(&[]).spawn().unwrap();
        let ada = Talker::new(service.sandbox.clone(), ADA);
        let project = service.sandbox.botsubscription().add_project();
        ada.links_project(&project).await;
        service
            .sandbox
            .faults()
            .add(Rule::new(ServiceName::BotSubscription, Fault::HangBefore).always());
        ada.say("/keys");
        ada.sees("Checking").await;
        signal(&child, "TERM");
        assert_eq!(ended(child).await.status.code(), Some(0));
    });
}

#[test]
fn check_says_what_is_right_and_what_needs_a_look() {
    on(Engine::Sqlite, async |_, service| {
        let before = said(&service.command(&["check"]).output().unwrap());
        assert!(
            before.contains("LOOK database") && before.contains("does not exist yet"),
            "{before}"
        );
        let child = service.command(&[]).spawn().unwrap();
        let ada = Talker::new(service.sandbox.clone(), ADA);
        ada.links_project(&service.sandbox.botsubscription().add_project())
            .await;
        // Beside the running bot.
        let output = tokio::task::block_in_place(|| service.command(&["check"]).output().unwrap());
        let good = said(&output);
        assert!(output.status.success(), "{good}");
        for words in [
            "@keyporter_demo_bot",
            "BotSubscription: answers",
            "opens all",
            "chains of 1 accounts are whole",
        ] {
            assert!(good.contains(words), "{words}: {good}");
        }
        service
            .sandbox
            .botsubscription()
            .service()
            .stop()
            .await
            .unwrap();
        let output = tokio::task::block_in_place(|| service.command(&["check"]).output().unwrap());
        assert_eq!(output.status.code(), Some(1));
        assert!(
            said(&output).contains("LOOK BotSubscription: cannot be reached"),
            "{}",
            said(&output)
        );
        assert!(!said(&output).contains("127.0.0.1"), "{}", said(&output));
        signal(&child, "TERM");
        ended(child).await;
    });
}

#[test]
fn rekey_says_when_the_old_key_can_go() {
    on(Engine::Sqlite, async |_, service| {
        let child = service.command(&[]).spawn().unwrap();
        let ada = Talker::new(service.sandbox.clone(), ADA);
        ada.links_project(&service.sandbox.botsubscription().add_project())
            .await;
        let busy = tokio::task::block_in_place(|| service.command(&["rekey"]).output().unwrap());
        assert!(
            said(&busy).contains("another Keyporter is running"),
            "{}",
            said(&busy)
        );
        signal(&child, "TERM");
        ended(child).await;
        let old = service
            .variables
            .iter()
            .find(|(name, _)| *name == "KEYPORTER_MASTER_KEY")
            .unwrap()
            .1
            .clone();
        service.set("KEYPORTER_MASTER_KEY", generated_key());
        let refused = said(&service.command(&["rekey"]).output().unwrap());
        assert!(refused.contains("is sealed with master key"), "{refused}");
        service.set("KEYPORTER_MASTER_KEYS_OLD", old);
        for words in ["values sealed anew", "0 values sealed anew"] {
            let output = service.command(&["rekey"]).output().unwrap();
            let told = said(&output);
            assert!(
                output.status.success()
                    && told.contains(words)
                    && told.contains("KEYPORTER_MASTER_KEYS_OLD can go"),
                "{told}"
            );
        }
        service.set("KEYPORTER_MASTER_KEYS_OLD", String::new());
        let child = service.command(&[]).spawn().unwrap();
        ada.asks("/keys", "dashboard").await;
        signal(&child, "TERM");
        assert_eq!(ended(child).await.status.code(), Some(0));
    });
}

#[test]
fn a_dot_env_file_is_read_and_the_environment_goes_before_it() {
    let database = Database::make(Engine::Sqlite).unwrap();
    let file = database.folder.join(".env");
    std::fs::write(&file, "TELOXIDE_TOKEN=canary\nKEYPORTER_LISTEN=nonsense\n").unwrap();
    let output = keyporter(&[("KEYPORTER_LISTEN", "127.0.0.1:8080")], &[])
        .current_dir(&database.folder)
        .output()
        .unwrap();
    let text = said(&output);
    assert!(
        text.contains("TELOXIDE_TOKEN")
            && !text.contains("KEYPORTER_LISTEN")
            && !text.contains("canary"),
        "{text}"
    );
    std::fs::write(&file, "TELOXIDE_TOKEN=canary of many words\n").unwrap();
    let output = keyporter(&[], &[])
        .current_dir(&database.folder)
        .output()
        .unwrap();
    let text = said(&output);
    assert!(
        text.contains(".env: cannot be read") && !text.contains("canary"),
        "{text}"
    );
    database.remove();
}
