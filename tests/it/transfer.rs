//! `/transfer`: accounts go to whom their owner gives them, slowly, and can be kept until they have gone.

use std::time::Duration;

use keyporter::{
    domain::{Allowed, PersonId},
    sandbox::telegram::{Person, Shown},
};

use crate::world::{ADA, BORIS, LIMIT, VERA, World, code, owners, told};

const DAY: Duration = Duration::from_hours(24);

/// Ada offers her only account; tells what stands behind `/start` in the link.
async fn offers(world: &mut World) -> String {
    let ada = world.ada();
    ada.asks("/transfer", "to somebody else").await;
    let offered = ada.presses("Make a link", "Send this link").await;
    link_in(&offered)
}

fn link_in(offered: &Shown) -> String {
    let (_, link) = offered.text.split_once("?start=").unwrap();
    link.trim().to_owned()
}

/// Boris accepts it.
async fn accepts(world: &mut World, link: &str) {
    let boris = world.boris();
    let question = boris
        .asks(&format!("/start {link}"), "wants to give you")
        .await;
    assert!(question.text.contains("Ada"), "{question}");
    boris.presses("Accept", "Accepted").await;
}

async fn is_over(world: &World) {
    for _ in 0..LIMIT.as_millis() / 50 {
        if world.database.find("SELECT id FROM moves").is_empty() {
            return;
        }
        world.pass(Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the move never ends");
}

story! {
    async fn an_account_moves_a_day_after_it_was_accepted_and_its_keys_can_be_rotated(world) {
        world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        ada.presses("I saved it", "is created and saved").await;
        let link = offers(world).await;
        ada.asks(&format!("/start {link}"), "the accounts are yours already").await;
        accepts(world, &link).await;
        let news = told(world, ADA, "Boris has accepted").await;
        assert!(news.button("Stop it").is_some(), "{news}");
        // The link works once.
        world.talker(VERA);
        world.sandbox.telegram().add_person(Person::new(VERA, "Vera").language("en"));
        world.talker(VERA).asks(&format!("/start {link}"), "does not work any more").await;
        world.pass(Duration::from_mins(23 * 60 + 30));
        world.idle().await;
        assert_eq!(owners(world), [ADA.to_string()]);
        world.pass(Duration::from_hours(1));
        told(world, ADA, "belongs to").await;
        let arrived = told(world, BORIS, "It is yours now").await;
        assert!(arrived.text.contains("ci …"), "{arrived}");
        assert_eq!(owners(world), [BORIS.to_string()]);
        ada.asks("/accounts", "No account").await;
        let rotate = arrived.keyboard.inline_keyboard.iter().flatten().find(|button| button.text.contains("Rotate ci")).unwrap().text.clone();
        boris.press_on(BORIS, arrived.id, &rotate).unwrap();
        boris.sees("Rotate ci").await;
        let history = boris.asks("/audit", "moved to another owner").await;
        assert!(history.text.contains("offer accepted"), "{history}");
    }
}

story! {
    async fn its_owner_stops_it_or_takes_the_link_back(world) {
        world.linked_project().await;
        let ada = world.ada();
        let first = offers(world).await;
        // A second link takes the place of the first.
        let second = offers(world).await;
        let boris = world.boris();
        boris.asks(&format!("/start {first}"), "does not work any more").await;
        ada.presses("Stop it", "Stopped. Everything stays").await;
        boris.asks(&format!("/start {second}"), "does not work any more").await;
        let third = offers(world).await;
        accepts(world, &third).await;
        ada.asks("/transfer", "to somebody else").await;
        ada.presses("Make a link", "on its way to somebody already").await;
        ada.asks("/transfer", "On its way").await;
        ada.presses("Stop it", "Stopped. Everything stays").await;
        told(world, BORIS, "stopped by its owner").await;
        world.pass(2 * DAY);
        world.idle().await;
        assert_eq!(owners(world), [ADA.to_string()]);
        // Too late.
        let fourth = offers(world).await;
        world.pass(DAY);
        boris.asks(&format!("/start {fourth}"), "does not work any more").await;
        is_over(world).await;
        ada.asks("/audit", "stays with its owner").await;
    }
}

story! {
    async fn a_link_takes_the_second_factor_and_all_accounts_can_go_at_once(world) {
        world.linked_project().await;
        world.linked_account().await;
        let (secret, _) = world.second_factor().await;
        let ada = world.ada();
        ada.asks("/transfer", "Which account").await;
        let question = ada.presses("All of them", "to somebody else").await;
        assert!(question.text.contains("Bots.Business") && question.text.contains("BotSubscription"), "{question}");
        ada.presses("Make a link", "Now send me a code").await;
        assert!(world.database.find("SELECT id FROM moves").is_empty());
        ada.say(&code(world, &secret, 0));
        let link = link_in(&ada.sees("Send this link").await);
        // The code is used up with it.
        ada.asks("/transfer", "Offered by a link").await;
        accepts(world, &link).await;
        // A code that was given for what then fails counts no more all the same.
        let next = code(world, &secret, 1);
        for answer in ["on its way to somebody already", "That code was used before"] {
            ada.asks("/transfer", "Which account").await;
            ada.presses("All of them", "to somebody else").await;
            ada.presses("Make a link", "Now send me a code").await;
            ada.asks(&next, answer).await;
        }
        world.crash().await;
        world.start();
        world.pass(DAY);
        told(world, BORIS, "It is yours now").await;
        assert_eq!(owners(world), [BORIS.to_string(), BORIS.to_string()]);
        assert_eq!(world.database.find("SELECT CAST(seq AS TEXT) FROM audit WHERE action = 'moved'").len(), 2);
    }
}

/// Boris has as many accounts as that, by some way that is quicker than linking them.
fn fill(world: &World, count: usize) {
    let columns = "provider, project, name, credential, last_four, state, linked_at, credential_at, audit_count, audit_head, key_age";
    let entries = "seq, at, actor, action, operation, subject, outcome, code";
    let linked = format!("WHERE owner = {ADA} AND state = 'linked'");
    for number in 0..count {
        for copy in [
            format!(
                "INSERT INTO accounts (id, owner, {columns}, look_at) SELECT 'copy{number}', {BORIS}, {columns}, {} FROM accounts {linked}",
                i64::MAX
            ),
            format!(
                "INSERT INTO audit (account, {entries}) SELECT 'copy{number}', {entries} FROM audit WHERE account IN (SELECT id FROM accounts {linked})"
            ),
        ] {
            world.database.execute(&copy);
        }
    }
}

fn empty(world: &World) {
    for table in ["audit WHERE account", "accounts WHERE id"] {
        world
            .database
            .execute(&format!("DELETE FROM {table} LIKE 'copy%'"));
    }
}

story! {
    async fn who_may_not_use_the_bot_gets_nothing(world) {
        world.stop().await;
        world.allowed = Allowed::Only(vec![PersonId(ADA)]);
        world.start();
        world.linked_project().await;
        let link = offers(world).await;
        world.boris().asks(&format!("/start {link}"), "Give it to whoever runs this bot").await;
        world.stop().await;
        world.allowed = Allowed::Everybody;
        world.start();
        // Let in meanwhile: the link still works.
        accepts(world, &link).await;
        world.stop().await;
        world.allowed = Allowed::Only(vec![PersonId(ADA)]);
        world.start();
        world.pass(DAY);
        told(world, ADA, "may not use me").await;
        assert_eq!(owners(world), [ADA.to_string()]);
    }
}

story! {
    async fn what_is_unlinked_on_its_way_ends_the_move_and_whoever_waits_hears_of_it(world) {
        world.linked_project().await;
        let link = offers(world).await;
        accepts(world, &link).await;
        let ada = world.ada();
        ada.asks("/unlink", "Unlink").await;
        ada.presses("Unlink", "Unlinked").await;
        told(world, BORIS, "unlinked or went elsewhere").await;
        ada.asks("/transfer", "No account").await;
        world.pass(2 * DAY);
        world.idle().await;
        world.boris().asks("/accounts", "No account").await;
    }
}

story! {
    async fn what_is_open_goes_on_where_nothing_moves(world) {
        world.linked_project().await;
        let link = offers(world).await;
        accepts(world, &link).await;
        world.stop().await;
        world.allowed = Allowed::Only(vec![PersonId(ADA)]);
        world.start();
        let ada = world.ada();
        world.pass(Duration::from_mins(23 * 60 + 57));
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        world.pass(Duration::from_mins(4));
        told(world, ADA, "may not use me").await;
        ada.saves().await;
        ada.sees("is created and saved").await;
    }
}

story! {
    async fn who_has_no_room_gets_nothing(world) {
        world.linked_project().await;
        let link = offers(world).await;
        fill(world, 20);
        world.boris().asks(&format!("/start {link}"), "more than 20 accounts").await;
        empty(world);
        accepts(world, &link).await;
        // Filled up in the time in which it could be stopped.
        fill(world, 20);
        world.pass(DAY);
        told(world, ADA, "would have more than 20").await;
        told(world, BORIS, "would have more than 20").await;
        empty(world);
        assert_eq!(owners(world), [ADA.to_string()]);
    }
}

story! {
    async fn no_group_works_on_with_what_was_given_away(world) {
        let group = world.crew();
        world.bound_project(group).await;
        let link = offers(world).await;
        accepts(world, &link).await;
        world.pass(DAY);
        told(world, BORIS, "It is yours now").await;
        // Ada owns the group, and could go on there as its administrator.
        world.ada().asks_in(group, "/newkey mine", "No account is bound").await;
        world.talker(VERA).asks_in(group, "/keys", "No account is bound").await;
        assert!(world.database.find("SELECT account FROM bindings").is_empty());
    }
}

story! {
    async fn a_request_that_is_open_goes_no_further_with_anothers_account(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        let link = offers(world).await;
        accepts(world, &link).await;
        world.pass(Duration::from_mins(23 * 60 + 57));
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        let secret = ada.sees("It disappears after ten minutes").await;
        world.pass(Duration::from_mins(4));
        told(world, BORIS, "It is yours now").await;
        ada.sees_gone(secret.id).await;
        ada.sees("is not yours any more").await;
        assert_eq!(world.sandbox.botsubscription().keys(&project.id).len(), 2);
        world.boris().asks("/keys", "ci").await;
        // What Ada would begin now has no account.
        ada.asks("/newkey other", "No account is linked").await;
    }
}

story! {
    async fn unlinked_or_linked_again_in_between_has_a_clear_end(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        let link = offers(world).await;
        accepts(world, &link).await;
        // Linked again: it is the same account, and moves.
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        ada.asks(&project.token, "").await;
        world.pass(DAY);
        told(world, BORIS, "It is yours now").await;
        assert_eq!(owners(world), [BORIS.to_string()]);
        world.linked_project().await;
        let link = offers(world).await;
        accepts(world, &link).await;
        ada.asks("/unlink", "Unlink BotSubscription").await;
        ada.presses("Unlink", "Unlinked").await;
        told(world, BORIS, "unlinked or went elsewhere").await;
        world.pass(DAY);
        assert_eq!(owners(world), [BORIS.to_string()]);
    }
}
