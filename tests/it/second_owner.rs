//! `/secondowner`: a second person works with an account as its owner does, cannot give it away, and takes it over when the owner is gone.

use std::time::Duration;

use keyporter::sandbox::{
    fault::{Fault, Rule, ServiceName},
    telegram::{Role, Shown},
};

use crate::{
    watch::look,
    world::{ADA, BORIS, VERA, World, code, owners, told},
};

const DAY: Duration = Duration::from_hours(24);

/// Ada offers to share her newest account; tells what stands behind `/start` in the link.
async fn offers(world: &mut World) -> String {
    let ada = world.ada();
    begins(world, ADA, "/secondowner", "Add second owner").await;
    ada.sees("Share").await;
    let offered = ada.presses("Make a link", "Send this link").await;
    let (_, link) = offered.text.split_once("?start=").unwrap();
    link.trim().to_owned()
}

/// Presses the newest button that begins so, below what that command shows.
async fn begins(world: &mut World, person: i64, command: &str, button: &str) {
    let talker = world.talker(person);
    let list = talker.asks(command, "second owner").await;
    let words = found(&list, button).unwrap_or_else(|| panic!("no {button:?} in {list}"));
    talker.press_on(person, list.id, &words).unwrap();
}

fn found(list: &Shown, button: &str) -> Option<String> {
    let mut buttons = list.keyboard.inline_keyboard.iter().flatten();
    let found = buttons.find(|found| found.text.contains(button))?;
    Some(found.text.clone())
}

/// Boris is the second owner of Ada's account.
async fn shared(world: &mut World) {
    let link = offers(world).await;
    let boris = world.boris();
    let question = boris
        .asks(&format!("/start {link}"), "wants to share")
        .await;
    assert!(question.text.contains("Ada"), "{question}");
    boris.presses("Accept", "you are the second owner").await;
    told(world, ADA, "Boris has accepted").await;
    world.pass(DAY);
    told(world, BORIS, "You are the second owner of").await;
    told(world, ADA, "is the second owner of").await;
}

fn second_owners(world: &World) -> Vec<String> {
    let rows = "SELECT CAST(second_owner AS TEXT) FROM accounts ORDER BY id";
    world.database.find(rows)
}

story! {
    async fn a_second_owner_works_with_the_account_and_does_not_give_it_away(world) {
        let project = world.linked_project().await;
        shared(world).await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/newkey ci", "Create key ci").await;
        boris.press("Create key");
        boris.sees("It disappears after ten minutes").await;
        boris.saves().await;
        ada.asks("/keys", "ci …").await;
        ada.asks("/audit", "second owner added").await;
        boris.asks("/audit", "second owner added").await;
        let accounts = boris.asks("/accounts", "You are its second owner").await;
        assert!(accounts.button("Unlink").is_none(), "{accounts}");
        assert!(accounts.button("Leave").is_some(), "{accounts}");
        for command in ["/unlink", "/transfer"] {
            boris.asks(command, "Only the owner can do that").await;
        }
        let recover = boris.asks("/recover", "Send me a recovery code").await;
        assert!(recover.button("Make recovery codes").is_none(), "{recover}");
        boris.asks("/cancel", "Cancelled").await;
        // What drifts is told to both.
        look(world).await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "by hand").unwrap();
        look(world).await;
        told(world, ADA, "by hand").await;
        told(world, BORIS, "by hand").await;
        boris.asks("/revoke ci", "Revoke ci").await;
        boris.presses("Revoke key", "Revoked").await;
        assert_eq!(owners(world), [ADA.to_string()]);
    }
}

story! {
    async fn an_owner_stops_it_before_and_removes_them_after(world) {
        let project = world.linked_project().await;
        let link = offers(world).await;
        let (ada, boris) = (world.ada(), world.boris());
        ada.asks(&format!("/start {link}"), "the accounts are yours already").await;
        boris.asks(&format!("/start {link}"), "wants to share").await;
        boris.presses("Accept", "you are the second owner").await;
        let news = told(world, ADA, "Boris has accepted").await;
        ada.press_on(ADA, news.id, "Stop it").unwrap();
        told(world, BORIS, "you do not become the second owner").await;
        world.pass(2 * DAY);
        world.idle().await;
        assert_eq!(second_owners(world), ["0"]);
        shared(world).await;
        boris.asks("/newkey his", "Create key his").await;
        boris.press("Create key");
        let secret = boris.sees("It disappears after ten minutes").await;
        begins(world, ADA, "/secondowner", "Remove second owner").await;
        ada.sees("They cannot use it here any more").await;
        ada.presses("Remove second owner", "yours alone again").await;
        told(world, BORIS, "You are not the second owner").await;
        // What he has not saved is taken away, and is no longer his to see.
        boris.sees_gone(secret.id).await;
        assert_eq!(world.sandbox.botsubscription().keys(&project.id).len(), 2);
        for (command, words) in [("/keys", "No account is linked"), ("/newkey x", "No account is linked"), ("/secondowner", "No account is linked")] {
            boris.asks(command, words).await;
        }
        ada.asks("/audit", "second owner removed").await;
        // The old list's button says what is true now.
        begins(world, ADA, "/secondowner", "Add second owner").await;
        ada.sees("Share").await;
    }
}

story! {
    async fn whoever_leaves_is_gone_at_once(world) {
        world.linked_project().await;
        shared(world).await;
        begins(world, BORIS, "/secondowner", "Leave").await;
        let boris = world.boris();
        boris.sees("Leave BotSubscription").await;
        boris.presses("Leave", "you have left").await;
        told(world, ADA, "Boris is not the second owner").await;
        boris.asks("/keys", "No account is linked").await;
        assert_eq!(second_owners(world), ["0"]);
    }
}

story! {
    async fn a_second_owner_takes_over_when_the_owner_does_not_stop_it(world) {
        world.linked_project().await;
        shared(world).await;
        let (ada, boris) = (world.ada(), world.boris());
        begins(world, BORIS, "/secondowner", "Take over").await;
        boris.sees("has lost their Telegram account").await;
        boris.presses("Take over", "It has begun").await;
        let news = told(world, ADA, "is taking over").await;
        ada.press_on(ADA, news.id, "Stop it").unwrap();
        told(world, BORIS, "does not move to you").await;
        begins(world, BORIS, "/secondowner", "Take over").await;
        boris.sees("has lost their Telegram account").await;
        boris.presses("Take over", "It has begun").await;
        begins(world, BORIS, "/secondowner", "Take over").await;
        boris.sees("has lost their Telegram account").await;
        boris.presses("Take over", "on its way to somebody already").await;
        world.crash().await;
        world.start();
        world.pass(2 * DAY);
        world.idle().await;
        assert_eq!(owners(world), [ADA.to_string()]);
        world.pass(DAY);
        told(world, BORIS, "It is yours now").await;
        told(world, ADA, "belongs to").await;
        assert_eq!((owners(world), second_owners(world)), (vec![BORIS.to_string()], vec!["0".to_owned()]));
        ada.asks("/keys", "No account is linked").await;
        boris.asks("/unlink", "Unlink BotSubscription").await;
    }
}

story! {
    async fn what_moves_elsewhere_is_told_to_the_second_owner_who_goes_with_it(world) {
        world.linked_project().await;
        shared(world).await;
        world.sandbox.telegram().add_person(keyporter::sandbox::telegram::Person::new(VERA, "Vera").language("en"));
        let (ada, boris, vera) = (world.ada(), world.boris(), world.talker(VERA));
        ada.asks("/transfer", "to somebody else").await;
        let offered = ada.presses("Make a link", "Send this link").await;
        let (_, link) = offered.text.split_once("?start=").unwrap();
        vera.asks(&format!("/start {}", link.trim()), "wants to give you").await;
        vera.presses("Accept", "Accepted").await;
        let warned = told(world, BORIS, "becomes the owner where you are the second owner").await;
        assert!(warned.button("Stop it").is_none(), "{warned}");
        world.pass(DAY);
        told(world, VERA, "It is yours now").await;
        told(world, BORIS, "You are not the second owner").await;
        boris.asks("/keys", "No account is linked").await;
        assert_eq!((owners(world), second_owners(world)), (vec![VERA.to_string()], vec!["0".to_owned()]));
    }
}

story! {
    async fn an_owner_who_recovers_keeps_the_second_owner(world) {
        world.linked_project().await;
        shared(world).await;
        let ada = world.ada();
        ada.asks("/recover", "you have no recovery codes yet").await;
        ada.press("Make recovery codes");
        let codes = world.recovery_codes("for a lost Telegram account").await;
        world.sandbox.telegram().add_person(keyporter::sandbox::telegram::Person::new(VERA, "Vera").language("en"));
        let vera = world.talker(VERA);
        vera.asks("/recover", "recovery code").await;
        vera.asks(&codes[0], "The code is right").await;
        told(world, BORIS, "becomes the owner where you are the second owner").await;
        world.pass(3 * DAY);
        told(world, VERA, "It is yours now").await;
        assert_eq!((owners(world), second_owners(world)), (vec![VERA.to_string()], vec![BORIS.to_string()]));
        world.boris().asks("/keys", "dashboard").await;
    }
}

story! {
    async fn a_group_goes_on_as_long_as_one_owner_is_there(world) {
        let group = world.crew();
        world.bound_project(group).await;
        shared(world).await;
        let telegram = world.sandbox.telegram().clone();
        telegram.set_role(VERA, group, ADA, Role::Kicked).unwrap();
        let (boris, vera) = (world.boris(), world.talker(VERA));
        // A member, who could do nothing there if he did not own it.
        boris.asks_in(group, "/newkey his", "Create key his").await;
        vera.asks_in(group, "/keys", "dashboard").await;
        telegram.set_role(VERA, group, BORIS, Role::Kicked).unwrap();
        vera.asks_in(group, "/keys", "left").await;
        vera.asks_in(group, "/keys", "No account is bound").await;
    }
}

story! {
    async fn a_name_stands_for_one_account_with_both(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/accounts", "BotSubscription").await;
        ada.presses("Rename", "new name").await;
        ada.asks("Shop", "Shop").await;
        let project = world.sandbox.botsubscription().add_project();
        let boris = world.boris();
        boris.links_project(&project).await;
        boris.asks("/accounts", "BotSubscription").await;
        boris.presses("Rename", "new name").await;
        boris.asks("Shop", "Shop").await;
        shared(world).await;
        let accounts = boris.asks("/accounts", "Shop 2 · BotSubscription").await;
        assert!(accounts.text.contains("Shop · BotSubscription"), "{accounts}");
        let accounts = ada.asks("/accounts", "Shop 2 · BotSubscription").await;
        assert!(!accounts.text.contains("Shop · BotSubscription"), "{accounts}");
    }
}

story! {
    async fn nobody_goes_on_through_a_group_after_the_end(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        shared(world).await;
        let boris = world.boris();
        // The provider puts off whatever is asked of it: his request stands before its call.
        let busy = Rule::new(ServiceName::BotSubscription, Fault::RateLimited { retry_after_s: 300 }).method("POST");
        boris.asks_in(group, "/newkey his", "Create key his").await;
        world.sandbox.faults().add(busy.times(1));
        boris.press_in(group, "Create key").unwrap();
        boris.sees_in(group, "asks to wait").await;
        begins(world, ADA, "/secondowner", "Remove second owner").await;
        let ada = world.ada();
        ada.sees("They cannot use it here any more").await;
        ada.presses("Remove second owner", "yours alone again").await;
        boris.sees_in(group, "is not yours any more").await;
        world.pass(Duration::from_hours(1));
        world.idle().await;
        assert_eq!(world.sandbox.botsubscription().keys(&project.id).len(), 1);
        world.talker(VERA).asks_in(group, "/keys", "No account is bound").await;
    }
}

story! {
    async fn what_takes_keys_away_goes_on_without_whoever_asked_for_it(world) {
        let project = world.linked_project().await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "leaked").unwrap();
        shared(world).await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/revoke leaked", "Revoke leaked").await;
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::RateLimited { retry_after_s: 60 }).method("DELETE").times(1));
        boris.press("Revoke key");
        boris.sees("asks to wait").await;
        begins(world, ADA, "/secondowner", "Remove second owner").await;
        ada.sees("except revocations").await;
        ada.presses("Remove second owner", "yours alone again").await;
        world.hurry("the leaked key dies", |sandbox| {
            let keys = sandbox.botsubscription().keys(&project.id);
            keys.iter().all(|key| key.label != "leaked" || key.revoked_at_ms.is_some()).then_some(())
        }).await;
    }
}

story! {
    async fn a_take_over_is_told_again_when_the_owner_is_back(world) {
        world.linked_project().await;
        shared(world).await;
        world.sandbox.telegram().block(ADA).unwrap();
        world.expected_refusals.push("sendMessage");
        let (ada, boris) = (world.ada(), world.boris());
        begins(world, BORIS, "/secondowner", "Take over").await;
        boris.sees("has lost their Telegram account").await;
        boris.presses("Take over", "It has begun").await;
        world.pass(DAY);
        world.sandbox.telegram().unblock(ADA).unwrap();
        let warning = told(world, ADA, "is taking over").await;
        ada.press_on(ADA, warning.id, "Stop it").unwrap();
        ada.sees("Everything stays with you").await;
        told(world, BORIS, "does not move to you").await;
    }
}

story! {
    async fn a_second_owner_whom_telegram_hides_keeps_nobody_from_working(world) {
        let group = world.crew();
        world.bound_project(group).await;
        shared(world).await;
        world.expected_refusals.push("getChatMember");
        world.sandbox.telegram().limit(|limits| limits.hide_members = true);
        world.talker(VERA).asks_in(group, "/keys", "dashboard").await;
        world.boris().asks_in(group, "/keys", "Make me an administrator").await;
    }
}

story! {
    async fn a_code_of_the_second_factor_is_asked_for_by_name(world) {
        world.linked_project().await;
        let (secret, _) = world.second_factor().await;
        let ada = world.ada();
        begins(world, ADA, "/secondowner", "Add second owner").await;
        ada.sees("Share").await;
        ada.presses("Make a link", "For “Make a link”").await;
        ada.say(&code(world, &secret, 0));
        ada.sees("Send this link").await;
    }
}
