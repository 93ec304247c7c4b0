//! Updates that no person would send, and buttons that we never drew.

use serde_json::json;

use crate::world::ADA;

story! {
    async fn hostile_button_data_means_nothing(world) {
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        for data in ["", "yes", "yes:", "yes:AAAAAAAAAAAAAAAAAAAAAA", "no:x", "pick:00000000:0", "req:1:saved", "req:999999999999999999999:saved",
            "list:x:0", "\u{0}", "💥", "speak:xx", "audit:-1", "unlink:x"] {
            let press = world.sandbox.telegram().press_raw(ADA, Some((ADA, 2)), data).unwrap();
            ada.toast(&press).await;
        }
        ada.asks("/start", "Hello").await;
    }
}

story! {
    async fn updates_of_unknown_kinds_are_passed_over(world) {
        let telegram = world.sandbox.clone();
        let telegram = telegram.telegram();
        telegram.inject(json!({ "guest_message": { "anything": true } }));
        telegram.inject(json!({ "message": { "message_id": "not a number" } }));
        telegram.inject(json!({ "message_reaction": { "chat": { "id": ADA, "type": "private" }, "message_id": 1, "date": 1, "old_reaction": [], "new_reaction": [] } }));
        telegram.inject_text("5".to_owned());
        telegram.inject_text("[]".to_owned());
        telegram.inject_text("{\"update_id\": \"x\"}".to_owned());
        telegram.inject(json!({}));
        world.ada().asks("/start", "Hello").await;
    }
}

story! {
    async fn text_is_read_whatever_telegram_adds_to_it(world) {
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        let message = |extra: serde_json::Value| {
            let mut message = json!({
                "message_id": 4_294_967_400_u64, "date": 1, "chat": { "id": ADA, "type": "private", "brand_new": 1 },
                "from": { "id": ADA, "is_bot": false, "first_name": "Ada" }, "text": "/keys",
            });
            message.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            json!({ "message": message })
        };
        for extra in [
            json!({ "entities": [{ "type": "date_time", "offset": 0, "length": 1, "unix_time": 5 }] }),
            json!({ "rich_message": {}, "quote": { "text": "x", "position": 0, "entities": [{ "type": "odd" }] } }),
            json!({ "forward_origin": { "type": "unheard of" }, "date": 99_999_999_999_u64 }),
        ] {
            let before = ada.chat().len();
            world.sandbox.telegram().inject(message(extra));
            world.until("an answer", |sandbox| {
                (sandbox.telegram().messages(ADA).len() > before).then_some(())
            }).await;
        }
        world.sandbox.telegram().inject_text(format!(
            r#"{{"update_id":7,"message":{{"message_id":1,"date":1,"chat":{{"id":{ADA},"type":"private"}},"from":{{"id":{ADA},"first_name":"A"}},"text":"half \ud83d"}}}}"#
        ));
        world.settle().await;
        ada.asks("/start", "Hello").await;
    }
}

story! {
    async fn the_same_update_ten_times_is_handled_once(world) {
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        let update = json!({ "update_id": 987_654_321, "message": {
            "message_id": 900, "date": 1, "chat": { "id": ADA, "type": "private" },
            "from": { "id": ADA, "is_bot": false, "first_name": "Ada" }, "text": "/help",
        } });
        for _ in 0..10 {
            world.sandbox.telegram().inject(update.clone());
        }
        ada.asks("/status", "no open requests").await;
        let helped = ada.chat().iter().filter(|message| message.text.contains("What you can send me")).count();
        assert_eq!(helped, 1);
    }
}

story! {
    async fn other_bots_are_not_answered(world) {
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        world.sandbox.telegram().inject(json!({ "message": {
            "message_id": 901, "date": 1, "chat": { "id": ADA, "type": "private" },
            "from": { "id": ADA, "is_bot": true, "first_name": "Bot" }, "text": "/help",
        } }));
        ada.asks("/status", "no open requests").await;
        assert!(ada.chat().iter().all(|message| !message.text.contains("What you can send me")));
    }
}

story! {
    async fn after_a_label_that_does_not_fit_the_next_message_is_one(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks(&format!("/newkey {}", "x".repeat(65)), "at most 64").await;
        ada.asks("staging bot", "Create key staging bot").await;
    }
}

story! {
    async fn an_edited_command_is_not_carried_out_and_that_is_said(world) {
        let ada = world.ada();
        let id = ada.say("/kees");
        ada.sees("I don't know that command").await;
        world.sandbox.telegram().edit(ADA, ADA, id, "/keys").unwrap();
        ada.sees("send the command as a new message").await;
        world.sandbox.telegram().edit(ADA, ADA, id, "/keys@other_bot").unwrap();
        world.sandbox.telegram().edit(ADA, ADA, id, "never mind").unwrap();
        ada.asks("/status", "no open requests").await;
        assert_eq!(ada.chat().iter().filter(|message| message.from_bot()).count(), 3, "{:?}", ada.chat());
    }
}

story! {
    async fn a_secret_behind_a_command_is_neither_kept_nor_repeated(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        let secret = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap().secret;
        let ada = world.ada();
        for command in ["/newkey", "/link", "/unlink", "/status", "/cancel", "/foo"] {
            let typed = ada.say(&format!("{command} {secret}"));
            ada.sees("so I deleted it").await;
            ada.sees_gone(typed).await;
        }
        let typed = ada.say(&format!("/revoke {secret}"));
        ada.sees("Revoke ci").await;
        ada.sees("I deleted your message, since it held a key").await;
        ada.sees_gone(typed).await;
        ada.asks("/cancel", "Cancelled").await;
        ada.asks("/newkey", "What shall the key be for").await;
        ada.asks(&secret, "A name is shown to others").await;
        ada.asks("staging bot", "Create key staging bot").await;
        // An edit is no way around it.
        let typed = ada.say("/nothing");
        ada.sees("I don't know that command").await;
        world.sandbox.telegram().edit(ADA, ADA, typed, &format!("/newkey {secret}")).unwrap();
        ada.sees_gone(typed).await;
        world.expected_refusals.push("deleteMessage");
        ada.asks_in(group, "/recover 7H2K-9QXM-4T0B-ZC5N", "could not delete your message").await;
        ada.asks_in(group, &format!("/rotate {secret}"), "could not delete your message").await;
        ada.sees_in(group, "Rotate ci").await;
        ada.asks_in(group, &format!("/newkey {secret}"), "could not delete your message").await;
        world.idle().await;
        for chat in [ADA, group] {
            let said = world.sandbox.telegram().messages(chat).into_iter();
            let repeated: Vec<_> = said.filter(|message| message.from_bot() && message.text.contains(&secret)).collect();
            assert!(repeated.is_empty(), "{repeated:?}");
        }
        let kept = world.database.dump();
        assert!(!kept.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "it stands in the database");
    }
}

story! {
    async fn a_label_that_cannot_be_seen_is_asked_for_again(world) {
        world.linked_project().await;
        let ada = world.ada();
        for label in ["\u{3164}", "\u{2800}", "ci\u{FE0F}", "c\u{200D}i"] {
            ada.asks(&format!("/newkey {label}"), "without invisible").await;
        }
        ada.asks("\u{115F}", "without invisible").await;
        ada.asks("ci", "Create key ci").await;
    }
}

story! {
    async fn what_telegram_puts_into_the_chat_is_not_answered(world) {
        let ada = world.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("Bots.Business", "API key").await;
        for service in [
            json!({ "pinned_message": { "message_id": 2, "date": 0, "chat": { "id": ADA, "type": "private" } } }),
            json!({ "message_auto_delete_timer_changed": { "message_auto_delete_time": 86_400 } }),
        ] {
            let mut message = json!({
                "message_id": 903, "date": 1, "chat": { "id": ADA, "type": "private" },
                "from": { "id": ADA, "is_bot": false, "first_name": "Ada" },
            });
            message.as_object_mut().unwrap().extend(service.as_object().unwrap().clone());
            world.sandbox.telegram().inject(json!({ "message": message }));
        }
        ada.asks("/cancel", "Cancelled").await;
        assert!(ada.chat().iter().all(|message| !message.text.contains("plain text")), "{:?}", ada.chat());
    }
}

story! {
    async fn whoever_sends_more_than_a_person_can_type_is_told_so_once(world) {
        world.stop().await;
        world.options.commands = Some(3);
        world.start();
        let ada = world.ada();
        for _ in 0..3 {
            ada.asks("/accounts", "No account").await;
        }
        ada.asks("/accounts", "That was too fast").await;
        for _ in 0..5 {
            ada.say("/help");
        }
        world.idle().await;
        let said = world.sandbox.telegram().messages(crate::world::ADA);
        let answers = said.iter().filter(|message| message.from_bot());
        assert_eq!(answers.count(), 4);
        // Others are not held up by it.
        world.boris().asks("/start", "Hello").await;
    }
}
