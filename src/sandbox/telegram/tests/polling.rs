//! `getUpdates`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::{
    telegram::{Group, Role},
    testing::{ADA, BORIS, BotClient, sandbox, someone_waits, soon},
};

fn ids(updates: &Value) -> Vec<i64> {
    let updates = updates.as_array().unwrap().iter();
    updates
        .map(|update| update["update_id"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn an_offset_confirms_and_a_limit_cuts() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    telegram.say(ADA, ADA, "two").unwrap();
    telegram.say(ADA, ADA, "three").unwrap();
    let first = ids(&bot.result("getUpdates", json!({"limit": 2})).await);
    assert_eq!(first.len(), 2);
    assert_eq!(
        first,
        ids(&bot.result("getUpdates", json!({"limit": 2})).await),
        "not confirmed yet"
    );
    let rest = ids(&bot
        .result("getUpdates", json!({"offset": first[1] + 1}))
        .await);
    assert_eq!(rest, [first[1] + 1]);
    assert_eq!(telegram.confirmed_updates(), first);
    let pending = telegram.pending_updates();
    assert_eq!((pending.len(), pending[0].update_id), (1, rest[0]));
    assert!(pending[0].json.contains("three"));
    for limit in [0, 101] {
        bot.refusal("getUpdates", json!({ "limit": limit })).await;
    }
}

#[tokio::test]
async fn a_long_poll_wakes_for_an_update() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let offset = ids(&json!(bot.updates().await))[0] + 1;
    let waiting = bot.clone();
    let poll = tokio::spawn(async move {
        let params = json!({"offset": offset, "timeout": 50});
        waiting.result("getUpdates", params).await
    });
    someone_waits(&sandbox).await;
    sandbox.telegram().say(ADA, ADA, "wake up").unwrap();
    assert_eq!(soon(poll).await[0]["message"]["text"], "wake up");
}

#[tokio::test]
async fn a_long_poll_ends_empty_by_the_clock() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let poll = tokio::spawn(async move {
        let params = json!({"offset": 1_000_000_000, "timeout": 3600});
        bot.result("getUpdates", params).await
    });
    someone_waits(&sandbox).await;
    // Never for as long as was asked.
    sandbox.clock().push(Duration::from_secs(50));
    assert_eq!(soon(poll).await, json!([]));
}

#[tokio::test]
async fn a_second_poll_ends_the_first() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let offset = ids(&json!(bot.updates().await))[0] + 1;
    let waiting = bot.clone();
    let first = tokio::spawn(async move {
        let params = json!({"offset": offset, "timeout": 50});
        waiting.call("getUpdates", params).await
    });
    someone_waits(&sandbox).await;
    let second = bot.result("getUpdates", json!({ "offset": offset })).await;
    assert_eq!(second, json!([]));
    let ended = soon(first).await;
    assert_eq!(ended["error_code"], 409);
    let why = ended["description"].as_str().unwrap();
    assert!(
        why.starts_with("Conflict: terminated by other getUpdates request"),
        "{why}"
    );
}

#[tokio::test]
async fn a_webhook_shuts_the_poll() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let hook = json!({
        "url": "https://example.org:8443/hook",
        "secret_token": "a-b_1",
        "max_connections": 10,
        "allowed_updates": ["message", "callback_query"],
    });
    assert_eq!(bot.result("setWebhook", hook).await, true);
    let body = bot.call("getUpdates", json!({})).await;
    assert_eq!(body["error_code"], 409);
    assert!(
        body["description"]
            .as_str()
            .unwrap()
            .contains("while webhook is active")
    );
    let stored = telegram.webhook().unwrap();
    assert_eq!(
        (stored.secret_token.as_deref(), stored.max_connections),
        (Some("a-b_1"), 10)
    );
    let info = bot.result("getWebhookInfo", json!({})).await;
    assert_eq!(
        (&info["pending_update_count"], &info["max_connections"]),
        (&json!(1), &json!(10))
    );
    assert_eq!(
        info["allowed_updates"],
        json!(["message", "callback_query"])
    );
    bot.result("deleteWebhook", json!({"drop_pending_updates": true}))
        .await;
    assert_eq!(bot.updates().await, Vec::<Value>::new());
    assert_eq!(bot.result("getWebhookInfo", json!({})).await["url"], "");

    for bad in [
        json!({"url": "http://example.org"}),
        json!({"url": "https://example.org:444"}),
        json!({"url": "nonsense"}),
        json!({"url": "https://example.org", "secret_token": "a b"}),
        json!({"url": "https://example.org", "max_connections": 101}),
        json!({"url": "https://example.org", "certificate": "x"}),
    ] {
        bot.refusal("setWebhook", bad).await;
    }
    assert_eq!(telegram.webhook(), None);
    bot.result("setWebhook", json!({"url": "http://127.0.0.1:9999/hook"}))
        .await;
}

#[tokio::test]
async fn only_wanted_kinds_are_queued() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let group = Group::new("Team")
        .bot(Role::Administrator)
        .member(ADA, Role::Owner);
    let group = telegram.add_group(group);
    let kinds = |updates: &[Value]| -> Vec<String> {
        let kinds = updates
            .iter()
            .flat_map(|update| update.as_object().unwrap().keys());
        kinds.filter(|kind| *kind != "update_id").cloned().collect()
    };
    bot.updates().await;
    telegram.set_role(ADA, group, BORIS, Role::Member).unwrap();
    assert_eq!(
        kinds(&bot.updates().await),
        ["message"],
        "chat_member was not asked for"
    );
    let wanted = json!({"allowed_updates": ["chat_member"]});
    bot.result("getUpdates", wanted).await;
    telegram.set_role(ADA, group, BORIS, Role::Left).unwrap();
    telegram.say(ADA, ADA, "not wanted").unwrap();
    assert_eq!(
        kinds(&bot.updates().await),
        ["message", "chat_member"],
        "remembered"
    );
    bot.refusal("getUpdates", json!({"allowed_updates": ["massage"]}))
        .await;
}

#[tokio::test]
async fn updates_do_not_wait_for_ever() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    telegram.press_raw(ADA, None, "x").unwrap();
    assert_eq!(bot.updates().await.len(), 2);
    sandbox.clock().push(Duration::from_secs(150));
    assert_eq!(bot.updates().await.len(), 1, "the press is gone");
    sandbox.clock().push(Duration::from_hours(24));
    assert_eq!(bot.updates().await.len(), 0);
}

#[tokio::test]
async fn raw_updates_arrive_as_they_are() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let first = telegram.inject(json!({"message_reaction": {"strange": true}}));
    let broken = format!(
        "{{\"update_id\":{},\"message\":{{\"text\":\"\\ud800\"}}}}",
        first + 1
    );
    assert_eq!(telegram.inject_text(broken), first + 1);
    let response = bot.request("getUpdates").send().await.unwrap();
    let body = response.text().await.unwrap();
    assert!(
        body.contains("{\"strange\":true}") && body.contains("\"\\ud800\""),
        "{body}"
    );
    let (rest, more) = (
        telegram.inject(json!({"update_id": 5})),
        telegram.inject(json!({})),
    );
    assert_eq!((rest, more), (5, first + 2));
}
