//! The watch over accounts: keys that come and go without us, credentials that die, each told once, and nothing else.

use std::time::Duration;

use keyporter::sandbox::{
    botsubscription::Project,
    fault::{Fault, Rule, ServiceName},
    telegram::Shown,
};
use serde_json::json;

use crate::world::{ADA, World};

const CHANGED: &str = "have changed, and not through me";

/// Lets time pass until the watch has looked at everything once more.
pub async fn look(world: &World) {
    let looks = || {
        world
            .database
            .find("SELECT CAST(looked_at AS TEXT) FROM accounts WHERE state = 'linked' ORDER BY id")
    };
    let before = looks();
    for _ in 0..200 {
        world.pass(Duration::from_mins(10));
        let all = |_: &_| {
            looks()
                .iter()
                .zip(&before)
                .all(|(now, before)| now != before)
                .then_some(())
        };
        if world
            .sandbox
            .wait_until(Duration::from_millis(100), "a look", all)
            .await
            .is_ok()
        {
            return;
        }
    }
    panic!("nobody has looked");
}

/// What the bot has said on its own, and has not taken back.
fn said(world: &World, words: &str) -> Vec<Shown> {
    let messages = world.sandbox.telegram().messages(ADA);
    messages
        .into_iter()
        .filter(|message| message.from_bot() && message.text.contains(words))
        .collect()
}

/// Time for what is stored to be sent.
pub async fn hears(world: &World, words: &str) -> Shown {
    world.hurry(words, |_| said(world, words).pop()).await
}

fn calls(world: &World) -> usize {
    world.sandbox.botsubscription().calls().len()
}

async fn watched_project(world: &mut World) -> Project {
    let project = world.linked_project().await;
    look(world).await;
    project
}

story! {
    async fn keys_that_come_and_go_outside_are_pointed_out_once(world) {
        let project = world.linked_project().await;
        let old = world.sandbox.botsubscription().create_key_outside(&project.id, "old").unwrap();
        look(world).await;
        let new = world.sandbox.botsubscription().create_key_outside(&project.id, "stranger").unwrap();
        look(world).await;
        let news = hears(world, CHANGED).await;
        assert!(news.text.contains(&format!("New there: stranger …{}", new.last_four())), "{news}");
        assert!(!news.text.contains("old") && !news.text.contains("Revoked"), "{news}");
        world.sandbox.botsubscription().revoke_outside(&project.id, &old.id);
        look(world).await;
        let news = hears(world, "Revoked or gone there").await;
        assert!(news.text.contains(&format!("old …{}", old.last_four())) && !news.text.contains("stranger"), "{news}");
        look(world).await;
        look(world).await;
        assert_eq!(said(world, CHANGED).len(), 2);
        world.ada().presses("Show keys", "old …").await;
    }
}

story! {
    async fn news_survives_a_crash_and_comes_once_in_the_persons_language(world) {
        let project = watched_project(world).await;
        let ada = world.ada();
        ada.asks("/language", "In which language").await;
        ada.presses("Русский", "по-русски").await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "stranger").unwrap();
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::CutBefore).path("sendMessage").always());
        look(world).await;
        world.crash().await;
        world.sandbox.faults().clear();
        world.start();
        let news = hears(world, "изменились, и не через меня").await;
        assert!(news.button("Показать ключи").is_some(), "{news}");
        look(world).await;
        assert_eq!(said(world, "изменились").len(), 1);
    }
}

story! {
    postgres,
    async fn news_of_another_process_is_left_to_it_while_it_lives(world) {
        let project = watched_project(world).await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "stranger").unwrap();
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::CutBefore).path("sendMessage").always());
        look(world).await;
        world.crash().await;
        // As if it had not died.
        world.database.execute("UPDATE replicas SET until = 9000000000000");
        world.sandbox.faults().clear();
        world.start();
        let ada = world.ada();
        for _ in 0..20 {
            world.pass(Duration::from_mins(1));
            ada.asks("/status", "no open requests").await;
        }
        assert!(said(world, CHANGED).is_empty());
        world.database.execute("UPDATE replicas SET until = 0 WHERE until = 9000000000000");
        world.pass(Duration::from_mins(1));
        hears(world, CHANGED).await;
    }
}

story! {
    async fn what_we_make_and_revoke_ourselves_is_no_news(world) {
        let project = world.linked_project().await;
        for label in ["ci", "old"] {
            world.sandbox.botsubscription().create_key_outside(&project.id, label).unwrap();
        }
        look(world).await;
        let ada = world.ada();
        ada.asks("/newkey staging", "Create key").await;
        ada.presses("Create key", "It disappears").await;
        ada.presses("I saved it", "is created and saved").await;
        ada.asks("/rotate ci", "Rotate ci").await;
        ada.presses("Rotate key", "It disappears").await;
        ada.presses("I saved it", "Rotated: ci").await;
        ada.asks("/revoke old", "Revoke old").await;
        ada.presses("Revoke key", "Revoked: old").await;
        look(world).await;
        look(world).await;
        // News would have come before what comes now.
        let key = world.sandbox.botsubscription().create_key_outside(&project.id, "stranger").unwrap();
        look(world).await;
        let news = hears(world, CHANGED).await;
        assert_eq!(said(world, CHANGED).len(), 1);
        assert!(news.text.contains(&format!("New there: stranger …{}\n", key.last_four())), "{news}");
        assert!(!news.text.contains("Revoked or gone"), "{news}");
    }
}

story! {
    async fn an_account_is_not_looked_at_while_a_request_is_open_there(world) {
        watched_project(world).await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.presses("Create key", "It disappears").await;
        let before = calls(world);
        for _ in 0..20 {
            world.pass(Duration::from_mins(30));
            ada.asks("/status", "New key ci").await;
        }
        assert_eq!(calls(world), before);
        ada.presses("I saved it", "is created and saved").await;
        look(world).await;
        assert!(said(world, CHANGED).is_empty());
    }
}

story! {
    async fn a_key_that_arrives_after_the_decision_about_it_is_pointed_out(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::Garbage).method("POST"));
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("nobody has seen its secret").await;
        ada.presses("Keep it", "lives on, and nobody has its secret").await;
        // As if a first try of the connection were carried out only now.
        let late = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        look(world).await;
        let news = hears(world, CHANGED).await;
        assert!(news.text.contains(&format!("New there: ci …{}\n", late.last_four())), "{news}");
    }
}

story! {
    async fn a_dead_credential_is_told_once(world) {
        let project = watched_project(world).await;
        let own = world.sandbox.botsubscription().keys(&project.id).remove(0);
        let second = world.sandbox.botsubscription().create_key_outside(&project.id, "second").unwrap();
        world.sandbox.botsubscription().revoke_outside(&project.id, &own.id);
        for _ in 0..20 {
            world.pass(Duration::from_mins(30));
            world.ada().asks("/status", "no open requests").await;
        }
        let news = hears(world, "refuses the stored credential").await;
        assert!(news.button("Link again").is_some(), "{news}");
        let before = calls(world);
        for _ in 0..20 {
            world.pass(Duration::from_mins(30));
            world.ada().asks("/status", "no open requests").await;
        }
        assert_eq!(calls(world), before, "it is not asked any more");
        assert_eq!(said(world, "refuses the stored").len(), 1);
        let ada = world.ada();
        ada.presses("Link again", "API token").await;
        ada.asks(&second.secret, "Linked again").await;
        look(world).await;
        let news = hears(world, CHANGED).await;
        assert!(news.text.contains("second") && news.text.contains("Revoked or gone there: dashboard"), "{news}");
    }
}

story! {
    async fn the_one_key_of_an_account_is_tried_too(world) {
        let (account, _) = world.linked_account().await;
        look(world).await;
        world.sandbox.bots_business().reset_outside(account);
        for _ in 0..20 {
            world.pass(Duration::from_mins(30));
            world.ada().asks("/status", "no open requests").await;
        }
        hears(world, "refuses the stored credential").await;
        assert!(said(world, CHANGED).is_empty());
    }
}

story! {
    async fn a_provider_that_is_away_or_forbids_is_no_news_and_is_asked_again(world) {
        let project = watched_project(world).await;
        let ada = world.ada();
        let forbidden = json!({ "ok": false, "error": { "code": 403, "message": "insufficient scope" } });
        for fault in [
            Fault::Status(403, Some(forbidden)),
            Fault::Status(503, None),
            Fault::RateLimited { retry_after_s: 3600 },
            Fault::Html,
        ] {
            let before = calls(world);
            world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, fault).always());
            for _ in 0..20 {
                world.pass(Duration::from_mins(30));
                ada.asks("/status", "no open requests").await;
            }
            assert!((1..=20).contains(&(calls(world) - before)), "{}", calls(world) - before);
            world.sandbox.faults().clear();
        }
        assert!(said(world, "BotSubscription").iter().all(|message| !message.text.contains("refuse")));
        world.sandbox.botsubscription().create_key_outside(&project.id, "stranger").unwrap();
        look(world).await;
        hears(world, "New there: stranger").await;
    }
}

story! {
    async fn however_many_accounts_are_due_a_provider_is_asked_at_a_leisurely_pace(world) {
        for _ in 0..3 {
            world.linked_project().await;
        }
        look(world).await;
        let before = calls(world);
        look(world).await;
        let times: Vec<_> = world.sandbox.botsubscription().calls()[before..].iter().map(|call| call.at_ms).collect();
        assert!(times.len() >= 3, "{times:?}");
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 2_000), "{times:?}");
    }
}
