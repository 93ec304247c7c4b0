//! The process ends at the worst moments: whatever was promised is kept by the next start.

use std::time::Duration;

use keyporter::sandbox::fault::{Fault, Rule, ServiceName};

use crate::world::{ADA, World};

story! {
    async fn a_key_whose_answer_was_on_its_way_is_found_again(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::HangAfter).method("POST"));
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        world.until("the provider has made the key", |sandbox| {
            let made = sandbox.botsubscription().keys(&project.id).iter().any(|key| key.label == "ci");
            made.then_some(())
        }).await;
        world.crash().await;
        world.start();
        ada.sees("nobody has seen its secret").await;
        ada.press("Revoke it and create again");
        ada.sees("It disappears after ten minutes").await;
        let alive = world.sandbox.botsubscription().keys(&project.id);
        assert_eq!(alive.iter().filter(|key| key.label == "ci" && key.revoked_at_ms.is_none()).count(), 1);
    }
}

story! {
    async fn a_shown_key_waits_for_its_person_over_a_restart(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        let shown = ada.sees("It disappears after ten minutes").await;
        world.crash().await;
        world.start();
        ada.press("I saved it");
        ada.sees("is created and saved").await;
        ada.sees_gone(shown.id).await;
    }
}

story! {
    async fn a_question_can_be_answered_after_a_restart(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        world.restart().await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        assert!(world.sandbox.botsubscription().keys(&project.id).iter().any(|key| key.label == "ci"));
    }
}

story! {
    async fn a_revocation_goes_on_after_a_restart(world) {
        let project = world.linked_project().await;
        let key = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        ada.asks("/revoke ci", "Revoke ci").await;
        world.sandbox.botsubscription().service().stop().await.unwrap();
        ada.press("Revoke key");
        ada.sees("cannot be reached right now").await;
        world.crash().await;
        world.sandbox.botsubscription().service().resume().await.unwrap();
        world.start();
        world.pass(Duration::from_secs(3601));
        ada.sees("Revoked: ci").await;
        assert!(!world.sandbox.botsubscription().alive(&key.secret));
    }
}

story! {
    async fn what_was_sent_while_the_bot_was_down_is_answered(world) {
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        world.stop().await;
        ada.say("/help");
        world.start();
        ada.sees("What you can send me").await;
    }
}

story! {
    async fn an_update_in_the_middle_of_its_work_is_handled_again(world) {
        world.linked_project().await;
        let ada = world.ada();
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::HangBefore).method("GET"));
        let calls = world.sandbox.botsubscription().calls().len();
        ada.say("/keys");
        world.until("the provider is asked", |sandbox| (sandbox.botsubscription().calls().len() > calls).then_some(())).await;
        world.crash().await;
        world.start();
        ada.sees("dashboard").await;
        world.until("Telegram has nothing left", |sandbox| sandbox.telegram().pending_updates().is_empty().then_some(())).await;
    }
}

/// Cuts the story "create a key, save it" at the n-th of those calls, before or after the call had its effect; the process
/// dies there. Then everything works again. Whatever the moment was: one question makes at most one living key that its person has,
/// any other is told, and nothing hangs. False when the story has no such call.
async fn cut(world: &mut World, call: &Rule, n: u32) -> bool {
    let method = call.path.clone().unwrap_or_default();
    let label = format!("{method}-{:?}-{n}", call.fault).to_lowercase();
    let ada = world.ada();
    ada.asks(&format!("/newkey {label}"), "Create key").await;
    world.sandbox.faults().add(call.clone().skip(n));
    ada.press("Create key");
    let struck = world
        .until("the fault strikes, or the story is over", |sandbox| {
            let struck = sandbox.faults().pending().is_empty();
            let messages = sandbox.telegram().messages(ADA);
            let over = messages.iter().any(|message| {
                message.text.contains("key stands in this chat") && message.text.contains(&label)
            });
            (struck || over).then_some(struck)
        })
        .await;
    world.crash().await;
    world.sandbox.faults().clear();
    world.start();
    go_on_until_saved(world, &label).await;
    struck
}

/// Does what the bot asks for, as a patient person would, and looks at each step whether what is said is true.
async fn go_on_until_saved(world: &mut World, label: &str) {
    let ada = world.ada();
    for _ in 0..60 {
        world.pass(Duration::from_secs(5));
        let card = ada.asks_until("/status", "").await;
        let projects = world.sandbox.botsubscription().projects();
        let keys = projects
            .iter()
            .flat_map(|project| world.sandbox.botsubscription().keys(project));
        let alive: Vec<_> = keys
            .filter(|key| key.label == label && key.revoked_at_ms.is_none())
            .collect();
        assert!(
            alive.len() <= 1,
            "never two keys for one confirmation: {label}"
        );
        if card.text.contains("nobody has seen its secret") {
            assert_eq!(alive.len(), 1, "{label}");
            // An answer that came late may show a button that is gone.
            drop(ada.press_in(ADA, "Keep it"));
        } else if card.text.contains("key stands in this chat") {
            let shown = ada
                .chat()
                .iter()
                .any(|message| message.parts("spoiler").contains(&alive[0].secret));
            assert!(shown, "what is said to be shown is shown: {label}");
            drop(ada.press_in(ADA, "I saved it"));
        } else if card.text.contains("no open requests") {
            return;
        }
    }
    panic!(
        "it never ended: {label}\n{}",
        world.sandbox.telegram().transcript(ADA)
    );
}

story! {
    async fn a_death_at_any_call_loses_and_doubles_nothing(world) {
        world.linked_project().await;
        world.sandbox.telegram().limit(|limits| {
            limits.private_burst = 100_000;
            limits.overall_per_s = 100_000;
        });
        world.options.telegram_rate = Some(100_000);
        world.restart().await;
        let mut deaths = 0;
        for fault in [Fault::HangBefore, Fault::HangAfter] {
            let telegram = |method: &str| Rule::new(ServiceName::Telegram, fault.clone()).path(method);
            for call in [
                Rule::new(ServiceName::BotSubscription, fault.clone()).path("api-keys"),
                telegram("answerCallbackQuery"),
                telegram("sendMessage"),
                telegram("editMessageText"),
            ] {
                let mut n = 0;
                while cut(world, &call, n).await {
                    n += 1;
                }
                assert!(n >= 1, "the story has a call of {:?}", call.path);
                deaths += n;
            }
        }
        assert!(deaths >= 12, "only {deaths} moments were tried");
    }
}
