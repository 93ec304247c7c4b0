//! Keys in a group: only metadata there, secrets in the private chat of whoever asked, and one message that is edited.

use std::time::Duration;

use keyporter::sandbox::telegram::{Group, Person, Role, Saying};

use crate::world::{ADA, BORIS, VERA};

story! {
    async fn a_key_is_created_in_the_group_and_shown_in_private(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        let vera = world.talker(VERA);
        vera.asks("/start", "Hello").await;
        let asked = vera.say_in(group, "/newkey staging bot");
        let question = vera.sees_in(group, "Create key staging bot").await;
        assert_eq!(question.reply_to, Some(asked), "it shows whom it answers");
        // Only the requester's press counts.
        for other in [ADA, BORIS] {
            let press = world.talker(other).press_on(group, question.id, "Create key").unwrap();
            assert_eq!(world.talker(other).toast(&press).await, ("This button is not for you.".to_owned(), true));
        }
        vera.say("/help");
        vera.press_in(group, "Create key").unwrap();
        let secret = vera.sees("Tap to uncover").await;
        // Nothing was asked in her own chat.
        vera.asks("/cancel", "nothing to cancel").await;
        let shown = secret.parts("spoiler");
        let key = world.sandbox.botsubscription().keys(&project.id).into_iter().find(|key| key.label == "staging bot").unwrap();
        assert_eq!(shown, [key.secret]);
        let card = vera.sees_in(group, "Vera's private chat").await;
        assert_eq!(card.id, question.id);
        vera.press("I saved it");
        let card = vera.sees_in(group, "is created and saved").await;
        assert_eq!((card.id, card.parts("text_mention")), (question.id, vec!["Vera".to_owned()]));
        assert!(card.text.contains("Asked for by Vera"), "{card}");
        // The owner is told of the first time, once.
        world.hurry("the owner is told", |sandbox| {
            let said = sandbox.telegram().messages(ADA);
            said.iter().any(|message| message.text.contains("Vera works with") && message.text.contains("Crew")).then_some(())
        }).await;
        let audit = world.ada().asks("/audit", "What happened").await;
        assert!(audit.text.contains(&format!("by {VERA}")), "{audit}");
    }
}

story! {
    async fn without_a_private_chat_nothing_is_created_and_a_link_leads_on(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        let vera = world.talker(VERA);
        vera.asks_in(group, "/newkey ci", "Create key ci").await;
        vera.press_in(group, "Create key").unwrap();
        let card = vera.sees_in(group, "Nothing was created").await;
        let before = world.sandbox.botsubscription().keys(&project.id).len();
        let url = card.button("Open private chat").unwrap().url.clone().unwrap();
        let way = url.strip_prefix("https://t.me/keyporter_demo_bot?start=").unwrap().to_owned();
        assert!(way.len() <= 64 && way.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        // It is Vera's alone, and serves once.
        world.boris().asks(&format!("/start {way}"), "for somebody else").await;
        vera.asks(&format!("/start {way}"), "I go on").await;
        vera.sees("Tap to uncover").await;
        assert_eq!(world.sandbox.botsubscription().keys(&project.id).len(), before + 1);
        vera.asks(&format!("/start {way}"), "That way is used").await;
        vera.saves().await;
        let end = vera.sees_in(group, "is created and saved").await;
        assert_eq!(end.id, card.id);
    }
}

story! {
    async fn the_link_ends_after_a_quarter_of_an_hour(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        let vera = world.talker(VERA);
        vera.asks_in(group, "/newkey ci", "Create key ci").await;
        vera.press_in(group, "Create key").unwrap();
        let card = vera.sees_in(group, "Nothing was created").await;
        let url = card.button("Open private chat").unwrap().url.clone().unwrap();
        world.pass(Duration::from_mins(16));
        vera.asks(&format!("/start {}", url.split_once('=').unwrap().1), "over after 15 minutes").await;
        assert!(world.sandbox.botsubscription().keys(&project.id).iter().all(|key| key.label != "ci"));
    }
}

story! {
    async fn the_link_leads_nowhere_when_the_right_is_gone(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        let vera = world.talker(VERA);
        vera.asks_in(group, "/newkey ci", "Create key ci").await;
        vera.press_in(group, "Create key").unwrap();
        let card = vera.sees_in(group, "Nothing was created").await;
        let url = card.button("Open private chat").unwrap().url.clone().unwrap();
        world.sandbox.telegram().set_role(ADA, group, VERA, Role::Member).unwrap();
        vera.asks(&format!("/start {}", url.split_once('=').unwrap().1), "You may not create keys").await;
        assert!(world.sandbox.botsubscription().keys(&project.id).iter().all(|key| key.label != "ci"));
    }
}

story! {
    async fn revoking_and_rotating_go_on_in_one_message(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        let sandbox = world.sandbox.clone();
        let one = sandbox.botsubscription().create_key_outside(&project.id, "one").unwrap();
        let two = sandbox.botsubscription().create_key_outside(&project.id, "two").unwrap();
        let ada = world.ada();
        let question = ada.asks_in(group, "/revoke one", "Revoke one").await;
        let card = ada.presses_in(group, "Revoke key", "Revoked: one").await;
        assert!(card.id == question.id && card.text.contains("Asked for by Ada"), "{card}");
        assert!(!sandbox.botsubscription().alive(&one.secret));
        ada.asks_in(group, "/rotate two", "Rotate two").await;
        ada.press_in(group, "Rotate key").unwrap();
        ada.sees("Tap to uncover").await;
        ada.press("I saved it");
        ada.sees_in(group, "Rotated: two").await;
        assert!(!sandbox.botsubscription().alive(&two.secret));
    }
}

story! {
    async fn a_removed_administrators_very_next_press_is_refused(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        let key = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let vera = world.talker(VERA);
        vera.asks("/start", "Hello").await;
        vera.asks_in(group, "/revoke ci", "Revoke ci").await;
        world.sandbox.telegram().set_role(ADA, group, VERA, Role::Member).unwrap();
        let press = vera.press_in(group, "Revoke key").unwrap();
        let (told, alert) = vera.toast(&press).await;
        assert!(alert && told.contains("You may not revoke keys here"), "{told}");
        // In the private chat too: the secret is not shown once more.
        world.sandbox.telegram().set_role(ADA, group, VERA, Role::Administrator).unwrap();
        vera.asks_in(group, "/newkey new", "Create key new").await;
        vera.press_in(group, "Create key").unwrap();
        let shown = vera.sees("Tap to uncover").await;
        world.sandbox.telegram().set_role(ADA, group, VERA, Role::Kicked).unwrap();
        vera.press_on(VERA, shown.id, "I saved it").unwrap();
        vera.sees("You are not in that group").await;
        assert!(world.sandbox.botsubscription().alive(&key.secret));
    }
}

story! {
    async fn what_telegram_does_not_tell_is_refused(world) {
        use keyporter::sandbox::fault::{Fault, Rule, ServiceName};
        let group = world.crew();
        world.bound_project(group).await;
        let vera = world.talker(VERA);
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::Status(502, None)).path("getChatMember").always());
        vera.asks_in(group, "/keys", "I cannot ask Telegram who you are").await;
        world.sandbox.faults().clear();
        vera.asks_in(group, "/keys", "dashboard").await;
    }
}

story! {
    async fn answers_stay_in_their_topic(world) {
        let group = world.crew_of(Group::new("Crew").forum());
        world.bound_project(group).await;
        let ada = world.ada();
        ada.send_in(group, Saying::new("/newkey ci").topic(77));
        let question = ada.sees_in(group, "Create key ci").await;
        assert_eq!(question.topic, Some(77));
        ada.press_in(group, "Create key").unwrap();
        ada.sees("Tap to uncover").await;
        let card = ada.sees_in(group, "private chat").await;
        assert_eq!((card.topic, card.id), (Some(77), question.id));
        ada.saves().await;
        // A choice in a topic is a choice of that topic.
        ada.send_in(group, Saying::new("/revoke").topic(78));
        let choice = ada.sees_in(group, "Which key").await;
        ada.press_on(group, choice.id, "Cancel").unwrap();
        ada.sees_in(group, "Cancelled").await;
    }
}

story! {
    async fn a_choice_is_made_by_whoever_was_asked(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        for _ in 0..2 {
            world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        }
        let vera = world.talker(VERA);
        let choice = vera.asks_in(group, "/revoke ci", "Which key").await;
        let first = choice.keyboard.inline_keyboard[0][0].text.clone();
        for button in [first.as_str(), "Cancel"] {
            let press = world.ada().press_on(group, choice.id, button).unwrap();
            assert!(world.ada().toast(&press).await.1);
        }
        vera.presses_in(group, &first, "Revoke ci").await;
        vera.presses_in(group, "Cancel", "Cancelled").await;
    }
}

story! {
    async fn the_status_of_a_group_is_everybodys_and_its_buttons_are_the_requesters(world) {
        let group = world.crew();
        world.bound_project(group).await;
        world.grants(group, "viewer", BORIS).await;
        let (ada, boris) = (world.ada(), world.boris());
        ada.asks_in(group, "/status", "no open requests in this group").await;
        ada.asks_in(group, "/newkey ci", "Create key ci").await;
        ada.press_in(group, "Create key").unwrap();
        let secret = ada.sees("Tap to uncover").await;
        ada.sees_in(group, "waits there").await;
        let status = boris.asks_in(group, "/status", "Request 1").await;
        assert!(status.text.contains("Ada's private chat") && !status.text.contains(&secret.parts("spoiler")[0]), "{status}");
        let press = boris.press_on(group, status.id, "I lost it").unwrap();
        assert_eq!(boris.toast(&press).await.0, "This button is not for you.");
        boris.asks("/status 1", "no request of that number").await;
        ada.saves().await;
    }
}

story! {
    async fn commands_in_captions_edits_and_forwards_trigger_nothing(world) {
        let group = world.crew();
        world.bound_project(group).await;
        let ada = world.ada();
        ada.send_in(group, Saying::new("/newkey ci").photo());
        ada.sees_in(group, "plain text").await;
        let said = world.sandbox.telegram().messages(group).len();
        ada.send_in(group, Saying::new("/newkey ci").forwarded());
        let written = ada.say_in(group, "/nothing");
        world.sandbox.telegram().edit(ADA, group, written, "/newkey ci").unwrap();
        world.settle().await;
        ada.asks_in(group, "/status", "no open requests").await;
        assert_eq!(world.sandbox.telegram().messages(group).len(), said + 4);
        assert!(world.database.find("SELECT id FROM confirmations WHERE action LIKE '%create_key%'").is_empty());
    }
}

story! {
    async fn strangers_in_a_group_learn_the_way_and_nothing_else(world) {
        use keyporter::domain::{Allowed, PersonId};
        let group = world.crew();
        world.bound_project(group).await;
        world.stop().await;
        world.allowed = Allowed::Only(vec![PersonId(ADA)]);
        world.start();
        let vera = world.talker(VERA);
        let told = vera.asks_in(group, "/keys", "not on this Keyporter's list").await;
        assert!(told.button("Open private chat").is_some(), "{told}");
        world.sandbox.telegram().add_person(Person::new(5, "Namesake"));
    }
}

story! {
    async fn twenty_messages_a_minute_are_enough_and_nothing_is_dropped(world) {
        let group = world.crew();
        world.bound_project(group).await;
        let ada = world.ada();
        for _ in 0..30 {
            ada.say_in(group, "/status");
        }
        let answered = |sandbox: &keyporter::sandbox::Sandbox| {
            let said = sandbox.telegram().messages(group);
            said.iter().filter(|message| message.text.contains("no open requests")).count()
        };
        world.until("what a minute allows", |sandbox| (answered(sandbox) >= 10).then_some(())).await;
        // A minute passes on the database's own clock too, which cannot be pushed.
        world.database.execute("UPDATE rates SET next_us = 0 WHERE name LIKE 'telegram:-%'");
        world.hurry("what the next allows", |sandbox| (answered(sandbox) >= 20).then_some(())).await;
        world.database.execute("UPDATE rates SET next_us = 0 WHERE name LIKE 'telegram:-%'");
        world.hurry("every answer arrives", |sandbox| (answered(sandbox) == 30).then_some(())).await;
        // Telegram hardly had to ask for a wait.
        let refused = world.sandbox.telegram().calls().into_iter().filter(|call| call.status == Some(429)).count();
        assert!(refused <= 3, "{refused}");
    }
}

story! {
    async fn where_members_are_hidden_administrators_are_still_known(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        world.grants(group, "viewer", BORIS).await;
        world.expected_refusals.push("getChatMember");
        world.sandbox.telegram().limit(|limits| limits.hide_members = true);
        let vera = world.talker(VERA);
        vera.asks_in(group, "/keys", "dashboard").await;
        world.boris().asks_in(group, "/keys", "Make me an administrator").await;
        world.sandbox.telegram().set_bot_role(ADA, group, Role::Administrator).unwrap();
        world.boris().asks_in(group, "/keys", "dashboard").await;
        assert!(!world.sandbox.botsubscription().keys(&project.id).is_empty());
    }
}

story! {
    async fn after_a_crash_the_request_goes_on_and_the_owner_is_told_once(world) {
        let group = world.crew();
        world.bound_project(group).await;
        let vera = world.talker(VERA);
        vera.asks("/start", "Hello").await;
        vera.asks_in(group, "/newkey ci", "Create key ci").await;
        world.sandbox.botsubscription().service().stop().await.unwrap();
        vera.presses_in(group, "Create key", "cannot be reached right now").await;
        world.idle().await;
        world.crash().await;
        world.sandbox.botsubscription().service().resume().await.unwrap();
        world.start();
        let told = |sandbox: &keyporter::sandbox::Sandbox| {
            let said = sandbox.telegram().messages(ADA);
            said.iter().filter(|message| message.text.contains("Vera works with")).count()
        };
        world.hurry("the owner is told", |sandbox| (told(sandbox) > 0).then_some(())).await;
        world.hurry("the key is shown", |sandbox| {
            let said = sandbox.telegram().messages(VERA);
            said.iter().any(|message| message.text.contains("Tap to uncover")).then_some(())
        }).await;
        vera.press("I saved it");
        vera.sees_in(group, "is created and saved").await;
        vera.asks_in(group, "/newkey two", "Create key two").await;
        vera.press_in(group, "Create key").unwrap();
        vera.sees("Tap to uncover").await;
        world.pass(Duration::from_mins(5));
        vera.saves().await;
        world.idle().await;
        assert_eq!(told(&world.sandbox), 1);
    }
}

story! {
    async fn an_owner_finishes_what_was_begun_in_a_group_that_lost_the_account(world) {
        let group = world.crew();
        world.bound_project(group).await;
        let ada = world.ada();
        ada.asks_in(group, "/newkey ci", "Create key ci").await;
        ada.press_in(group, "Create key").unwrap();
        ada.sees("Tap to uncover").await;
        let choice = ada.asks_in(group, "/unbind", "Which account shall I take").await;
        ada.press_at(group, choice.id, (0, 0));
        ada.sees_in(group, "Unbound").await;
        ada.press("I saved it");
        ada.sees_in(group, "is created and saved").await;
    }
}

story! {
    async fn with_several_accounts_the_requester_chooses_in_the_group(world) {
        let group = world.crew();
        world.bound_project(group).await;
        world.linked_project().await;
        world.binds(group).await;
        let ada = world.ada();
        let choice = ada.asks_in(group, "/newkey ci", "In which account").await;
        let press = world.talker(VERA).press_at(group, choice.id, (0, 0));
        assert!(world.talker(VERA).toast(&press).await.1);
        let name = choice.keyboard.inline_keyboard[1][0].text.clone();
        let question = ada.presses_in(group, &name, "Create key ci").await;
        assert!(question.id == choice.id && question.text.contains(&name), "{question}");
        ada.presses_in(group, "Cancel", "Cancelled").await;
    }
}
