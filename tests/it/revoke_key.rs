//! `/revoke`: exactly the key that was meant, never given up, never said before it is true.

use std::time::Duration;

use keyporter::sandbox::{
    fault::{Fault, Rule, ServiceName},
    telegram::Saying,
};

use crate::world::ADA;

fn deletes(fault: Fault) -> Rule {
    Rule::new(ServiceName::BotSubscription, fault).method("DELETE")
}

story! {
    async fn a_key_is_revoked_by_label_or_last_four(world) {
        let project = world.linked_project().await;
        let sandbox = world.sandbox.clone();
        let one = sandbox.botsubscription().create_key_outside(&project.id, "Staging Bot").unwrap();
        let two = sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        let question = ada.asks("/revoke staging bot", "Revoke Staging Bot").await;
        assert!(question.text.contains(one.last_four()), "{question}");
        ada.press("Revoke key");
        let card = ada.sees("Revoked: Staging Bot").await;
        assert_eq!(card.id, question.id);
        assert!(!sandbox.botsubscription().alive(&one.secret) && sandbox.botsubscription().alive(&two.secret));
        ada.asks(&format!("/revoke {}", two.last_four()), "Revoke ci").await;
        ada.presses("Revoke key", "Revoked: ci").await;
        assert!(!sandbox.botsubscription().alive(&two.secret));
        ada.asks("/revoke ci", "is revoked already").await;
        ada.asks("/revoke nothing", "No living key").await;
    }
}

story! {
    async fn a_key_is_known_as_it_is_written(world) {
        let project = world.linked_project().await;
        let key = world.sandbox.botsubscription().create_key_outside(&project.id, "staging bot").unwrap();
        let ada = world.ada();
        let four = &key.secret[key.secret.len() - 4..];
        for name in [format!("staging bot …{four}"), "\"staging bot\"".to_owned(), "«Staging Bot»".to_owned()] {
            ada.asks(&format!("/revoke {name}"), "Revoke staging bot").await;
        }
    }
}

story! {
    async fn several_matches_are_a_choice_and_never_a_guess(world) {
        let project = world.linked_project().await;
        let sandbox = world.sandbox.clone();
        let keys: Vec<_> = (0..3).map(|_| sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap()).collect();
        let ada = world.ada();
        let choice = ada.asks("/revoke ci", "Which key").await;
        assert_eq!(choice.keyboard.inline_keyboard.len(), 4, "{choice}");
        let question = ada.presses(&format!("…{}", keys[1].last_four()), "Revoke ci").await;
        assert!(question.text.contains(keys[1].last_four()), "{question}");
        ada.presses("Revoke key", "Revoked").await;
        let alive: Vec<_> = keys.iter().map(|key| sandbox.botsubscription().alive(&key.secret)).collect();
        assert_eq!(alive, [true, false, true]);
    }
}

story! {
    async fn a_part_of_a_label_is_asked_about(world) {
        let project = world.linked_project().await;
        let key = world.sandbox.botsubscription().create_key_outside(&project.id, "staging bot").unwrap();
        let ada = world.ada();
        ada.asks("/revoke staging", "Do you mean one of these").await;
        ada.presses(&format!("…{}", key.last_four()), "Revoke staging bot").await;
    }
}

story! {
    async fn without_a_name_all_living_keys_are_offered(world) {
        let project = world.linked_project().await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let choice = world.ada().asks("/revoke", "Which key").await;
        assert!(choice.button("dashboard").is_none() && choice.keyboard.inline_keyboard.len() == 3, "{choice}");
    }
}

story! {
    async fn words_in_the_place_of_a_press_leave_the_buttons_where_they_are(world) {
        let project = world.linked_project().await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        ada.asks("/revoke", "Which key shall be revoked").await;
        ada.asks("the first", "press one of the buttons above").await;
        ada.send(Saying::new("that one").photo());
        ada.sees("press one of the buttons above").await;
        ada.asks("please", "press one of the buttons above").await;
        let choice = world.sandbox.telegram().messages(ADA).into_iter().find(|message| message.text.contains("Which key"));
        let label = choice.unwrap().keyboard.buttons().find(|button| button.text.contains("ci")).unwrap().text.clone();
        ada.presses(&label, "Revoke ci").await;
    }
}

story! {
    async fn revoked_is_said_only_when_the_list_shows_it(world) {
        let project = world.linked_project().await;
        let key = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let metadata = serde_json::json!({ "ok": true, "code": 200, "data": { "id": key.id, "revoked_at": "2026-01-01T00:00:00.000Z" } });
        let ada = world.ada();
        // It says that it did, and did not.
        world.sandbox.faults().add(deletes(Fault::Status(200, Some(metadata))));
        ada.asks("/revoke ci", "Revoke ci").await;
        ada.press("Revoke key");
        let card = ada.sees("still lists the key as alive").await;
        assert!(!card.text.contains("Revoked"), "{card}");
        assert!(world.sandbox.botsubscription().alive(&key.secret));
        world.pass(Duration::from_secs(5));
        ada.sees("Revoked: ci").await;
        assert!(!world.sandbox.botsubscription().alive(&key.secret));
    }
}

story! {
    async fn a_revocation_is_never_given_up(world) {
        let project = world.linked_project().await;
        let key = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        ada.asks("/revoke ci", "Revoke ci").await;
        world.sandbox.faults().add(deletes(Fault::Status(503, None)).always());
        ada.press("Revoke key");
        ada.sees("cannot be reached right now").await;
        for _ in 0..30 {
            world.pass(Duration::from_hours(24));
            world.settle().await;
        }
        ada.asks("/status", "Request 1").await;
        assert!(world.sandbox.botsubscription().alive(&key.secret));
        world.sandbox.faults().clear();
        world.pass(Duration::from_secs(3601));
        ada.sees("Revoked: ci").await;
        assert!(!world.sandbox.botsubscription().alive(&key.secret));
    }
}

story! {
    async fn lost_answers_and_unknown_keys_end_well(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        for (label, fault) in [("one", Fault::CutAfter), ("two", Fault::CutBefore), ("three", Fault::Garbage), ("four", Fault::HangAfter)] {
            let key = world.sandbox.botsubscription().create_key_outside(&project.id, label).unwrap();
            ada.asks(&format!("/revoke {label}"), &format!("Revoke {label}")).await;
            world.sandbox.faults().add(deletes(fault));
            ada.press("Revoke key");
            ada.sees(&format!("Revoked: {label}")).await;
            assert!(!world.sandbox.botsubscription().alive(&key.secret), "{label}");
        }
        // Gone by another hand between the question and the press.
        let key = world.sandbox.botsubscription().create_key_outside(&project.id, "five").unwrap();
        world.sandbox.botsubscription().behave(|behaviour| behaviour.revokes_again = false);
        ada.asks("/revoke five", "Revoke five").await;
        world.sandbox.botsubscription().revoke_outside(&project.id, &key.id);
        ada.presses("Revoke key", "Revoked: five").await;
    }
}

story! {
    async fn the_credential_itself_is_revoked_only_after_a_warning(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        let question = ada.asks("/revoke dashboard", "the key that I use for this account myself").await;
        assert!(question.button("Revoke key").is_some(), "{question}");
        ada.press("Revoke key");
        let card = ada.sees("Revoked: dashboard").await;
        assert!(card.text.contains("Link the account again"), "{card}");
        assert!(card.button("Link again").is_some(), "{card}");
        assert!(!world.sandbox.botsubscription().alive(&project.token));
    }
}

story! {
    async fn a_credential_that_dies_on_the_way_is_asked_for_and_the_revocation_goes_on(world) {
        let project = world.linked_project().await;
        let sandbox = world.sandbox.clone();
        let key = sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let other = sandbox.botsubscription().create_key_outside(&project.id, "other").unwrap();
        let ada = world.ada();
        ada.asks("/revoke ci", "Revoke ci").await;
        let first = sandbox.botsubscription().keys(&project.id).into_iter().find(|key| key.is_first).unwrap();
        sandbox.botsubscription().revoke_outside(&project.id, &first.id);
        ada.press("Revoke key");
        ada.sees("Link it again, and I go on").await;
        ada.presses("Link again", "API token").await;
        ada.asks(&other.secret, "Linked again").await;
        ada.sees("Revoked: ci").await;
        assert!(!sandbox.botsubscription().alive(&key.secret) && sandbox.botsubscription().alive(&other.secret));
    }
}

story! {
    async fn one_key_providers_offer_to_rotate_instead(world) {
        let (_, key) = world.linked_account().await;
        let ada = world.ada();
        for wanted in ["", " Bots.Business", &format!(" {}", &key[36..])] {
            let answer = ada.asks(&format!("/revoke{wanted}"), "only replaced").await;
            assert!(answer.button("Rotate key").is_some(), "{answer}");
        }
    }
}

story! {
    async fn the_own_key_whose_revocation_went_through_unheard_is_known_to_be_dead(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/revoke dashboard", "Revoke dashboard").await;
        let lost = Rule::new(ServiceName::BotSubscription, Fault::CutAfter).method("DELETE");
        world.sandbox.faults().add(lost);
        ada.press("Revoke key");
        world.hurry("it is told", |sandbox| {
            let messages = sandbox.telegram().messages(ADA);
            messages.iter().any(|message| message.text.contains("✅ Revoked")).then_some(())
        }).await;
    }
}

story! {
    async fn with_its_project_a_key_is_gone(world) {
        let project = world.linked_project().await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        ada.asks("/revoke ci", "Revoke ci").await;
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::Status(404, None)).always());
        ada.press("Revoke key");
        world.hurry("it is told", |sandbox| {
            let messages = sandbox.telegram().messages(ADA);
            messages.iter().any(|message| message.text.contains("✅ Revoked")).then_some(())
        }).await;
    }
}
