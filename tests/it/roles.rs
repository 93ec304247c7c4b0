//! `/grant`, `/ungrant`, `/roles` and `This is me`: people are known by their ids, and by what Telegram says of them now.

use keyporter::sandbox::telegram::{Person, Role, Saying};
use serde_json::json;

use crate::world::{ADA, BORIS, VERA};

story! {
    async fn roles_are_granted_by_reply_mention_and_id_and_taken_away(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks_in(group, "/keys", "You may not see keys here").await;
        let said = boris.say_in(group, "I need keys");
        ada.send_in(group, Saying::new("/grant viewer").reply_to(said));
        let granted = ada.sees_in(group, "Boris now has the role viewer here").await;
        assert_eq!(granted.parts("text_mention"), ["Boris"]);
        boris.asks_in(group, "/keys", "ci").await;
        boris.asks_in(group, "/newkey x", "You may not create keys here").await;
        ada.send_in(group, Saying::new("/grant issuer Boris").mention(BORIS));
        ada.sees_in(group, "Boris now has the role issuer here").await;
        boris.asks_in(group, "/newkey x", "Create key x").await;
        boris.asks_in(group, "/revoke ci", "You may not revoke keys here").await;
        boris.asks_in(group, "/rotate ci", "issuer and revoker").await;
        ada.asks_in(group, &format!("/grant revoker {BORIS}"), "Boris now has the role revoker here").await;
        boris.asks_in(group, "/rotate ci", "Rotate ci").await;
        boris.asks_in(group, "/grant viewer", "Only a manager").await;
        let roles = boris.asks_in(group, "/roles", "Granted besides").await;
        assert!(roles.text.contains(&format!("Boris ({BORIS}): revoker")), "{roles}");
        ada.asks_in(group, &format!("/ungrant issuer {BORIS}"), "here: issuer").await;
        ada.asks_in(group, &format!("/ungrant {BORIS}"), "viewer, revoker").await;
        boris.asks_in(group, "/keys", "You may not see keys here").await;
        ada.asks_in(group, &format!("/ungrant {BORIS}"), "no such role").await;
        ada.asks("/audit", "role taken away").await;
        assert!(world.database.find("SELECT CAST(person AS TEXT) FROM grants").is_empty());
    }
}

story! {
    async fn whoever_has_no_id_in_the_message_shows_themselves_and_the_manager_decides(world) {
        let group = world.crew();
        world.bound_project(group).await;
        world.sandbox.telegram().add_person(Person::new(77, "Boris").language("en"));
        world.sandbox.telegram().set_role(77, group, 77, Role::Member).unwrap();
        let (ada, boris) = (world.ada(), world.boris());
        let asked = ada.asks_in(group, "/grant issuer @boris", "presses the button").await;
        let claim = boris.press_on(group, asked.id, "This is me");
        claim.unwrap();
        let question = boris.sees_in(group, "says: this is me").await;
        assert_eq!(question.id, asked.id);
        // Neither the one it is about nor a namesake can decide.
        for other in [BORIS, 77] {
            let press = world.talker(other).press_on(group, asked.id, "Grant").unwrap();
            assert_eq!(world.talker(other).toast(&press).await.0, "This button is not for you.");
        }
        ada.press_on(group, asked.id, "Grant").unwrap();
        ada.sees_in(group, "Boris now has the role issuer here").await;
        boris.asks_in(group, "/newkey x", "Create key x").await;
        world.talker(77).asks_in(group, "/newkey x", "You may not create keys").await;
    }
}

story! {
    async fn bots_channels_oneself_and_whoever_is_gone_get_nothing(world) {
        let group = world.crew();
        world.bound_project(group).await;
        let ada = world.ada();
        ada.asks_in(group, "/grant king", "/grant viewer").await;
        ada.asks_in(group, &format!("/grant issuer {ADA}"), "to oneself").await;
        let bots = ada.asks_in(group, "/roles", "Nobody else was granted").await;
        ada.send_in(group, Saying::new("/grant issuer").reply_to(bots.id));
        ada.sees_in(group, "get no role").await;
        let hidden = world.talker(VERA).send_in(group, Saying::new("/roles").anonymous());
        ada.sees_in(group, "I cannot see who you are").await;
        ada.send_in(group, Saying::new("/grant issuer").reply_to(hidden));
        ada.sees_in(group, "get no role").await;
        world.sandbox.telegram().set_role(ADA, group, BORIS, Role::Left).unwrap();
        ada.asks_in(group, &format!("/grant issuer {BORIS}"), "not in this group").await;
        assert!(world.database.find("SELECT CAST(person AS TEXT) FROM grants").is_empty());
    }
}

story! {
    async fn an_anonymous_administrator_shows_who_it_is_and_the_command_goes_on(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        let (vera, boris) = (world.talker(VERA), world.boris());
        vera.asks("/start", "Hello").await;
        let hidden = Saying::new("/newkey ci").anonymous();
        vera.send_in(group, hidden);
        let asked = vera.sees_in(group, "I cannot see who you are").await;
        // Nobody who is no administrator can be it.
        let press = boris.press_on(group, asked.id, "This is me").unwrap();
        assert_eq!(boris.toast(&press).await, ("This button is not for you.".to_owned(), true));
        vera.press_on(group, asked.id, "This is me").unwrap();
        let question = vera.sees_in(group, "Create key ci").await;
        assert_eq!(question.id, asked.id);
        let press = world.ada().press_on(group, question.id, "Create key").unwrap();
        assert!(world.ada().toast(&press).await.1);
        vera.press_on(group, question.id, "Create key").unwrap();
        vera.sees("Tap to uncover").await;
        vera.saves().await;
        vera.sees_in(group, "Asked for by Vera").await;
        assert!(world.sandbox.botsubscription().keys(&project.id).iter().any(|key| key.label == "ci"));
        // The stand-in itself is nobody.
        assert!(world.database.find("SELECT CAST(actor AS TEXT) FROM audit WHERE actor = 1087968824").is_empty());
    }
}

story! {
    async fn channels_and_bots_are_refused(world) {
        let group = world.crew();
        world.bound_project(group).await;
        let ada = world.ada();
        ada.say_in(group, "hello");
        let chat = json!({ "id": group, "type": "supergroup", "title": "Crew" });
        let from = |id: i64, is_bot: bool| json!({ "id": id, "is_bot": is_bot, "first_name": "X" });
        let inject = |number: i64, from: serde_json::Value, sender: Option<serde_json::Value>| {
            let mut message = json!({ "message_id": number, "date": 1, "chat": chat, "from": from, "text": "/keys" });
            if let Some(sender) = sender {
                message["sender_chat"] = sender;
            }
            world.sandbox.telegram().inject(json!({ "message": message }));
        };
        inject(9001, from(136_817_688, true), Some(json!({ "id": -100_700, "type": "channel", "title": "News" })));
        ada.sees_in(group, "cannot ask me for anything").await;
        let said = world.sandbox.telegram().messages(group).len();
        inject(9002, from(4242, true), None);
        inject(9003, from(ADA, true), None);
        world.settle().await;
        ada.asks_in(group, "/status", "no open requests").await;
        assert_eq!(world.sandbox.telegram().messages(group).len(), said + 2);
    }
}

story! {
    async fn a_granted_role_ends_with_the_membership(world) {
        let group = world.crew();
        world.bound_project(group).await;
        world.grants(group, "manager", BORIS).await;
        let boris = world.boris();
        boris.asks_in(group, "/keys", "dashboard").await;
        let question = boris.asks_in(group, "/newkey x", "Create key x").await;
        world.sandbox.telegram().set_role(ADA, group, BORIS, Role::Restricted).unwrap();
        world.sandbox.telegram().set_role(ADA, group, BORIS, Role::Kicked).unwrap();
        let press = world.sandbox.telegram().press_raw(BORIS, Some((group, question.id)), &question.button("Create key").unwrap().callback_data.clone().unwrap()).unwrap();
        assert!(boris.toast(&press).await.0.contains("You are not in that group"));
        world.ada().asks_in(group, "/roles", "not in the group now").await;
    }
}

story! {
    async fn of_two_managers_who_take_each_others_role_at_once_one_stays(world) {
        let group = world.crew();
        world.bound_project(group).await;
        world.sandbox.telegram().add_person(Person::new(77, "Clara").language("en"));
        world.sandbox.telegram().set_role(77, group, 77, Role::Member).unwrap();
        for manager in [BORIS, 77] {
            world.grants(group, "manager", manager).await;
        }
        world.boris().say_in(group, "/ungrant 77");
        world.talker(77).say_in(group, &format!("/ungrant {BORIS}"));
        world.idle().await;
        let left = world.database.find("SELECT CAST(person AS TEXT) FROM grants");
        assert_eq!(left.len(), 1, "{left:?}");
    }
}
