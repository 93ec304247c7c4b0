//! `/keys`: labels, last four, age, pages; several accounts; what cannot be read.

use keyporter::sandbox::fault::{Fault, Rule, ServiceName};

story! {
    async fn keys_are_listed_with_their_last_four_and_no_secret(world) {
        let project = world.linked_project().await;
        let sandbox = world.sandbox.clone();
        let staging = sandbox.botsubscription().create_key_outside(&project.id, "staging bot").unwrap();
        let old = sandbox.botsubscription().create_key_outside(&project.id, "old bot").unwrap();
        sandbox.botsubscription().revoke_outside(&project.id, &old.id);
        let list = world.ada().asks("/keys", "staging bot").await;
        assert!(list.text.contains(&format!("staging bot …{} · just now", staging.last_four())), "{list}");
        assert!(list.text.contains(&format!("old bot …{} · revoked", old.last_four())), "{list}");
        assert!(list.text.contains("used by Keyporter"), "{list}");
        assert!(!list.text.contains(&staging.secret), "{list}");
        world.pass(std::time::Duration::from_hours(72));
        world.ada().asks("/keys", "staging bot …").await;
        let list = world.ada().newest();
        assert!(list.text.contains("· 3 days"), "{list}");
    }
}

story! {
    async fn many_keys_come_in_pages(world) {
        let project = world.linked_project().await;
        for number in 0..23 {
            world.sandbox.botsubscription().create_key_outside(&project.id, &format!("key {number:02}")).unwrap();
        }
        let ada = world.ada();
        let first = ada.asks("/keys", "Page 1 of 3").await;
        assert_eq!(first.text.matches('•').count(), 10, "{first}");
        ada.presses("▶️", "Page 2 of 3").await;
        let last = ada.presses("▶️", "Page 3 of 3").await;
        assert_eq!(last.text.matches('•').count(), 4, "{last}");
        assert!(last.button("▶️").is_none(), "{last}");
        ada.presses("◀️", "Page 2 of 3").await;
        let messages = ada.chat().iter().filter(|message| message.text.contains("Page")).count();
        assert_eq!(messages, 1, "the pages take each other's place");
    }
}

story! {
    async fn several_accounts_are_shown_together(world) {
        let project = world.linked_project().await;
        let (_, key) = world.linked_account().await;
        let channel = world.sandbox.botanalytics().add_channel("universal");
        let ada = world.ada();
        ada.asks("/link", "Where").await;
        ada.presses("Botanalytics", "API key").await;
        ada.asks(&channel.key, "Linked").await;
        let list = ada.asks("/keys", "Bots.Business").await;
        for secret in [&project.token, &key, &channel.key] {
            assert!(list.text.contains(&secret[secret.len() - 4..]), "{list}");
            assert!(!list.text.contains(secret.as_str()), "{list}");
        }
    }
}

story! {
    async fn one_provider_that_is_away_does_not_hide_the_others(world) {
        world.linked_project().await;
        let (_, key) = world.linked_account().await;
        world.sandbox.botsubscription().service().stop().await.unwrap();
        let list = world.ada().asks("/keys", "Bots.Business").await;
        assert!(list.text.contains("BotSubscription cannot be reached"), "{list}");
        assert!(list.text.contains(&key[key.len() - 4..]), "{list}");
        world.sandbox.botsubscription().service().resume().await.unwrap();
        world.ada().asks("/keys", "dashboard").await;
    }
}

story! {
    async fn a_credential_that_died_outside_can_be_linked_again(world) {
        let project = world.linked_project().await;
        let keys = world.sandbox.botsubscription().keys(&project.id);
        let second = world.sandbox.botsubscription().create_key_outside(&project.id, "second").unwrap();
        world.sandbox.botsubscription().revoke_outside(&project.id, &keys[0].id);
        let ada = world.ada();
        let list = ada.asks("/keys", "Link it again").await;
        assert!(list.button("Link again").is_some(), "{list}");
        ada.asks("/accounts", "its credential was refused").await;
        ada.presses("Link again", "API token").await;
        ada.asks(&second.secret, "Linked again").await;
        ada.asks("/keys", "second").await;
    }
}

story! {
    async fn answers_that_make_no_sense_are_told_as_such(world) {
        world.linked_project().await;
        let faults = [
            Fault::Garbage,
            Fault::Html,
            Fault::Truncated,
            Fault::Huge(50 * 1024 * 1024),
            Fault::Status(500, None),
            Fault::Status(302, None),
            Fault::CutAfter,
            Fault::HangBefore,
            Fault::Replace(200, "{\"ok\":true}".to_owned()),
            Fault::Replace(200, "[]".to_owned()),
        ];
        for fault in faults {
            let what = format!("{fault:?}");
            world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, fault));
            let answer = world.ada().asks("/keys", "BotSubscription cannot be reached").await;
            assert!(!answer.text.contains("127.0.0.1") && !answer.text.contains("http"), "{what}: {answer}");
        }
        world.ada().asks("/keys", "dashboard").await;
    }
}

story! {
    async fn unknown_fields_and_odd_keys_do_not_hide_the_others(world) {
        world.linked_project().await;
        let list = serde_json::json!({ "ok": true, "code": 200, "brand_new": {}, "data": { "next": 5, "keys": [
            { "id": "k1", "label": "good", "last_four": "9a1c", "created_at": "2026-01-01T00:00:00.000Z", "extra": [1] },
            { "id": 17, "label": null, "last_four": 5, "created_at": "soon", "revoked_at": "some day" },
            { "label": "without an id" },
            { "id": "k3", "label": "<b>&amp;\u{202E}\u{1F511}", "last_four": "abcdefgh", "created_at": null, "revoked_at": null },
        ] } });
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::Replace(200, list.to_string())));
        let shown = world.ada().asks("/keys", "good …9a1c").await;
        assert!(shown.text.contains("<b>&amp;\u{FFFD}\u{1F511} …abcd"), "{shown}");
        assert_eq!(shown.text.matches('•').count(), 3, "{shown}");
    }
}

story! {
    async fn ten_thousand_keys_can_be_paged(world) {
        world.linked_project().await;
        let keys: Vec<_> = (0..10_000)
            .map(|number| serde_json::json!({
                "id": format!("22222222-2222-2222-2222-{number:012}"), "label": format!("key {number}"), "last_four": "9a1c",
                "created_at": "2025-02-10T09:30:12.000Z", "created_by": null, "updated_at": "2025-02-10T09:30:12.000Z",
                "updated_by": null, "revoked_at": null, "revoked_by": null,
            }))
            .collect();
        let list = serde_json::json!({ "ok": true, "data": { "keys": keys } });
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::Replace(200, list.to_string())).times(2));
        let ada = world.ada();
        ada.asks("/keys", "Page 1 of 1000").await;
        ada.presses("▶️", "Page 2 of 1000").await;
    }
}

story! {
    async fn a_slow_provider_is_announced_and_then_answered_in_the_same_place(world) {
        world.linked_project().await;
        world.stop().await;
        world.options.call_timeout = keyporter::Options::default().call_timeout;
        world.options.slow = keyporter::Options::default().slow;
        world.start();
        let slow = Fault::Delay(std::time::Duration::from_millis(2_600));
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, slow));
        let ada = world.ada();
        let notice = ada.asks("/keys", "Checking…").await;
        let list = ada.sees("dashboard").await;
        assert_eq!(list.id, notice.id);
    }
}

story! {
    async fn a_press_behind_a_slow_command_is_answered_all_the_same(world) {
        world.linked_project().await;
        world.options.call_timeout = keyporter::Options::default().call_timeout;
        world.options.slow = keyporter::Options::default().slow;
        world.restart().await;
        let ada = world.ada();
        ada.asks("/language", "In which language").await;
        let slow = Fault::Delay(std::time::Duration::from_secs(5));
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, slow));
        ada.asks("/keys", "Checking…").await;
        let (words, _) = ada.presses_for_toast("English").await;
        assert!(words.contains("Checking…"), "{words}");
        assert!(ada.chat().iter().all(|message| !message.text.contains("dashboard …")), "the list is still awaited");
        ada.sees("I speak English now").await;
    }
}

fn lists(world: &crate::world::World) -> usize {
    let calls = world.sandbox.botsubscription().calls();
    calls.iter().filter(|call| call.method == "GET").count()
}

story! {
    async fn a_second_look_at_once_makes_no_second_call(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/keys", "dashboard").await;
        let before = lists(world);
        ada.asks("/keys", "dashboard").await;
        assert_eq!(lists(world), before);
    }
}

story! {
    async fn what_is_done_here_is_seen_in_the_very_next_look(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/keys", "dashboard").await;
        ada.asks("/newkey staging", "Create key").await;
        ada.presses("Create key", "It disappears").await;
        ada.asks("/keys", "staging …").await;
        ada.saves().await;
        let list = ada.asks("/keys", "staging …").await;
        assert!(!list.text.contains("revoked"), "{list}");
        ada.asks("/revoke staging", "Revoke staging").await;
        ada.presses("Revoke key", "Revoked: staging").await;
        let list = ada.asks("/keys", "staging …").await;
        assert!(list.text.contains("revoked"), "{list}");
    }
}

story! {
    async fn what_a_colleague_does_in_the_dashboard_is_seen_two_seconds_later(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/keys", "dashboard").await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "colleague").unwrap();
        world.pass(std::time::Duration::from_secs(2));
        ada.asks("/keys", "colleague …").await;
    }
}
