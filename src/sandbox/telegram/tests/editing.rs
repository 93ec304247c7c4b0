//! `editMessageText` and `editMessageReplyMarkup`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::{
    telegram::{Group, Role},
    testing::{ADA, BotClient, sandbox},
};

fn edit(message: i64, text: &str) -> Value {
    json!({"chat_id": ADA, "message_id": message, "text": text})
}

fn buttons() -> Value {
    json!({"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]})
}

#[tokio::test]
async fn an_edit_adds_a_version_and_takes_the_buttons() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let params = json!({
        "chat_id": ADA, "text": "one", "protect_content": true, "reply_markup": buttons(),
    });
    let id = bot.result("sendMessage", params).await["message_id"]
        .as_i64()
        .unwrap();
    let message = bot.result("editMessageText", edit(id, "two")).await;
    assert_eq!(
        (&message["text"], &message["has_protected_content"]),
        (&json!("two"), &json!(true))
    );
    assert!(message["edit_date"].is_i64() && message["reply_markup"].is_null());
    let versions = telegram.versions(ADA, id);
    let told: Vec<_> = versions
        .iter()
        .map(|version| (version.text.as_str(), version.keyboard.is_empty()))
        .collect();
    assert_eq!(told, [("one", false), ("two", true)]);

    let markup = json!({"chat_id": ADA, "message_id": id, "reply_markup": buttons()});
    let message = bot.result("editMessageReplyMarkup", markup.clone()).await;
    assert_eq!(
        (&message["text"], &message["reply_markup"]),
        (&json!("two"), &buttons())
    );
    assert!(
        bot.refusal("editMessageReplyMarkup", markup)
            .await
            .contains("message is not modified")
    );
    assert_eq!(telegram.message(ADA, id).unwrap().edits, 2);
    let protect = json!({"chat_id": ADA, "message_id": id, "text": "x", "protect_content": false});
    assert!(
        bot.refusal("editMessageText", protect)
            .await
            .contains("unknown field")
    );
}

#[tokio::test]
async fn an_edit_that_changes_nothing_is_refused() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let id = bot.say(ADA, "same").await;
    let wanted = "Bad Request: message is not modified: specified new message content and reply markup are exactly \
        the same as a current content and reply markup of the message";
    assert_eq!(
        bot.refusal("editMessageText", edit(id, " same ")).await,
        wanted
    );
    let mut bold = edit(id, "same");
    bold["entities"] = json!([{"type": "bold", "offset": 0, "length": 4}]);
    bot.result("editMessageText", bold).await;
    let mut with_buttons = edit(id, "same");
    with_buttons["reply_markup"] = buttons();
    bot.result("editMessageText", with_buttons).await;
}

#[tokio::test]
async fn only_own_messages_that_are_there_can_be_edited() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    assert_eq!(
        bot.refusal("editMessageText", edit(1, "x")).await,
        "Bad Request: message can't be edited"
    );
    let not_found = "Bad Request: message to edit not found";
    assert_eq!(
        bot.refusal("editMessageText", edit(99, "x")).await,
        not_found
    );
    let id = bot.say(ADA, "x").await;
    bot.result("deleteMessage", json!({"chat_id": ADA, "message_id": id}))
        .await;
    assert_eq!(
        bot.refusal("editMessageText", edit(id, "y")).await,
        not_found
    );
    let id = bot.say(ADA, "x").await;
    let long = edit(id, &"x".repeat(4097));
    assert_eq!(
        bot.refusal("editMessageText", long).await,
        "Bad Request: message is too long"
    );
    telegram.block(ADA).unwrap();
    assert!(
        bot.refusal("editMessageText", edit(id, "y"))
            .await
            .starts_with("Forbidden")
    );
    assert_eq!(telegram.message(ADA, id).unwrap().text, "x");
}

#[tokio::test]
async fn edits_in_groups_have_a_limit() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let group = telegram.add_group(Group::new("Team").member(ADA, Role::Owner));
    telegram.limit(|limits| limits.group_edits_per_min = 2);
    let id = bot.say(group, "0").await;
    let edit = |text: &str| json!({"chat_id": group, "message_id": id, "text": text});
    bot.result("editMessageText", edit("1")).await;
    assert!(
        bot.refusal("editMessageText", edit("1"))
            .await
            .contains("not modified")
    );
    bot.result("editMessageText", edit("2")).await;
    let body = bot.call("editMessageText", edit("3")).await;
    assert_eq!(body["error_code"], 429);
    assert_eq!(telegram.message(group, id).unwrap().text, "2");
    sandbox.clock().push(Duration::from_mins(1));
    bot.result("editMessageText", edit("3")).await;
}
