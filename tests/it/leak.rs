//! Leaked keys: found in groups that want it and in private chats, deleted, told to the owner once, and never kept.

use std::time::Duration;

use keyporter::{
    domain::{Allowed, PersonId},
    ports::Ports,
    sandbox::{
        fault::{Fault, Rule, ServiceName},
        telegram::{Group, Person, Role, Saying, Shown},
    },
    vault::MasterKey,
};
use serde_json::json;

use crate::world::{ADA, BORIS, Talker, World};

const LEAKED: &str = "was leaked";

/// A group of Ada's with Boris in it; the bot is its administrator.
fn group(world: &World) -> i64 {
    let group = Group::new("Crew")
        .bot(Role::Administrator)
        .member(ADA, Role::Owner)
        .member(BORIS, Role::Member);
    world.sandbox.telegram().add_group(group)
}

/// The same with the watch on.
async fn watched_group(world: &mut World) -> i64 {
    let (group, ada) = (group(world), world.ada());
    ada.say_in(group, "/leakwatch on");
    ada.sees_in(group, "The leak watch is on").await;
    group
}

/// A key that Ada has made and saved.
async fn new_key(ada: &Talker, label: &str) -> String {
    ada.asks(&format!("/newkey {label}"), "Create key").await;
    ada.press("Create key");
    let shown = ada.sees("It disappears after ten minutes").await;
    ada.presses("I saved it", "is created and saved").await;
    shown.parts("spoiler").remove(0)
}

fn alerts(world: &World) -> Vec<Shown> {
    let messages = world.sandbox.telegram().messages(ADA);
    let alerts = messages
        .into_iter()
        .filter(|message| message.text.contains(LEAKED));
    alerts.collect()
}

async fn is_gone(world: &World, chat: i64, message: i64) {
    let telegram = |sandbox: &keyporter::sandbox::Sandbox| {
        let shown = sandbox.telegram().message(chat, message)?;
        shown.deleted.then_some(())
    };
    world.until("the message is deleted", telegram).await;
}

fn stands(world: &World, chat: i64, message: i64) -> bool {
    !world
        .sandbox
        .telegram()
        .message(chat, message)
        .unwrap()
        .deleted
}

story! {
    async fn a_key_in_a_group_is_deleted_and_its_owner_told_with_a_way_to_revoke_it(world) {
        world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        let secret = new_key(&ada, "ci").await;
        let four = &secret[secret.len() - 4..];
        let group = watched_group(world).await;
        let posted = boris.say_in(group, &format!("try it with {secret}!"));
        is_gone(world, group, posted).await;
        let told = boris.sees_in(group, "I deleted a message of Boris: it held a key").await;
        assert!(!told.text.contains("ci") && !told.text.contains(four), "{told}");
        let alert = ada.sees(LEAKED).await;
        for words in ["ci …", four, "Boris posted it in the group Crew", "I deleted the message"] {
            assert!(alert.text.contains(words), "{words}: {alert}");
        }
        assert!(alert.button("Rotate").is_some() && !alert.text.contains(&secret));
        ada.presses("Revoke", "Revoke ci").await;
        ada.presses("Revoke key", "Revoked: ci").await;
        ada.asks("/audit", "key leaked in a chat: message deleted · ci …").await;
        ada.presses("Only leaks", "· Crew ·").await;
        // It is dead now: whoever posts it harms nobody.
        let again = boris.say_in(group, &format!("is {secret} dead?"));
        world.settle().await;
        ada.asks("/status", "no open requests").await;
        assert!(stands(world, group, again) && alerts(world).len() == 1);
    }
}

story! {
    async fn a_key_is_found_however_it_is_posted(world) {
        world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        let secret = new_key(&ada, "ci").await;
        let group = watched_group(world).await;
        let (left, right) = secret.split_at(21);
        let telegram = world.sandbox.telegram();
        for text in [
            format!("{left}\n{right}"),
            format!("curl 'https://x.example/v2?api_key={secret}&page=2'"),
            format!("KEY={secret}\nOTHER=1"),
        ] {
            let posted = boris.say_in(group, &text);
            is_gone(world, group, posted).await;
        }
        let picture = Saying::new(&format!("my key: {left} {right}")).photo();
        let posted = telegram.say_with(BORIS, group, picture).unwrap();
        is_gone(world, group, posted).await;
        let posted = boris.say_in(group, "nothing to see yet");
        telegram.edit(BORIS, group, posted, &format!("here: {secret}")).unwrap();
        is_gone(world, group, posted).await;
        let posted = boris.say_in(group, "press here");
        telegram.inject(json!({ "message": {
            "message_id": posted,
            "date": 1,
            "chat": { "id": group, "type": "supergroup", "title": "Crew" },
            "from": { "id": BORIS, "is_bot": false, "first_name": "Boris" },
            "text": "press here",
            "entities": [{ "type": "text_link", "offset": 0, "length": 10, "url": format!("https://x.example/?k={secret}") }],
        }}));
        is_gone(world, group, posted).await;
        let posted = telegram.say_with(ADA, group, Saying::new(&format!("{secret} again")).anonymous()).unwrap();
        is_gone(world, group, posted).await;
        let posted = boris.say_in(group, &format!("/newkey {secret}"));
        is_gone(world, group, posted).await;
        let part = boris.say_in(group, &format!("it begins with {left}"));
        world.settle().await;
        ada.asks("/status", "no open requests").await;
        assert!(stands(world, group, part));
        // The same key in the same group is one piece of news.
        assert_eq!(alerts(world).len(), 1);
        world.pass(Duration::from_hours(2));
        let posted = boris.say_in(group, &format!("still {secret}"));
        is_gone(world, group, posted).await;
        ada.sees(LEAKED).await;
    }
}

story! {
    async fn nothing_is_looked_at_or_stored_unless_the_group_wants_it(world) {
        world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        let secret = new_key(&ada, "ci").await;
        let group = group(world);
        let stored = |world: &World| world.database.find(&format!("SELECT CAST(update_id AS TEXT) FROM inbox WHERE chat = {group}")).len();
        let before = boris.say_in(group, &format!("not yet watched: {secret}"));
        ada.say_in(group, "/leakwatch");
        ada.sees_in(group, "is off in this group").await;
        ada.say_in(group, "/leakwatch on");
        let on = ada.sees_in(group, "What that costs").await;
        assert!(on.text.contains("None of these messages is stored") && !on.text.contains("no administrator"), "{on}");
        boris.say_in(group, "harmless words in a watched group");
        ada.say_in(group, "/leakwatch off");
        ada.sees_in(group, "I read nothing here but commands").await;
        let after = boris.say_in(group, &format!("no longer watched: {secret}"));
        world.settle().await;
        ada.asks("/status", "no open requests").await;
        assert!(stands(world, group, before) && stands(world, group, after) && alerts(world).is_empty());
        assert_eq!(stored(world), 3, "only the commands");
    }
}

story! {
    async fn only_an_administrator_of_now_decides(world) {
        let (ada, boris, group) = (world.ada(), world.boris(), group(world));
        boris.say_in(group, "/leakwatch on");
        boris.sees_in(group, "only an administrator of this group").await;
        let telegram = world.sandbox.telegram();
        telegram.say_with(ADA, group, Saying::new("/leakwatch on").anonymous()).unwrap();
        let asked = ada.sees_in(group, "You write as the group").await;
        assert!(asked.button("This is me").is_some(), "{asked}");
        boris.press_on(group, asked.id, "This is me").unwrap();
        assert!(world.database.find("SELECT CAST(chat AS TEXT) FROM watched_groups").is_empty());
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::Status(502, None)).path("getChatMember").always());
        ada.say_in(group, "/leakwatch on");
        ada.sees_in(group, "I could not ask Telegram").await;
        world.sandbox.faults().clear();
        telegram.set_role(ADA, group, BORIS, Role::Administrator).unwrap();
        boris.say_in(group, "/leakwatch on");
        boris.sees_in(group, "The leak watch is on").await;
        telegram.set_role(ADA, group, BORIS, Role::Member).unwrap();
        boris.say_in(group, "/leakwatch off");
        boris.sees_in(group, "only an administrator of this group").await;
        // Who brings the bot back decides anew.
        telegram.set_bot_role(ADA, group, Role::Left).unwrap();
        telegram.set_bot_role(ADA, group, Role::Administrator).unwrap();
        ada.sees_in(group, "private chat").await;
        ada.say_in(group, "/leakwatch");
        ada.sees_in(group, "is off in this group").await;
        ada.asks("/leakwatch on", "In this chat it is always on").await;
    }
}

story! {
    async fn a_stranger_cannot_turn_it_on(world) {
        world.stop().await;
        world.allowed = Allowed::Only(vec![PersonId(BORIS)]);
        world.start();
        let (ada, group) = (world.ada(), group(world));
        ada.say_in(group, "/leakwatch on");
        ada.sees_in(group, "not on this Keyporter").await;
        assert!(world.database.find("SELECT CAST(chat AS TEXT) FROM watched_groups").is_empty());
    }
}

story! {
    async fn without_the_right_to_delete_the_group_is_asked_to(world) {
        world.expected_refusals.push("deleteMessage");
        world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        let secret = new_key(&ada, "ci").await;
        let group = watched_group(world).await;
        let telegram = world.sandbox.telegram();
        telegram.set_bot_role(ADA, group, Role::Member).unwrap();
        ada.say_in(group, "/leakwatch on");
        ada.sees_in(group, "I am no administrator here").await;
        let posted = boris.say_in(group, &format!("@keyporter_demo_bot {secret}"));
        boris.sees_in(group, "I cannot delete it. Please delete it").await;
        let alert = ada.sees(LEAKED).await;
        assert!(alert.text.contains("may still stand there") && stands(world, group, posted), "{alert}");
        ada.asks("/audit", "message not deleted").await;
    }
}

story! {
    async fn a_message_that_stands_is_told_even_after_one_that_was_deleted(world) {
        world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        let (secret, group) = (new_key(&ada, "ci").await, watched_group(world).await);
        boris.say_in(group, &secret);
        ada.sees("I deleted the message").await;
        boris.say_in(group, &secret);
        world.idle().await;
        assert_eq!(alerts(world).len(), 1);
        world.expected_refusals.push("deleteMessage");
        world.sandbox.telegram().set_bot_role(ADA, group, Role::Member).unwrap();
        boris.say_in(group, &format!("@keyporter_demo_bot {secret}"));
        ada.sees("it may still stand there").await;
    }
}

story! {
    async fn in_private_chats_it_is_always_on(world) {
        world.stop().await;
        world.allowed = Allowed::Only(vec![PersonId(ADA)]);
        world.start();
        let project = world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        let secret = new_key(&ada, "ci").await;
        let posted = ada.say(&secret);
        ada.sees_gone(posted).await;
        let alert = ada.sees(LEAKED).await;
        assert!(alert.text.contains("You posted it in this chat"), "{alert}");
        let posted = ada.say(&format!("/revoke {secret}"));
        ada.sees_gone(posted).await;
        ada.sees("Nothing else in it was done").await;
        // The linked credential is watched too, and who posts it need not be known to us.
        let posted = boris.say(&project.token);
        boris.sees_gone(posted).await;
        let told = boris.sees("I deleted your message: it held a key").await;
        assert!(!told.text.contains("Ada") && told.keyboard.buttons().count() == 0, "{told}");
        let alert = ada.sees("The credential of").await;
        assert!(alert.text.contains("Boris sent it to me in a private chat"), "{alert}");
        assert_eq!(alerts(world).len(), 2);
        ada.presses("Rotate", "Rotate").await;
        // Where it is asked for, it is no leak.
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.token, "That is no project ID").await;
        ada.asks(&project.id, "API token").await;
        ada.asks(&project.token, "works").await;
        assert_eq!(alerts(world).len(), 2);
    }
}

story! {
    async fn every_owner_of_a_key_is_told_and_nobody_else(world) {
        let project = world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/start", "Hello").await;
        boris.links_project(&project).await;
        let clara = 100_003;
        world.sandbox.telegram().add_person(Person::new(clara, "Clara").language("en"));
        let (clara, group) = (world.talker(clara), watched_group(world).await);
        world.sandbox.telegram().set_role(ADA, group, clara.id, Role::Member).unwrap();
        let posted = clara.say_in(group, &format!("{0} {0}", project.token));
        is_gone(world, group, posted).await;
        for owner in [&ada, &boris] {
            owner.sees("Clara posted it in the group Crew").await;
            let told = owner.chat().iter().filter(|message| message.text.contains(LEAKED)).count();
            assert_eq!(told, 1);
        }
        assert!(clara.chat().is_empty());
        // A credential that is dead is of no use to anybody.
        let key = world.sandbox.botsubscription().keys(&project.id).remove(0);
        world.sandbox.botsubscription().revoke_outside(&project.id, &key.id);
        for owner in [&ada, &boris] {
            owner.asks("/keys", "refuses the stored credential").await;
        }
        let harmless = clara.say_in(group, &project.token);
        world.settle().await;
        ada.asks("/status", "no open requests").await;
        assert!(stands(world, group, harmless));
    }
}

story! {
    async fn the_one_key_of_an_account_can_only_be_replaced(world) {
        let (_, key) = world.linked_account().await;
        let ada = world.ada();
        let posted = ada.say(&format!("Key: {key}."));
        ada.sees_gone(posted).await;
        let alert = ada.sees("The credential of").await;
        assert!(alert.text.contains("Bots.Business …"), "{alert}");
        ada.presses("Revoke", "cannot be revoked, only replaced").await;
        ada.press_on(ADA, alert.id, "Rotate").unwrap();
        ada.sees("The old key dies at once").await;
        ada.asks("/unlink", "Unlink").await;
        ada.presses("Unlink", "Unlinked").await;
        assert!(world.database.find("SELECT last_four FROM fingerprints").is_empty());
    }
}

story! {
    async fn an_alert_survives_a_crash_and_comes_once(world) {
        world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        let secret = new_key(&ada, "ci").await;
        let group = watched_group(world).await;
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::CutBefore).path("sendMessage").always());
        let posted = boris.say_in(group, &secret);
        is_gone(world, group, posted).await;
        world.until("the alert is stored", |_| {
            let news = world.database.find("SELECT id FROM outbox WHERE id LIKE 'news-%'");
            (news.len() == 1).then_some(())
        }).await;
        world.crash().await;
        world.sandbox.faults().clear();
        world.start();
        world.hurry("the alert", |_| alerts(world).pop()).await;
        for _ in 0..5 {
            world.pass(Duration::from_mins(2));
            ada.asks("/status", "no open requests").await;
        }
        assert_eq!(alerts(world).len(), 1);
    }
}

story! {
    async fn what_an_older_version_has_linked_is_watched_and_a_new_master_key_changes_nothing(world) {
        let project = world.linked_project().await;
        world.stop().await;
        world.database.execute("DELETE FROM fingerprints");
        let fresh = MasterKey::generate(&Ports::system()).unwrap().expose().to_owned();
        world.start();
        let (ada, boris) = (world.ada(), world.boris());
        ada.asks("/status", "no open requests").await;
        world.stop().await;
        world.master_keys.insert(0, fresh);
        rekey(world).await;
        world.master_keys.truncate(1);
        world.start();
        let posted = boris.say(&project.token);
        boris.sees_gone(posted).await;
        ada.sees("The credential of").await;
    }
}

/// Seals everything anew, as `keyporter rekey` does.
async fn rekey(world: &World) {
    let opened = keyporter::open_app(world.settings(), &world.ports(), &world.options).await;
    let (_app, store, vault) = opened.unwrap();
    let done = keyporter::app::rekey::rekey(&store, &vault).await.unwrap();
    assert!(done.is_complete() && done.renewed > 0, "{done:?}");
    store.close().await;
}

story! {
    async fn a_group_that_becomes_a_supergroup_stays_watched(world) {
        let basic = Group::new("Crew").basic().bot(Role::Administrator).member(ADA, Role::Owner);
        let group = world.sandbox.telegram().add_group(basic);
        let ada = world.ada();
        ada.say_in(group, "/leakwatch on");
        ada.sees_in(group, "The leak watch is on").await;
        let supergroup = world.sandbox.telegram().upgrade(ADA, group).unwrap();
        world.settle().await;
        ada.say_in(supergroup, "/leakwatch");
        ada.sees_in(supergroup, "The leak watch is on").await;
        assert_eq!(world.database.find("SELECT CAST(chat AS TEXT) FROM watched_groups"), [supergroup.to_string()]);
    }
}
