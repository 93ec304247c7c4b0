//! Buttons: who can press what, and how a press is answered.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::{
    telegram::{ActError, Group, Role},
    testing::{ADA, BORIS, BotClient, sandbox},
};

async fn ask(bot: &BotClient, chat: i64) -> i64 {
    let keyboard = json!([
        [
            {"text": "🔑 Create key", "callback_data": "c:1"},
            {"text": "Cancel", "callback_data": "x:1"},
        ],
        [
            {"text": "Copy key", "copy_text": {"text": "s3cret"}},
            {"text": "Gone", "disabled": {}},
        ],
    ]);
    let markup = json!({ "inline_keyboard": keyboard });
    let params = json!({"chat_id": chat, "text": "Sure?", "reply_markup": markup});
    bot.result("sendMessage", params).await["message_id"]
        .as_i64()
        .unwrap()
}

async fn last_update(bot: &BotClient) -> Value {
    bot.updates().await.pop().unwrap()
}

#[tokio::test]
async fn a_press_brings_the_whole_message() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let id = ask(&bot, ADA).await;
    let press = sandbox
        .telegram()
        .press(ADA, ADA, id, "Create key")
        .unwrap();
    let query = &last_update(&bot).await["callback_query"];
    assert_eq!(
        (&query["id"], &query["data"]),
        (&json!(press), &json!("c:1"))
    );
    assert_eq!(
        (&query["from"]["id"], &query["from"]["language_code"]),
        (&json!(ADA), &json!("en"))
    );
    assert_eq!(query["message"]["text"], "Sure?");
    let row = &query["message"]["reply_markup"]["inline_keyboard"][1];
    assert_eq!(row[0]["copy_text"]["text"], "s3cret");
    assert!(query["chat_instance"].is_string());
}

#[tokio::test]
async fn only_what_is_there_can_be_pressed() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let id = ask(&bot, ADA).await;
    let press = |words: &str| telegram.press(ADA, ADA, id, words);
    assert!(matches!(
        press("Revoke"),
        Err(ActError::NoSuchButton { .. })
    ));
    assert!(
        matches!(press("key"), Err(ActError::NoSuchButton { .. })),
        "two end so"
    );
    assert!(matches!(press("Copy key"), Err(ActError::SendsNothing(_))));
    assert!(matches!(press("Gone"), Err(ActError::SendsNothing(_))));
    assert!(telegram.press_at(ADA, ADA, id, (0, 1)).is_ok());
    assert!(telegram.press_at(ADA, ADA, id, (0, 2)).is_err());
    assert!(matches!(
        telegram.press(BORIS, ADA, id, "Cancel"),
        Err(ActError::NotAllowed { .. })
    ));
    assert!(matches!(
        telegram.press(ADA, ADA, 99, "Cancel"),
        Err(ActError::NoSuchMessage(99))
    ));
    let edit = json!({"chat_id": ADA, "message_id": id, "text": "Done"});
    bot.result("editMessageText", edit).await;
    assert!(
        telegram.press(ADA, ADA, id, "Cancel").is_err(),
        "the newest version has no buttons"
    );
}

#[tokio::test]
async fn in_a_group_any_member_can_press() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let group = Group::new("Team")
        .member(ADA, Role::Owner)
        .member(BORIS, Role::Restricted);
    let group = telegram.add_group(group);
    let id = ask(&bot, group).await;
    telegram.press(BORIS, group, id, "Cancel").unwrap();
    assert_eq!(
        last_update(&bot).await["callback_query"]["from"]["id"],
        BORIS
    );
    telegram.set_role(BORIS, group, BORIS, Role::Left).unwrap();
    assert!(telegram.press(BORIS, group, id, "Cancel").is_err());
}

#[tokio::test]
async fn hostile_presses_carry_anything() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    telegram.press_raw(BORIS, None, "c:999").unwrap();
    let query = last_update(&bot).await["callback_query"].clone();
    assert_eq!(
        (&query["data"], &query["message"]),
        (&json!("c:999"), &Value::Null)
    );
    telegram.press_raw(BORIS, Some((ADA, 99)), "x").unwrap();
    let query = last_update(&bot).await["callback_query"].clone();
    assert_eq!(
        (&query["message"]["date"], &query["message"]["message_id"]),
        (&json!(0), &json!(99))
    );
    telegram.press_raw(BORIS, Some((ADA, 1)), "x").unwrap();
    assert_eq!(
        last_update(&bot).await["callback_query"]["message"]["text"],
        "/start"
    );
}

#[tokio::test]
async fn a_press_is_answered_once_and_soon() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let id = ask(&bot, ADA).await;
    let press = || telegram.press(ADA, ADA, id, "Cancel").unwrap();
    let answer =
        |press: &str| json!({"callback_query_id": press, "text": "Cancelled", "show_alert": true});
    let first = press();
    assert_eq!(
        bot.result("answerCallbackQuery", answer(&first)).await,
        true
    );
    let told = telegram.answer(&first).unwrap();
    assert_eq!(
        (told.text.as_deref(), told.alert),
        (Some("Cancelled"), true)
    );
    assert_eq!((told.person, told.chat), (ADA, Some(ADA)));

    let too_late =
        "Bad Request: query is too old and response timeout expired or query ID is invalid";
    assert_eq!(
        bot.refusal("answerCallbackQuery", answer(&first)).await,
        too_late
    );
    assert_eq!(
        bot.refusal("answerCallbackQuery", answer("5")).await,
        too_late
    );
    let second = press();
    sandbox.clock().push(Duration::from_mins(1));
    assert_eq!(
        bot.refusal("answerCallbackQuery", answer(&second)).await,
        too_late
    );
    let third = press();
    let mut long = answer(&third);
    long["text"] = json!("x".repeat(201));
    assert_eq!(
        bot.refusal("answerCallbackQuery", long).await,
        "Bad Request: MESSAGE_TOO_LONG"
    );
    let elsewhere = json!({"callback_query_id": third, "url": "https://example.org"});
    assert_eq!(
        bot.refusal("answerCallbackQuery", elsewhere).await,
        "Bad Request: URL_INVALID"
    );
    let back =
        json!({"callback_query_id": third, "url": "https://t.me/keyporter_demo_bot?start=x"});
    bot.result("answerCallbackQuery", back).await;
    assert_eq!(telegram.answers().len(), 2);
}
