//! Telegram's bad days: a webhook left behind, another poller, a refused token, limits, outages, lost answers.

use std::time::Duration;

use keyporter::sandbox::{
    Sandbox,
    fault::{Fault, Rule, ServiceName},
    telegram::Telegram,
};
use serde_json::json;

use crate::world::{ADA, BORIS, logged_by};

/// Calls a method as another program with the same token would.
async fn call(
    telegram: &Telegram,
    method: &str,
    parameters: serde_json::Value,
) -> serde_json::Value {
    let url = format!("{}/bot{}/{method}", telegram.url(), telegram.token());
    reqwest::Client::new()
        .post(url)
        .json(&parameters)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

story! {
    async fn a_webhook_that_was_left_behind_is_removed_and_nothing_is_dropped(world) {
        world.polls().await;
        world.stop().await;
        let telegram = world.sandbox.telegram();
        call(telegram, "setWebhook", json!({ "url": "https://old.example/hook" })).await;
        let ada = world.ada();
        ada.say("/start");
        world.start();
        ada.sees("Hello").await;
        assert!(world.sandbox.telegram().webhook().is_none());
    }
}

story! {
    async fn a_webhook_that_appears_while_we_poll_is_removed_too(world) {
        world.polls().await;
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        call(world.sandbox.telegram(), "setWebhook", json!({ "url": "https://other.example/hook" })).await;
        ada.asks("/help", "What you can send me").await;
    }
}

story! {
    async fn another_poller_is_outlasted(world) {
        world.polls().await;
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        let other = call(world.sandbox.telegram(), "getUpdates", json!({ "timeout": 0 })).await;
        assert_eq!(other["ok"], true);
        ada.asks("/help", "What you can send me").await;
    }
}

story! {
    async fn what_is_refused_for_a_while_is_said_once_and_comes_back(world) {
        world.polls().await;
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        for (status, body) in [
            (401, Some(json!({ "ok": false, "error_code": 401, "description": "Unauthorized" }))),
            (409, Some(json!({ "ok": false, "error_code": 409, "description": "Conflict: terminated by other getUpdates request" }))),
            (429, Some(json!({ "ok": false, "error_code": 429, "description": "Too Many Requests: retry after 2", "parameters": { "retry_after": 2 } }))),
            (502, None),
            (200, Some(json!({ "ok": true, "result": "no list" }))),
            (200, Some(json!({ "ok": true, "result": [5, {}, "x"] }))),
        ] {
            world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::Status(status, body)).path("getUpdates").times(3));
            ada.say("/help");
            world.hurry("the answer", |sandbox| {
                let said = sandbox.telegram().messages(ADA).last().is_some_and(|message| message.text.contains("What you can send me"));
                said.then_some(())
            }).await;
            ada.sees("What you can send me").await;
        }
    }
}

story! {
    async fn telegram_may_be_away_at_the_start_and_for_an_hour(world) {
        world.stop().await;
        world.sandbox.telegram().service().stop().await.unwrap();
        world.start();
        world.pass(Duration::from_hours(1));
        world.sandbox.telegram().service().resume().await.unwrap();
        let ada = world.ada();
        ada.say("/start");
        world.pass(Duration::from_secs(31));
        ada.sees("Hello").await;
        world.sandbox.telegram().service().stop().await.unwrap();
        world.pass(Duration::from_hours(1));
        world.sandbox.telegram().service().resume().await.unwrap();
        ada.say("/help");
        world.pass(Duration::from_secs(31));
        ada.sees("What you can send me").await;
    }
}

story! {
    async fn one_chat_that_has_to_wait_delays_nobody_else(world) {
        let (ada, boris) = (world.ada(), world.boris());
        ada.asks("/start", "Hello").await;
        boris.asks("/start", "Hello").await;
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::RateLimited { retry_after_s: 3 }).path("sendMessage"));
        ada.say("/help");
        world.until("Ada's chat is told to wait", |sandbox| sandbox.faults().pending().is_empty().then_some(())).await;
        boris.asks("/help", "What you can send me").await;
        assert!(ada.chat().iter().all(|message| !message.text.contains("What you can send me")), "hers still waits");
        ada.sees("What you can send me").await;
    }
}

story! {
    async fn one_person_who_waits_for_a_provider_delays_nobody_else(world) {
        world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::HangBefore));
        ada.say("/keys");
        boris.asks("/start", "Hello").await;
        ada.sees("cannot be reached").await;
    }
}

story! {
    async fn an_answer_whose_receipt_was_lost_is_not_said_again_and_again(world) {
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::CutAfter).path("sendMessage").always());
        ada.asks("/help", "What you can send me").await;
        world.settle().await;
        world.sandbox.faults().clear();
        ada.asks("/status", "no open requests").await;
        let said = ada.chat().iter().filter(|message| message.text.contains("What you can send me")).count();
        assert!(said <= 3, "said {said} times");
    }
}

story! {
    async fn an_answer_to_a_chat_that_has_to_wait_long_comes_when_the_wait_is_over(world) {
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::RateLimited { retry_after_s: 15 }).path("sendMessage"));
        ada.say("/help");
        let kept = "SELECT id FROM outbox";
        world.until("it was tried", |sandbox| sandbox.faults().pending().is_empty().then_some(())).await;
        while world.database.find(kept).is_empty() {
            tokio::task::yield_now().await;
        }
        world.pass(Duration::from_secs(35));
        ada.sees("What you can send me").await;
    }
}

story! {
    async fn receipts_that_are_lost_for_an_hour_flood_nobody(world) {
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::CutAfter).path("sendMessage").always());
        ada.asks("/help", "What you can send me").await;
        let said = |sandbox: &Sandbox| {
            let chat = sandbox.telegram().messages(ADA);
            chat.iter().filter(|message| message.text.contains("What you can send me")).count()
        };
        world.hurry("it is said again", |sandbox| (said(sandbox) >= 3).then_some(())).await;
        for _ in 0..120 {
            world.pass(Duration::from_secs(30));
            world.sandbox.wait_until(Duration::from_millis(20), "never", |_| None::<()>).await.expect_err("it never comes");
        }
        let said = said(&world.sandbox);
        assert!(said < 40, "said {said} times");
    }
}

story! {
    async fn an_answer_that_telegram_does_not_take_is_given_later(world) {
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::Status(502, None)).path("sendMessage").always());
        ada.say("/help");
        world.until("it was tried", |sandbox| {
            (sandbox.telegram().calls_of("sendMessage").len() >= 3).then_some(())
        }).await;
        world.sandbox.faults().clear();
        world.hurry("the answer", |sandbox| {
            let said = sandbox.telegram().messages(ADA).iter().any(|message| message.text.contains("What you can send me"));
            said.then_some(())
        }).await;
    }
}

story! {
    async fn everything_is_handled_in_the_order_in_which_it_was_said(world) {
        let ada = world.ada();
        world.sandbox.telegram().limit(|limits| limits.private_burst = 1000);
        ada.asks("/start", "Hello").await;
        world.stop().await;
        for command in ["/help", "/status", "/accounts", "/audit", "/cancel"] {
            ada.say(command);
        }
        world.start();
        ada.sees("nothing to cancel").await;
        let order = ["What you can send me", "no open requests", "No account is linked", "Nothing has happened", "nothing to cancel"];
        let said: Vec<_> = ada.chat().into_iter().filter(keyporter::sandbox::telegram::Shown::from_bot).map(|message| message.text).collect();
        let places: Vec<_> = order.iter().map(|words| said.iter().position(|text| text.contains(words))).collect();
        assert!(places.is_sorted() && places.iter().all(Option::is_some), "{said:?}");
    }
}

story! {
    async fn an_update_that_always_panics_is_put_aside_and_named(world) {
        world.stop().await;
        world.operators = vec![BORIS];
        // A menu for somebody who has never started the bot is refused.
        world.expected_refusals.push("setMyCommands");
        world.start();
        let (ada, boris) = (world.ada(), world.boris());
        world.linked_project().await;
        boris.asks("/start", "Hello").await;
        world.dice.panic_for(3);
        ada.say("/newkey ci");
        ada.sees("put aside").await;
        boris.sees("For you as an operator").await;
        boris.asks("/help", "What you can send me").await;
        ada.asks("/newkey ci", "Create key ci").await;
        let findings = keyporter::check::check(world.settings(), &world.ports()).await;
        let named = findings.iter().any(|finding| !finding.good && finding.text.contains("was given up"));
        assert!(named, "{findings:#?}");
        assert!(!logged_by("panicked").contains("canary"), "a panic's message is not logged");
    }
}

story! {
    async fn what_is_given_up_is_told_even_when_the_process_dies_over_it(world) {
        world.linked_project().await;
        let ada = world.ada();
        world.dice.panic_for(3);
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::HangBefore).path("sendMessage"));
        ada.say("/newkey ci");
        world.until("it is about to be told", |sandbox| sandbox.faults().pending().is_empty().then_some(())).await;
        world.crash().await;
        world.start();
        ada.sees("put aside").await;
    }
}

story! {
    async fn a_panic_that_passes_costs_nothing(world) {
        world.linked_project().await;
        let ada = world.ada();
        world.dice.panic_for(1);
        ada.asks("/newkey ci", "Create key ci").await;
        assert_eq!(ada.chat().iter().filter(|message| message.text.contains("Create key ci")).count(), 1);
        assert_eq!(ada.id, ADA);
    }
}

story! {
    async fn a_secret_that_telegram_refuses_floods_nobody(world) {
        world.linked_project().await;
        let ada = world.ada();
        let refusal = json!({ "ok": false, "error_code": 400, "description": "Bad Request: message can't be edited" });
        world.expected_refusals.push("editMessageText");
        ada.asks("/newkey ci", "Create key ci").await;
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::Status(400, Some(refusal))).path("editMessageText").times(6));
        ada.press("Create key");
        let before = ada.chat().len();
        world.hurry("the key is shown when Telegram relents", |sandbox| {
            let messages = sandbox.telegram().messages(ADA);
            messages.iter().any(|message| message.text.contains("It disappears")).then_some(())
        }).await;
        assert!(ada.chat().len() < before + 10, "{}", world.sandbox.telegram().transcript(ADA));
    }
}

story! {
    async fn an_answer_to_a_press_on_a_deleted_message_is_said_anew(world) {
        world.linked_project().await;
        let ada = world.ada();
        let gone = json!({ "ok": false, "error_code": 400, "description": "Bad Request: message to edit not found" });
        world.expected_refusals.push("editMessageText");
        ada.asks("/accounts", "Your accounts").await;
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::Status(400, Some(gone))).path("editMessageText"));
        ada.asks("/language", "In which language").await;
        ada.presses("English", "I speak English now").await;
    }
}

story! {
    async fn a_card_that_a_late_edit_has_made_untrue_mends_itself_at_the_next_press(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        let late = Rule::new(ServiceName::Telegram, Fault::LateEffect(Duration::from_mins(1)));
        // The first edit is the secret's own, the second the card's.
        world.sandbox.faults().add(late.path("editMessageText").skip(1));
        ada.press("Create key");
        let card = ada.sees("The new key stands in this chat").await.id;
        ada.presses("I saved it", "is created and saved").await;
        world.pass(Duration::from_secs(61));
        world.until("the late edit stands over the newer one", |sandbox| {
            let card = sandbox.telegram().message(ADA, card)?;
            card.text.contains("key stands in this chat").then_some(())
        }).await;
        let press = ada.press_on(ADA, card, "Show again").unwrap();
        assert!(ada.toast(&press).await.0.contains("moved on"));
        ada.sees("is created and saved").await;
    }
}
