//! `/cancel`, and what else ends a conversation.

use std::time::Duration;

use keyporter::sandbox::fault::{Fault, Rule, ServiceName};

story! {
    async fn a_conversation_ends_by_cancel_in_both_ways(world) {
        let ada = world.ada();
        ada.asks("/cancel", "nothing to cancel").await;
        ada.asks("/link", "Where").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks("/cancel", "Cancelled").await;
        ada.asks("f47ac10b", "I understand commands").await;
        ada.asks("/link", "Where").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.presses("Cancel", "Cancelled").await;
        ada.asks("f47ac10b", "I understand commands").await;
    }
}

story! {
    async fn another_command_ends_a_conversation_with_a_word_about_it(world) {
        let ada = world.ada();
        ada.asks("/link", "Where").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.say("/keys");
        ada.sees("I stopped what we were doing").await;
        ada.sees("No account is linked yet").await;
    }
}

story! {
    async fn an_old_conversation_has_ended_and_a_late_secret_does_not_stay(world) {
        let project = world.sandbox.botsubscription().add_project();
        let ada = world.ada();
        ada.asks("/link", "Where").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        world.pass(Duration::from_secs(15 * 60 + 1));
        let late = ada.say(&project.token);
        ada.sees("more than 15 minutes old").await;
        ada.sees_gone(late).await;
        assert!(world.sandbox.botsubscription().calls().is_empty(), "nothing was tried");
        ada.asks("/keys", "No account is linked yet").await;
    }
}

story! {
    async fn two_people_have_their_own_conversations(world) {
        let (mine, yours) = (world.sandbox.botsubscription().add_project(), world.sandbox.botsubscription().add_project());
        let (ada, boris) = (world.ada(), world.boris());
        for talker in [&ada, &boris] {
            talker.asks("/link", "Where").await;
            talker.presses("BotSubscription", "project ID").await;
        }
        ada.asks(&mine.id, "API token").await;
        boris.asks(&yours.id, "API token").await;
        boris.asks(&yours.token, "Linked").await;
        ada.asks(&mine.token, "Linked").await;
    }
}

story! {
    async fn a_conversation_survives_a_restart(world) {
        let project = world.sandbox.botsubscription().add_project();
        let ada = world.ada();
        ada.asks("/link", "Where").await;
        ada.presses("BotSubscription", "project ID").await;
        ada.asks(&project.id, "API token").await;
        world.restart().await;
        ada.asks(&project.token, "Linked").await;
    }
}

story! {
    async fn a_menu_and_an_open_question_can_be_cancelled_too(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/link", "Where").await;
        ada.asks("/cancel", "Cancelled").await;
        ada.asks("/newkey ci", "Create key ci").await;
        ada.asks("/cancel", "Cancelled").await;
        let (words, _) = ada.presses_for_toast("Create key").await;
        assert!(words.contains("answered already"), "{words}");
        ada.asks("/cancel", "nothing to cancel").await;
        assert_eq!(world.sandbox.botsubscription().calls().iter().filter(|call| call.method == "POST").count(), 0);
    }
}

story! {
    async fn cancel_ends_the_dialogue_whose_question_came_late(world) {
        let ada = world.ada();
        ada.asks("/link", "Where").await;
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::CutAfter).path("editMessageText"));
        ada.presses("BotSubscription", "project ID").await;
        ada.presses("Cancel", "Cancelled").await;
        ada.asks("f47ac10b", "I understand commands").await;
    }
}

story! {
    async fn a_button_that_asks_something_else_says_that_it_ends_what_was_asked(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/keys", "dashboard").await;
        ada.asks("/link", "Where").await;
        ada.presses("BotSubscription", "project ID").await;
        let list = ada.chat().into_iter().find(|message| message.button("New key").is_some()).unwrap();
        ada.press_on(ada.id, list.id, "New key").unwrap();
        ada.sees("I stopped what we were doing").await;
        ada.asks("ci", "Create key ci").await;
    }
}
