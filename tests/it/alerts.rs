//! What operators are told without asking, each once until it is over.

use std::time::Duration;

use keyporter::sandbox::fault::{Fault, Rule, ServiceName};

use crate::world::{BORIS, Talker, World};

/// Boris operates.
async fn operated(world: &mut World) -> std::sync::Arc<Talker> {
    let boris = world.boris();
    boris.asks("/start", "Hello").await;
    world.operators = vec![BORIS];
    world.restart().await;
    boris
}

fn told(boris: &Talker, words: &str) -> usize {
    let chat = boris.chat();
    let said = chat.iter().filter(|message| message.text.contains(words));
    said.count()
}

/// Lets minutes pass, each for as long as the keeper needs for a look.
async fn minutes_pass(world: &World, minutes: u32) {
    for _ in 0..minutes {
        world.pass(Duration::from_secs(61));
        let never = world
            .sandbox
            .wait_until(Duration::from_millis(100), "never", |_| None::<()>);
        never.await.expect_err("it never comes");
    }
}

story! {
    async fn updates_that_nobody_finishes_are_told_once_until_it_is_over(world) {
        let boris = operated(world).await;
        boris.asks("/help", "What you can send me").await;
        world.settle().await;
        for times in 1..=2 {
            // As after a fault of ours: it waits, and nobody works on it.
            world.database.execute("UPDATE inbox SET state = 'waiting', received_at = received_at - 1200000");
            minutes_pass(world, 3).await;
            boris.sees("to be handled, the oldest since").await;
            assert_eq!(told(&boris, "to be handled, the oldest since"), times);
            world.database.execute("UPDATE inbox SET state = 'done'");
            minutes_pass(world, 2).await;
        }
    }
}

story! {
    async fn a_revocation_that_is_open_for_a_day_is_told_once(world) {
        let boris = operated(world).await;
        let project = world.linked_project().await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let fault = Rule::new(ServiceName::BotSubscription, Fault::Status(503, None)).method("DELETE");
        world.sandbox.faults().add(fault.always());
        let ada = world.ada();
        ada.asks("/revoke ci", "Revoke ci").await;
        ada.presses("Revoke key", "cannot be reached right now").await;
        world.pass(Duration::from_hours(23));
        minutes_pass(world, 2).await;
        assert_eq!(told(&boris, "open for more than a day"), 0);
        world.pass(Duration::from_hours(1));
        boris.sees("open for more than a day").await;
        world.pass(Duration::from_hours(24));
        minutes_pass(world, 3).await;
        assert_eq!(told(&boris, "open for more than a day"), 1);
    }
}

story! {
    async fn a_credential_that_does_not_open_is_told_once(world) {
        let boris = operated(world).await;
        world.linked_project().await;
        world.linked_project().await;
        let ids = world.database.find("SELECT id FROM accounts ORDER BY linked_at");
        world.database.execute(&format!(
            "UPDATE accounts SET credential = (SELECT credential FROM accounts WHERE id = '{}') WHERE id = '{}'",
            ids[1], ids[0]
        ));
        let ada = world.ada();
        ada.asks("/keys", "is damaged: I cannot open it").await;
        world.pass(Duration::from_secs(61));
        boris.sees(&format!("credential of the account {} does not open", ids[0])).await;
        ada.asks("/keys", "is damaged: I cannot open it").await;
        minutes_pass(world, 3).await;
        assert_eq!(told(&boris, "does not open"), 1);
    }
}
