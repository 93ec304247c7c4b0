//! `getChat`, `getChatMember`, `getChatAdministrators`.

use serde_json::json;

use crate::sandbox::{
    telegram::{Group, Role},
    testing::{ADA, BORIS, BotClient, sandbox},
};

#[tokio::test]
async fn chats_are_described() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let private = bot.result("getChat", json!({"chat_id": ADA})).await;
    assert_eq!(
        (&private["type"], &private["first_name"]),
        (&json!("private"), &json!("Ada"))
    );
    assert!(private["accent_color_id"].is_u64() && private["accepted_gift_types"].is_object());
    assert!(
        bot.refusal("getChat", json!({"chat_id": BORIS}))
            .await
            .contains("chat not found")
    );
    let forum = telegram.add_group(Group::new("Forum").forum());
    let full = bot.result("getChat", json!({"chat_id": forum})).await;
    assert_eq!(
        (&full["title"], &full["is_forum"]),
        (&json!("Forum"), &json!(true))
    );
    assert_eq!(full["permissions"]["can_send_messages"], true);
}

#[tokio::test]
async fn members_have_their_status() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let group = Group::new("Team")
        .bot(Role::Administrator)
        .member(ADA, Role::Owner);
    let group = telegram.add_group(group);
    let status = async |user: i64| {
        let member = bot
            .result("getChatMember", json!({"chat_id": group, "user_id": user}))
            .await;
        assert_eq!(member["user"]["id"], user);
        member["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(status(ADA).await, "creator");
    assert_eq!(status(BORIS).await, "left");
    assert_eq!(status(1_000_000_001).await, "administrator");
    for (role, word) in [
        (Role::Member, "member"),
        (Role::Restricted, "restricted"),
        (Role::Kicked, "kicked"),
    ] {
        telegram.set_role(ADA, group, BORIS, role).unwrap();
        assert_eq!(status(BORIS).await, word);
    }
    let unknown = json!({"chat_id": group, "user_id": 7});
    assert!(
        bot.refusal("getChatMember", unknown)
            .await
            .contains("member not found")
    );
    let elsewhere = json!({"chat_id": ADA, "user_id": BORIS});
    assert!(
        bot.refusal("getChatMember", elsewhere)
            .await
            .contains("member not found")
    );
    telegram.set_bot_role(ADA, group, Role::Kicked).unwrap();
    let gone = json!({"chat_id": group, "user_id": ADA});
    assert!(
        bot.refusal("getChatMember", gone)
            .await
            .starts_with("Forbidden")
    );
}

#[tokio::test]
async fn administrators_are_listed() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let group = Group::new("Team")
        .member(ADA, Role::Administrator)
        .member(BORIS, Role::Member);
    let group = telegram.add_group(group);
    let list = bot
        .result("getChatAdministrators", json!({"chat_id": group}))
        .await;
    let list = list.as_array().unwrap();
    assert_eq!((list.len(), &list[0]["user"]["id"]), (1, &json!(ADA)));
    assert_eq!(list[0]["can_delete_messages"], true);
    assert!(
        bot.refusal("getChatAdministrators", json!({"chat_id": ADA}))
            .await
            .contains("no administrators")
    );
}
