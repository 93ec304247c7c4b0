//! Command lists and descriptions.

use serde_json::{Value, json};

use crate::sandbox::testing::{ADA, BotClient, sandbox};

fn list(command: &str, description: &str) -> Value {
    json!({"commands": [{"command": command, "description": description}]})
}

#[tokio::test]
async fn scopes_and_languages_are_kept_apart() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    assert_eq!(
        bot.result("setMyCommands", list("keys", "List keys")).await,
        true
    );
    let mut russian = list("keys", "Ключи");
    russian["language_code"] = json!("ru");
    russian["scope"] = json!({"type": "all_private_chats"});
    bot.result("setMyCommands", russian).await;
    let mut for_ada = list("pause", "Pause");
    for_ada["scope"] = json!({"type": "chat", "chat_id": ADA});
    bot.result("setMyCommands", for_ada).await;
    let lists = sandbox.telegram().commands();
    assert_eq!(lists.len(), 3);
    assert_eq!(lists[1].commands[0].description, "Ключи");

    let default = bot.result("getMyCommands", json!({})).await;
    assert_eq!(
        default,
        json!([{"command": "keys", "description": "List keys"}])
    );
    let other = json!({"scope": {"type": "all_group_chats"}});
    assert_eq!(bot.result("getMyCommands", other).await, json!([]));
    bot.result("setMyCommands", list("keys", "Again")).await;
    assert_eq!(sandbox.telegram().commands().len(), 3, "replaced");
    bot.result("deleteMyCommands", json!({})).await;
    assert_eq!(sandbox.telegram().commands().len(), 2);
}

#[tokio::test]
async fn lists_are_checked() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let many: Vec<Value> = (0..101)
        .map(|number| json!({"command": format!("c{number}"), "description": "x"}))
        .collect();
    let twice = json!({"command": "a", "description": "x"});
    for bad in [
        list("Keys", "x"),
        list("/keys", "x"),
        list("", "x"),
        list(&"k".repeat(33), "x"),
        list("keys", ""),
        list("keys", &"x".repeat(257)),
        json!({"commands": []}),
        json!({"commands": many}),
        json!({"commands": [twice, twice]}),
        json!({"commands": [{"command": "a", "description": "x", "hidden": true}]}),
        json!({"commands": many[..1], "language_code": "EN"}),
        json!({"commands": many[..1], "language_code": "pt-br"}),
        json!({"commands": many[..1], "scope": {"type": "everyone"}}),
        json!({"commands": many[..1], "scope": {"type": "default", "chat_id": 1}}),
        json!({"commands": many[..1], "scope": {"type": "chat", "chat_id": 999}}),
    ] {
        let refused = bot.refusal("setMyCommands", bad.clone()).await;
        assert!(refused.starts_with("Bad Request"), "{bad}");
    }
    bot.result("setMyCommands", json!({"commands": many[..100]}))
        .await;
}

#[tokio::test]
async fn descriptions_are_stored() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let params = json!({"description": "Keeps keys", "language_code": "en"});
    bot.result("setMyDescription", params).await;
    bot.result(
        "setMyShortDescription",
        json!({"short_description": "Keys"}),
    )
    .await;
    assert_eq!(
        sandbox.telegram().description("en").as_deref(),
        Some("Keeps keys")
    );
    assert_eq!(sandbox.telegram().description(""), None);
    bot.refusal("setMyDescription", json!({"description": "x".repeat(513)}))
        .await;
    bot.refusal(
        "setMyShortDescription",
        json!({"short_description": "x".repeat(121)}),
    )
    .await;
    bot.result("setMyDescription", json!({"language_code": "en"}))
        .await;
    assert_eq!(sandbox.telegram().description("en"), None);
}
