//! `/audit` and `/status`: what happened, and what is under way.

use keyporter::sandbox::fault::{Fault, Rule, ServiceName};

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
    async fn open_requests_have_a_number_and_a_state(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/status", "no open requests").await;
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        ada.sees("stands below").await;
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
