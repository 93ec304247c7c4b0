//! `/newkey`: one key for one confirmation, shown once to one person, whatever happens to the answers.

use std::time::Duration;

use keyporter::sandbox::{
    botsubscription::{KeyView, Project},
    fault::{Fault, Rule, ServiceName},
};

use crate::world::{ADA, BORIS, World};

fn living(world: &World, project: &Project, label: &str) -> Vec<KeyView> {
    let keys = world.sandbox.botsubscription().keys(&project.id);
    keys.into_iter()
        .filter(|key| key.label == label && key.revoked_at_ms.is_none())
        .collect()
}

fn lost(fault: Fault) -> Rule {
    Rule::new(ServiceName::BotSubscription, fault).method("POST")
}

story! {
    async fn a_key_is_created_shown_once_and_taken_away_when_saved(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        let question = ada.asks("/newkey staging bot", "Create key staging bot").await;
        assert!(question.button("Create key").is_some() && question.button("Cancel").is_some(), "{question}");
        assert!(living(world, &project, "staging bot").is_empty(), "nothing before the press");
        ada.press("Create key");
        let shown = ada.sees("press “I saved it”. It disappears").await;
        let [key] = living(world, &project, "staging bot").try_into().unwrap();
        assert_eq!(shown.parts("spoiler").concat(), key.secret, "{shown}");
        assert!(shown.protected && shown.parts("code").is_empty(), "{shown}");
        let copy = shown.button("Copy").and_then(|button| button.copy_text.as_ref()).expect("a copy button");
        assert_eq!(copy.text, key.secret);
        ada.press("I saved it");
        ada.sees_gone(shown.id).await;
        let card = ada.sees("is created and saved").await;
        assert_eq!(card.id, question.id, "one message tells how it goes");
        assert!(card.text.contains(key.last_four()) && !card.text.contains(&key.secret), "{card}");
        let versions = world.sandbox.telegram().versions(ADA, shown.id);
        assert!(!versions.last().unwrap().text.contains(&key.secret), "emptied before it was deleted");
        assert_eq!(living(world, &project, "staging bot").len(), 1);
    }
}

story! {
    async fn the_label_is_asked_for_when_it_is_missing(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey", "What shall the key be for").await;
        ada.asks(&"x".repeat(65), "at most 64 characters").await;
        ada.asks("two\nlines", "one line").await;
        ada.asks("evil \u{202E}label", "one line").await;
        let question = ada.asks("<b>&amp; \u{1F469}\u{200D}\u{1F680} я", "Create key").await;
        assert!(question.text.contains("<b>&amp; \u{1F469}\u{200D}\u{1F680} я"), "{question}");
        ada.press("Create key");
        ada.sees("I saved it").await;
    }
}

story! {
    async fn with_several_accounts_one_is_chosen_first(world) {
        let first = world.linked_project().await;
        let second = world.linked_project().await;
        let ada = world.ada();
        let choice = ada.asks("/newkey ci", "In which account").await;
        let name = format!("BotSubscription {}", &second.id[..8]);
        let question = ada.presses(&name, "Create key ci").await;
        assert_eq!(question.id, choice.id);
        ada.press("Create key");
        ada.sees("I saved it").await;
        assert!(living(world, &first, "ci").is_empty());
        assert_eq!(living(world, &second, "ci").len(), 1);
    }
}

story! {
    async fn nothing_is_created_when_the_question_is_declined_or_too_old(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.presses("Cancel", "Cancelled").await;
        let question = ada.asks("/newkey ci", "Create key ci").await;
        world.pass(Duration::from_secs(301));
        let (text, alert) = ada.presses_for_toast("Create key").await;
        assert!(alert && text.contains("5 minutes old"), "{text}");
        let expired = ada.sees("5 minutes old").await;
        assert_eq!(expired.id, question.id);
        assert!(living(world, &project, "ci").is_empty());
    }
}

story! {
    async fn only_the_person_who_was_asked_can_press_and_only_once(world) {
        let project = world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/start", "Hello").await;
        let question = ada.asks("/newkey ci", "Create key ci").await;
        let data = question.button("Create key").unwrap().callback_data.clone().unwrap();
        let foreign = world.sandbox.telegram().press_raw(BORIS, None, &data).unwrap();
        assert_eq!(boris.toast(&foreign).await.0, "This button is not for you.");
        let elsewhere = world.sandbox.telegram().press_raw(BORIS, Some((BORIS, 2)), &data).unwrap();
        assert_eq!(boris.toast(&elsewhere).await.0, "This button is not for you.");
        for _ in 0..20 {
            world.sandbox.telegram().press_raw(ADA, Some((ADA, question.id)), &data).unwrap();
        }
        ada.sees("I saved it").await;
        world.settle().await;
        let again = world.sandbox.telegram().press_raw(ADA, Some((ADA, question.id)), &data).unwrap();
        assert_eq!(ada.toast(&again).await.0, "This was answered already.");
        assert_eq!(living(world, &project, "ci").len(), 1, "never two keys for one confirmation");
    }
}

story! {
    async fn a_lost_answer_is_found_by_reading_and_the_person_chooses(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        world.sandbox.faults().add(lost(Fault::CutAfter));
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        let card = ada.sees("nobody has seen its secret").await;
        let [orphan] = living(world, &project, "ci").try_into().unwrap();
        assert!(card.text.contains(orphan.last_four()), "{card}");
        let button = card.button("Revoke it and create again").expect("a button that says both");
        assert!(button.text.starts_with(&format!("…{}: ", orphan.last_four())), "{}", button.text);
        ada.press("Revoke it and create again");
        let shown = ada.sees("It disappears after ten minutes").await;
        let [key] = living(world, &project, "ci").try_into().unwrap();
        assert_ne!(key.id, orphan.id);
        assert_eq!(shown.parts("spoiler"), [key.secret]);
    }
}

story! {
    async fn a_lost_answer_can_be_kept_as_it_is(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        world.sandbox.faults().add(lost(Fault::Garbage));
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("nobody has seen its secret").await;
        ada.presses("Keep it", "lives on, and nobody has its secret").await;
        assert_eq!(living(world, &project, "ci").len(), 1, "never revoked by itself");
    }
}

story! {
    async fn a_request_that_never_arrived_is_told_so_after_a_minute(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        world.sandbox.faults().add(lost(Fault::CutBefore));
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        let card = ada.sees("I do not know yet whether the key was created").await;
        assert!(!card.text.contains("Nothing"), "{card}");
        for _ in 0..6 {
            world.pass(Duration::from_secs(12));
            world.settle().await;
        }
        let card = ada.sees("Nothing was created").await;
        assert!(card.text.contains("a minute later no such key was there"), "{card}");
        assert!(living(world, &project, "ci").is_empty());
        assert!(ada.chat().iter().all(|message| !message.text.contains("will appear here")), "the empty place is gone");
    }
}

story! {
    async fn a_key_that_appears_late_is_not_missed(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        world.sandbox.faults().add(lost(Fault::LateEffect(Duration::from_secs(30))));
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("I do not know yet").await;
        world.pass(Duration::from_secs(31));
        ada.sees("nobody has seen its secret").await;
        assert_eq!(living(world, &project, "ci").len(), 1);
    }
}

story! {
    async fn a_colleagues_key_of_another_label_is_not_taken_for_the_lost_one(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        world.sandbox.faults().add(lost(Fault::CutBefore));
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("I do not know yet").await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "colleague").unwrap();
        world.pass(Duration::from_secs(61));
        let card = ada.sees("Nothing was created").await;
        assert!(card.text.contains("new there since: colleague"), "{card}");
        assert_eq!(living(world, &project, "colleague").len(), 1);
    }
}

story! {
    async fn clear_refusals_end_the_request_with_the_reason(world) {
        world.linked_project().await;
        let ada = world.ada();
        let words = serde_json::json!({ "error": { "message": "Label must be unique. See https://x.example/docs", "code": "VALIDATION_ERROR" } });
        for (fault, reason) in [
            (Fault::Status(422, Some(words)), "says: Label must be unique. See …"),
            (Fault::Status(404, None), "no such account or project"),
            (Fault::Status(403, None), "refused the credential"),
        ] {
            world.sandbox.faults().add(lost(fault));
            ada.asks("/newkey ci", "Create key ci").await;
            ada.press("Create key");
            let card = ada.sees("Nothing was created").await;
            assert!(card.text.contains(reason), "{card}");
            let linked_again = card.button("Link again").is_some();
            assert_eq!(linked_again, reason.contains("credential"), "{card}");
        }
    }
}

story! {
    async fn being_asked_to_wait_is_waited_for(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        world.sandbox.faults().add(lost(Fault::RateLimited { retry_after_s: 90 }));
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("asks to wait").await;
        assert!(living(world, &project, "ci").is_empty());
        world.pass(Duration::from_secs(91));
        ada.sees("It disappears after ten minutes").await;
        assert_eq!(living(world, &project, "ci").len(), 1);
    }
}

story! {
    async fn a_provider_that_is_down_is_tried_for_ten_minutes(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        world.sandbox.botsubscription().service().stop().await.unwrap();
        ada.press("Create key");
        ada.sees("cannot be reached right now").await;
        world.pass(Duration::from_secs(601));
        let card = ada.sees("Nothing was created").await;
        assert!(card.text.contains("could not be reached for ten minutes"), "{card}");
        world.sandbox.botsubscription().service().resume().await.unwrap();
        assert!(living(world, &project, "ci").is_empty());
    }
}

story! {
    async fn a_shown_key_disappears_after_ten_minutes_and_can_be_shown_again(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        let shown = ada.sees("It disappears after ten minutes").await;
        let secret = shown.parts("spoiler").remove(0);
        world.pass(Duration::from_secs(601));
        ada.sees_gone(shown.id).await;
        let card = ada.sees("taken out of the chat").await;
        for words in ["Show again", "I saved it", "I lost it"] {
            assert!(card.button(words).is_some(), "{words}: {card}");
        }
        let again = ada.presses("Show again", "It disappears after ten minutes").await;
        assert_eq!(again.parts("spoiler"), [secret]);
        assert!(again.protected);
        ada.presses("I saved it", "is created and saved").await;
    }
}

story! {
    async fn a_lost_key_is_revoked(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        let shown = ada.sees("It disappears after ten minutes").await;
        ada.sees("key stands in this chat").await;
        ada.presses("I lost it", "is revoked; nobody can use it").await;
        ada.sees_gone(shown.id).await;
        assert!(living(world, &project, "ci").is_empty());
    }
}

story! {
    async fn a_key_that_nobody_saves_for_a_day_is_wiped_here_and_said_to_live(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        let shown = ada.sees("It disappears after ten minutes").await;
        world.pass(Duration::from_secs(601));
        ada.sees_gone(shown.id).await;
        world.pass(Duration::from_hours(24));
        ada.sees("Nobody pressed").await;
        assert_eq!(living(world, &project, "ci").len(), 1);
        ada.asks("/status", "no open requests").await;
    }
}

story! {
    async fn a_closed_chat_means_that_nothing_is_created(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        let question = ada.asks("/newkey ci", "Create key ci").await;
        let data = question.button("Create key").unwrap().callback_data.clone().unwrap();
        world.sandbox.telegram().block(ADA).unwrap();
        world.sandbox.telegram().press_raw(ADA, Some((ADA, question.id)), &data).unwrap();
        world.until("the place is refused", |sandbox| {
            let refused = sandbox.telegram().calls_of("sendMessage").iter().any(|call| call.status == Some(403));
            refused.then_some(())
        }).await;
        world.sandbox.telegram().unblock(ADA).unwrap();
        ada.asks_until("/status 1", "Nothing was created").await;
        assert!(living(world, &project, "ci").is_empty());
        assert!(world.sandbox.botsubscription().calls().iter().all(|call| call.method == "GET"), "nothing was asked for");
    }
}

story! {
    async fn a_very_long_key_gets_a_place_from_which_it_can_be_copied(world) {
        world.sandbox.botsubscription().behave(|behaviour| behaviour.secret_chars = 400);
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        let shown = ada.sees("It disappears after ten minutes").await;
        let [key] = living(world, &project, "ci").try_into().unwrap();
        assert_eq!(shown.parts("code"), [key.secret], "{shown}");
        assert!(!shown.text.contains("uncover"), "{shown}");
        assert!(!shown.protected && shown.parts("spoiler").is_empty() && shown.button("Copy").is_none(), "{shown}");
        ada.presses("I saved it", "is created and saved").await;
        let kept = ada.chat().iter().filter(|message| message.text.contains("will appear here")).count();
        assert_eq!(kept, 0, "the first, protected place is gone");
    }
}

story! {
    async fn deleting_the_empty_place_does_not_lose_the_key(world) {
        world.linked_project().await;
        let ada = world.ada();
        let gone = serde_json::json!({ "ok": false, "error_code": 400, "description": "Bad Request: message to edit not found" });
        world.expected_refusals.push("editMessageText");
        world.sandbox.faults().add(
            Rule::new(ServiceName::Telegram, Fault::Status(400, Some(gone))).path("editMessageText"),
        );
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        let shown = ada.sees("It disappears after ten minutes").await;
        assert_eq!(shown.parts("spoiler").len(), 1);
    }
}

story! {
    async fn one_key_providers_offer_to_rotate_instead(world) {
        world.linked_account().await;
        let answer = world.ada().asks("/newkey ci", "exactly one key").await;
        assert!(answer.button("Rotate key").is_some(), "{answer}");
    }
}
