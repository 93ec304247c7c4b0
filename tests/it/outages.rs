//! What everything hangs on is gone for long: nothing is lost, nothing is said or done twice, and what was asked for comes when it is back.

use std::{sync::Arc, time::Duration};

use keyporter::sandbox::{
    Sandbox,
    fault::{Fault, Rule, ServiceName},
};

use crate::world::{ADA, BORIS, Cluster, Database, Engine, LIMIT, World, logged_by, tell_on};

const DAY: Duration = Duration::from_hours(24);

/// Lets minutes pass until it is so.
async fn patiently(world: &World, what: &str, condition: impl Fn(&Sandbox) -> bool) {
    for _ in 0..120 {
        let seen = world
            .sandbox
            .wait_until(Duration::from_millis(100), what, |sandbox| {
                condition(sandbox).then_some(())
            });
        if seen.await.is_ok() {
            return;
        }
        world.pass(Duration::from_mins(1));
    }
    panic!(
        "it never came: {what}\n{}",
        world.sandbox.telegram().transcript(ADA)
    );
}

/// How many messages of the bot have ever said that.
fn said(sandbox: &Sandbox, chat: i64, words: &str) -> usize {
    let telegram = sandbox.telegram();
    let messages = telegram.messages(chat).into_iter();
    messages
        .filter(|message| {
            let mut versions = telegram.versions(chat, message.id).into_iter();
            message.from_bot() && versions.any(|version| version.text.contains(words))
        })
        .count()
}

async fn is_asked(world: &World, method: &str) {
    world
        .until("the provider is asked", |sandbox| {
            let calls = sandbox.botsubscription().calls();
            calls.iter().any(|call| call.method == method).then_some(())
        })
        .await;
}

/// For what changes outside of the sandbox.
async fn becomes_true(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(LIMIT, waiting)
        .await
        .expect("it becomes true");
}

fn slowly(method: &str) -> Rule {
    Rule::new(
        ServiceName::BotSubscription,
        Fault::Delay(Duration::from_secs(5)),
    )
    .method(method)
}

async fn a_key_whose_database_ends_in_between_reaches_its_person(
    world: &mut World,
    cluster: Arc<Cluster>,
) {
    world.options.call_timeout = Duration::from_secs(15);
    world.restart().await;
    let project = world.linked_project().await;
    let ada = world.ada();
    cluster.stop();
    ada.say("/newkey ci");
    ada.sees("cannot write anything down").await;
    cluster.start();
    patiently(world, "the question", |sandbox| {
        said(sandbox, ADA, "Create key ci") == 1
    })
    .await;
    world.sandbox.faults().add(slowly("POST"));
    ada.press("Create key");
    is_asked(world, "POST").await;
    cluster.stop();
    world.pass(Duration::from_secs(5));
    world
        .until("the provider has made the key", |sandbox| {
            let keys = sandbox.botsubscription().keys(&project.id);
            keys.iter().any(|key| key.label == "ci").then_some(())
        })
        .await;
    // Its secret is nowhere but in the program's hands now.
    becomes_true(|| !logged_by("a new key cannot be recorded yet; holding it").is_empty()).await;
    cluster.start();
    patiently(world, "the secret", |sandbox| {
        said(sandbox, ADA, "It disappears after ten minutes") == 1
    })
    .await;
    let made = world.sandbox.botsubscription().keys(&project.id);
    let made: Vec<_> = made.iter().filter(|key| key.label == "ci").collect();
    assert_eq!(made.len(), 1);
    let shown = ada.chat();
    let shown = shown
        .iter()
        .any(|message| message.parts("spoiler").contains(&made[0].secret));
    assert!(shown, "the key that was made is the one that is shown");
    ada.presses("I saved it", "is created and saved").await;
}

#[test]
fn a_postgres_that_ends_in_the_middle_of_a_new_key_costs_nothing() {
    let Some(cluster) = Cluster::make().map(Arc::new) else {
        return;
    };
    let database = Database::on(Engine::Postgres, cluster.url());
    tell_on(database, |world| {
        Box::pin(a_key_whose_database_ends_in_between_reaches_its_person(
            world,
            cluster.clone(),
        ))
    });
}

story! {
    async fn what_happened_while_telegram_was_away_for_an_hour_is_said_once(world) {
        world.options.call_timeout = Duration::from_secs(15);
        world.restart().await;
        world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/start", "Hello").await;
        let his = world.sandbox.botsubscription().add_project();
        boris.links_project(&his).await;
        let old = world.sandbox.botsubscription().create_key_outside(&his.id, "old").unwrap();
        ada.asks("/newkey ci", "Create key ci").await;
        boris.asks("/revoke old", "Revoke old").await;
        world.sandbox.faults().add(slowly("POST"));
        world.sandbox.faults().add(slowly("DELETE"));
        ada.press("Create key");
        boris.press("Revoke key");
        is_asked(world, "POST").await;
        is_asked(world, "DELETE").await;
        world.sandbox.telegram().service().stop().await.unwrap();
        boris.say("/help");
        world.pass(Duration::from_secs(5));
        world.until("the provider goes on", |sandbox| (!sandbox.botsubscription().alive(&old.secret)).then_some(())).await;
        // It has tried in vain at the beginning and at the end of the hour; each look lets a second pass.
        let tries = |times: u32| {
            world.pass(Duration::from_secs(1));
            let tries = format!("SELECT step FROM operations WHERE step = 'deliver' AND tries >= {times}");
            !world.database.find(&tries).is_empty()
        };
        becomes_true(|| tries(1)).await;
        world.pass(Duration::from_hours(1));
        becomes_true(|| tries(2)).await;
        world.sandbox.telegram().service().resume().await.unwrap();
        for (chat, words) in [
            (ADA, "It disappears after ten minutes"),
            (ADA, "key stands in this chat"),
            (BORIS, "Revoked: old"),
            (BORIS, "What you can send me"),
        ] {
            patiently(world, words, |sandbox| said(sandbox, chat, words) > 0).await;
        }
        world.settle().await;
        ada.presses("I saved it", "is created and saved").await;
        for (chat, words) in [
            (ADA, "It disappears after ten minutes"),
            (ADA, "is created and saved"),
            (BORIS, "Revoked: old"),
            (BORIS, "What you can send me"),
        ] {
            assert_eq!(said(&world.sandbox, chat, words), 1, "{words}");
        }
    }
}

story! {
    async fn a_provider_that_is_away_for_a_month_is_asked_until_it_has_revoked(world) {
        let project = world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        let old = world.sandbox.botsubscription().create_key_outside(&project.id, "old").unwrap();
        boris.asks("/start", "Hello").await;
        let his = world.sandbox.botsubscription().add_project();
        boris.links_project(&his).await;
        ada.asks("/revoke old", "Revoke old").await;
        boris.asks("/newkey ci", "Create key ci").await;
        world.sandbox.botsubscription().service().stop().await.unwrap();
        ada.press("Revoke key");
        boris.press("Create key");
        ada.sees("cannot be reached right now").await;
        boris.sees("cannot be reached right now").await;
        patiently(world, "what was surely not done ends", |sandbox| said(sandbox, BORIS, "could not be reached for ten minutes") == 1).await;
        boris.asks("/status", "no open requests").await;
        for _ in 0..30 {
            world.pass(DAY);
            ada.asks("/status", "cannot be reached right now").await;
        }
        let check = keyporter::check::check(world.settings(), &world.ports()).await;
        assert!(check.iter().any(|finding| finding.text.ends_with("is open for more than a day")), "{check:#?}");
        world.sandbox.botsubscription().service().resume().await.unwrap();
        patiently(world, "the revocation", |sandbox| said(sandbox, ADA, "Revoked: old") == 1).await;
        assert!(!world.sandbox.botsubscription().alive(&old.secret));
        assert!(world.sandbox.botsubscription().keys(&his.id).iter().all(|key| key.label != "ci"), "nobody waits for it any more");
        ada.asks("/status", "no open requests").await;
    }
}
