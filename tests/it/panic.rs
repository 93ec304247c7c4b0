//! `/panic`: all that can die dies by one press, in the right order, whatever is away; and what is said of it is true at any moment.

use keyporter::sandbox::{
    botsubscription::{KeyView, Project},
    fault::{Fault, Rule, ServiceName},
};

use crate::world::{ADA, BORIS, World};

fn outside(world: &World, project: &Project, label: &str) -> KeyView {
    world
        .sandbox
        .botsubscription()
        .create_key_outside(&project.id, label)
        .unwrap()
}

fn living(world: &World, project: &Project) -> Vec<String> {
    let keys = world.sandbox.botsubscription().keys(&project.id);
    keys.into_iter()
        .filter(|key| key.revoked_at_ms.is_none())
        .map(|key| key.label)
        .collect()
}

/// The button of an account by its usual name.
fn all_keys_of(project: &Project) -> String {
    format!("All keys of BotSubscription {}", &project.id[..8])
}

fn requests(world: &World) -> Vec<String> {
    world
        .database
        .find("SELECT CAST(number AS TEXT) FROM operations ORDER BY number")
}

fn deletes(fault: Fault) -> Rule {
    Rule::new(ServiceName::BotSubscription, fault).method("DELETE")
}

story! {
    async fn all_keys_of_an_account_die_by_one_press_and_its_own_last(world) {
        let project = world.linked_project().await;
        let keys = ["ci", "web"].map(|label| outside(world, &project, label));
        let ada = world.ada();
        let choice = ada.asks("/panic", "What has leaked").await;
        assert!(choice.button("All keys of all accounts").is_none(), "{choice}");
        let question = ada.presses(&all_keys_of(&project), "Revoke these 3 keys").await;
        for said in [keys[0].last_four(), keys[1].last_four(), "used by Keyporter", "has to be linked again"] {
            assert!(question.text.contains(said), "{question}");
        }
        assert_eq!(question.button("Revoke all").and_then(|button| button.style.as_deref()), Some("danger"));
        assert_eq!(living(world, &project).len(), 3, "nothing happens before the press");
        ada.press("Revoke all");
        let card = ada.sees("All 3 keys are revoked (requests 1 to 3)").await;
        assert_eq!(card.id, question.id);
        assert!(card.text.contains("Gone: 3") && card.button("Link again").is_some(), "{card}");
        assert_eq!(living(world, &project), Vec::<String>::new());
        let first = world.sandbox.botsubscription().keys(&project.id).into_iter().find(|key| key.is_first).unwrap();
        let calls = world.sandbox.botsubscription().calls();
        let revoked: Vec<_> = calls.iter().filter(|call| call.method == "DELETE").collect();
        assert!(revoked.last().unwrap().path.ends_with(&first.id), "{revoked:?}");
        ada.asks("/status 2", "Revoked: ").await;
        ada.asks("/status", "no open requests").await;
        ada.asks("/audit", "revocation confirmed").await;
        assert_eq!(requests(world).len(), 3);
    }
}

story! {
    async fn all_accounts_are_one_question_and_one_card(world) {
        let one = world.linked_project().await;
        let two = world.linked_project().await;
        let (_, only_key) = world.linked_account().await;
        outside(world, &one, "ci");
        let ada = world.ada();
        ada.asks("/panic", "What has leaked").await;
        let question = ada.presses("All keys of all accounts", "Revoke these 3 keys").await;
        assert!(question.text.contains(&two.id[..8]) && question.text.contains("only replace"), "{question}");
        let offer = ada.sees("The old key dies at the moment").await;
        ada.press("Revoke all");
        let card = ada.sees("All 3 keys are revoked").await;
        assert_eq!((card.id, card.keyboard.inline_keyboard.len()), (question.id, 2), "{card}");
        assert!(living(world, &one).is_empty() && living(world, &two).is_empty());
        // What can only be replaced is offered still, and was not touched.
        assert!(world.sandbox.bots_business().accounts().iter().any(|account| account.api_key == only_key));
        world.sandbox.telegram().press(ADA, ADA, offer.id, "Rotate key").unwrap();
        ada.sees("Rotate the key of Bots.Business").await;
    }
}

story! {
    async fn one_key_is_found_by_label_or_last_four_and_never_guessed(world) {
        let project = world.linked_project().await;
        world.linked_account().await;
        let keys = ["ci", "ci", "staging bot"].map(|label| outside(world, &project, label));
        let ada = world.ada();
        ada.asks("/panic staging bot", "Revoke this key").await;
        ada.presses("Revoke all", "Revoked: staging bot").await;
        ada.asks("/panic ci", "Which key").await;
        let question = ada.presses(&format!("…{}", keys[0].last_four()), "Revoke this key").await;
        assert!(question.text.contains(keys[0].last_four()) && !question.text.contains(keys[1].last_four()), "{question}");
        ada.presses("Revoke all", "Revoked: ci").await;
        ada.asks(&format!("/panic {}", keys[1].last_four()), "Revoke this key").await;
        ada.presses("Cancel", "Cancelled").await;
        let mut left = living(world, &project);
        left.sort();
        assert_eq!(left, ["ci", "dashboard"]);
        let answer = ada.asks("/panic Bots.Business", "cannot be revoked, only replaced").await;
        assert!(answer.button("Rotate key").is_some() && answer.button("Revoke all").is_none(), "{answer}");
        ada.asks("/panic nothing", "No living key").await;
    }
}

story! {
    async fn a_pause_stops_no_panic(world) {
        world.stop().await;
        world.operators = vec![BORIS];
        world.expected_refusals.push("setMyCommands");
        world.start();
        let project = world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        ada.asks("/panic", "What has leaked").await;
        boris.asks("/pause", "Issuing is allowed").await;
        boris.presses("Pause issuing", "Issuing is paused").await;
        ada.presses(&all_keys_of(&project), "Revoke this key").await;
        ada.presses("Revoke all", "Revoked: dashboard").await;
        assert_eq!(living(world, &project), Vec::<String>::new());
    }
}

story! {
    async fn a_provider_that_is_away_is_asked_until_all_are_dead_over_a_crash_too(world) {
        let project = world.linked_project().await;
        for label in ["ci", "web"] {
            outside(world, &project, label);
        }
        let ada = world.ada();
        ada.asks("/panic", "What has leaked").await;
        ada.presses(&all_keys_of(&project), "Revoke these 3 keys").await;
        world.sandbox.botsubscription().service().stop().await.unwrap();
        ada.press("Revoke all");
        let card = ada.sees("cannot be reached right now").await;
        assert!(card.text.contains("Revoking 3 keys") && card.text.contains("Gone: 0 · accepted, not seen gone yet: 0 · asked: 3"), "{card}");
        ada.asks("/status", "Request 3").await;
        world.crash().await;
        world.sandbox.botsubscription().service().resume().await.unwrap();
        world.start();
        let done = world.hurry("all are gone", |sandbox| {
            let card = sandbox.telegram().message(ADA, card.id)?;
            card.text.contains("All 3 keys are revoked").then_some(card)
        }).await;
        assert!(done.text.contains("Gone: 3"), "{done}");
        assert_eq!(living(world, &project), Vec::<String>::new());
    }
}

story! {
    async fn a_crash_in_the_middle_loses_and_doubles_nothing(world) {
        let project = world.linked_project().await;
        for number in 0..5 {
            outside(world, &project, &format!("k{number}"));
        }
        let ada = world.ada();
        ada.asks("/panic", "What has leaked").await;
        ada.presses(&all_keys_of(&project), "Revoke these 6 keys").await;
        world.sandbox.faults().add(deletes(Fault::HangAfter).skip(2));
        ada.press("Revoke all");
        world.until("the third is on its way", |sandbox| sandbox.faults().pending().is_empty().then_some(())).await;
        world.crash().await;
        assert_eq!(requests(world).len(), 6, "all of them are written down before the first");
        world.start();
        world.hurry("all are gone", |sandbox| {
            let messages = sandbox.telegram().messages(ADA);
            messages.iter().any(|message| message.text.contains("All 6 keys are revoked")).then_some(())
        }).await;
        assert_eq!((living(world, &project).len(), requests(world).len()), (0, 6));
    }
}

story! {
    async fn only_the_person_who_was_asked_can_press_and_only_once(world) {
        let project = world.linked_project().await;
        outside(world, &project, "ci");
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/start", "Hello").await;
        let choice = ada.asks("/panic", "What has leaked").await;
        let account = choice.button(&all_keys_of(&project)).unwrap().callback_data.clone().unwrap();
        let foreign = world.sandbox.telegram().press_raw(BORIS, None, &account).unwrap();
        boris.toast(&foreign).await;
        boris.sees("No account is linked yet").await;
        let question = ada.presses(&all_keys_of(&project), "Revoke these 2 keys").await;
        let data = question.button("Revoke all").unwrap().callback_data.clone().unwrap();
        let foreign = world.sandbox.telegram().press_raw(BORIS, None, &data).unwrap();
        assert_eq!(boris.toast(&foreign).await.0, "This button is not for you.");
        assert_eq!(living(world, &project).len(), 2);
        for _ in 0..10 {
            world.sandbox.telegram().press_raw(ADA, Some((ADA, question.id)), &data).unwrap();
        }
        ada.sees("All 2 keys are revoked").await;
        world.settle().await;
        assert_eq!(requests(world).len(), 2);
    }
}

story! {
    async fn a_list_that_cannot_be_read_leaves_what_is_known_here(world) {
        let project = world.linked_project().await;
        outside(world, &project, "unknown");
        let ada = world.ada();
        for label in ["one", "two"] {
            ada.asks(&format!("/newkey {label}"), &format!("Create key {label}")).await;
            ada.press("Create key");
            ada.sees("It disappears after ten minutes").await;
            ada.presses("I saved it", "is created and saved").await;
        }
        ada.asks("/revoke one", "Revoke one").await;
        ada.presses("Revoke key", "Revoked: one").await;
        world.sandbox.botsubscription().service().stop().await.unwrap();
        ada.asks("/panic", "What has leaked").await;
        let question = ada.presses(&all_keys_of(&project), "cannot read the list").await;
        assert!(question.text.contains("Revoke this key") && question.text.contains("two"), "{question}");
        assert!(!question.text.contains("one …") && !question.text.contains("unknown"), "{question}");
        ada.presses("Revoke all", "cannot be reached right now").await;
        // Asked for again, it is not begun twice.
        ada.asks("/panic two", "being revoked already").await;
        world.sandbox.botsubscription().service().resume().await.unwrap();
        world.hurry("it is gone", |sandbox| {
            let messages = sandbox.telegram().messages(ADA);
            messages.iter().any(|message| message.text.contains("Revoked: two")).then_some(())
        }).await;
        let mut left = living(world, &project);
        left.sort();
        assert_eq!(left, ["dashboard", "unknown"]);
    }
}

story! {
    async fn what_dies_is_told_apart_from_what_does_not_and_the_own_key_waits(world) {
        let project = world.linked_project().await;
        let stuck = outside(world, &project, "stuck");
        outside(world, &project, "ci");
        let ada = world.ada();
        world.sandbox.faults().add(deletes(Fault::Status(503, None)).path(&stuck.id).always());
        ada.asks("/panic", "What has leaked").await;
        ada.presses(&all_keys_of(&project), "Revoke these 3 keys").await;
        ada.press("Revoke all");
        let card = world.hurry("one is gone", |sandbox| {
            let messages = sandbox.telegram().messages(ADA);
            messages.into_iter().find(|message| message.text.contains("Gone: 1") && message.text.contains("after the others"))
        }).await;
        assert!(card.text.contains("asked: 2") && card.text.contains("✅ ci") && card.text.contains("⏳ stuck"), "{card}");
        assert!(world.sandbox.botsubscription().alive(&project.token));
        world.sandbox.faults().clear();
        world.hurry("all are gone", |sandbox| {
            let card = sandbox.telegram().message(ADA, card.id)?;
            card.text.contains("All 3 keys are revoked").then_some(())
        }).await;
        assert!(!world.sandbox.botsubscription().alive(&project.token));
    }
}

story! {
    async fn without_accounts_or_living_keys_nothing_is_asked(world) {
        let ada = world.ada();
        ada.asks("/panic", "No account is linked yet").await;
        world.linked_account().await;
        ada.asks("/panic", "What has leaked").await;
        let nothing = ada.presses("All keys of Bots.Business", "no living key").await;
        assert!(nothing.button("Revoke all").is_none(), "{nothing}");
        assert!(ada.sees("only replaced").await.button("Rotate key").is_some());
    }
}

story! {
    async fn many_keys_are_counted_instead_of_named(world) {
        let project = world.linked_project().await;
        for number in 0..25 {
            outside(world, &project, &format!("k{number}"));
        }
        let ada = world.ada();
        ada.asks("/panic", "What has leaked").await;
        let question = ada.presses(&all_keys_of(&project), "Revoke these 26 keys").await;
        assert!(question.text.contains("\n26 keys") && !question.text.contains("k7"), "{question}");
        ada.press("Revoke all");
        let card = world.hurry("all are gone", |sandbox| {
            let card = sandbox.telegram().message(ADA, question.id)?;
            card.text.contains("All 26 keys are revoked").then_some(card)
        }).await;
        assert!(!card.text.contains("k7"), "{card}");
        assert_eq!(living(world, &project), Vec::<String>::new());
    }
}

story! {
    async fn too_many_for_one_press_leave_the_own_key_alive(world) {
        let project = world.linked_project().await;
        for number in 0..201 {
            outside(world, &project, &format!("k{number}"));
        }
        let ada = world.ada();
        ada.asks("/panic", "What has leaked").await;
        let question = ada.presses(&all_keys_of(&project), "Revoke these 200 keys").await;
        assert!(question.text.contains("2 more keys are too many for one press"), "{question}");
        assert!(!question.text.contains("I use one of these keys myself"), "{question}");
    }
}
