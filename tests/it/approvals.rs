//! `/policy`, `Approve`, `Reject`: other people's word on what is asked for in a group, never one's own, and only while it counts.

use std::time::Duration;

use keyporter::sandbox::{botsubscription::Project, telegram::Role};

use crate::{
    watch::{hears, look},
    world::{ADA, BORIS, VERA, World, code},
};

/// A group with Ada's project, in which Boris may create and revoke keys, and Vera is an administrator; Ada sets that rule.
async fn crew_with(world: &mut World, rules: &[(&str, &str, &str)]) -> (i64, Project) {
    let group = world.crew();
    let project = world.bound_project(group).await;
    for role in ["issuer", "revoker"] {
        world.grants(group, role, BORIS).await;
    }
    let (ada, boris, vera) = (world.ada(), world.boris(), world.talker(VERA));
    boris.asks("/start", "Hello").await;
    vera.asks("/start", "Hello").await;
    ada.asks_in(group, "/policy", "Approvals by other people")
        .await;
    for (rule, choice, words) in rules {
        ada.press_in(group, rule).unwrap();
        ada.sees_in(group, "Choose what").await;
        ada.presses_in(group, choice, words).await;
    }
    (group, project)
}

fn has(world: &World, project: &Project, label: &str) -> bool {
    let keys = world.sandbox.botsubscription().keys(&project.id);
    keys.iter().any(|key| key.label == label)
}

story! {
    async fn two_approve_and_the_secret_arrives_in_private(world) {
        let (group, project) = crew_with(world, &[("New keys", "2 people", "New keys: 2")]).await;
        let (ada, boris, vera) = (world.ada(), world.boris(), world.talker(VERA));
        let question = boris.asks_in(group, "/newkey ci", "Create key ci").await;
        assert!(question.text.contains("2 other people"), "{question}");
        let card = boris.presses_in(group, "Create key", "0 of 2").await;
        assert_eq!(card.id, question.id);
        let press = boris.press_on(group, card.id, "Approve").unwrap();
        assert!(boris.toast(&press).await.0.contains("your own request"));
        let press = vera.press_on(group, card.id, "Approve").unwrap();
        assert_eq!(vera.toast(&press).await.0, "Approved. One more is needed.");
        vera.sees_in(group, "1 of 2").await;
        let press = vera.press_on(group, card.id, "Approve").unwrap();
        assert!(vera.toast(&press).await.0.contains("already"));
        assert!(!has(world, &project, "ci"));
        // It waits longer than anything that could not begin.
        world.pass(Duration::from_hours(20));
        world.restart().await;
        let press = ada.press_on(group, card.id, "Approve").unwrap();
        assert_eq!(ada.toast(&press).await.0, "Approved. It goes on now.");
        boris.sees("Tap to uncover").await;
        boris.saves().await;
        let card = boris.sees_in(group, "is created and saved").await;
        assert!(card.text.contains("Asked for by Boris") && card.text.contains("Approved by Vera, Ada"), "{card}");
        assert!(has(world, &project, "ci"));
        let audit = ada.asks("/audit", "approved").await;
        assert_eq!(audit.text.matches("approved").count(), 2, "{audit}");
        // Rights removed: the next press is refused.
        boris.asks_in(group, "/newkey more", "Create key more").await;
        let card = boris.presses_in(group, "Create key", "0 of 2").await;
        world.sandbox.telegram().set_role(ADA, group, VERA, Role::Member).unwrap();
        let press = vera.press_on(group, card.id, "Approve").unwrap();
        assert!(vera.toast(&press).await.0.contains("You may not create keys here"));
        assert!(!has(world, &project, "more"));
    }
}

story! {
    async fn a_rejection_ends_it_and_its_reason_reaches_whoever_asked(world) {
        let (group, project) = crew_with(world, &[("New keys", "1 person", "New keys: one")]).await;
        let (boris, vera) = (world.boris(), world.talker(VERA));
        boris.asks_in(group, "/newkey ci", "Create key ci").await;
        let card = boris.presses_in(group, "Create key", "0 of 1").await;
        vera.press_on(group, card.id, "Reject").unwrap();
        vera.sees_in(group, "Nothing was created").await;
        boris.sees("Rejected by Vera").await;
        // Only whoever rejected it says why.
        let press = boris.press_on(group, card.id, "not now").unwrap();
        assert_eq!(boris.toast(&press).await.0, "This button is not for you.");
        vera.press_on(group, card.id, "not now").unwrap();
        let told = boris.sees("Rejected by Vera: not now").await;
        assert!(told.text.contains("Nothing was done"), "{told}");
        let card = vera.sees_in(group, "Rejected by Vera: not now").await;
        assert!(card.button("not now").is_none() && card.button("Approve").is_none(), "{card}");
        // The button of an old card does nothing.
        let old = format!("approve:{}", 1);
        let press = world.ada().press_raw_on(group, card.id, &old);
        assert!(world.ada().toast(&press).await.1);
        world.idle().await;
        assert!(!has(world, &project, "ci"));
        world.ada().asks("/audit", "rejected").await;
    }
}

story! {
    async fn an_approval_counts_only_as_long_as_whoever_gave_it_could_ask_for_it(world) {
        let (group, project) = crew_with(world, &[("New keys", "2 people", "New keys: 2")]).await;
        let (ada, boris, vera) = (world.ada(), world.boris(), world.talker(VERA));
        boris.asks_in(group, "/newkey ci", "Create key ci").await;
        let card = boris.presses_in(group, "Create key", "0 of 2").await;
        vera.press_on(group, card.id, "Approve").unwrap();
        vera.sees_in(group, "1 of 2").await;
        world.sandbox.telegram().set_role(ADA, group, VERA, Role::Member).unwrap();
        let press = ada.press_on(group, card.id, "Approve").unwrap();
        assert_eq!(ada.toast(&press).await.0, "Approved. One more is needed.");
        let card = ada.sees_in(group, "Approved by Ada").await;
        assert!(card.text.contains("1 of 2"), "{card}");
        // Whoever asked has lost the right, too.
        world.sandbox.telegram().set_role(ADA, group, VERA, Role::Administrator).unwrap();
        ada.asks_in(group, &format!("/ungrant issuer {BORIS}"), "Roles taken from 100002").await;
        let press = vera.press_on(group, card.id, "Approve").unwrap();
        assert!(vera.toast(&press).await.0.contains("may not do that"));
        vera.sees_in(group, "may not do that in this group any more").await;
        boris.sees("may not do that in this group any more").await;
        ada.asks("/audit", "approval counts no more").await;
        world.idle().await;
        assert!(!has(world, &project, "ci"));
    }
}

story! {
    async fn without_enough_approvals_it_ends_and_that_is_told(world) {
        let (group, project) = crew_with(world, &[("New keys", "1 person", "New keys: one")]).await;
        let (boris, vera) = (world.boris(), world.talker(VERA));
        boris.asks_in(group, "/newkey ci", "Create key ci").await;
        let card = boris.presses_in(group, "Create key", "It ends by itself at").await;
        world.pass(Duration::from_mins(23 * 60 + 50));
        boris.asks_in(group, "/status", "0 of 1").await;
        world.crash().await;
        world.start();
        world.pass(Duration::from_mins(20));
        let over = boris.sees_in(group, "Nothing was created").await;
        assert_eq!(over.id, card.id);
        // When the outbox looks next.
        world.pass(Duration::from_mins(3));
        boris.sees("Not enough people have approved").await;
        let press = vera.press_raw_on(group, card.id, "approve:1");
        assert!(vera.toast(&press).await.1);
        world.idle().await;
        assert!(!has(world, &project, "ci"));
    }
}

story! {
    async fn whoever_asked_can_withdraw_it_and_nobody_else(world) {
        let (group, project) = crew_with(world, &[("New keys", "1 person", "New keys: one")]).await;
        let (boris, vera) = (world.boris(), world.talker(VERA));
        boris.asks_in(group, "/newkey ci", "Create key ci").await;
        let card = boris.presses_in(group, "Create key", "0 of 1").await;
        let press = vera.press_on(group, card.id, "Withdraw").unwrap();
        assert_eq!(vera.toast(&press).await.0, "This button is not for you.");
        // Also from the private chat, where nobody can approve.
        let copy = boris.asks("/status 1", "0 of 1").await;
        assert!(copy.button("Approve").is_none() && copy.button("Withdraw").is_some(), "{copy}");
        // However he stands in the group by now.
        world.sandbox.telegram().set_role(ADA, group, BORIS, Role::Kicked).unwrap();
        boris.presses("Withdraw", "taken back").await;
        vera.sees_in(group, "taken back before it began").await;
        world.ada().asks("/audit", "taken back").await;
        assert!(!has(world, &project, "ci"));
    }
}

story! {
    async fn managers_set_the_rules_and_the_accounts_owner_is_told(world) {
        let (group, project) = crew_with(world, &[]).await;
        let (ada, boris, vera) = (world.ada(), world.boris(), world.talker(VERA));
        let shown = boris.asks_in(group, "/policy", "Approvals by other people").await;
        assert!(shown.keyboard.inline_keyboard.is_empty(), "{shown}");
        // Two messages from before both changes: each sets its own rule and shows both.
        let first = vera.asks_in(group, "/policy", "Revocations: nobody").await;
        let second = ada.asks_in(group, "/policy", "Revocations: nobody").await;
        for press in ["New keys", "Revocations"] {
            let press = boris.press_on(group, first.id, press).unwrap();
            assert!(boris.toast(&press).await.0.contains("Only a manager"));
        }
        vera.press_on(group, first.id, "Revocations").unwrap();
        vera.sees_in(group, "Choose what").await;
        ada.press_on(group, second.id, "Rotations").unwrap();
        ada.sees_in(group, "Rotations: nobody").await;
        vera.press_on(group, first.id, "1 person").unwrap();
        ada.sees("Vera has changed a rule of the group Crew").await;
        ada.press_on(group, second.id, "3 people").unwrap();
        let both = ada.sees_in(group, "Rotations: 3").await;
        assert!(both.text.contains("Revocations: one") && both.text.contains("New keys: nobody"), "{both}");
        ada.asks("/audit", "rule of a group changed").await;
        // A revocation that has to be approved calls nobody before.
        let key = world.sandbox.botsubscription().create_key_outside(&project.id, "old").unwrap();
        boris.asks_in(group, "/revoke old", "One other person").await;
        let card = boris.presses_in(group, "Revoke key", "0 of 1").await;
        world.idle().await;
        assert!(world.sandbox.botsubscription().alive(&key.secret));
        vera.press_on(group, card.id, "Approve").unwrap();
        vera.sees_in(group, "Revoked: old").await;
        assert!(!world.sandbox.botsubscription().alive(&key.secret));
        // In the private chat the owner asks nobody.
        world.sandbox.botsubscription().create_key_outside(&project.id, "leaked").unwrap();
        ada.asks("/panic leaked", "Revoke").await;
        ada.presses("Revoke all", "evoked").await;
    }
}

story! {
    async fn many_last_approvals_at_once_begin_it_once(world) {
        let (group, project) = crew_with(world, &[("New keys", "1 person", "New keys: one")]).await;
        let (ada, boris, vera) = (world.ada(), world.boris(), world.talker(VERA));
        boris.asks_in(group, "/newkey ci", "Create key ci").await;
        let card = boris.presses_in(group, "Create key", "0 of 1").await;
        for _ in 0..10 {
            ada.press_raw_on(group, card.id, "approve:1");
            vera.press_raw_on(group, card.id, "approve:1");
        }
        boris.sees("Tap to uncover").await;
        boris.saves().await;
        world.idle().await;
        let keys = world.sandbox.botsubscription().keys(&project.id);
        assert_eq!(keys.iter().filter(|key| key.label == "ci").count(), 1);
    }
}

story! {
    async fn what_was_approved_goes_on_in_a_chat_that_is_opened_later(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        let (ada, vera) = (world.ada(), world.talker(VERA));
        ada.asks_in(group, "/policy", "Approvals by other people").await;
        ada.presses_in(group, "New keys", "Choose what").await;
        ada.presses_in(group, "1 person", "New keys: one").await;
        vera.asks_in(group, "/newkey ci", "Create key ci").await;
        let card = vera.presses_in(group, "Create key", "0 of 1").await;
        world.pass(Duration::from_hours(3));
        ada.press_on(group, card.id, "Approve").unwrap();
        let card = vera.sees_in(group, "Nothing was created").await;
        let url = card.button("Open private chat").unwrap().url.clone().unwrap();
        vera.asks(&format!("/start {}", url.split_once('=').unwrap().1), "Tap to uncover").await;
        assert!(has(world, &project, "ci"));
    }
}

story! {
    async fn a_pause_and_a_dead_credential_keep_what_is_approved_last_waiting(world) {
        let (group, project) = crew_with(world, &[("Rotations", "1 person", "Rotations: one")]).await;
        world.operators = vec![VERA];
        world.restart().await;
        let (ada, vera) = (world.ada(), world.talker(VERA));
        let key = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        ada.asks_in(group, "/rotate ci", "Rotate ci").await;
        ada.presses_in(group, "At once", "before there is a new one").await;
        let card = ada.presses_in(group, "Rotate key", "0 of 1").await;
        // Whoever approves reads what happens to which key.
        assert!(card.text.contains(key.last_four()) && card.text.contains("before there is a new one"), "{card}");
        vera.asks("/pause", "Issuing is allowed").await;
        vera.presses("Pause issuing", "Issuing is paused").await;
        let press = vera.press_on(group, card.id, "Approve").unwrap();
        assert!(vera.toast(&press).await.0.contains("paused the issuing"));
        world.idle().await;
        assert!(world.sandbox.botsubscription().alive(&key.secret), "nothing has begun");
        vera.asks("/pause", "Issuing is paused").await;
        vera.presses("Resume issuing", "allowed again").await;
        vera.press_on(group, card.id, "Approve").unwrap();
        ada.sees("Tap to uncover").await;
        assert!(!world.sandbox.botsubscription().alive(&key.secret));
    }
}

story! {
    async fn a_group_can_ask_for_a_code_before_new_keys(world) {
        let (group, project) = crew_with(world, &[("Codes", "With a code", "gives a code of their second factor")]).await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks_in(group, "/newkey his", "Create key his").await;
        let press = boris.press_in(group, "Create key").unwrap();
        assert!(boris.toast(&press).await.0.contains("you have none"));
        let (secret, _) = world.second_factor().await;
        let question = ada.asks_in(group, "/newkey hers", "Create key hers").await;
        let press = ada.press_on(group, question.id, "Create key").unwrap();
        assert!(ada.toast(&press).await.0.contains("must not be typed in a group"));
        // A rule takes one, too.
        ada.asks_in(group, "/policy", "Approvals by other people").await;
        ada.presses_in(group, "Codes", "Choose what").await;
        let press = ada.press_in(group, "Without a code").unwrap();
        assert!(ada.toast(&press).await.0.contains("must not be typed in a group"));
        ada.asks("/secondfactor", "The second factor is on").await;
        ada.presses("Give a code for a group", "Now send me a code").await;
        ada.asks(&code(world, &secret, 0), "For five minutes").await;
        ada.press_on(group, question.id, "Create key").unwrap();
        ada.sees("Tap to uncover").await;
        assert!(has(world, &project, "hers") && !has(world, &project, "his"));
        assert_eq!(world.database.find("SELECT CAST(code AS TEXT) FROM policies"), ["1"]);
    }
}

story! {
    async fn while_a_request_waits_its_account_is_watched_as_ever(world) {
        let (group, project) = crew_with(world, &[("Revocations", "1 person", "Revocations: one")]).await;
        let (boris, vera) = (world.boris(), world.talker(VERA));
        let key = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        boris.asks_in(group, "/revoke ci", "Revoke ci").await;
        let card = boris.presses_in(group, "Revoke key", "0 of 1").await;
        look(world).await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "stranger").unwrap();
        look(world).await;
        hears(world, "stranger").await;
        // What was rejected was not done by us.
        vera.press_on(group, card.id, "Reject").unwrap();
        vera.sees_in(group, "Nothing was revoked").await;
        world.sandbox.botsubscription().revoke_outside(&project.id, &key.id);
        look(world).await;
        hears(world, "Revoked or gone there").await;
    }
}
