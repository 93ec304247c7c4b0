use teloxide::types::{Update, UpdateKind};

use super::*;
use crate::vault::DataKey;

fn project(raw: &str) -> Projected {
    let key = DataKey::from_bytes(&[7; 32]).unwrap();
    super::project(raw, &Leakwatch::new(std::sync::Arc::new(key)))
}

fn kept(raw: &str) -> Kept {
    match project(raw) {
        Projected::Keep(kept) => *kept,
        other => panic!("{other:?}"),
    }
}

/// As the bot reads it.
fn parsed(kept: &Kept) -> UpdateKind {
    let text = kept.payload.update.to_string();
    serde_json::from_str::<Update>(&text).unwrap().kind
}

fn private(extra: &str) -> String {
    format!(
        r#"{{"update_id":5,"message":{{"message_id":9,"date":1,"chat":{{"id":4503599627370495,"type":"private","first_name":"A"}},
        "from":{{"id":4503599627370495,"is_bot":false,"first_name":""}}{extra}}}}}"#
    )
}

fn text_of(kind: UpdateKind) -> Option<String> {
    match kind {
        UpdateKind::Message(message) | UpdateKind::EditedMessage(message) => {
            message.text().map(str::to_owned)
        }
        _ => None,
    }
}

#[test]
fn text_survives_whatever_telegram_adds_to_it() {
    for extra in [
        r#","text":"/keys","entities":[{"type":"date_time","offset":0,"length":1,"unix_time":5}]"#,
        r#","text":"/keys","quote":{"text":"x","position":0,"entities":[{"type":"new"}]},"rich_message":{}"#,
        r#","text":"/keys","forward_origin":{"type":"unknown"},"reply_markup":{"inline_keyboard":[[{"text":"x","disabled":{}}]]}"#,
    ] {
        let kept = kept(&private(extra));
        assert_eq!(
            (kept.chat.0, kept.person.0),
            (4_503_599_627_370_495, 4_503_599_627_370_495)
        );
        assert_eq!(text_of(parsed(&kept)).as_deref(), Some("/keys"), "{extra}");
    }
}

#[test]
fn deep_replies_and_reactions_cannot_break_the_parser() {
    let mut nested = "null".to_owned();
    for _ in 0..64 {
        nested = format!(
            r#"{{"message_id":1,"date":1,"chat":{{"id":1,"type":"private"}},"reply_to_message":{nested}}}"#
        );
    }
    let kept = kept(&private(&format!(
        r#","text":"hi","reply_to_message":{nested}"#
    )));
    assert_eq!(text_of(parsed(&kept)).as_deref(), Some("hi"));
    let reaction = r#"{"update_id":6,"message_reaction":{"chat":{"id":1,"type":"private"},"message_id":1,"date":1,"old_reaction":[],"new_reaction":[]}}"#;
    assert!(matches!(project(reaction), Projected::Drop(UpdateId(6))));
}

#[test]
fn half_a_surrogate_pair_is_replaced_and_a_whole_one_stays() {
    let kept_lone = kept(&private(r#","text":"a\ud83dz \\ud83d""#));
    assert_eq!(
        text_of(parsed(&kept_lone)).as_deref(),
        Some("a\u{FFFD}z \\ud83d")
    );
    let pair = kept(&private(r#","text":"\ud83d\ude00""#));
    assert_eq!(text_of(parsed(&pair)).as_deref(), Some("\u{1F600}"));
}

#[test]
fn a_press_keeps_its_place_and_nothing_of_what_the_message_shows() {
    let raw = r#"{"update_id":99999999999,"callback_query":{"id":"77","from":{"id":8,"is_bot":false,"first_name":"B","language_code":"ru"},
        "chat_instance":"x","data":"y:abc","message":{"message_id":4294967296,"date":5,"chat":{"id":-1001,"type":"supergroup","title":"G"},
        "message_thread_id":3,"text":"canary","reply_markup":{"inline_keyboard":[[{"text":"Copy","copy_text":{"text":"canary"}}]]}}}}"#;
    let kept = kept(raw);
    assert_eq!(
        (kept.id.0, kept.chat.0, kept.person.0),
        (99_999_999_999, -1001, 8)
    );
    assert_eq!(kept.payload.message, MessageId(4_294_967_296));
    assert!(!kept.payload.update.to_string().contains("canary"));
    let UpdateKind::CallbackQuery(press) = parsed(&kept) else {
        panic!()
    };
    assert_eq!(press.data.as_deref(), Some("y:abc"));
    assert!(press.message.is_some());
}

#[test]
fn a_press_without_a_message_is_still_answered() {
    let raw = r#"{"update_id":1,"callback_query":{"id":"7","from":{"id":8},"data":"y:abc"}}"#;
    let kept = kept(raw);
    assert_eq!((kept.chat.0, kept.payload.message.0), (8, 0));
    assert!(matches!(parsed(&kept), UpdateKind::CallbackQuery(_)));
}

#[test]
fn files_keep_their_caption_and_are_known_as_files() {
    let with = kept(&private(r#","photo":[],"caption":"token""#));
    assert!(with.payload.attachment);
    assert_eq!(text_of(parsed(&with)).as_deref(), Some("token"));
    let without = kept(&private(r#","sticker":{}"#));
    assert_eq!(text_of(parsed(&without)).as_deref(), Some(""));
}

#[test]
fn in_groups_only_commands_are_read() {
    let group = |text: &str| {
        format!(
            r#"{{"update_id":5,"message":{{"message_id":9,"date":1,"chat":{{"id":-5,"type":"group","title":"G"}},
            "from":{{"id":8,"first_name":"B"}},"text":"{text}"}}}}"#
        )
    };
    assert!(matches!(project(&group("hello")), Projected::Drop(_)));
    assert!(matches!(
        parsed(&kept(&group("/keys"))),
        UpdateKind::Message(_)
    ));
}

#[test]
fn a_null_means_the_same_as_nothing() {
    let message = r#"{"update_id":5,"message":{"message_id":9,"date":null,"chat":{"id":8,"type":"private"},"text":"/keys",
        "from":{"id":8,"is_bot":null,"first_name":null,"language_code":null},"sender_chat":null,"is_topic_message":null,
        "message_thread_id":null,"caption":null},"callback_query":null}"#;
    assert_eq!(text_of(parsed(&kept(message))).as_deref(), Some("/keys"));
    let press = r#"{"update_id":5,"callback_query":{"id":"7","from":{"id":8,"first_name":null},"data":null,
        "message":{"message_id":9,"chat":{"id":8,"type":null}}}}"#;
    assert!(matches!(parsed(&kept(press)), UpdateKind::CallbackQuery(_)));
    let member = r#"{"update_id":5,"my_chat_member":{"chat":{"id":8,"type":"private"},"from":{"id":8,"is_bot":null},
        "old_chat_member":null,"new_chat_member":{"status":null,"is_member":null,"user":{"id":1}}}}"#;
    assert!(matches!(parsed(&kept(member)), UpdateKind::MyChatMember(_)));
}

#[test]
fn what_telegram_itself_puts_into_a_chat_is_nothing_said() {
    for service in [
        r#","pinned_message":{"message_id":1,"date":0,"chat":{"id":1,"type":"private"}}"#,
        r#","message_auto_delete_timer_changed":{"message_auto_delete_time":86400}"#,
        r#","write_access_allowed":{}"#,
        r#","users_shared":{"request_id":1,"users":[]}"#,
        r#","successful_payment":{"total_amount":1e999},"gift":{}"#,
    ] {
        let update = private(service);
        assert!(
            matches!(project(&update), Projected::Drop(UpdateId(5))),
            "{service}"
        );
    }
    for said in [
        r#","contact":{"phone_number":"1"}"#,
        r#","brand_new_content":{}"#,
        r#","sticker":{},"pinned_message":null"#,
        r#","text":"/keys","gift":{}"#,
    ] {
        kept(&private(said));
    }
}

#[test]
fn membership_is_reduced_to_in_or_out() {
    for (status, banned) in [
        ("kicked", true),
        ("member", false),
        ("brand_new_status", false),
    ] {
        let raw = format!(
            r#"{{"update_id":5,"my_chat_member":{{"chat":{{"id":8,"type":"private"}},"from":{{"id":8,"first_name":"B"}},"date":1,
            "old_chat_member":{{}},"new_chat_member":{{"status":"{status}","user":{{"id":1,"is_bot":true,"first_name":"K"}}}}}}}}"#
        );
        let UpdateKind::MyChatMember(change) = parsed(&kept(&raw)) else {
            panic!("{status}")
        };
        assert_eq!(change.new_chat_member.is_banned(), banned);
    }
}

#[test]
fn who_was_in_before_is_known_from_who_was_out() {
    for (old, was_in) in [
        (r#"{"status":"left"}"#, false),
        (r#"{"status":"kicked","until_date":0}"#, false),
        (r#"{"status":"restricted","is_member":false}"#, false),
        (r#"{"status":"restricted","is_member":true}"#, true),
        (r#"{"status":"administrator"}"#, true),
        ("{}", true),
    ] {
        let raw = format!(
            r#"{{"update_id":5,"my_chat_member":{{"chat":{{"id":-8,"type":"group"}},"from":{{"id":8}},"old_chat_member":{old},
            "new_chat_member":{{"status":"administrator","user":{{"id":1,"is_bot":true}}}}}}}}"#
        );
        let UpdateKind::MyChatMember(change) = parsed(&kept(&raw)) else {
            panic!("{old}")
        };
        assert_eq!(change.old_chat_member.is_present(), was_in, "{old}");
        assert!(change.new_chat_member.is_present());
    }
}

#[test]
fn what_is_no_update_is_told_by_its_number_if_it_has_one() {
    for (raw, id) in [
        ("5", None),
        (r#""text""#, None),
        ("{}", None),
        (r#"{"update_id":"5"}"#, None),
        (r#"{"update_id":-3,"message":{}}"#, None),
        (r#"{"update_id":7,"message":{"chat":5}}"#, Some(7)),
        (
            r#"{"update_id":7,"message":{"message_id":1,"chat":{"id":"x"}}}"#,
            Some(7),
        ),
    ] {
        let Projected::Unreadable(found) = project(raw) else {
            panic!("{raw}")
        };
        assert_eq!(found.map(|id| id.0), id, "{raw}");
    }
    assert!(matches!(
        project(r#"{"update_id":3,"guest_message":{}}"#),
        Projected::Drop(UpdateId(3))
    ));
}

#[test]
fn links_are_read_whatever_stands_beside_them() {
    for (entities, found) in [
        (
            r#"[{"type":"text_link","offset":0,"length":1,"url":"https://a"}]"#,
            1,
        ),
        (
            r#"[{"type":"new","x":[{}]},{"type":"text_link","url":"https://a"}]"#,
            1,
        ),
        (r#"[{"type":"bold","offset":0,"length":1}]"#, 0),
        (r#"{"url":"no list"}"#, 0),
        ("null", 0),
    ] {
        let update = private(&format!(r#","text":"x","entities":{entities}"#));
        assert_eq!(links::of(&update).len(), found, "{entities}");
        let caption = private(&format!(r#","caption":"x","caption_entities":{entities}"#));
        assert_eq!(links::of(&caption).len(), found, "{entities}");
        assert_eq!(kept(&update).payload.message, MessageId(9));
    }
}
