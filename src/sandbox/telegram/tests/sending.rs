//! `sendMessage` and `sendChatAction`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::{
    telegram::{Group, Role, Saying},
    testing::{ADA, BORIS, BotClient, sandbox},
};

fn text(chat: i64, text: &str) -> Value {
    json!({"chat_id": chat, "text": text})
}

#[tokio::test]
async fn a_message_comes_back_as_telegram_tells_it() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let params = json!({
        "chat_id": ADA,
        "text": " <b>New</b> key: <tg-spoiler>s3cret</tg-spoiler> \n",
        "parse_mode": "HTML",
        "protect_content": true,
        "disable_notification": true,
        "link_preview_options": {"is_disabled": true},
        "message_effect_id": "5046509860389126442",
        "reply_markup": {"inline_keyboard": [[
            {"text": "Copy", "copy_text": {"text": "s3cret"}},
            {"text": "I saved it", "callback_data": "d:1", "style": "success"},
        ]]},
    });
    let message = bot.result("sendMessage", params.clone()).await;
    assert_eq!(message["message_id"], 2);
    assert_eq!(message["text"], "New key: s3cret");
    let entities = json!([
        {"type": "bold", "offset": 0, "length": 3},
        {"type": "spoiler", "offset": 9, "length": 6},
    ]);
    assert_eq!(message["entities"], entities);
    assert_eq!(
        message["chat"],
        json!({"id": ADA, "type": "private", "first_name": "Ada", "username": "ada"})
    );
    assert_eq!(message["from"]["is_bot"], true);
    assert_eq!(message["has_protected_content"], true);
    assert_eq!(message["reply_markup"], params["reply_markup"]);
    assert_eq!(
        message["date"].as_i64().unwrap(),
        sandbox.clock().now_ms() / 1000
    );

    let shown = sandbox.telegram().message(ADA, 2).unwrap();
    assert!(shown.from_bot() && shown.protected && shown.silent && !shown.deleted);
    assert_eq!(shown.parts("spoiler"), ["s3cret"]);
    assert_eq!(
        shown.button("saved it").unwrap().callback_data.as_deref(),
        Some("d:1")
    );
    assert!(shown.to_string().contains("[Copy] [I saved it]"), "{shown}");
}

#[tokio::test]
async fn code_drives_a_spoiler_away() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let mut params = text(ADA, "<tg-spoiler>key: <code>s3cret</code></tg-spoiler>");
    params["parse_mode"] = json!("html");
    bot.result("sendMessage", params).await;
    let params = json!({
        "chat_id": ADA,
        "text": "s3cret",
        "entities": [
            {"type": "spoiler", "offset": 0, "length": 6},
            {"type": "code", "offset": 0, "length": 6},
        ],
    });
    bot.result("sendMessage", params).await;
    let messages = sandbox.telegram().messages(ADA);
    assert_eq!(
        (messages[1].parts("spoiler"), messages[1].parts("code")),
        (vec!["key: ".to_owned()], vec!["s3cret".to_owned()])
    );
    assert_eq!(
        (
            messages[2].parts("spoiler").len(),
            messages[2].parts("code").len()
        ),
        (0, 1)
    );
}

#[tokio::test]
async fn texts_that_do_not_fit_are_refused() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let refused = async |params| bot.refusal("sendMessage", params).await;
    assert_eq!(
        refused(text(ADA, "")).await,
        "Bad Request: message text is empty"
    );
    assert_eq!(
        refused(text(ADA, " \n")).await,
        "Bad Request: text must be non-empty"
    );
    assert_eq!(
        refused(text(ADA, &"x".repeat(4097))).await,
        "Bad Request: message is too long"
    );
    assert_eq!(
        refused(text(ADA, &"x".repeat(40_000))).await,
        "Bad Request: message is too long"
    );
    bot.say(ADA, &"x".repeat(4096)).await;
    for (name, value) in [
        ("parse_mode", json!("MarkdownV2")),
        ("parse_mode", json!("Rich")),
        (
            "entities",
            json!([{"type": "code", "offset": 1, "length": 5}]),
        ),
    ] {
        let mut params = text(ADA, "<x>");
        params[name] = value;
        refused(params).await;
    }
    let mut both = text(ADA, "x");
    both["parse_mode"] = json!("HTML");
    both["entities"] = json!([]);
    refused(both).await;
}

#[tokio::test]
async fn buttons_are_checked() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let mut params = text(ADA, "x");
    params["reply_markup"] =
        json!({"inline_keyboard": [[{"text": "a", "callback_data": "x".repeat(65)}]]});
    assert_eq!(
        bot.refusal("sendMessage", params.clone()).await,
        "Bad Request: BUTTON_DATA_INVALID"
    );
    params["reply_markup"] =
        json!({"inline_keyboard": vec![vec![json!({"text": "a", "callback_data": "x"}); 9]]});
    assert_eq!(
        bot.refusal("sendMessage", params.clone()).await,
        "Bad Request: REPLY_MARKUP_TOO_LONG"
    );
    params["reply_markup"] = json!({"inline_keyboard": [[]]});
    assert!(bot.result("sendMessage", params.clone()).await["reply_markup"].is_null());
    params["reply_markup"] = json!({"force_reply": true});
    bot.result("sendMessage", params).await;
    let last = sandbox.telegram().messages(ADA).pop().unwrap();
    assert_eq!(last.reply_markup, Some(json!({"force_reply": true})));
}

#[tokio::test]
async fn who_cannot_be_written_to_is_told() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let refused = async |chat| bot.refusal("sendMessage", text(chat, "x")).await;
    assert_eq!(refused(999).await, "Bad Request: chat not found");
    let cannot = "Forbidden: bot can't initiate conversation with a user";
    assert_eq!(refused(BORIS).await, cannot);
    telegram.say(BORIS, BORIS, "/start").unwrap();
    bot.say(BORIS, "hello").await;
    telegram.block(BORIS).unwrap();
    assert_eq!(
        refused(BORIS).await,
        "Forbidden: bot was blocked by the user"
    );
    telegram.unblock(BORIS).unwrap();
    bot.say(BORIS, "hello").await;

    let group = telegram.add_group(Group::new("Team").member(ADA, Role::Owner));
    bot.say(group, "hello").await;
    telegram.set_bot_role(ADA, group, Role::Restricted).unwrap();
    assert!(refused(group).await.contains("not enough rights"));
    telegram.set_bot_role(ADA, group, Role::Kicked).unwrap();
    assert_eq!(
        refused(group).await,
        "Forbidden: bot was kicked from the supergroup chat"
    );
    telegram.set_bot_role(ADA, group, Role::Left).unwrap();
    assert_eq!(
        refused(group).await,
        "Forbidden: bot is not a member of the supergroup chat"
    );
}

#[tokio::test]
async fn topics_and_answered_messages_must_be_there() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let forum = telegram.add_group(Group::new("Forum").forum().member(ADA, Role::Owner));
    let said = telegram
        .say_with(ADA, forum, Saying::new("/keys").topic(7))
        .unwrap();
    let mut params = text(forum, "x");
    params["message_thread_id"] = json!(8);
    assert_eq!(
        bot.refusal("sendMessage", params.clone()).await,
        "Bad Request: message thread not found"
    );
    params["message_thread_id"] = json!(7);
    params["reply_parameters"] = json!({"message_id": said});
    let message = bot.result("sendMessage", params.clone()).await;
    assert_eq!(
        (&message["message_thread_id"], &message["is_topic_message"]),
        (&json!(7), &json!(true))
    );
    assert_eq!(message["reply_to_message"]["text"], "/keys");
    params["reply_parameters"] = json!({"message_id": 99});
    assert_eq!(
        bot.refusal("sendMessage", params.clone()).await,
        "Bad Request: message to be replied not found"
    );
    params["reply_parameters"] = json!({"message_id": 99, "allow_sending_without_reply": true});
    bot.result("sendMessage", params.clone()).await;
    params["chat_id"] = json!(ADA);
    assert!(
        bot.refusal("sendMessage", params)
            .await
            .contains("thread not found")
    );
}

#[tokio::test]
async fn a_private_chat_has_a_pace_with_a_burst() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    for number in 0..20 {
        bot.say(ADA, &number.to_string()).await;
    }
    let body = bot.call("sendMessage", text(ADA, "x")).await;
    assert_eq!(
        (&body["error_code"], &body["parameters"]["retry_after"]),
        (&json!(429), &json!(1))
    );
    sandbox.clock().push(Duration::from_secs(1));
    bot.say(ADA, "x").await;
}

#[tokio::test]
async fn groups_and_the_whole_have_limits() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let group = telegram.add_group(Group::new("Team").member(ADA, Role::Owner));
    telegram.limit(|limits| limits.group_per_min = 2);
    bot.say(group, "1").await;
    bot.say(group, "2").await;
    let body = bot.call("sendMessage", text(group, "3")).await;
    let wait = body["parameters"]["retry_after"].as_i64().unwrap();
    assert!((55..=60).contains(&wait), "{wait}");
    bot.say(ADA, "elsewhere there is room").await;
    telegram.limit(|limits| limits.overall_per_s = 1);
    sandbox.clock().push(Duration::from_mins(1));
    bot.say(group, "3").await;
    let body = bot.call("sendMessage", text(ADA, "x")).await;
    assert_eq!(body["parameters"]["retry_after"], 1);
}

#[tokio::test]
async fn supergroups_count_their_messages_for_themselves() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let one = telegram.add_group(Group::new("One").member(ADA, Role::Owner));
    let basic = telegram.add_group(Group::new("Two").basic().member(ADA, Role::Owner));
    assert!(one < -1_000_000_000_000 && basic > -1_000_000_000_000);
    assert_eq!((bot.say(one, "a").await, bot.say(one, "b").await), (1, 2));
    assert_eq!((bot.say(ADA, "a").await, bot.say(basic, "b").await), (2, 3));
}

#[tokio::test]
async fn an_action_needs_a_chat_that_can_be_written_to() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let action = |chat: i64, action: &str| json!({"chat_id": chat, "action": action});
    assert_eq!(
        bot.result("sendChatAction", action(ADA, "typing")).await,
        true
    );
    assert!(
        bot.refusal("sendChatAction", action(ADA, "dancing"))
            .await
            .contains("wrong parameter action")
    );
    assert!(
        bot.refusal("sendChatAction", action(BORIS, "typing"))
            .await
            .starts_with("Forbidden")
    );
}
