//! Telegram's objects as JSON, in the shapes of Bot API 10.3.
//!
//! Only reads the world.

use serde_json::{Map, Value, json};

use super::{
    chat::{Chat, ChatKind, Person, Role},
    message::{Author, Content, Message},
    world::{Bot, World},
};

/// The account behind which anonymous administrators hide.
const ANONYMOUS_ID: i64 = 1_087_968_824;

/// A person as a `User`.
pub(super) fn person(person: &Person) -> Value {
    let mut user = json!({
        "id": person.id,
        "is_bot": false,
        "first_name": person.first_name,
    });
    set(&mut user, "username", person.username.clone());
    set(&mut user, "language_code", person.language_code.clone());
    user
}

/// The bot as a `User`.
pub(super) fn bot(bot: &Bot) -> Value {
    json!({
        "id": bot.id(),
        "is_bot": true,
        "first_name": bot.first_name,
        "username": bot.username,
    })
}

/// The bot as `getMe` tells it.
pub(super) fn me(world: &World) -> Value {
    let mut me = bot(&world.bot);
    set(&mut me, "can_join_groups", Some(true));
    set(
        &mut me,
        "can_read_all_group_messages",
        Some(world.bot.reads_all),
    );
    for absent in [
        "supports_inline_queries",
        "supports_guest_queries",
        "supports_join_request_queries",
        "can_connect_to_business",
        "can_manage_bots",
        "has_main_web_app",
        "has_topics_enabled",
        "allows_users_to_create_topics",
    ] {
        set(&mut me, absent, Some(false));
    }
    me
}

/// A `User` by number; someone unknown has no name.
pub(super) fn user(world: &World, id: i64) -> Value {
    if id == world.bot.id() {
        return bot(&world.bot);
    }
    match world.people.get(&id) {
        Some(user) => person(&user.person),
        None => person(&Person::new(id, "")),
    }
}

/// A `Chat`.
pub(super) fn chat(world: &World, chat: &Chat) -> Value {
    if chat.is_private() {
        let mut json = json!({"id": chat.id, "type": "private"});
        if let Some(user) = world.people.get(&chat.id) {
            set(
                &mut json,
                "first_name",
                Some(user.person.first_name.clone()),
            );
            set(&mut json, "username", user.person.username.clone());
        }
        return json;
    }
    let kind = if chat.is_supergroup() {
        "supergroup"
    } else {
        "group"
    };
    let mut json = json!({"id": chat.id, "type": kind, "title": chat.title});
    set(
        &mut json,
        "is_forum",
        (chat.kind == ChatKind::Forum).then_some(true),
    );
    json
}

/// A `ChatFullInfo`.
pub(super) fn full_chat(world: &World, of: &Chat) -> Value {
    let mut json = chat(world, of);
    json["accent_color_id"] = json!(of.id.unsigned_abs() % 7);
    json["max_reaction_count"] = json!(11);
    json["accepted_gift_types"] = json!({
        "unlimited_gifts": false,
        "limited_gifts": false,
        "unique_gifts": false,
        "premium_subscription": false,
        "gifts_from_channels": false,
    });
    if !of.is_private() {
        json["permissions"] = rights(&MEMBER_RIGHTS, true);
    }
    json
}

/// A `Message`, with the message that it answers.
pub(super) fn message(world: &World, chat: &Chat, message: &Message) -> Value {
    let mut json = lone_message(world, chat, message);
    let answered = message.reply_to.and_then(|id| chat.message(id));
    let answered = answered.map(|answered| lone_message(world, chat, answered));
    set(&mut json, "reply_to_message", answered);
    json
}

fn lone_message(world: &World, of: &Chat, message: &Message) -> Value {
    let newest = message.newest();
    let mut json = json!({
        "message_id": message.id,
        "date": message.first.at_ms / 1000,
        "chat": chat(world, of),
    });
    match message.author {
        Author::Bot => json["from"] = bot(&world.bot),
        Author::Person(id) => json["from"] = user(world, id),
        Author::Anonymous(_) => {
            json["from"] = json!({
                "id": ANONYMOUS_ID,
                "is_bot": true,
                "first_name": "Group",
                "username": "GroupAnonymousBot",
            });
            json["sender_chat"] = chat(world, of);
        }
    }
    set(
        &mut json,
        "edit_date",
        message.edited_ms.map(|at| at / 1000),
    );
    set(
        &mut json,
        "has_protected_content",
        message.protected.then_some(true),
    );
    if let Some(topic) = message.topic {
        set(&mut json, "message_thread_id", Some(topic));
        set(&mut json, "is_topic_message", Some(true));
    }
    if message.forwarded {
        json["forward_origin"] = json!({
            "type": "hidden_user",
            "date": message.first.at_ms / 1000,
            "sender_user_name": "Someone",
        });
    }
    if !newest.keyboard.is_empty() {
        json["reply_markup"] = json!(newest.keyboard);
    }
    set_content(&mut json, message);
    json
}

fn set_content(json: &mut Value, message: &Message) {
    let newest = message.newest();
    let (words, entities) = match &message.content {
        Content::Text => ("text", "entities"),
        Content::Photo => {
            let id = format!("photo-{}", message.id);
            json["photo"] = json!([{
                "file_id": id,
                "file_unique_id": id,
                "width": 90,
                "height": 60,
                "file_size": 1000,
            }]);
            ("caption", "caption_entities")
        }
        Content::Document(name) => {
            let id = format!("document-{}", message.id);
            let file = message.file.as_ref();
            let (media_type, size) = file.map_or(("application/octet-stream", 1000), |file| {
                (file.0.as_str(), file.1.len())
            });
            json["document"] = json!({
                "file_id": id,
                "file_unique_id": id,
                "file_name": name,
                "mime_type": media_type,
                "file_size": size,
            });
            ("caption", "caption_entities")
        }
        Content::Service(fields) => {
            for (name, value) in fields.as_object().into_iter().flatten() {
                set(json, name, Some(value.clone()));
            }
            return;
        }
    };
    if !newest.text.is_empty() {
        set(json, words, Some(newest.text.clone()));
    }
    if !newest.entities.is_empty() {
        json[entities] = json!(newest.entities);
    }
}

/// Rights of an ordinary member.
const MEMBER_RIGHTS: [&str; 16] = [
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
];

/// Rights of an administrator.
const ADMIN_RIGHTS: [&str; 14] = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
    "can_manage_tags",
    "can_send_welcome_messages",
];

fn rights(names: &[&str], granted: bool) -> Value {
    let rights = names
        .iter()
        .map(|name| ((*name).to_owned(), granted.into()));
    Value::Object(rights.collect())
}

/// A `ChatMember` of that group, the bot or a person, in that role.
pub(super) fn member(world: &World, chat: &Chat, id: i64, role: Role) -> Value {
    let mut member = match role {
        Role::Administrator => rights(&ADMIN_RIGHTS, true),
        Role::Restricted => rights(&MEMBER_RIGHTS, false),
        _ => Value::Object(Map::new()),
    };
    member["status"] = json!(role.status());
    member["user"] = user(world, id);
    match role {
        Role::Owner => member["is_anonymous"] = json!(chat.anonymous.contains(&id)),
        Role::Administrator => {
            member["is_anonymous"] = json!(chat.anonymous.contains(&id));
            member["can_be_edited"] = json!(false);
        }
        Role::Restricted => {
            member["is_member"] = json!(true);
            member["until_date"] = json!(0);
        }
        Role::Kicked => member["until_date"] = json!(0),
        Role::Member | Role::Left => {}
    }
    member
}

/// Sets a field if there is something to set.
fn set(json: &mut Value, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        json[name] = value.into();
    }
}
