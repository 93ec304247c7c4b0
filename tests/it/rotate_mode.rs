//! When the old key of a rotation dies: its owner chooses under the question, is reminded before the end, and is never surprised.

use std::time::Duration;

use keyporter::sandbox::{
    botsubscription::KeyView,
    fault::{Fault, Rule, ServiceName},
};

use crate::world::World;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// A key that is asked to be rotated.
async fn asked(world: &mut World) -> KeyView {
    let project = world.linked_project().await;
    let outside = world.sandbox.botsubscription();
    let old = outside.create_key_outside(&project.id, "ci").unwrap();
    world.ada().asks("/rotate ci", "Rotate ci").await;
    old
}

/// The new key is saved and works, and the old one lives on for that time.
async fn overlapping(world: &mut World, choice: &str) -> (KeyView, String) {
    let old = asked(world).await;
    let ada = world.ada();
    ada.presses(choice, "lives on for").await;
    ada.press("Rotate key");
    let shown = ada.sees("It disappears after ten minutes").await;
    ada.sees("after that").await;
    ada.presses("I saved it", "lives on until").await;
    (old, shown.parts("spoiler").remove(0))
}

fn both_alive(world: &World, old: &KeyView, new: &str) -> bool {
    let provider = world.sandbox.botsubscription();
    provider.alive(&old.secret) && provider.alive(new)
}

story! {
    async fn the_choice_stands_under_the_question_and_says_what_it_means(world) {
        asked(world).await;
        let ada = world.ada();
        for (choice, said) in [
            ("7 days later", "lives on for 7 days"),
            ("1 hour later", "lives on for 1 hour"),
            ("At once", "before there is a new one"),
            ("Once saved", "dies only after you press"),
        ] {
            let question = ada.presses(choice, said).await;
            assert!(question.button(&format!("✓ {choice}")).is_some(), "{question}");
            let style = question.button("Rotate key").and_then(|button| button.style.clone());
            let expected = if choice == "At once" { "danger" } else { "success" };
            assert_eq!(style.as_deref(), Some(expected), "{question}");
        }
        ada.presses("Cancel", "Cancelled").await;
        ada.asks("/status", "no open requests").await;
    }
}

story! {
    async fn both_keys_live_until_the_end_that_was_told(world) {
        let (old, new) = overlapping(world, "7 days later").await;
        let card = world.ada().sees("for another 7 days").await;
        assert!(card.button("Revoke old now").is_some() && card.button("Keep longer").is_some(), "{card}");
        world.pass(DAY * 5);
        world.settle().await;
        let ada = world.ada();
        assert!(ada.chat().iter().all(|message| !message.text.contains("⏰")), "no reminder yet");
        world.pass(DAY + HOUR);
        let reminder = world.hurry("the reminder", |sandbox| {
            sandbox.telegram().messages(ada.id).into_iter().find(|message| message.text.contains("⏰ The old key"))
        }).await;
        assert!(reminder.text.contains(old.last_four()) && reminder.text.contains("in 23 hours"), "{reminder}");
        assert!(both_alive(world, &old, &new));
        world.pass(DAY);
        world.hurry("the end of the old key", |sandbox| {
            let messages = sandbox.telegram().messages(ada.id);
            messages.iter().any(|message| message.text.contains("Rotated: ci")).then_some(())
        }).await;
        assert!(!world.sandbox.botsubscription().alive(&old.secret));
        assert!(world.sandbox.botsubscription().alive(&new));
        let reminders = ada.chat().iter().filter(|message| message.text.contains("⏰ The old key")).count();
        assert_eq!(reminders, 1, "once");
    }
}

story! {
    async fn the_old_key_dies_earlier_when_its_owner_says_so(world) {
        let (old, new) = overlapping(world, "30 days later").await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/start", "Hello").await;
        for data in ["req:1:old", "req:1:longer-1"] {
            let foreign = world.sandbox.telegram().press_raw(boris.id, None, data).unwrap();
            assert_eq!(boris.toast(&foreign).await.0, "This button is not for you.");
        }
        assert!(both_alive(world, &old, &new));
        ada.presses("Revoke old now", "Rotated: ci").await;
        assert!(!world.sandbox.botsubscription().alive(&old.secret));
        ada.asks("/audit", "old key ended before its time").await;
    }
}

story! {
    async fn the_old_key_lives_longer_when_its_owner_says_so_and_a_second_press_changes_nothing(world) {
        let (old, new) = overlapping(world, "1 hour later").await;
        let ada = world.ada();
        let card = ada.sees("lives on until").await;
        let data = card.button("Keep longer").unwrap().callback_data.clone().unwrap();
        ada.presses("Keep longer", "for another 2 hours").await;
        let again = world.sandbox.telegram().press_raw(ada.id, Some((ada.id, card.id)), &data).unwrap();
        assert!(ada.toast(&again).await.0.contains("has moved on"));
        world.pass(HOUR + HOUR / 2);
        world.settle().await;
        assert!(both_alive(world, &old, &new));
        world.pass(HOUR);
        ada.sees("Rotated: ci").await;
        assert!(!world.sandbox.botsubscription().alive(&old.secret));
    }
}

story! {
    async fn a_leaked_key_dies_before_there_is_a_new_one(world) {
        let old = asked(world).await;
        let sandbox = world.sandbox.clone();
        let ada = world.ada();
        ada.presses("At once", "before there is a new one").await;
        ada.press("Rotate key");
        let shown = ada.sees("It disappears after ten minutes").await;
        assert!(!sandbox.botsubscription().alive(&old.secret), "dead before the new one is saved");
        let calls = sandbox.botsubscription().calls();
        let position = |method: &str| calls.iter().position(|call| call.method == method).unwrap();
        assert!(position("DELETE") < position("POST"), "dead before the new one is made");
        let card = ada.presses("I saved it", "Rotated: ci").await;
        assert!(card.text.contains(old.last_four()), "{card}");
        assert!(sandbox.botsubscription().alive(&shown.parts("spoiler")[0]));
    }
}

story! {
    async fn a_new_key_that_cannot_be_made_after_a_leak_is_told_with_what_is_true(world) {
        let old = asked(world).await;
        let ada = world.ada();
        ada.presses("At once", "before there is a new one").await;
        let refused = serde_json::json!({ "error": "no more keys" });
        let fault = Rule::new(ServiceName::BotSubscription, Fault::Status(422, Some(refused))).method("POST");
        world.sandbox.faults().add(fault);
        ada.press("Rotate key");
        let card = ada.sees("Nothing was created").await;
        assert!(card.text.contains("The old key ci") && card.text.contains("is revoked"), "{card}");
        assert!(!world.sandbox.botsubscription().alive(&old.secret));
    }
}

story! {
    async fn a_leaked_key_whose_revocation_is_stopped_gets_no_new_one(world) {
        let old = asked(world).await;
        let ada = world.ada();
        ada.presses("At once", "before there is a new one").await;
        let fault = Rule::new(ServiceName::BotSubscription, Fault::Status(503, None)).method("DELETE");
        world.sandbox.faults().add(fault.always());
        ada.presses("Rotate key", "cannot be reached right now").await;
        world.pass(DAY);
        world.hurry("the reminder", |sandbox| {
            let messages = sandbox.telegram().messages(ada.id);
            messages.iter().any(|message| message.text.contains("Not revoked yet")).then_some(())
        }).await;
        ada.press("Stop trying");
        let stopped = ada.sees("may still be alive").await;
        assert!(stopped.text.contains("No new key was created"), "{stopped}");
        assert!(world.sandbox.botsubscription().alive(&old.secret));
        assert!(world.sandbox.botsubscription().calls().iter().all(|call| call.method != "POST"));
    }
}

story! {
    async fn the_key_that_keyporter_uses_itself_is_not_killed_first(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        let question = ada.asks("/rotate dashboard", "I go over to the new one").await;
        assert!(question.button("At once").is_none() && question.button("1 hour later").is_some(), "{question}");
        let data = question.button("1 hour later").unwrap().callback_data.clone().unwrap();
        let forged = data.replace(":hour", ":now");
        let pressed = world.sandbox.telegram().press_raw(ada.id, Some((ada.id, question.id)), &forged).unwrap();
        ada.toast(&pressed).await;
        ada.press("Rotate key");
        ada.sees("It disappears after ten minutes").await;
        assert!(world.sandbox.botsubscription().alive(&project.token));
    }
}

story! {
    async fn a_choice_that_comes_late_or_from_somebody_else_changes_nothing(world) {
        asked(world).await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/start", "Hello").await;
        let question = ada.sees("Rotate ci").await;
        let data = question.button("At once").unwrap().callback_data.clone().unwrap();
        let foreign = world.sandbox.telegram().press_raw(boris.id, None, &data).unwrap();
        assert_eq!(boris.toast(&foreign).await.0, "This button is not for you.");
        world.pass(Duration::from_mins(6));
        ada.presses("At once", "more than 5 minutes old").await;
    }
}

story! {
    async fn the_overlap_outlives_a_crash_and_the_watch_says_nothing_of_it(world) {
        let (old, new) = overlapping(world, "24 hours later").await;
        world.crash().await;
        world.start();
        world.pass(HOUR * 7);
        world.settle().await;
        let ada = world.ada();
        ada.asks("/status 1", "lives on until").await;
        assert!(both_alive(world, &old, &new));
        let news = ada.chat().iter().filter(|message| message.text.contains("If you know why")).count();
        assert_eq!(news, 0);
        world.pass(HOUR * 18);
        ada.sees("Rotated: ci").await;
        assert!(!world.sandbox.botsubscription().alive(&old.secret));
    }
}
