//! Providers that answer oddly, slowly or too late: no secret is thrown away, nobody else waits, nothing is asked for without end.

use std::time::Duration;

use keyporter::sandbox::fault::{Fault, Rule, ServiceName};
use serde_json::json;

fn strikes(method: &str, fault: Fault) -> Rule {
    Rule::new(ServiceName::BotSubscription, fault).method(method)
}

story! {
    async fn a_pause_longer_than_we_try_is_told_at_once(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        world.sandbox.faults().add(strikes("POST", Fault::RateLimited { retry_after_s: 3600 }).times(1));
        ada.press("Create key");
        let card = ada.sees("takes no more calls within the ten minutes").await;
        assert!(card.text.contains("Nothing was created"), "{card}");
        ada.asks("/status", "no open requests").await;
    }
}

story! {
    async fn a_credential_that_was_refused_once_is_tried_again_when_somebody_asks(world) {
        world.linked_project().await;
        let ada = world.ada();
        let refused = || strikes("GET", Fault::Status(401, None)).times(1);
        world.sandbox.faults().add(refused());
        ada.asks("/keys", "refuses the stored credential").await;
        ada.asks("/accounts", "was refused").await;
        world.pass(Duration::from_secs(3));
        let keys = ada.asks("/keys", "dashboard").await;
        assert!(!keys.text.contains("refuses"), "{keys}");
        ada.asks("/audit", "credential accepted again").await;
        // The same for whoever wants a new key at once.
        world.pass(Duration::from_secs(3));
        world.sandbox.faults().add(refused());
        ada.asks("/keys", "refuses the stored credential").await;
        world.pass(Duration::from_secs(3));
        ada.asks("/newkey ci", "Create key ci").await;
        ada.presses("Create key", "It disappears after ten minutes").await;
        ada.saves().await;
        // And for a key that has to die.
        world.pass(Duration::from_secs(3));
        world.sandbox.faults().add(refused());
        ada.asks("/keys", "refuses the stored credential").await;
        world.pass(Duration::from_secs(3));
        ada.asks("/panic ci", "Revoke this key").await;
        world.pass(Duration::from_secs(3));
        world.sandbox.faults().add(refused());
        ada.asks("/keys", "refuses the stored credential").await;
        ada.asks("/rotate ci", "Rotate ci").await;
        world.pass(Duration::from_secs(3));
        world.sandbox.faults().add(refused());
        ada.asks("/keys", "refuses the stored credential").await;
        ada.asks("/revoke ci", "Revoke ci").await;
        world.pass(Duration::from_secs(3));
        world.sandbox.faults().add(refused());
        ada.asks("/keys", "refuses the stored credential").await;
        ada.asks("/newkey", "label").await;
        ada.asks("web", "Create key web").await;
    }
}

story! {
    async fn a_slow_provider_and_an_open_question_delay_nobody_else(world) {
        world.options.call_timeout = Duration::from_secs(15);
        world.restart().await;
        world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        ada.asks("/newkey", "What shall the key be for").await;
        world.sandbox.faults().add(strikes("GET", Fault::Delay(Duration::from_secs(30))));
        let calls = world.sandbox.botsubscription().calls().len();
        ada.say("/keys");
        world.until("the provider is asked", |sandbox| (sandbox.botsubscription().calls().len() > calls).then_some(())).await;
        // Writes: it would wait for a transaction that waits for the provider.
        boris.asks("/language", "In which language").await;
        boris.presses("Русский", "по-русски").await;
        assert!(ada.chat().iter().all(|message| !message.text.contains("dashboard …")), "hers still waits");
        world.pass(Duration::from_secs(30));
        ada.sees("dashboard").await;
    }
}

story! {
    async fn an_answer_that_comes_while_the_card_waits_for_telegram_is_taken_in(world) {
        world.options.call_timeout = Duration::from_secs(4);
        world.restart().await;
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        world.sandbox.faults().add(strikes("POST", Fault::Delay(Duration::from_secs(2))));
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::HangBefore).path("editMessageText"));
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
    }
}

story! {
    async fn asking_to_wait_for_no_time_at_all_is_no_hot_loop(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        world.sandbox.faults().add(strikes("POST", Fault::RateLimited { retry_after_s: 0 }).times(6));
        ada.press("Create key");
        ada.sees("asks to wait").await;
        let posts = |world: &World| world.sandbox.botsubscription().calls().iter().filter(|call| call.method == "POST").count();
        assert!(posts(world) <= 2, "{}", posts(world));
        world.hurry("the key comes when the provider relents", |sandbox| {
            let messages = sandbox.telegram().messages(crate::world::ADA);
            messages.iter().any(|message| message.text.contains("It disappears")).then_some(())
        }).await;
    }
}

story! {
    async fn odd_fields_beside_a_new_key_do_not_cost_it(world) {
        world.linked_project().await;
        let ada = world.ada();
        for (label, answer) in [
            ("no-metadata", json!({ "ok": 1, "error": "", "data": { "key": "bsub_odd_but_whole_0001" } })),
            ("odd-error", json!({ "ok": true, "error": {}, "data": { "key": "bsub_odd_but_whole_0003" } })),
            ("odd-metadata", json!({ "ok": "yes", "error": false, "data": { "key": "bsub_odd_but_whole_0002", "metadata": "none" } })),
        ] {
            world.sandbox.faults().add(strikes("POST", Fault::Replace(201, answer.to_string())));
            ada.asks(&format!("/newkey {label}"), "Create key").await;
            ada.press("Create key");
            let shown = ada.sees("It disappears after ten minutes").await;
            assert!(shown.parts("spoiler")[0].starts_with("bsub_odd"), "{shown}");
            ada.presses("I saved it", "is created and saved").await;
        }
        // One odd entry of a list hides no other.
        let list = json!({ "ok": true, "data": { "keys": [null, 5, { "id": "a", "label": "whole", "last_four": "abcd", "revoked_at": "" }] } });
        world.sandbox.faults().add(strikes("GET", Fault::Replace(200, list.to_string())));
        let keys = ada.asks("/keys", "whole").await;
        assert!(!keys.text.contains("revoked"), "{keys}");
    }
}

story! {
    async fn keys_without_a_name_can_be_chosen_all_the_same(world) {
        world.linked_project().await;
        let ada = world.ada();
        let list = json!({ "ok": true, "data": { "keys": [{ "id": "a", "label": "" }, { "id": "b", "label": " " }] } });
        world.sandbox.faults().add(strikes("GET", Fault::Replace(200, list.to_string())));
        let choice = ada.asks("/revoke", "Which key shall be revoked").await;
        let nameless = choice.keyboard.buttons().filter(|button| button.text == "—").count();
        assert_eq!(nameless, 2, "{choice}");
    }
}

story! {
    async fn a_new_key_of_bots_business_is_taken_from_an_odd_answer(world) {
        world.linked_account().await;
        let ada = world.ada();
        let answer = json!({ "id": "5", "email": null, "api_key": "an_odd_answers_new_key_0001", "errors": "" });
        world.sandbox.faults().add(Rule::new(ServiceName::BotsBusiness, Fault::Replace(200, answer.to_string())).method("POST"));
        ada.asks("/rotate", "dies at once").await;
        ada.press("Rotate key");
        let shown = ada.sees("It disappears after ten minutes").await;
        assert_eq!(shown.parts("spoiler"), ["an_odd_answers_new_key_0001"]);
    }
}

story! {
    async fn a_refused_revocation_is_decided_by_the_list(world) {
        let project = world.linked_project().await;
        let key = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        let refusal = json!({ "ok": false, "error": { "message": "already revoked", "code": "CONFLICT" } });
        ada.asks("/revoke ci", "Revoke ci").await;
        world.sandbox.faults().add(strikes("DELETE", Fault::Status(409, Some(refusal.clone()))));
        ada.press("Revoke key");
        let card = ada.sees("refuses to revoke it").await;
        assert!(!card.text.contains("Revoked"), "{card}");
        world.sandbox.faults().add(strikes("DELETE", Fault::Status(409, Some(refusal))).always());
        world.sandbox.botsubscription().revoke_outside(&project.id, &key.id);
        world.hurry("the list says so", |sandbox| {
            let messages = sandbox.telegram().messages(crate::world::ADA);
            messages.iter().any(|message| message.text.contains("Revoked: ci")).then_some(())
        }).await;
        world.sandbox.faults().clear();
    }
}

story! {
    async fn a_key_that_stays_alive_is_asked_about_ever_more_rarely_and_accepted_once(world) {
        let project = world.linked_project().await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        let accepted = json!({ "ok": true, "code": 200, "data": { "revoked_at": "2026-01-01T00:00:00.000Z" } });
        ada.asks("/revoke ci", "Revoke ci").await;
        world.sandbox.faults().add(strikes("DELETE", Fault::Status(200, Some(accepted))).always());
        ada.press("Revoke key");
        ada.sees("still lists the key as alive").await;
        for _ in 0..40 {
            world.pass(Duration::from_secs(30));
            ada.asks("/status", "still lists").await;
        }
        let deletes = world.sandbox.botsubscription().calls().iter().filter(|call| call.method == "DELETE").count();
        assert!((2..=5).contains(&deletes), "{deletes} in twenty minutes");
        let accepted = world.database.find("SELECT CAST(seq AS TEXT) FROM audit WHERE action = 'revoke_accepted'");
        assert_eq!(accepted.len(), 1, "{accepted:?}");
        world.sandbox.faults().clear();
    }
}

story! {
    async fn the_audit_names_the_key_that_died(world) {
        let project = world.linked_project().await;
        let old = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        ada.asks("/rotate ci", "Rotate ci").await;
        ada.presses("Rotate key", "It disappears").await;
        ada.presses("I saved it", "Rotated: ci").await;
        let died = world.database.find("SELECT subject FROM audit WHERE action = 'revoke_accepted'");
        assert_eq!(died, [format!("ci …{}", old.last_four())]);
    }
}

story! {
    async fn wrong_keys_brought_from_a_dashboard_count_too(world) {
        let channel = world.sandbox.botanalytics().add_channel("universal");
        let ada = world.ada();
        ada.asks("/link", "Where").await;
        ada.presses("Botanalytics", "API key").await;
        ada.asks(&channel.key, "Linked").await;
        ada.asks("/rotate", "Regenerate").await;
        ada.presses("I have the new key", "Send me the new key").await;
        let head = channel.key.rsplit_once('.').unwrap().0;
        for attempt in 0..5 {
            ada.asks(&format!("{head}.forgedsignatureforgedsignature{attempt}"), "refused").await;
        }
        let calls = world.sandbox.botanalytics().calls().len();
        ada.asks(&format!("{head}.forgedsignatureforgedsignature6"), "Too many refused").await;
        assert_eq!(world.sandbox.botanalytics().calls().len(), calls, "nothing more is tried");
    }
}

story! {
    async fn a_request_that_waits_notices_a_pause_and_is_given_up_when_it_is_old(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        world.sandbox.faults().add(strikes("GET", Fault::Status(503, None)));
        ada.press("Create key");
        ada.sees("cannot be reached right now").await;
        world.database.execute("INSERT INTO facts (name, value) VALUES ('paused', '1')");
        world.pass(Duration::from_secs(2));
        ada.sees("paused").await;
        world.pass(Duration::from_mins(11));
        ada.sees("I gave it up").await;
        assert!(world.sandbox.botsubscription().keys(&project.id).iter().all(|key| key.label != "ci"));
    }
}

story! {
    async fn a_key_linked_while_a_reset_is_unresolved_is_not_taken_for_the_old_one(world) {
        let (account, _) = world.linked_account().await;
        let ada = world.ada();
        world.sandbox.faults().add(Rule::new(ServiceName::BotsBusiness, Fault::CutAfter).method("POST"));
        ada.asks("/rotate", "dies at once").await;
        world.sandbox.faults().add(Rule::new(ServiceName::BotsBusiness, Fault::Status(503, None)).method("GET").skip(1).times(3));
        ada.press("Rotate key");
        ada.sees("cannot be reached right now").await;
        // It would find out by itself in a moment.
        world.database.execute("UPDATE operations SET next_try_at = next_try_at + 3600000");
        world.sandbox.faults().clear();
        let new = world.sandbox.bots_business().account(account).unwrap().api_key;
        ada.asks("/link", "Where").await;
        ada.presses("Bots.Business", "API key").await;
        ada.asks(&new, "is linked already").await;
        ada.press("Replace it");
        ada.sees("linked Bots.Business with another key since").await;
    }
}

story! {
    postgres, async fn a_key_in_hand_survives_the_loss_of_the_lease(world) {
        world.options.call_timeout = Duration::from_secs(15);
        world.restart().await;
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        world.sandbox.faults().add(strikes("POST", Fault::Delay(Duration::from_secs(20))));
        ada.press("Create key");
        world.until("the provider is asked for the key", |sandbox| {
            sandbox.botsubscription().calls().iter().any(|call| call.method == "POST").then_some(())
        }).await;
        // As if this machine had slept and another process had taken the work over.
        world.database.execute("UPDATE leases SET fence = fence + 1, until = 0");
        world.database.execute("UPDATE operations SET step = 'unknown'");
        world.pass(Duration::from_secs(20));
        ada.sees("It disappears after ten minutes").await;
        ada.presses("I saved it", "is created and saved").await;
        assert!(world.sandbox.botsubscription().keys(&project.id).iter().any(|key| key.label == "ci"));
    }
}

story! {
    async fn a_right_that_is_missing_is_no_dead_credential(world) {
        world.linked_project().await;
        let ada = world.ada();
        let forbidden = || Fault::Status(403, Some(json!({ "ok": false, "error": { "code": 403, "message": "insufficient scope" } })));
        world.sandbox.faults().add(strikes("POST", forbidden()));
        ada.asks("/newkey ci", "Create key ci").await;
        ada.presses("Create key", "Nothing was created").await;
        ada.sees("insufficient scope").await;
        world.sandbox.faults().add(strikes("GET", forbidden()));
        ada.asks("/keys", "refused the request").await;
        let accounts = ada.asks("/accounts", "Your accounts").await;
        assert!(accounts.text.contains("works with"), "{accounts}");
        // The account's own key: its list, read with that very key, says nothing while it may not be read.
        ada.asks("/revoke dashboard", "Revoke").await;
        world.sandbox.faults().add(strikes("GET", forbidden()).times(2));
        ada.press("Revoke key");
        world.hurry("the revocation is proven", |sandbox| {
            let messages = sandbox.telegram().messages(crate::world::ADA);
            messages.iter().any(|message| message.text.contains("✅ Revoked")).then_some(())
        }).await;
    }
}
