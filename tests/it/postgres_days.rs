//! Days on which the way to PostgreSQL is bad: slow, broken for a while, no connection left; and what people then see.

use std::{sync::Arc, time::Duration};

use keyporter::sandbox::{
    Sandbox,
    fault::{Fault, Rule, ServiceName},
};
use sqlx::{AnyConnection, Connection, Executor};

use crate::world::{ADA, Cluster, Database, Engine, LIMIT, Proxy, World, tell_on};

const HALF_A_SECOND: Duration = Duration::from_millis(500);

/// A database of its own behind a proxy; nothing where there is no PostgreSQL.
fn behind_a_proxy() -> Option<(Database, Arc<Proxy>)> {
    let server = Database::server()?;
    let proxy = Arc::new(Proxy::to(&server));
    Some((Database::on(Engine::Postgres, proxy.url()), proxy))
}

/// How often the bot has said that in Ada's chat.
fn told(world: &mut World, words: &str) -> usize {
    let chat = world.ada().chat();
    chat.iter()
        .filter(|message| message.text.contains(words))
        .count()
}

#[test]
fn half_a_second_a_statement_is_only_slow() {
    let Some((database, proxy)) = behind_a_proxy() else {
        return;
    };
    let way = proxy.clone();
    tell_on(database, |world| {
        Box::pin(async move {
            let project = world.linked_project().await;
            world.options.slow = Duration::from_secs(2);
            world.restart().await;
            let ada = world.ada();
            ada.asks("/status", "no open requests").await;
            way.is_slow(HALF_A_SECOND);
            ada.say("/newkey ci");
            let checking = ada.sees("Checking").await;
            ada.sees("Create key ci").await;
            let checking = world.sandbox.telegram().message(ADA, checking.id);
            let waits = checking
                .is_some_and(|message| !message.deleted && message.text.contains("Checking"));
            assert!(!waits, "the answer takes its place");
            ada.press("Create key");
            let shown = |sandbox: &Sandbox| {
                let mut chat = sandbox.telegram().messages(ADA).into_iter();
                chat.any(|message| message.text.contains("It disappears after ten minutes"))
                    .then_some(())
            };
            // A hundred statements and more, one after another.
            let shown = world.sandbox.wait_until(4 * LIMIT, "the key", shown);
            shown.await.unwrap();
            way.is_open();
            ada.saves().await;
            ada.sees("is created and saved").await;
            let keys = world.sandbox.botsubscription().keys(&project.id);
            assert_eq!(keys.iter().filter(|key| key.label == "ci").count(), 1);
            assert_eq!(told(world, "is created and saved"), 1);
        })
    });
}

#[test]
fn a_server_that_fails_over_costs_time_and_nothing_else() {
    let Some((database, proxy)) = behind_a_proxy() else {
        return;
    };
    let way = proxy.clone();
    tell_on(database, |world| {
        Box::pin(async move {
            let project = world.linked_project().await;
            let ada = world.ada();
            ada.asks("/newkey ci", "Create key ci").await;
            // The provider makes the key while nothing can be written down.
            let slow = Fault::Delay(Duration::from_secs(3));
            let rule = Rule::new(ServiceName::BotSubscription, slow).method("POST");
            world.sandbox.faults().add(rule);
            let calls = world.sandbox.botsubscription().calls().len();
            ada.press("Create key");
            world
                .until("the provider is asked for a key", |sandbox| {
                    let calls = sandbox.botsubscription().calls().split_off(calls);
                    calls.iter().any(|call| call.method == "POST").then_some(())
                })
                .await;
            way.breaks();
            ada.say("/help");
            world.pass(Duration::from_secs(3));
            world
                .until("the key is made", |sandbox| {
                    let keys = sandbox.botsubscription().keys(&project.id);
                    keys.iter().any(|key| key.label == "ci").then_some(())
                })
                .await;
            ada.sees("cannot write anything down").await;
            way.is_open();
            world
                .hurry("both answers", |sandbox| {
                    let chat = sandbox.telegram().messages(ada.id);
                    let said = |words| chat.iter().any(|message| message.text.contains(words));
                    (said("It disappears after ten minutes") && said("What you can send me"))
                        .then_some(())
                })
                .await;
            ada.saves().await;
            ada.sees("is created and saved").await;
            let keys = world.sandbox.botsubscription().keys(&project.id);
            assert_eq!(keys.iter().filter(|key| key.label == "ci").count(), 1);
            assert_eq!(told(world, "What you can send me"), 1);
            assert_eq!(told(world, "cannot write anything down"), 1);
        })
    });
}

#[test]
fn without_a_free_connection_it_says_so_once_and_comes_back() {
    let Some(cluster) = Cluster::make() else {
        return;
    };
    let server = cluster.url();
    tell_on(Database::on(Engine::Postgres, server.clone()), |world| {
        Box::pin(async move {
            let ada = world.ada();
            ada.asks("/start", "Hello").await;
            let mut taken = takes_all(&server).await;
            let bots = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                        WHERE datname LIKE 'keyporter_test_%' AND pid <> pg_backend_pid()";
            taken[0].execute(sqlx::raw_sql(bots)).await.unwrap();
            taken.extend(takes_all(&server).await);
            ada.say("/help");
            ada.say("/status");
            ada.sees("cannot write anything down").await;
            for connection in taken {
                connection.close().await.unwrap();
            }
            for _ in 0..4 {
                world.pass(Duration::from_secs(31));
                world.settle().await;
            }
            ada.sees("What you can send me").await;
            ada.sees("no open requests").await;
            assert_eq!(told(world, "cannot write anything down"), 1);
        })
    });
}

/// Every connection that the server still gives.
async fn takes_all(server: &str) -> Vec<AnyConnection> {
    sqlx::any::install_default_drivers();
    let mut taken = Vec::new();
    while let Ok(connection) = AnyConnection::connect(&format!("{server}/postgres")).await {
        taken.push(connection);
    }
    taken
}

story! {
    postgres, async fn a_machine_whose_clock_is_wrong_works_by_the_databases(world) {
        world.options.database_clock = true;
        world.restart().await;
        world.linked_project().await;
        let ada = world.ada();
        let ten_minutes = 600_000;
        for (label, ahead) in [("early", ten_minutes), ("late", -ten_minutes)] {
            // A question lives for five minutes, whoever has asked it and whoever hears the answer.
            for (label, asker, answerer) in [(format!("{label}1"), 0, ahead), (format!("{label}2"), ahead, 0)] {
                world.stop().await;
                world.clock.is_ahead(asker);
                world.start();
                ada.asks(&format!("/newkey {label}"), &format!("Create key {label}")).await;
                world.stop().await;
                world.clock.is_ahead(answerer);
                world.start();
                ada.press("Create key");
                ada.sees("It disappears after ten minutes").await;
                ada.saves().await;
                ada.sees("is created and saved").await;
            }
        }
    }
}
