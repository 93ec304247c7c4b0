//! New keys that nobody has saved yet: what becomes of them, and of the messages that show them.

use std::time::Duration;

use crate::world::ADA;

story! {
    async fn a_key_whose_time_ends_while_the_chat_is_closed_is_taken_away_when_it_opens(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        let shown = ada.sees("It disappears after ten minutes").await;
        world.idle().await;
        world.sandbox.telegram().block(ADA).unwrap();
        for refused in ["editMessageText", "deleteMessage", "sendMessage"] {
            world.expected_refusals.push(refused);
        }
        world.pass(Duration::from_mins(11));
        world.until("it cannot be taken away", |sandbox| {
            let edits = sandbox.telegram().calls_of("editMessageText");
            edits.iter().any(|call| call.status == Some(403)).then_some(())
        }).await;
        world.sandbox.telegram().unblock(ADA).unwrap();
        ada.sees_gone(shown.id).await;
        ada.sees("taken out of the chat").await;
    }
}

story! {
    async fn a_new_key_that_is_revoked_before_it_is_saved_is_shown_no_more(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        let shown = ada.sees("It disappears after ten minutes").await;
        world.idle().await;
        ada.asks("/revoke ci", "Revoke ci").await;
        ada.presses("Revoke key", "Revoked: ci").await;
        ada.sees("is revoked; nobody can use it").await;
        ada.sees_gone(shown.id).await;
        ada.asks("/status", "no open requests").await;
        assert!(world.database.find("SELECT CAST(operation AS TEXT) FROM deliveries").is_empty());
        let keys = world.sandbox.botsubscription().keys(&project.id);
        assert!(keys.iter().all(|key| key.label != "ci" || key.revoked_at_ms.is_some()));
    }
}

story! {
    async fn words_in_the_place_of_a_confirmation_are_told_where_to_press(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.asks("yes", "press one of the buttons above").await;
        ada.presses("Create key", "It disappears after ten minutes").await;
        ada.saves().await;
    }
}

story! {
    async fn show_again_under_a_status_leaves_no_message_behind_that_never_ends(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        world.pass(Duration::from_mins(11));
        ada.sees("taken out of the chat").await;
        let status = ada.asks("/status 1", "taken out of the chat").await;
        ada.press_on(ADA, status.id, "Show again").unwrap();
        ada.sees("It disappears after ten minutes").await;
        world.idle().await;
        let status = world.sandbox.telegram().message(ADA, status.id).unwrap();
        assert!(status.text.contains("The new key stands"), "{status}");
        ada.saves().await;
    }
}
