//! Paths, tokens, sources of parameters.

use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::sandbox::{
    fault::{Fault, Rule, ServiceName},
    testing::{ADA, BotClient, sandbox, send},
};

#[tokio::test]
async fn the_bot_is_told_who_it_is() {
    let sandbox = sandbox();
    let me = BotClient::new(&sandbox).result("getMe", json!({})).await;
    assert_eq!(me["id"], 1_000_000_001);
    assert_eq!(me["username"], "keyporter_demo_bot");
    assert_eq!(
        (&me["is_bot"], &me["can_read_all_group_messages"]),
        (&json!(true), &json!(false))
    );
}

#[tokio::test]
async fn tokens_and_method_names_are_minded() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let url = format!("{}/bot1:x/getMe", sandbox.telegram().url());
    let wanted = json!({"ok": false, "error_code": 401, "description": "Unauthorized"});
    let answer = send(Client::new().get(url)).await;
    assert_eq!(answer, (StatusCode::UNAUTHORIZED, wanted));
    for unknown in ["GetMe", "getme", "getNothing", "getMe/x"] {
        assert_eq!(
            bot.refusal(unknown, json!({})).await,
            "Not Found",
            "{unknown}"
        );
    }
    let body = bot.call("sendVideo", json!({})).await;
    assert_eq!(body["error_code"], 501);
    assert!(
        body["description"]
            .as_str()
            .unwrap()
            .ends_with("does not emulate sendVideo")
    );
    let url = format!("{}/nothing", sandbox.telegram().url());
    assert_eq!(send(Client::new().get(url)).await.0, 404);
}

#[tokio::test]
async fn parameters_come_from_json_forms_or_the_query() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let chat = ADA.to_string();
    let markup = "{\"inline_keyboard\":[[{\"text\":\"a\",\"callback_data\":\"b\"}]]}";
    let form = [
        ("chat_id", chat.as_str()),
        ("text", "12"),
        ("protect_content", "true"),
        ("reply_markup", markup),
        (
            "entities",
            "[{\"type\":\"code\",\"offset\":0,\"length\":2}]",
        ),
    ];
    let (_, body) = send(bot.request("sendMessage").form(&form)).await;
    assert_eq!(body["result"]["text"], "12", "{body}");
    assert_eq!(
        body["result"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"],
        "b"
    );
    assert_eq!(body["result"]["has_protected_content"], true);
    let (_, body) = send(bot.request("sendMessage").query(&form[..2])).await;
    assert_eq!(body["result"]["text"], "12", "{body}");
    let mixed = bot
        .request("getChat?chat_id=1")
        .json(&json!({"chat_id": ADA}));
    assert_eq!(send(mixed).await.0, 400);
    let twice = bot.request("getChat?chat_id=1&chat_id=2");
    assert_eq!(send(twice).await.0, 400);
    let broken = bot
        .request("getMe")
        .header("content-type", "application/json")
        .body("{");
    assert_eq!(send(broken).await.0, 400);
    let multipart = bot
        .request("getMe")
        .header("content-type", "multipart/form-data")
        .body("x");
    assert_eq!(send(multipart).await.0, 400);
    let put = Client::new().put(bot.request("getMe").build().unwrap().url().clone());
    assert_eq!(send(put).await.0, 404);
}

#[tokio::test]
async fn unknown_missing_and_wrong_parameters_are_refused() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let good = json!({"chat_id": ADA, "text": "x"});
    bot.result("sendMessage", good.clone()).await;
    for (name, value) in [
        ("disable_web_page_preview", json!(true)),
        ("chat_id", json!("101")),
        ("text", json!(5)),
        ("text", json!(null)),
        ("protect_content", json!("true")),
        ("protect_content", json!(null)),
        ("message_thread_id", json!(1.5)),
        ("link_preview_options", json!({"disabled": true})),
        ("reply_parameters", json!({"message_id": 1, "chat": 5})),
        (
            "reply_markup",
            json!({"inline_keyboard": [[{"text": "a", "data": "b"}]]}),
        ),
        (
            "reply_markup",
            json!({"inline_keyboard": [], "resize": true}),
        ),
        (
            "entities",
            json!([{"type": "code", "offset": 0, "length": 1, "lang": "x"}]),
        ),
        (
            "entities",
            json!([{"type": "code", "offset": -1, "length": 1}]),
        ),
    ] {
        let mut params = good.clone();
        params[name] = value;
        let refused = bot.refusal("sendMessage", params.clone()).await;
        assert!(refused.starts_with("Bad Request: "), "{params}: {refused}");
    }
    assert!(
        bot.refusal("sendMessage", json!({"text": "x"}))
            .await
            .contains("chat_id")
    );
    assert!(
        bot.refusal("getMe", json!({"x": 1}))
            .await
            .contains("unknown field")
    );
    let mut params = good;
    params["business_connection_id"] = json!("x");
    assert!(
        bot.refusal("sendMessage", params)
            .await
            .starts_with("Not Implemented")
    );
    assert_eq!(
        sandbox.telegram().messages(ADA).len(),
        2,
        "nothing was sent besides"
    );
}

#[tokio::test]
async fn faults_name_a_method() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let fault = Fault::RateLimited { retry_after_s: 3 };
    let rule = Rule::new(ServiceName::Telegram, fault)
        .path("sendMessage")
        .skip(1);
    sandbox.faults().add(rule);
    bot.result("getMe", json!({})).await;
    bot.say(ADA, "one").await;
    let body = bot
        .call("sendMessage", json!({"chat_id": ADA, "text": "two"}))
        .await;
    let wanted = json!({
        "ok": false,
        "error_code": 429,
        "description": "Too Many Requests: retry after 3",
        "parameters": {"retry_after": 3},
    });
    assert_eq!(body, wanted);
    assert_eq!(sandbox.telegram().calls_of("sendMessage").len(), 2);
}
