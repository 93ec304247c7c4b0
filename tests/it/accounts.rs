//! `/accounts`, `Rename`, `/unlink`, `/pause`.

use crate::world::{ADA, BORIS};

story! {
    async fn an_account_gets_another_name(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/accounts", "Your accounts").await;
        ada.presses("Rename", "What shall").await;
        ada.asks(&"x".repeat(65), "at most 64").await;
        ada.asks("Production", "Renamed: Production").await;
        ada.asks("/keys", "Production").await;
    }
}

story! {
    async fn names_stay_different(world) {
        world.linked_project().await;
        world.linked_account().await;
        let ada = world.ada();
        ada.asks("/accounts", "Your accounts").await;
        ada.presses("1. ✏️ Rename", "What shall").await;
        ada.asks("bots.business", "Renamed: bots.business 2").await;
    }
}

story! {
    async fn an_unlinked_account_is_forgotten_and_its_keys_live_on(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        let question = ada.asks("/unlink", "Unlink BotSubscription").await;
        assert_eq!(question.button("Unlink").and_then(|button| button.style.as_deref()), Some("danger"));
        ada.presses("Unlink", "Unlinked: BotSubscription").await;
        ada.asks("/keys", "No account is linked yet").await;
        assert!(world.sandbox.botsubscription().alive(&project.token));
        ada.links_project(&project).await;
    }
}

story! {
    async fn open_requests_are_named_before_an_account_is_unlinked(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        let shown = ada.sees("It disappears after ten minutes").await;
        let question = ada.asks("/unlink", "These requests end").await;
        assert!(question.text.contains("New key ci") && question.text.contains("not saved: it stays alive"), "{question}");
        ada.press("Unlink");
        ada.sees("Unlinked").await;
        ada.sees("Ended: the account was unlinked").await;
        ada.sees_gone(shown.id).await;
        let key = world.sandbox.botsubscription().keys(&project.id).into_iter().find(|key| key.label == "ci").unwrap();
        assert!(key.revoked_at_ms.is_none(), "what was done stays as it is");
    }
}

story! {
    async fn both_keys_of_a_rotation_are_named_before_an_account_is_unlinked(world) {
        let project = world.linked_project().await;
        let old = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        ada.asks("/rotate ci", "Rotate ci").await;
        ada.presses("Rotate key", "It disappears after ten minutes").await;
        let question = ada.asks("/unlink", "These requests end").await;
        let new = world.sandbox.botsubscription().keys(&project.id).into_iter().find(|key| key.label == "ci" && key.id != old.id).unwrap();
        for words in [
            format!("The new key ci …{} is made and not saved", new.last_four()),
            format!("The old key ci …{} stays alive", old.last_four()),
        ] {
            assert!(question.text.contains(&words), "{words}: {question}");
        }
    }
}

story! {
    async fn with_several_accounts_one_is_chosen_first(world) {
        world.linked_project().await;
        world.linked_account().await;
        let ada = world.ada();
        ada.asks("/unlink", "Which account").await;
        ada.presses("Bots.Business", "Unlink Bots.Business").await;
        ada.presses("Unlink", "Unlinked: Bots.Business").await;
        let list = ada.asks("/accounts", "Your accounts").await;
        assert!(!list.text.contains("Bots.Business"), "{list}");
    }
}

story! {
    async fn nobody_can_touch_somebody_elses_account(world) {
        world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/start", "Hello").await;
        let list = ada.asks("/accounts", "Your accounts").await;
        for words in ["Rename", "Keys", "Unlink"] {
            let data = list.button(words).unwrap().callback_data.clone().unwrap();
            world.sandbox.telegram().press_raw(BORIS, None, &data).unwrap();
            boris.sees("You have no such account").await;
            world.settle().await;
        }
    }
}

story! {
    async fn an_operator_can_stop_issuing_but_nobody_can_stop_revoking(world) {
        world.stop().await;
        world.operators = vec![BORIS];
        // A menu for somebody who has never started the bot is refused.
        world.expected_refusals.push("setMyCommands");
        world.start();
        let project = world.linked_project().await;
        let key = world.sandbox.botsubscription().create_key_outside(&project.id, "old").unwrap();
        let (ada, boris) = (world.ada(), world.boris());
        ada.asks("/pause", "Only the operator").await;
        let question = ada.asks("/newkey ci", "Create key ci").await;
        boris.asks("/pause", "Issuing is allowed").await;
        boris.presses("Pause issuing", "Issuing is paused").await;
        ada.asks("/newkey ci", "paused the issuing").await;
        ada.press_on(ADA, question.id, "Create key").unwrap();
        ada.sees("paused the issuing").await;
        ada.asks("/revoke old", "Revoke old").await;
        ada.presses("Revoke key", "Revoked: old").await;
        assert!(!world.sandbox.botsubscription().alive(&key.secret));
        boris.asks("/pause", "Issuing is paused").await;
        boris.presses("Resume issuing", "allowed again").await;
        ada.asks("/newkey ci", "Create key ci").await;
    }
}
