//! What people do, as updates.

use serde_json::{Value, json};

use crate::sandbox::{
    telegram::{ActError, Content, Group, Role, Saying},
    testing::{ADA, BORIS, BotClient, sandbox},
};

async fn last_update(bot: &BotClient) -> Value {
    bot.updates().await.pop().unwrap()
}

#[tokio::test]
async fn words_arrive_with_their_commands() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let id = telegram.say(ADA, ADA, " /start pay-load\n").unwrap();
    let message = last_update(&bot).await["message"].clone();
    assert_eq!(
        (&message["text"], &message["message_id"]),
        (&json!("/start pay-load"), &json!(id))
    );
    assert_eq!(
        message["entities"],
        json!([{"type": "bot_command", "offset": 0, "length": 6}])
    );
    assert_eq!(
        message["from"],
        json!({
            "id": ADA, "is_bot": false, "first_name": "Ada", "username": "ada", "language_code": "en",
        })
    );
    telegram.edit(ADA, ADA, id, "changed").unwrap();
    let edited = last_update(&bot).await["edited_message"].clone();
    assert_eq!(
        (&edited["text"], edited["edit_date"].is_i64()),
        (&json!("changed"), true)
    );
    let bots = bot.say(ADA, "mine").await;
    assert_eq!(
        telegram.edit(ADA, ADA, bots, "x"),
        Err(ActError::NoSuchMessage(bots))
    );
}

#[tokio::test]
async fn files_forwards_and_answers_arrive() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let asked = bot.say(ADA, "Token?").await;
    let saying = Saying::new("/link s3cret")
        .document("key.txt")
        .reply_to(asked)
        .forwarded();
    let id = telegram.say_with(ADA, ADA, saying).unwrap();
    let message = last_update(&bot).await["message"].clone();
    assert_eq!(
        (&message["caption"], &message["text"]),
        (&json!("/link s3cret"), &Value::Null)
    );
    assert_eq!(message["caption_entities"][0]["type"], "bot_command");
    assert_eq!(message["document"]["file_name"], "key.txt");
    assert_eq!(message["reply_to_message"]["text"], "Token?");
    assert_eq!(message["forward_origin"]["type"], "hidden_user");
    assert_eq!(
        telegram.message(ADA, id).unwrap().content,
        Content::Document("key.txt".to_owned())
    );
    telegram
        .say_with(ADA, ADA, Saying::new("").photo())
        .unwrap();
    let message = last_update(&bot).await["message"].clone();
    assert!(message["photo"].is_array() && message["caption"].is_null());
}

#[tokio::test]
async fn blocking_and_unblocking_is_told() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    telegram.block(ADA).unwrap();
    let change = last_update(&bot).await["my_chat_member"].clone();
    assert_eq!(
        (
            &change["old_chat_member"]["status"],
            &change["new_chat_member"]["status"]
        ),
        (&json!("member"), &json!("kicked"))
    );
    assert_eq!(
        (
            &change["new_chat_member"]["user"]["is_bot"],
            &change["chat"]["id"]
        ),
        (&json!(true), &json!(ADA))
    );
    assert_eq!(telegram.say(ADA, ADA, "x"), Err(ActError::Blocked));
    let before = bot.updates().await.len();
    telegram.block(ADA).unwrap();
    assert_eq!(bot.updates().await.len(), before, "nothing has changed");
    telegram.unblock(ADA).unwrap();
    assert_eq!(
        last_update(&bot).await["my_chat_member"]["new_chat_member"]["status"],
        "member"
    );
}

#[tokio::test]
async fn privacy_mode_hides_what_is_not_meant_for_the_bot() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let group = telegram.add_group(Group::new("Team").member(ADA, Role::Owner));
    let mine = bot.say(group, "hello").await;
    let mut seen = 1;
    for (words, sees) in [
        ("hello all", false),
        ("/keys@other_bot", false),
        ("/keys", true),
        ("/keys@Keyporter_demo_bot", true),
        ("hi @keyporter_demo_bot", true),
    ] {
        telegram.say(ADA, group, words).unwrap();
        seen += usize::from(sees);
        assert_eq!(bot.updates().await.len(), seen, "{words}");
    }
    telegram
        .say_with(ADA, group, Saying::new("yes").reply_to(mine))
        .unwrap();
    assert_eq!(bot.updates().await.len(), seen + 1, "an answer to the bot");
    telegram
        .set_bot_role(ADA, group, Role::Administrator)
        .unwrap();
    telegram.say(ADA, group, "hello all").unwrap();
    assert_eq!(last_update(&bot).await["message"]["text"], "hello all");
}

#[tokio::test]
async fn anonymous_administrators_hide_behind_the_group() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let group = Group::new("Team")
        .member(ADA, Role::Owner)
        .member(BORIS, Role::Member);
    let group = telegram.add_group(group);
    telegram
        .say_with(ADA, group, Saying::new("/bind").anonymous())
        .unwrap();
    let message = last_update(&bot).await["message"].clone();
    assert_eq!(message["from"]["id"], 1_087_968_824);
    assert_eq!(message["sender_chat"]["id"], group);
    let member = bot
        .result("getChatMember", json!({"chat_id": group, "user_id": ADA}))
        .await;
    assert_eq!(member["is_anonymous"], true);
    let refused = telegram.say_with(BORIS, group, Saying::new("x").anonymous());
    assert!(matches!(refused, Err(ActError::NotAllowed { .. })));
}

#[tokio::test]
async fn coming_and_going_is_told() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let group = Group::new("Team")
        .bot(Role::Left)
        .member(ADA, Role::Owner)
        .member(BORIS, Role::Member);
    let group = telegram.add_group(group);
    telegram.say(ADA, group, "/keys").unwrap();
    assert_eq!(bot.updates().await.len(), 1, "the bot isn't there");
    telegram.set_bot_role(ADA, group, Role::Member).unwrap();
    let updates = bot.updates().await;
    assert_eq!(
        updates[1]["my_chat_member"]["new_chat_member"]["status"],
        "member"
    );
    assert_eq!(updates[1]["my_chat_member"]["from"]["id"], ADA);
    assert_eq!(updates[2]["message"]["new_chat_members"][0]["is_bot"], true);
    telegram.set_bot_role(ADA, group, Role::Kicked).unwrap();
    assert_eq!(
        last_update(&bot).await["my_chat_member"]["new_chat_member"]["status"],
        "kicked"
    );
    assert!(
        telegram.set_bot_role(BORIS, group, Role::Member).is_err(),
        "Boris decides nothing"
    );
    assert!(
        telegram
            .set_role(BORIS, group, BORIS, Role::Administrator)
            .is_err()
    );
    telegram.set_role(BORIS, group, BORIS, Role::Left).unwrap();
    assert!(telegram.say(BORIS, group, "x").is_err());
}

#[tokio::test]
async fn a_basic_group_becomes_a_supergroup() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let group = Group::new("Team").basic().member(ADA, Role::Owner);
    let old = telegram.add_group(group);
    bot.say(old, "hello").await;
    let new = telegram.upgrade(ADA, old).unwrap();
    let updates = bot.updates().await;
    let [.., from, to] = updates.as_slice() else {
        unreachable!("{updates:?}")
    };
    assert_eq!(
        (
            &from["message"]["migrate_to_chat_id"],
            &from["message"]["chat"]["id"]
        ),
        (&json!(new), &json!(old))
    );
    assert_eq!(
        (
            &to["message"]["migrate_from_chat_id"],
            &to["message"]["chat"]["type"]
        ),
        (&json!(old), &json!("supergroup"))
    );
    let body = bot
        .call("sendMessage", json!({"chat_id": old, "text": "x"}))
        .await;
    assert_eq!(
        body["description"],
        "Bad Request: group chat was upgraded to a supergroup chat"
    );
    assert_eq!(body["parameters"]["migrate_to_chat_id"], new);
    bot.say(new, "hello").await;
    let chats = telegram.chats();
    let chat = |id| chats.iter().find(|chat| chat.id == id).unwrap();
    assert_eq!(chat(new).members, [(ADA, Role::Owner)].into());
    assert_eq!(chat(old).migrated_to, Some(new));
    assert!(telegram.upgrade(ADA, new).is_err());
}

#[tokio::test]
async fn people_can_do_only_what_clients_allow() {
    let sandbox = sandbox();
    let telegram = sandbox.telegram();
    assert_eq!(telegram.say(7, ADA, "x"), Err(ActError::UnknownPerson(7)));
    assert_eq!(telegram.say(ADA, -7, "x"), Err(ActError::UnknownChat(-7)));
    assert!(matches!(
        telegram.say(BORIS, ADA, "x"),
        Err(ActError::NotAllowed { .. })
    ));
    let group = telegram.add_group(Group::new("Team").member(ADA, Role::Restricted));
    assert!(telegram.say(ADA, group, "x").is_err());
    assert!(
        telegram
            .say_with(ADA, ADA, Saying::new("x").topic(5))
            .is_err()
    );
    assert_eq!(
        telegram.say_with(ADA, ADA, Saying::new("x").reply_to(99)),
        Err(ActError::NoSuchMessage(99))
    );
}
