//! `/recover`: the accounts of a lost Telegram account move by a recovery code, slowly, loudly, and not against their owner.

use std::time::Duration;

use keyporter::domain::{Allowed, PersonId};

use crate::world::{ADA, BORIS, LIMIT, World, code, logged_by, owners, told};

const DAY: Duration = Duration::from_hours(24);

/// Waits for what is to happen in the database, while time passes.
async fn comes(world: &World, what: &str, there: impl Fn(&World) -> bool) {
    for _ in 0..LIMIT.as_millis() / 50 {
        if there(world) {
            return;
        }
        world.pass(Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never came: {what}");
}

/// Ada has recovery codes.
async fn codes(world: &mut World) -> Vec<String> {
    let ada = world.ada();
    ada.asks("/recover", "Send me a recovery code").await;
    ada.press("Make recovery codes");
    world.recovery_codes("for a lost Telegram account").await
}

story! {
    async fn what_was_linked_moves_after_three_days_and_both_are_told(world) {
        let project = world.linked_project().await;
        world.linked_account().await;
        let made = codes(world).await;
        assert_eq!(made.len(), 10);
        let boris = world.boris();
        boris.asks("/recover", "Send me a recovery code").await;
        let typed = boris.say(&made[0]);
        boris.sees("The code is right").await;
        boris.sees_gone(typed).await;
        let warning = told(world, ADA, "has sent a recovery code of yours").await;
        assert!(warning.text.contains("Boris") && warning.button("Stop it").is_some(), "{warning}");
        world.pass(2 * DAY + DAY / 2);
        world.boris().asks("/accounts", "No account").await;
        world.pass(DAY);
        told(world, ADA, "belongs to").await;
        let arrived = told(world, BORIS, "It is yours now").await;
        assert!(arrived.text.contains("Bots.Business") && arrived.button("Rotate Bots.Business").is_some(), "{arrived}");
        assert_eq!(owners(world), [BORIS.to_string(), BORIS.to_string()]);
        boris.asks("/keys", "dashboard").await;
        let history = boris.asks("/audit", "moved to another owner").await;
        assert!(history.text.contains("recovery code brought"), "{history}");
        world.ada().asks("/accounts", "No account").await;
        assert!(logged_by(&made[0]).is_empty());
        // The other codes went with the accounts.
        let vera = world.talker(BORIS);
        vera.asks("/recover", "Send me").await;
        vera.asks(&made[1], "no recovery code that counts").await;
        assert!(project.token.len() > 20);
    }
}

story! {
    async fn a_code_behind_the_command_is_taken_and_does_not_stay(world) {
        world.linked_project().await;
        let made = codes(world).await;
        let boris = world.boris();
        let typed = boris.say("/recover 0000-0000-0000-0001");
        boris.sees("no recovery code that counts").await;
        boris.sees_gone(typed).await;
        // The question stays open.
        boris.asks("0000-0000-0000-0002", "no recovery code that counts").await;
        boris.presses("Cancel", "Cancelled").await;
        let typed = boris.say(&made[0]);
        boris.sees_gone(typed).await;
        boris.sees("looked like a key or a token").await;
        let typed = boris.say(&format!("/recover {}", made[0]));
        boris.sees("The code is right").await;
        boris.sees_gone(typed).await;
    }
}

story! {
    async fn a_chat_that_opens_again_hears_of_a_recovery_that_began_meanwhile(world) {
        world.linked_project().await;
        let made = codes(world).await;
        let (ada, boris) = (world.ada(), world.boris());
        world.sandbox.telegram().block(ADA).unwrap();
        world.expected_refusals.push("sendMessage");
        boris.asks("/recover", "Send me").await;
        boris.asks(&made[0], "The code is right").await;
        world.pass(DAY);
        world.idle().await;
        // Whoever is taken off the list meanwhile keeps what is theirs, too.
        world.stop().await;
        world.allowed = Allowed::Only(vec![PersonId(BORIS)]);
        world.start();
        world.sandbox.telegram().unblock(ADA).unwrap();
        let warning = told(world, ADA, "has sent a recovery code of yours").await;
        ada.press_on(ADA, warning.id, "Stop it").unwrap();
        ada.sees("Everything stays with you").await;
        world.pass(4 * DAY);
        world.idle().await;
        assert_eq!(owners(world), [ADA.to_string()]);
    }
}

story! {
    async fn whoever_still_has_the_old_account_stops_it_and_nobody_else_can(world) {
        world.linked_project().await;
        let made = codes(world).await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/recover", "Send me").await;
        boris.asks(&made[0], "The code is right").await;
        let warning = told(world, ADA, "has sent a recovery code of yours").await;
        let data = warning.button("Stop it").unwrap().callback_data.clone().unwrap();
        let press = world.sandbox.telegram().press_raw(BORIS, None, &data).unwrap();
        boris.toast(&press).await;
        boris.sees("nothing to stop").await;
        // Neither a second code nor the same one hastens it.
        for again in &made[..2] {
            boris.asks("/recover", "Send me").await;
            let answer = if again == &made[0] { "no recovery code that counts" } else { "on its way to somebody already" };
            boris.asks(again, answer).await;
        }
        ada.press_on(ADA, warning.id, "Stop it").unwrap();
        ada.sees("Your recovery codes do not count any more").await;
        told(world, BORIS, "stopped by its owner").await;
        ada.press_on(ADA, warning.id, "Stop it").unwrap_err();
        world.pass(4 * DAY);
        world.idle().await;
        boris.asks("/recover", "Send me").await;
        boris.asks(&made[2], "no recovery code that counts").await;
        assert_eq!(owners(world), [ADA.to_string()]);
        ada.asks("/audit", "stays with its owner").await;
    }
}

story! {
    async fn wrong_codes_are_limited_and_all_answered_alike(world) {
        world.linked_project().await;
        let made = codes(world).await;
        let (ada, boris) = (world.ada(), world.boris());
        let mut answers = Vec::new();
        for wrong in ["0000-0000-0000-0000", "what?", "123456"] {
            boris.asks("/recover", "Send me").await;
            let typed = boris.say(wrong);
            answers.push(boris.sees("no recovery code").await.text);
            boris.sees_gone(typed).await;
        }
        // Ada's own code, typed by herself, moves nothing to herself.
        ada.asks("/recover", "Send me").await;
        answers.push(ada.asks(&made[0], "no recovery code").await.text);
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        for _ in 0..2 {
            boris.asks("/recover", "Send me").await;
            boris.asks("AAAA-AAAA-AAAA-AAAA", "no recovery code").await;
        }
        let late = boris.say(&made[0]);
        boris.sees("Too many wrong codes").await;
        boris.sees_gone(late).await;
        boris.asks("/recover", "Too many wrong codes").await;
        world.pass(Duration::from_mins(10));
        boris.asks("/recover", "Send me").await;
        boris.asks(&made[0], "The code is right").await;
    }
}

story! {
    async fn making_codes_takes_the_second_factor_and_linking_hints_at_them(world) {
        world.linked_project().await;
        let (secret, _) = world.second_factor().await;
        let ada = world.ada();
        ada.asks("/recover", "you have no recovery codes yet").await;
        ada.presses("Make recovery codes", "Now send me a code").await;
        ada.say(&code(world, &secret, 0));
        ada.sees("Recovery codes for this account come").await;
        world.recovery_codes("for a lost Telegram account").await;
        let project = world.sandbox.botsubscription().add_project();
        ada.asks("/link", "Where is the account").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        let linked = ada.asks(&project.token, "Linked").await;
        assert!(!linked.text.contains("/recover"), "{linked}");
        let boris = world.boris();
        let project = world.sandbox.botsubscription().add_project();
        boris.links_project(&project).await;
        assert!(boris.newest().text.contains("/recover makes recovery codes"));
        boris.asks("/recover", "Send me").await;
        boris.asks("/cancel", "Cancelled").await;
    }
}

story! {
    async fn no_room_and_no_accounts_have_their_answers_and_a_crash_changes_nothing(world) {
        world.linked_project().await;
        let made = codes(world).await;
        let boris = world.boris();
        boris.asks("/recover", "Send me").await;
        boris.asks(&made[0], "The code is right").await;
        world.crash().await;
        world.start();
        told(world, ADA, "has sent a recovery code of yours").await;
        // What was unlinked meanwhile does not move.
        let ada = world.ada();
        ada.asks("/unlink", "Unlink BotSubscription").await;
        ada.presses("Unlink", "Unlinked").await;
        world.pass(3 * DAY);
        comes(world, "the move is over", |world| world.database.find("SELECT id FROM moves").is_empty()).await;
        told(world, BORIS, "unlinked or went elsewhere").await;
        assert!(owners(world).is_empty());
        // Whoever has no account has nothing that could be taken over.
        boris.asks("/recover", "Send me").await;
        boris.asks(&made[1], "no recovery code that counts").await;
    }
}
