//! `deleteMessage` and `deleteMessages`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::{
    telegram::{Group, Role},
    testing::{ADA, BotClient, sandbox},
};

fn delete(chat: i64, message: i64) -> Value {
    json!({"chat_id": chat, "message_id": message})
}

#[tokio::test]
async fn in_private_chats_both_sides_messages_can_go() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let (own, secret) = (
        bot.say(ADA, "token?").await,
        telegram.say(ADA, ADA, "s3cret").unwrap(),
    );
    assert_eq!(bot.result("deleteMessage", delete(ADA, own)).await, true);
    assert_eq!(bot.result("deleteMessage", delete(ADA, secret)).await, true);
    assert!(telegram.message(ADA, secret).unwrap().deleted);
    let wanted = "Bad Request: message to delete not found";
    assert_eq!(
        bot.refusal("deleteMessage", delete(ADA, secret)).await,
        wanted
    );
    assert_eq!(bot.refusal("deleteMessage", delete(ADA, 99)).await, wanted);
}

#[tokio::test]
async fn after_48_hours_nothing_can_go() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let id = bot.say(ADA, "old").await;
    sandbox.clock().push(Duration::from_hours(48));
    assert_eq!(
        bot.refusal("deleteMessage", delete(ADA, id)).await,
        "Bad Request: message can't be deleted"
    );
    let edit = json!({"chat_id": ADA, "message_id": id, "text": "emptied"});
    bot.result("editMessageText", edit).await;
    let many = json!({"chat_id": ADA, "message_ids": [id]});
    assert_eq!(
        bot.result("deleteMessages", many).await,
        true,
        "which proves nothing"
    );
    assert!(!sandbox.telegram().message(ADA, id).unwrap().deleted);
}

#[tokio::test]
async fn in_groups_it_takes_rights() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let group = telegram.add_group(Group::new("Team").member(ADA, Role::Owner));
    let id = telegram.say(ADA, group, "s3cret").unwrap();
    assert!(
        bot.refusal("deleteMessage", delete(group, id))
            .await
            .contains("can't be deleted")
    );
    telegram
        .set_bot_role(ADA, group, Role::Administrator)
        .unwrap();
    bot.result("deleteMessage", delete(group, id)).await;
}

#[tokio::test]
async fn many_are_deleted_and_missing_ones_passed_over() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let (one, two) = (bot.say(ADA, "1").await, bot.say(ADA, "2").await);
    let many = |ids: Vec<i64>| json!({"chat_id": ADA, "message_ids": ids});
    assert_eq!(
        bot.result("deleteMessages", many(vec![one, 99, two])).await,
        true
    );
    assert!(
        telegram
            .messages(ADA)
            .iter()
            .skip(1)
            .all(|message| message.deleted)
    );
    bot.refusal("deleteMessages", many(vec![])).await;
    bot.refusal("deleteMessages", many((1..=101).collect()))
        .await;
}
