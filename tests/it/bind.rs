//! `/bind` and `/unbind`: which groups work with which accounts, and what happens when people, the bot or the group move on.

use std::time::Duration;

use keyporter::sandbox::telegram::{Group, Role};

use crate::world::{ADA, BORIS, VERA};

story! {
    async fn an_account_is_bound_by_its_owner_who_is_told_what_others_gain(world) {
        let group = world.crew();
        world.linked_project().await;
        let ada = world.ada();
        ada.asks_in(group, "/keys", "No account is bound").await;
        let question = ada.asks_in(group, "/bind", "Which account").await;
        assert!(question.text.contains("every administrator of this group becomes a manager"), "{question}");
        let bound = world.binds(group).await;
        assert!(bound.button("Bind").is_none(), "{bound}");
        ada.asks_in(group, "/keys", "dashboard").await;
        ada.asks_in(group, "/bind", "bound to this group already").await;
        ada.asks("/audit", "bound to a group · Crew").await;
        ada.asks_in(group, "/unbind", "Which account shall I take").await;
        let button = ada.sees_in(group, "Which account shall I take").await.keyboard.inline_keyboard[0][0].text.clone();
        ada.presses_in(group, &button, "Unbound").await;
        ada.asks_in(group, "/keys", "No account is bound").await;
    }
}

story! {
    async fn only_an_administrator_who_owns_an_account_can_bind_it(world) {
        let group = world.crew();
        world.linked_project().await;
        let project = world.sandbox.botsubscription().add_project();
        let boris = world.boris();
        boris.links_project(&project).await;
        boris.asks_in(group, "/bind", "Only an administrator").await;
        world.talker(VERA).asks_in(group, "/bind", "You have no linked account").await;
        // Nobody else's press counts, and one that has lost its right counts no more.
        let ada = world.ada();
        let question = ada.asks_in(group, "/bind", "Which account").await;
        let button = question.keyboard.inline_keyboard[0][0].text.clone();
        let press = world.talker(VERA).press_on(group, question.id, &button).unwrap();
        assert_eq!(world.talker(VERA).toast(&press).await, ("This button is not for you.".to_owned(), true));
        world.sandbox.telegram().set_role(VERA, group, ADA, Role::Member).unwrap();
        let press = ada.press_on(group, question.id, &button).unwrap();
        assert!(ada.toast(&press).await.0.contains("Only an administrator"));
        assert!(world.database.find("SELECT account FROM bindings").is_empty());
    }
}

story! {
    async fn a_group_works_with_several_accounts_and_an_account_with_several_groups(world) {
        let (one, two) = (world.crew(), world.crew());
        world.bound_project(one).await;
        world.linked_account().await;
        world.binds(one).await;
        world.binds(two).await;
        let ada = world.ada();
        let keys = ada.asks_in(one, "/keys", "Bots.Business").await;
        assert!(keys.text.contains("BotSubscription"), "{keys}");
        ada.say("/unlink");
        ada.sees("Which account shall I forget").await;
        ada.presses("Bots.Business", "Unlink").await;
        ada.presses("Unlink", "Unlinked").await;
        let keys = ada.asks_in(one, "/keys", "dashboard").await;
        assert!(!keys.text.contains("Bots.Business"), "{keys}");
    }
}

story! {
    async fn a_group_that_becomes_a_supergroup_keeps_all_it_had(world) {
        let group = world.crew_of(Group::new("Crew").basic());
        world.bound_project(group).await;
        world.grants(group, "viewer", BORIS).await;
        let supergroup = world.sandbox.telegram().upgrade(ADA, group).unwrap();
        world.ada().asks_in(supergroup, "/roles", "viewer").await;
        world.boris().asks_in(supergroup, "/keys", "dashboard").await;
        let chats = world.database.find("SELECT CAST(chat AS TEXT) FROM bindings");
        assert_eq!(chats, [supergroup.to_string()]);
    }
}

story! {
    async fn when_the_bot_is_removed_the_bindings_sleep_and_the_owner_is_told(world) {
        let group = world.crew();
        world.bound_project(group).await;
        let ada = world.ada();
        ada.say("/help");
        world.sandbox.telegram().set_bot_role(VERA, group, Role::Left).unwrap();
        world.hurry("the owner is told", |sandbox| {
            let said = sandbox.telegram().messages(ADA);
            said.iter().any(|message| message.text.contains("I am not in the group Crew any more")).then_some(())
        }).await;
        world.sandbox.telegram().set_bot_role(VERA, group, Role::Member).unwrap();
        ada.asks_in(group, "/keys", "No account is bound").await;
        world.binds(group).await;
        ada.asks_in(group, "/keys", "dashboard").await;
    }
}

story! {
    async fn when_the_owner_leaves_the_bindings_sleep_and_the_owner_is_told(world) {
        let group = world.crew();
        world.bound_project(group).await;
        let vera = world.talker(VERA);
        vera.asks_in(group, "/keys", "dashboard").await;
        let ada = world.ada();
        ada.say("/help");
        world.sandbox.telegram().set_role(ADA, group, ADA, Role::Left).unwrap();
        world.hurry("the owner is told", |sandbox| {
            let said = sandbox.telegram().messages(ADA);
            said.iter().any(|message| message.text.contains("You are not in the group Crew any more")).then_some(())
        }).await;
        vera.asks_in(group, "/keys", "No account is bound").await;
        world.pass(Duration::from_mins(10));
        let told = world.sandbox.telegram().messages(ADA).iter().filter(|message| message.text.contains("💤")).count();
        assert_eq!(told, 1);
    }
}
