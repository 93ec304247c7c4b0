//! `/age` and `/timezone`: how old keys may become, what is due, and reminders that come once and never at night.

use std::time::Duration;

use keyporter::sandbox::telegram::Shown;

use crate::world::{ADA, World};

const DAY: Duration = Duration::from_hours(24);

fn reminders(world: &World) -> Vec<Shown> {
    let messages = world.sandbox.telegram().messages(ADA);
    messages
        .into_iter()
        .filter(|message| message.from_bot() && message.text.contains('⏰'))
        .collect()
}

/// Lets time pass, half an hour at a time, so long that every account has been looked at.
async fn days_pass(world: &mut World, days: u32) {
    let ada = world.ada();
    if days > 1 {
        world.pass(DAY * (days - 1));
    }
    for _ in 0..48 {
        world.pass(Duration::from_mins(30));
        ada.asks("/status", "no open requests").await;
    }
}

story! {
    async fn the_owner_is_reminded_three_times_and_once_each_time(world) {
        let project = world.linked_project().await;
        let ada = world.ada();
        let question = ada.asks("/age", "How old may the keys of").await;
        assert!(question.text.contains("no end"), "{question}");
        ada.presses("90 days", "may become 90 days old").await;
        let dashboard = world.sandbox.botsubscription().keys(&project.id).remove(0);
        world.sandbox.botsubscription().revoke_outside(&project.id, &dashboard.id);
        let ci = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        ada.asks("/start", "Hello").await;
        ada.presses("My keys", "Link it again").await;
        ada.presses("Link again", "API token").await;
        ada.asks(&ci.secret, "Linked again").await;
        days_pass(world, 50).await;
        assert!(reminders(world).is_empty());
        let list = ada.asks("/keys", "ci …").await;
        assert!(!list.text.contains("due"), "{list}");
        for (days, seen, words) in [(12, 1, "due in"), (10, 1, "due in"), (13, 2, "due in"), (5, 3, "due in 1 day"), (10, 3, "due in 1 day")] {
            days_pass(world, days).await;
            let all = reminders(world);
            assert_eq!(all.len(), seen, "{all:?}");
            assert!(all[seen - 1].text.contains(&format!("ci …{} in BotSubscription", ci.last_four())), "{all:?}");
            assert!(all[seen - 1].text.contains(words), "{all:?}");
        }
        ada.asks("/keys", "overdue").await;
    }
}

story! {
    async fn a_reminder_leads_to_the_rotation_or_is_put_away(world) {
        world.linked_project().await;
        let ada = world.ada();
        days_pass(world, 40).await;
        ada.asks("/age", "How old may").await;
        ada.presses("30 days", "may become 30 days old").await;
        let list = ada.asks("/keys", "dashboard").await;
        assert!(list.text.contains("overdue"), "{list}");
        days_pass(world, 1).await;
        let [reminder] = reminders(world).try_into().unwrap();
        assert!(reminder.text.contains("overdue"), "{reminder}");
        ada.press_on(ADA, reminder.id, "Rotate").unwrap();
        ada.sees("Rotate dashboard").await;
        ada.presses("Cancel", "Cancelled").await;
        let press = ada.press_on(ADA, reminder.id, "Later").unwrap();
        let (words, _) = ada.toast(&press).await;
        assert!(words.contains("/keys shows what is due"), "{words}");
        world.until("the buttons are gone", |sandbox| {
            let shown = sandbox.telegram().message(ADA, reminder.id)?;
            shown.button("Later").is_none().then_some(())
        }).await;
        // Another choice is another matter: what was said of the one before does not count.
        ada.asks("/age", "How old may").await;
        ada.presses("no end", "as old as they like").await;
        days_pass(world, 2).await;
        assert_eq!(reminders(world).len(), 1);
        ada.asks("/audit", "age of keys set").await;
    }
}

story! {
    async fn nobody_is_reminded_at_night(world) {
        world.linked_project().await;
        let ada = world.ada();
        days_pass(world, 40).await;
        // Wherever the clock stands: it has just struck ten in the evening there.
        let hour = world.sandbox.clock().now_ms() / 3_600_000 % 24;
        let east = (22 - hour + 24) % 24;
        let east = if east > 12 { east - 24 } else { east };
        ada.asks(&format!("/timezone {east}"), ": it is 22:").await;
        ada.asks("/age", "How old may").await;
        ada.presses("30 days", "may become 30 days old").await;
        for _ in 0..18 {
            world.pass(Duration::from_mins(30));
            ada.asks("/status", "no open requests").await;
        }
        assert!(reminders(world).is_empty(), "it is seven at most");
        for _ in 0..6 {
            world.pass(Duration::from_mins(30));
            ada.asks("/status", "no open requests").await;
        }
        assert_eq!(reminders(world).len(), 1);
    }
}

story! {
    async fn a_reminder_survives_a_crash_and_comes_once(world) {
        world.linked_account().await;
        let ada = world.ada();
        days_pass(world, 40).await;
        ada.asks("/timezone +25", "To change it").await;
        ada.asks("/age", "How old may the keys of Bots.Business").await;
        ada.presses("30 days", "may become 30 days old").await;
        days_pass(world, 1).await;
        world.crash().await;
        world.start();
        days_pass(world, 3).await;
        assert_eq!(reminders(world).len(), 1);
        ada.presses("Rotate", "Rotate the key of Bots.Business").await;
    }
}

story! {
    async fn of_several_accounts_one_is_chosen_and_nobody_chooses_for_another(world) {
        world.linked_project().await;
        world.linked_account().await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/start", "Hello").await;
        boris.asks("/age", "No account is linked yet").await;
        ada.asks("/age", "Choose an account").await;
        let question = ada.presses("Bots.Business", "How old may the keys of Bots.Business").await;
        let data = question.button("180 days").unwrap().callback_data.clone().unwrap();
        world.sandbox.telegram().press_raw(boris.id, None, &data).unwrap();
        boris.sees("You have no such account").await;
        ada.presses("180 days", "may become 180 days old").await;
        assert_eq!(world.database.find("SELECT CAST(key_age AS TEXT) FROM accounts ORDER BY key_age"), ["0", "180"]);
    }
}
