//! `/audit` and `/status`: what happened, and what is under way.

use keyporter::sandbox::{
    fault::{Fault, Rule, ServiceName},
    telegram::{Content, Shown},
};

use crate::world::{ADA, World};

/// The files that stand in Ada's chat, by the ending of their names.
fn file(world: &World, ending: &str) -> Option<(Shown, String)> {
    let messages = world.sandbox.telegram().messages(ADA);
    messages.into_iter().find_map(|message| {
        let Content::Document(name) = &message.content else {
            return None;
        };
        let bytes = message.file.clone().filter(|_| name.ends_with(ending))?;
        Some((message, String::from_utf8(bytes.to_vec()).unwrap()))
    })
}

story! {
    async fn what_happened_is_told_newest_first(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        ada.presses("I saved it", "is created and saved").await;
        let audit = ada.asks("/audit", "newest first").await;
        let order = ["ended: done", "key saved", "key shown", "key created", "new key confirmed", "linked"];
        let places: Vec<_> = order.iter().map(|words| audit.text.find(&format!("· {words} ·"))).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{audit}");
    }
}

story! {
    async fn older_entries_are_a_press_away(world) {
        world.linked_project().await;
        let ada = world.ada();
        for name in ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"] {
            ada.asks("/accounts", "Your accounts").await;
            ada.presses("Rename", "What shall").await;
            ada.asks(name, "Renamed").await;
            world.pass(std::time::Duration::from_secs(10));
        }
        let first = ada.asks("/audit", "newest first").await;
        assert!(!first.text.contains("· linked ·"), "{first}");
        let second = ada.presses("Older", "· linked ·").await;
        assert_eq!(first.id, second.id);
        assert!(second.button("Older").is_none(), "{second}");
        let back = ada.presses("Newer", "newest first").await;
        assert!(back.id == first.id && back.text == first.text && back.button("Newer").is_none(), "{back}");
    }
}

story! {
    async fn the_history_is_filtered_by_kind_and_by_account(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        ada.presses("I saved it", "is created and saved").await;
        world.linked_account().await;
        let all = ada.asks("/audit", "· key saved ·").await;
        assert!(all.text.contains("· linked ·") && all.button("Everything").is_none(), "{all}");
        let keys = ada.presses("Only keys", "newest first").await;
        assert!(keys.id == all.id && keys.text.contains("· key saved ·") && !keys.text.contains("· linked ·"), "{keys}");
        let accounts = ada.presses("Only accounts", "· linked ·").await;
        assert!(!accounts.text.contains("key saved"), "{accounts}");
        ada.presses("Only leaks", "Nothing of this kind").await;
        ada.presses("Everything", "· key saved ·").await;
        let choice = ada.presses("All accounts", "which account").await;
        let other = choice.keyboard.buttons().find(|button| button.text.contains("Bots.Business")).unwrap();
        let one = ada.presses(&other.text.clone(), "· linked ·").await;
        assert!(!one.text.contains("key saved") && one.button("Account: Bots.Business").is_some(), "{one}");
        ada.presses("Only keys", "Nothing of this kind").await;
    }
}

story! {
    async fn another_persons_history_is_reached_by_no_filter(world) {
        world.linked_project().await;
        let account = world.database.find("SELECT id FROM accounts").remove(0);
        let boris = world.boris();
        boris.asks("/start", "Hello").await;
        let telegram = world.sandbox.telegram();
        telegram.press_raw(boris.id, None, &format!("audit:0:e{account}")).unwrap();
        boris.sees("Nothing of this kind").await;
        boris.asks("/audit export", "Nothing has happened").await;
        boris.asks("/audit verify", "Nothing has happened").await;
        boris.asks("/audit please", "/audit export for files").await;
    }
}

story! {
    async fn the_history_comes_as_files_that_no_spreadsheet_runs(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/accounts", "Your accounts").await;
        ada.presses("Rename", "What shall").await;
        ada.asks("=HYPERLINK(\"http://x\",\"y\"), z", "Renamed").await;
        let shown = ada.asks("/audit EXPORT", "as a table: 2 entries").await;
        world.until("the other file", |_| file(world, ".json").map(|_| ())).await;
        let (message, csv) = file(world, ".csv").unwrap();
        assert_eq!(message.id, shown.id);
        let mut table = csv::Reader::from_reader(csv.as_bytes());
        let columns = ["time", "account", "account_id", "entry", "actor", "action", "request", "subject", "outcome"];
        assert_eq!(table.headers().unwrap(), columns.as_slice());
        let rows: Vec<_> = table.records().map(Result::unwrap).collect();
        assert_eq!(rows.iter().map(|row| &row[5]).collect::<Vec<_>>(), ["linked", "renamed"]);
        assert_eq!(&rows[1][7], "'=HYPERLINK(\"http://x\",\"y\"), z");
        assert_eq!(&rows[1][4], ADA.to_string());
        let json: serde_json::Value = serde_json::from_str(&file(world, ".json").unwrap().1).unwrap();
        assert_eq!(json[1]["subject"], "=HYPERLINK(\"http://x\",\"y\"), z");
        assert_eq!((json.as_array().unwrap().len(), &json[0]["entry"]), (2, &1.into()));
    }
}

story! {
    async fn files_that_telegram_cannot_take_now_come_later(world) {
        world.linked_project().await;
        let ada = world.ada();
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::CutBefore).path("sendDocument").always());
        ada.say("/audit export");
        world.hurry("a kept file", |_| (world.database.find("SELECT id FROM outbox").len() == 2).then_some(())).await;
        world.crash().await;
        world.sandbox.faults().clear();
        world.start();
        world.hurry("both files", |_| file(world, ".csv").and(file(world, ".json"))).await;
    }
}

story! {
    async fn a_file_that_telegram_refuses_is_told(world) {
        world.linked_project().await;
        let refused = serde_json::json!({ "ok": false, "error_code": 400, "description": "Bad Request: wrong file" });
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::Status(400, Some(refused))).path("sendDocument").always());
        world.ada().asks("/audit export", "did not take the file").await;
    }
}

story! {
    async fn a_walk_tells_what_it_has_proved(world) {
        world.linked_project().await;
        let ada = world.ada();
        for name in ["one", "two", "three"] {
            ada.asks("/accounts", "Your accounts").await;
            ada.presses("Rename", "What shall").await;
            ada.asks(name, "Renamed").await;
        }
        let whole = ada.asks("/audit verify", "is whole").await;
        assert!(whole.text.contains("4 entries, from 20") && whole.text.contains("are as they were written"), "{whole}");
        world.stop().await;
        let end = "DELETE FROM audit WHERE seq = 4";
        world.database.execute("CREATE TABLE kept AS SELECT * FROM audit");
        let back = "INSERT INTO audit SELECT * FROM kept";
        for (damage, words) in [
            (end, "4 entries were written, and 3 are there"),
            ("UPDATE audit SET subject = 'x' WHERE seq = 3", "Entry 3 is not what was written"),
            ("DELETE FROM audit WHERE seq = 2", "Entry 2 is missing"),
            ("UPDATE audit SET action = 'x' WHERE seq = 3", "an entry that I cannot have written"),
        ] {
            world.database.execute(damage);
            world.start();
            let broken = ada.asks("/audit verify", words).await;
            assert!(broken.text.contains("changed by somebody else") && broken.text.contains("tell the operator"), "{broken}");
            world.stop().await;
            world.database.execute("DELETE FROM audit");
            world.database.execute(back);
        }
        world.database.execute("DROP TABLE kept");
        world.start();
        ada.asks("/audit", "newest first").await;
        ada.presses("Verify", "is whole").await;
    }
}

story! {
    async fn open_requests_have_a_number_and_a_state(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/status", "no open requests").await;
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        ada.sees("key stands in this chat").await;
        let status = ada.asks("/status", "Request 1").await;
        assert!(status.text.contains("New key ci") && status.text.contains("I saved it"), "{status}");
        ada.asks("/status 1", "Started 20").await;
        ada.asks("/status 2", "no request of that number").await;
        ada.asks("/status x", "request's number").await;
        let boris = world.boris();
        boris.asks("/status 1", "no request of that number").await;
    }
}

story! {
    async fn a_request_that_is_held_up_tells_its_last_and_its_next_try(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::Status(503, None)).method("GET").always());
        ada.press("Create key");
        ada.sees("cannot be reached right now").await;
        let status = ada.asks("/status", "Last try: ").await;
        for words in ["second", "ago.", "Next try in", "Tries so far"] {
            assert!(status.text.contains(words), "{words}: {status}");
        }
        let question = ada.asks("/unlink", "These requests end").await;
        assert!(question.text.contains("Nothing is created yet"), "{question}");
    }
}

story! {
    async fn an_end_in_vain_is_told_as_one(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        world.sandbox.faults().add(Rule::new(ServiceName::BotSubscription, Fault::Status(422, None)).method("POST"));
        ada.press("Create key");
        ada.sees("Nothing was created").await;
        ada.asks("/audit", "· ended: nothing done · ci").await;
    }
}

story! {
    async fn presses_on_somebody_elses_request_do_nothing(world) {
        let project = world.linked_project().await;
        let (ada, boris) = (world.ada(), world.boris());
        boris.asks("/start", "Hello").await;
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        let shown = ada.sees("It disappears after ten minutes").await;
        for action in ["saved", "show", "lost", "keep", "kill-0a1b2c"] {
            let press = world.sandbox.telegram().press_raw(boris.id, None, &format!("req:1:{action}")).unwrap();
            assert_eq!(boris.toast(&press).await.0, "This button is not for you.");
        }
        let alive = world.sandbox.botsubscription().alive(&shown.parts("spoiler")[0]);
        assert!(alive && !world.sandbox.telegram().message(ada.id, shown.id).unwrap().deleted);
        assert!(boris.chat().iter().all(|message| !message.text.contains(&project.token)));
    }
}
