//! A revocation that stays open: its owner hears of it once a day, and alone decides whether it goes on.

use std::time::Duration;

use keyporter::sandbox::{
    Sandbox,
    botsubscription::KeyView,
    fault::{Fault, Rule, ServiceName},
    telegram::Shown,
};

use crate::world::{ADA, World};

const DAY: Duration = Duration::from_hours(24);

/// A key whose revocation does not get through.
async fn stuck(world: &mut World) -> KeyView {
    let project = world.linked_project().await;
    let key = world
        .sandbox
        .botsubscription()
        .create_key_outside(&project.id, "ci")
        .unwrap();
    let fault = Rule::new(ServiceName::BotSubscription, Fault::Status(503, None)).method("DELETE");
    world.sandbox.faults().add(fault.always());
    let ada = world.ada();
    ada.asks("/revoke ci", "Revoke ci").await;
    ada.presses("Revoke key", "cannot be reached right now")
        .await;
    key
}

fn reminders(sandbox: &Sandbox) -> Vec<Shown> {
    let messages = sandbox.telegram().messages(ADA).into_iter();
    messages
        .filter(|message| message.text.contains("Not revoked yet"))
        .collect()
}

/// Lets a few hours pass, each only when the ledger has done what was due.
async fn hours_pass(world: &World) {
    for _ in 0..4 {
        world.pass(Duration::from_hours(1));
        until_rest(world).await;
    }
}

async fn until_rest(world: &World) {
    for _ in 0..200 {
        let due = world.database.find(&format!(
            "SELECT CAST(number AS TEXT) FROM operations WHERE untold <> 0 OR (ended_at = 0 AND next_try_at <= {})",
            world.sandbox.clock().now_ms()
        ));
        if due.is_empty() {
            return;
        }
        a_moment(world).await;
    }
    panic!("the ledger never rests");
}

/// Nothing but real time shows what happens in the database; the clock goes on, for whoever sleeps.
async fn a_moment(world: &World) {
    world.pass(Duration::from_secs(1));
    let moment = Duration::from_millis(50);
    let never = world.sandbox.wait_until(moment, "never", |_| None::<()>);
    never.await.expect_err("it never comes");
}

async fn reminded(world: &World, count: usize) -> Shown {
    world
        .hurry("the reminder", |sandbox| {
            let mut reminders = reminders(sandbox);
            (reminders.len() >= count).then(|| reminders.pop())?
        })
        .await
}

story! {
    async fn its_owner_is_reminded_once_a_day(world) {
        stuck(world).await;
        hours_pass(world).await;
        assert_eq!(reminders(&world.sandbox).len(), 0, "not before a day is over");
        world.pass(DAY);
        let first = reminded(world, 1).await;
        for said in ["Request 1 · Revocation of ci", "cannot be reached", "asked for on 20"] {
            assert!(first.text.contains(said), "{first}");
        }
        assert_eq!(first.button("Stop trying").and_then(|button| button.style.as_deref()), Some("danger"));
        hours_pass(world).await;
        assert_eq!(reminders(&world.sandbox).len(), 1, "once");
        let ada = world.ada();
        let (text, _) = ada.presses_for_toast("Keep trying").await;
        assert_eq!(text, "I go on trying.");
        world.pass(DAY);
        let second = world.hurry("the next one", |sandbox| {
            reminders(sandbox).into_iter().find(|reminder| reminder.id != first.id)
        }).await;
        assert!(second.button("Keep trying").is_some(), "{second}");
        until_rest(world).await;
        world.sandbox.faults().clear();
        world.pass(Duration::from_hours(1));
        world.hurry("it is gone at last", |sandbox| {
            let messages = sandbox.telegram().messages(ADA);
            messages.iter().any(|message| message.text.contains("Revoked: ci")).then_some(())
        }).await;
    }
}

story! {
    async fn it_stops_when_its_owner_says_so_and_what_is_then_true_is_said(world) {
        let key = stuck(world).await;
        world.pass(DAY);
        let reminder = reminded(world, 1).await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/start", "Hello").await;
        for data in ["stop:1", "try:1"] {
            let foreign = world.sandbox.telegram().press_raw(boris.id, None, data).unwrap();
            assert_eq!(boris.toast(&foreign).await.0, "This button is not for you.");
        }
        let data = reminder.button("Stop trying").unwrap().callback_data.clone().unwrap();
        ada.press("Stop trying");
        let stopped = ada.sees("may still be alive").await;
        assert!(stopped.text.contains("dashboard") && stopped.keyboard.buttons().next().is_none(), "{stopped}");
        let again = world.sandbox.telegram().press_raw(ADA, Some((ADA, reminder.id)), &data).unwrap();
        assert!(ada.toast(&again).await.0.contains("has moved on"));
        ada.asks("/audit", "revocation given up").await;
        ada.asks("/status", "no open requests").await;
        // The card says the same.
        let told = ada.chat().iter().filter(|message| message.text.contains("may still be alive")).count();
        assert_eq!(told, 2);
        world.sandbox.faults().clear();
        world.pass(DAY);
        world.settle().await;
        ada.asks("/status 1", "I stopped trying").await;
        assert!(world.sandbox.botsubscription().alive(&key.secret));
    }
}

story! {
    async fn a_reminder_survives_a_crash_and_comes_once(world) {
        stuck(world).await;
        world.pass(DAY);
        let written = "SELECT id FROM outbox WHERE id LIKE 'reminder-%'";
        for _ in 0..200 {
            if !world.database.find(written).is_empty() {
                break;
            }
            a_moment(world).await;
        }
        world.crash().await;
        assert_eq!(world.database.find(written).len() + reminders(&world.sandbox).len(), 1);
        world.start();
        reminded(world, 1).await;
        hours_pass(world).await;
        assert_eq!(reminders(&world.sandbox).len(), 1);
    }
}

story! {
    async fn many_that_one_press_has_started_are_one_reminder(world) {
        let project = world.linked_project().await;
        let sandbox = world.sandbox.clone();
        let keys = ["ci", "web"].map(|label| sandbox.botsubscription().create_key_outside(&project.id, label).unwrap());
        let ada = world.ada();
        let fault = Rule::new(ServiceName::BotSubscription, Fault::Status(503, None)).method("DELETE");
        sandbox.faults().add(fault.always());
        ada.asks("/panic", "What has leaked").await;
        ada.presses(&format!("All keys of BotSubscription {}", &project.id[..8]), "Revoke these 3 keys").await;
        ada.presses("Revoke all", "cannot be reached right now").await;
        // The last of them has found that it has to wait.
        until_rest(world).await;
        world.pass(DAY);
        let reminder = reminded(world, 1).await;
        for said in ["Request 1 · ", "Request 2 · ", "Request 3 · ", "after the others"] {
            assert!(reminder.text.contains(said), "{reminder}");
        }
        hours_pass(world).await;
        assert_eq!(reminders(&world.sandbox).len(), 1);
        ada.press("Stop trying");
        let stopped = ada.sees("3 were given up").await;
        assert!(stopped.text.contains("may still be alive"), "{stopped}");
        ada.asks("/status", "no open requests").await;
        assert!(keys.iter().all(|key| sandbox.botsubscription().alive(&key.secret)));
    }
}
