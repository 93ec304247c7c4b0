//! Who may use the bot: strangers, operators, and people who were taken off the list on the way.

use std::time::Duration;

use keyporter::{
    domain::{Allowed, PersonId},
    sandbox::fault::{Fault, Rule, ServiceName},
};

use crate::world::{ADA, BORIS, World};

fn taken_off(world: &mut World, stays: i64) {
    world.allowed = Allowed::Only(vec![PersonId(stays)]);
}

story! {
    async fn strangers_learn_their_id_and_nothing_else(world) {
        world.stop().await;
        world.allowed = Allowed::Only(vec![PersonId(ADA)]);
        world.start();
        let boris = world.boris();
        for command in ["/start", "/keys", "/link", "hello"] {
            let refusal = boris.asks(command, "not on its list").await;
            assert_eq!(refusal.parts("code"), [BORIS.to_string()], "{refusal}");
        }
        world.ada().asks("/start", "Hello, Ada!").await;
        // A button that somebody else could press does not help either.
        let press = world.sandbox.telegram().press_raw(BORIS, None, "link").unwrap();
        let (told, alert) = boris.toast(&press).await;
        assert!(told.contains("not on this Keyporter's list") && told.contains(&BORIS.to_string()) && alert, "{told}");
    }
}

story! {
    async fn operators_need_not_stand_on_the_list(world) {
        world.stop().await;
        taken_off(world, ADA);
        world.operators = vec![BORIS];
        // A menu for somebody who has never started the bot is refused.
        world.expected_refusals.push("setMyCommands");
        world.start();
        let boris = world.boris();
        boris.asks("/start", "Hello, Boris!").await;
        boris.asks("/pause", "Issuing is allowed").await;
        boris.presses("Cancel", "Cancelled").await;
    }
}

story! {
    async fn whoever_was_taken_off_the_list_is_not_shown_a_key_that_is_made(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::Status(502, None)).path("editMessageText").always());
        ada.press("Create key");
        let key = world.until("the key is made", |sandbox| {
            sandbox.botsubscription().keys(&project.id).into_iter().find(|key| key.label == "ci")
        }).await;
        world.stop().await;
        taken_off(world, BORIS);
        world.sandbox.faults().clear();
        world.start();
        let says = |words: &'static str| move |sandbox: &keyporter::sandbox::Sandbox| {
            let messages = sandbox.telegram().messages(ADA);
            messages.iter().any(|message| message.text.contains(words)).then_some(())
        };
        world.hurry("it stays sealed", says("so I show you no key")).await;
        for action in ["saved", "show", "lost"] {
            let press = world.sandbox.telegram().press_raw(ADA, None, &format!("req:1:{action}")).unwrap();
            assert!(ada.toast(&press).await.0.contains("not on this Keyporter's list"));
        }
        world.pass(Duration::from_hours(25));
        let told_apart = |sandbox: &keyporter::sandbox::Sandbox| {
            let messages = sandbox.telegram().messages(ADA);
            let wiped = messages.iter().filter(|message| message.text.contains("so I wiped the secret"));
            (wiped.count() == 2).then_some(())
        };
        world.hurry("it is wiped, as its card says and a message of its own", told_apart).await;
        for message in world.sandbox.telegram().messages(ADA) {
            let versions = world.sandbox.telegram().versions(ADA, message.id);
            assert!(versions.iter().all(|version| !version.text.contains(&key.secret)), "{message}");
        }
    }
}

story! {
    async fn whoever_was_taken_off_the_list_gets_no_new_key(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::Status(503, None)).method("GET").always());
        ada.press("Create key");
        ada.sees("cannot be reached right now").await;
        world.stop().await;
        taken_off(world, BORIS);
        world.sandbox.faults().clear();
        world.start();
        world.hurry("it is given up", |sandbox| {
            let messages = sandbox.telegram().messages(ADA);
            let given_up = |text: &str| text.contains("Nothing was created") && text.contains("list any more");
            messages.iter().any(|message| given_up(&message.text)).then_some(())
        }).await;
        assert!(world.sandbox.botsubscription().keys(&project.id).iter().all(|key| key.label != "ci"));
    }
}
