//! `/age` and `/timezone`: how old keys may become, all of an account or one, what is due, and reminders that come once and never at night.

use std::time::Duration;

use keyporter::sandbox::telegram::Shown;

use crate::world::{ADA, BORIS, LIMIT, World};

const DAY: Duration = Duration::from_hours(24);

fn reminders(world: &World) -> Vec<Shown> {
    let messages = world.sandbox.telegram().messages(ADA);
    messages
        .into_iter()
        .filter(|message| message.from_bot() && message.text.contains('⏰'))
        .collect()
}

/// The line of `/keys` about that key.
fn line(list: &Shown, label: &str) -> String {
    let line = list.text.lines().find(|line| line.contains(label));
    line.unwrap_or_else(|| panic!("no {label} in {list}"))
        .to_owned()
}

const OWN_AGES: &str = "SELECT key_id FROM key_ages ORDER BY key_id";

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
        // Wherever the clock stands: the hour begins anew here, and it has just struck ten in the evening there.
        let left = 3_600_000 - world.sandbox.clock().now_ms() % 3_600_000;
        world.pass(Duration::from_millis(left.unsigned_abs()));
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
        let awake = world.sandbox.wait_until(LIMIT, "the reminder of the morning", |_| (!reminders(world).is_empty()).then_some(()));
        awake.await.unwrap();
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

story! {
    async fn a_keys_own_age_wins_over_its_accounts(world) {
        let project = world.linked_project().await;
        let ci = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        days_pass(world, 40).await;
        ada.asks("/age", "How old may").await;
        ada.presses("90 days", "may become 90 days old").await;
        let question = ada.asks(&format!("/age {}", ci.last_four()), "How old may ci").await;
        assert!(question.text.contains("Now: 90 days, as the account"), "{question}");
        for button in ["30 days", "no end", "As the account"] {
            let data = question.button(button).unwrap().callback_data.clone().unwrap();
            assert!(!data.contains(&ci.id), "{data}");
        }
        let done = ada.presses("30 days", "How old ci").await;
        assert!(done.text.contains("may become: 30 days. I remind"), "{done}");
        let list = ada.asks("/keys", "dashboard").await;
        assert!(line(&list, "ci").contains("overdue") && !line(&list, "dashboard").contains("due"), "{list}");
        days_pass(world, 1).await;
        let [reminder] = reminders(world).try_into().unwrap();
        assert!(reminder.text.contains("ci …") && reminder.text.contains("30 days old, as you have chosen for it alone; /age ci"), "{reminder}");
        // What is chosen for the account is nothing new for this key; what is chosen for it is.
        ada.asks("/age", "How old may").await;
        ada.presses("180 days", "may become 180 days old").await;
        days_pass(world, 1).await;
        assert_eq!(reminders(world).len(), 1);
        ada.asks("/age ci", "Now: 30 days.").await;
        ada.presses("As the account", "180 days, as the account").await;
        days_pass(world, 1).await;
        assert_eq!(reminders(world).len(), 1);
        let list = ada.asks("/keys", "dashboard").await;
        assert!(!list.text.contains("due"), "{list}");
        ada.asks("/age ci", "How old may ci").await;
        ada.presses("30 days", "How old ci").await;
        days_pass(world, 1).await;
        assert_eq!(reminders(world).len(), 2);
        let audit = ada.asks("/audit", "own age of a key removed").await;
        assert!(audit.text.contains(&format!("ci …{}: 30", ci.last_four())), "{audit}");
    }
}

story! {
    async fn a_key_without_end_is_not_reminded_of_while_the_others_are(world) {
        let project = world.linked_project().await;
        world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        days_pass(world, 40).await;
        ada.asks("/age ci", "How old may ci").await;
        ada.presses("no end", "I do not remind you of it").await;
        ada.asks("/age", "How old may").await;
        ada.presses("30 days", "may become 30 days old").await;
        days_pass(world, 2).await;
        let [reminder] = reminders(world).try_into().unwrap();
        assert!(reminder.text.contains("dashboard …"), "{reminder}");
        assert!(reminder.text.contains("Keys there may become 30 days old"), "{reminder}");
        assert!(reminder.text.contains("For this key alone: /age dashboard"), "{reminder}");
    }
}

story! {
    async fn of_several_keys_one_is_chosen_and_none_is_guessed(world) {
        let project = world.linked_project().await;
        world.linked_account().await;
        let first = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let second = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        ada.asks("/age nothing", "No living key has the label").await;
        let choice = ada.asks("/age ci", "Which key do you mean").await;
        assert!(choice.button(second.last_four()).is_some() && choice.button("30 days").is_none(), "{choice}");
        ada.presses(&format!("ci …{}", first.last_four()), "How old may ci").await;
        ada.presses("365 days", "How old ci").await;
        assert_eq!(world.database.find(OWN_AGES), [first.id.as_str()]);
        // Where there is one key, its account's age is its own.
        ada.asks("/age bots.business", "How old may the keys of Bots.Business").await;
        ada.presses("90 days", "may become 90 days old").await;
        assert_eq!(world.database.find(OWN_AGES), [first.id.as_str()]);
    }
}

story! {
    async fn a_new_key_inherits_the_age_of_the_one_it_replaces(world) {
        let project = world.linked_project().await;
        let old = world.sandbox.botsubscription().create_key_outside(&project.id, "ci").unwrap();
        let ada = world.ada();
        ada.asks("/age ci", "How old may ci").await;
        ada.presses("30 days", "How old ci").await;
        days_pass(world, 1).await;
        assert_eq!(world.database.find(OWN_AGES), [old.id.as_str()]);
        ada.asks("/rotate dashboard", "Rotate dashboard").await;
        ada.press("Rotate key");
        ada.sees("It disappears after ten minutes").await;
        ada.presses("I saved it", "Rotated: dashboard").await;
        ada.asks("/rotate ci", "Rotate ci").await;
        ada.press("Rotate key");
        ada.sees("It disappears after ten minutes").await;
        assert_eq!(world.database.find(OWN_AGES).len(), 2, "the old one may stay alive");
        ada.presses("I saved it", "Rotated: ci").await;
        ada.asks("/age ci", "Now: 30 days.").await;
        days_pass(world, 1).await;
        let keys = world.sandbox.botsubscription().keys(&project.id);
        let new = keys.iter().rfind(|key| key.label == "ci").unwrap();
        assert_ne!(new.id, old.id);
        assert_eq!(world.database.find(OWN_AGES), [new.id.as_str()], "the old one is gone");
    }
}

story! {
    async fn only_the_owner_of_now_chooses_a_keys_age(world) {
        world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/start", "Hello").await;
        boris.asks("/age dashboard", "No account is linked yet").await;
        let question = ada.asks("/age dashboard", "How old may dashboard").await;
        let data = question.button("30 days").unwrap().callback_data.clone().unwrap();
        let press = world.sandbox.telegram().press_raw(boris.id, None, &data).unwrap();
        let (words, _) = boris.toast(&press).await;
        assert!(words.contains("means nothing to me"), "{words}");
        world.database.execute(&format!("UPDATE accounts SET owner = {BORIS}"));
        ada.presses("30 days", "You have no such account").await;
        assert!(world.database.find(OWN_AGES).is_empty());
    }
}
