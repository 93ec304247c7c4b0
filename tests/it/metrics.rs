//! What Prometheus reads, and the dashboard that is made of it.

use std::collections::BTreeSet;

use keyporter::sandbox::fault::{Fault, Rule, ServiceName};

use crate::world::{ADA, World};

/// What is asked of the metrics now.
async fn metrics(world: &World) -> String {
    let answer = reqwest::get(world.way_in.metrics_url()).await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    answer.text().await.unwrap()
}

/// The names of metrics in a text.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words
        .filter(|word| word.starts_with("keyporter_"))
        .map(str::to_owned)
        .collect()
}

story! {
    async fn what_the_bot_does_is_counted_and_tells_of_nobody(world) {
        world.way_in.measures = true;
        world.restart().await;
        let project = world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::RateLimited { retry_after_s: 1 }).path("sendMessage"));
        ada.asks("/help", "What you can send me").await;
        world.settle().await;
        let page = metrics(world).await;
        for line in [
            "keyporter_provider_calls_total{provider=\"botsubscription\",call=\"create\",outcome=\"done\"} 1",
            "keyporter_operations{step=\"shown\"} 1",
            "keyporter_deliveries_waiting 1",
            "keyporter_telegram_too_many_total 1",
            "keyporter_database_up 1",
            "# EOF",
        ] {
            assert!(page.contains(line), "{line} is missing:\n{page}");
        }
        assert!(page.contains("keyporter_updates_total{kind=\"message\",outcome=\"committed\"}"), "{page}");
        for told in [ADA.to_string(), project.id, "ci".to_owned()] {
            assert!(!page.split(|c: char| !c.is_alphanumeric()).any(|word| word == told), "{told} stands in\n{page}");
        }
        let counted = names(&page);
        let dashboard = names(include_str!("../../docs/grafana.json"));
        assert!(!dashboard.is_empty());
        let unknown: Vec<_> = dashboard.difference(&counted).collect();
        assert!(unknown.is_empty(), "the dashboard asks for {unknown:?}");

        let away = world.database.go_away();
        let page = metrics(world).await;
        // A locked SQLite file can still be read.
        if world.database.engine() == Engine::Postgres {
            assert!(page.contains("keyporter_database_up 0") && !page.contains("keyporter_inbox_waiting"), "{page}");
        }
        drop(away);
    }
}
