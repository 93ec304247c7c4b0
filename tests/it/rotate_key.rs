//! `/rotate`: the old key never dies before the new one is proven, where the provider lets both live; where it does not, that is said before.

use std::time::Duration;

use keyporter::sandbox::fault::{Fault, Rule, ServiceName};

use crate::world::ADA;

story! {
    async fn the_old_key_dies_only_after_the_new_one_is_saved_and_proven(world) {
        let project = world.linked_project().await;
        let sandbox = world.sandbox.clone();
        let old = sandbox.botsubscription().create_key_outside(&project.id, "staging bot").unwrap();
        let ada = world.ada();
        let question = ada.asks("/rotate staging bot", "Rotate staging bot").await;
        assert!(question.text.contains("dies only after you press"), "{question}");
        ada.press("Rotate key");
        let shown = ada.sees("It disappears after ten minutes").await;
        let secret = shown.parts("spoiler").remove(0);
        assert!(sandbox.botsubscription().alive(&old.secret) && sandbox.botsubscription().alive(&secret));
        ada.press("I saved it");
        let card = ada.sees("Rotated: staging bot").await;
        assert!(card.text.contains(old.last_four()), "{card}");
        assert!(!sandbox.botsubscription().alive(&old.secret) && sandbox.botsubscription().alive(&secret));
        ada.sees_gone(shown.id).await;
        let proven = sandbox.botsubscription().calls();
        let delete = proven.iter().position(|call| call.method == "DELETE").unwrap();
        assert_eq!(proven[delete - 1].method, "GET", "the new key was tried before the old one died");
    }
}

story! {
    async fn a_new_key_that_does_not_work_leaves_the_old_one_alive(world) {
        let project = world.linked_project().await;
        let old = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        ada.asks("/rotate ci", "Rotate ci").await;
        ada.press("Rotate key");
        ada.sees("It disappears after ten minutes").await;
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::Status(401, None)).method("GET"));
        ada.presses("I saved it", "I left the old one").await;
        assert!(world.sandbox.botsubscription().alive(&old.secret));
    }
}

story! {
    async fn a_provider_that_is_away_delays_the_end_of_the_old_key(world) {
        let project = world.linked_project().await;
        let old = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        ada.asks("/rotate ci", "Rotate ci").await;
        ada.press("Rotate key");
        ada.sees("It disappears after ten minutes").await;
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::Status(503, None)).always());
        ada.presses("I saved it", "cannot be reached right now").await;
        assert!(world.sandbox.botsubscription().alive(&old.secret));
        world.sandbox.faults().clear();
        world.pass(Duration::from_secs(3601));
        ada.sees("Rotated: ci").await;
        assert!(!world.sandbox.botsubscription().alive(&old.secret));
    }
}

story! {
    async fn a_lost_new_key_is_revoked_and_the_old_one_lives(world) {
        let project = world.linked_project().await;
        let old = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        ada.asks("/rotate ci", "Rotate ci").await;
        ada.press("Rotate key");
        let shown = ada.sees("It disappears after ten minutes").await;
        ada.sees("key stands in this chat").await;
        ada.presses("I lost it", "works on").await;
        assert!(world.sandbox.botsubscription().alive(&old.secret));
        assert!(!world.sandbox.botsubscription().alive(&shown.parts("spoiler")[0]));
    }
}

story! {
    async fn rotating_our_own_credential_leaves_no_gap(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        let question = ada.asks("/rotate dashboard", "I go over to the new one").await;
        assert!(question.button("Rotate key").is_some());
        ada.press("Rotate key");
        ada.sees("It disappears after ten minutes").await;
        ada.presses("I saved it", "Rotated: dashboard").await;
        assert!(!world.sandbox.botsubscription().alive(&project.token));
        let list = ada.asks("/keys", "dashboard").await;
        assert!(list.text.contains("used by Keyporter"), "{list}");
    }
}

story! {
    async fn the_one_key_of_an_account_is_replaced_after_a_warning(world) {
        let (account, old) = world.linked_account().await;
        let ada = world.ada();
        let question = ada.asks("/rotate", "The old key dies at once").await;
        assert_eq!(question.button("Rotate key").and_then(|button| button.style.as_deref()), Some("danger"), "{question}");
        ada.press("Rotate key");
        let shown = ada.sees("It disappears after ten minutes").await;
        let new = world.sandbox.bots_business().account(account).unwrap().api_key;
        assert_eq!(shown.parts("spoiler").concat(), new);
        assert!(!world.sandbox.bots_business().alive(&old));
        ada.presses("I saved it", "the old one is dead").await;
        let list = ada.asks("/keys", "Bots.Business").await;
        assert!(list.text.contains(&new[new.len() - 4..]), "the account works with the new key: {list}");
    }
}

story! {
    async fn an_unsaved_key_that_a_newer_one_has_replaced_is_shown_no_more(world) {
        let (account, _) = world.linked_account().await;
        let ada = world.ada();
        ada.asks("/rotate", "The old key dies at once").await;
        ada.press("Rotate key");
        let first = ada.sees("It disappears after ten minutes").await;
        ada.asks("/rotate", "The old key dies at once").await;
        ada.press("Rotate key");
        ada.sees("It disappears after ten minutes").await;
        let new = world.sandbox.bots_business().account(account).unwrap().api_key;
        // The first one is dead: its card says so, and nobody can take it for a new key any more.
        ada.sees("has been replaced by another one since").await;
        ada.sees_gone(first.id).await;
        ada.presses("I saved it", "the old one is dead").await;
        ada.asks("/status", "no open requests").await;
        let list = ada.asks("/keys", "Bots.Business").await;
        assert!(list.text.contains(&new[new.len() - 4..]) && !list.text.contains("Link it again"), "{list}");
    }
}

story! {
    async fn a_reset_whose_answer_was_lost_is_found_out_and_mended(world) {
        let (account, _) = world.linked_account().await;
        let ada = world.ada();
        let reset = || Rule::new(ServiceName::BotsBusiness, Fault::CutAfter).method("POST");
        world.sandbox.faults().add(reset());
        ada.asks("/rotate", "dies at once").await;
        ada.press("Rotate key");
        let card = ada.sees("its answer was lost, so I do not have the new one").await;
        assert!(card.text.contains("Profile"), "{card}");
        ada.presses("Link again", "API key").await;
        let new = world.sandbox.bots_business().account(account).unwrap().api_key;
        ada.asks(&new, "Linked again").await;
        ada.asks("/keys", &new[new.len() - 4..]).await;
    }
}

story! {
    async fn a_reset_that_never_arrived_is_told_so_after_a_minute(world) {
        let (_, old) = world.linked_account().await;
        let ada = world.ada();
        world.sandbox.faults().add(Rule::new(ServiceName::BotsBusiness, Fault::CutBefore).method("POST"));
        ada.asks("/rotate", "dies at once").await;
        ada.press("Rotate key");
        ada.sees("I do not know yet whether the key was replaced").await;
        world.pass(Duration::from_secs(61));
        let card = ada.sees("the old key is as it was").await;
        assert!(card.text.contains("a minute later the old key still worked"), "{card}");
        assert!(world.sandbox.bots_business().alive(&old));
    }
}

story! {
    async fn a_failure_that_comes_with_status_200_is_not_believed_blindly(world) {
        let (_, old) = world.linked_account().await;
        let ada = world.ada();
        let failure = serde_json::json!({ "errors": ["try later"] });
        world.sandbox.faults().add(Rule::new(ServiceName::BotsBusiness, Fault::Status(200, Some(failure))).method("POST"));
        ada.asks("/rotate", "dies at once").await;
        ada.press("Rotate key");
        ada.sees("I do not know yet").await;
        world.pass(Duration::from_secs(61));
        ada.sees("the old key is as it was").await;
        assert!(world.sandbox.bots_business().alive(&old));
    }
}

story! {
    async fn a_key_that_was_dead_before_is_not_rotated(world) {
        let (account, _) = world.linked_account().await;
        let ada = world.ada();
        ada.asks("/rotate", "dies at once").await;
        world.sandbox.bots_business().reset_outside(account).unwrap();
        ada.press("Rotate key");
        let card = ada.sees("refused the credential").await;
        assert!(card.button("Link again").is_some(), "{card}");
        assert!(world.sandbox.bots_business().calls().iter().all(|call| call.method == "GET"), "no reset was sent");
    }
}

story! {
    async fn a_key_is_rotated_once_however_many_questions_there_are(world) {
        let project = world.linked_project().await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        let first = ada.asks("/rotate ci", "Rotate ci").await;
        let second = ada.asks("/rotate ci", "Rotate ci").await;
        assert_ne!(first.id, second.id);
        ada.press_on(ADA, first.id, "Rotate key").unwrap();
        ada.sees("It disappears after ten minutes").await;
        world.idle().await;
        ada.press_on(ADA, second.id, "Rotate key").unwrap();
        ada.sees("is about this key already").await;
        ada.presses("I saved it", "Rotated: ci").await;
        world.idle().await;
        ada.asks("/status", "no open requests").await;
        let living = world.sandbox.botsubscription().keys(&project.id).into_iter();
        assert_eq!(living.filter(|key| key.label == "ci" && key.revoked_at_ms.is_none()).count(), 1);
    }
}

story! {
    async fn a_question_about_a_key_that_is_revoked_since_makes_no_new_one(world) {
        let project = world.linked_project().await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        let question = ada.asks("/rotate ci", "Rotate ci").await;
        ada.asks("/revoke ci", "Revoke ci").await;
        ada.presses("Revoke key", "Revoked: ci").await;
        world.idle().await;
        ada.press_on(ADA, question.id, "Rotate key").unwrap();
        ada.sees("is revoked already").await;
        let living = world.sandbox.botsubscription().keys(&project.id).into_iter();
        assert_eq!(living.filter(|key| key.label == "ci" && key.revoked_at_ms.is_none()).count(), 0);
    }
}

story! {
    async fn a_question_about_the_one_key_does_not_replace_the_one_that_came_after_it(world) {
        let (account, _) = world.linked_account().await;
        let ada = world.ada();
        let first = ada.asks("/rotate", "The old key dies at once").await;
        let second = ada.asks("/rotate", "The old key dies at once").await;
        ada.press_on(ADA, first.id, "Rotate key").unwrap();
        ada.sees("It disappears after ten minutes").await;
        world.idle().await;
        let new = world.sandbox.bots_business().account(account).unwrap().api_key;
        ada.press_on(ADA, second.id, "Rotate key").unwrap();
        ada.sees("has been replaced since").await;
        assert!(world.sandbox.bots_business().alive(&new));
        ada.presses("I saved it", "the old one is dead").await;
    }
}

story! {
    async fn the_one_key_is_replaced_once_while_its_provider_is_away(world) {
        let (account, _) = world.linked_account().await;
        let ada = world.ada();
        let first = ada.asks("/rotate", "The old key dies at once").await;
        let second = ada.asks("/rotate", "The old key dies at once").await;
        world.sandbox.bots_business().service().stop().await.unwrap();
        ada.press_on(ADA, first.id, "Rotate key").unwrap();
        ada.sees("cannot be reached right now").await;
        ada.press_on(ADA, second.id, "Rotate key").unwrap();
        ada.sees("is about this key already").await;
        world.sandbox.bots_business().service().resume().await.unwrap();
        world.hurry("the new key", |sandbox| {
            let chat = sandbox.telegram().messages(ADA);
            chat.iter().any(|message| message.text.contains("It disappears after ten minutes")).then_some(())
        }).await;
        let new = world.sandbox.bots_business().account(account).unwrap().api_key;
        ada.presses("I saved it", "the old one is dead").await;
        assert!(world.sandbox.bots_business().alive(&new));
    }
}

story! {
    async fn a_channels_key_is_replaced_by_its_owner_and_taken_in(world) {
        let channel = world.sandbox.botanalytics().add_channel("universal");
        let other = world.sandbox.botanalytics().add_channel("rasa");
        let ada = world.ada();
        ada.asks("/link", "Where").await;
        ada.presses("Botanalytics", "API key").await;
        ada.asks(&channel.key, "Linked").await;
        let steps = ada.asks("/rotate", "Regenerate").await;
        assert!(steps.text.contains("Project settings") && steps.text.contains("logo"), "both routes: {steps}");
        ada.presses("I have the new key", "Send me the new key").await;
        ada.asks(&channel.key, "the key that I have already").await;
        ada.asks(&other.key, "another kind of channel").await;
        let new = world.sandbox.botanalytics().regenerate(channel.id).unwrap();
        let typed = ada.say(&new);
        let done = ada.sees("Recorded").await;
        assert!(done.text.contains("refuses the old key now"), "{done}");
        ada.sees_gone(typed).await;
        ada.asks("/keys", &new[new.len() - 4..]).await;
        assert!(world.sandbox.botanalytics().messages().is_empty());
    }
}

story! {
    async fn an_old_channel_key_that_lives_on_is_told(world) {
        world.sandbox.botanalytics().behave(|behaviour| behaviour.old_key_lives = true);
        let channel = world.sandbox.botanalytics().add_channel("universal");
        let ada = world.ada();
        ada.asks("/link", "Where").await;
        ada.presses("Botanalytics", "API key").await;
        ada.asks(&channel.key, "Linked").await;
        ada.asks("/rotate", "Regenerate").await;
        ada.presses("I have the new key", "Send me the new key").await;
        let new = world.sandbox.botanalytics().regenerate(channel.id).unwrap();
        ada.asks(&new, "has not refused the old key").await;
    }
}
