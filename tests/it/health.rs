//! What a load balancer asks: does it live, can it work.

use std::time::Duration;

use serde_json::Value;

use crate::world::World;

/// The status and the body of an address of the web server.
async fn ask(world: &World, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("{}{path}", world.way_in.url()))
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn readiness(world: &World) -> (u16, Value) {
    // What was found a moment ago still counts.
    world.pass(Duration::from_secs(1));
    let (status, body) = ask(world, "/health/ready").await;
    (status, serde_json::from_str(&body).unwrap())
}

story! {
    async fn a_bot_at_work_is_ready_and_says_which_part_is_not(world) {
        world.way_in.serves = true;
        world.restart().await;
        world.ada().asks("/start", "Hello").await;
        assert_eq!(ask(world, "/health/live").await, (200, "alive".to_owned()));
        let (status, said) = readiness(world).await;
        assert_eq!((status, &said["ready"]), (200, &Value::Bool(true)), "{said}");
        assert!(said["seconds_since_last_update"].is_u64(), "{said}");

        let away = world.database.go_away();
        let (status, said) = readiness(world).await;
        assert_eq!((status, &said["database"], &said["telegram"]), (503, &Value::Bool(false), &Value::Bool(true)), "{said}");
        assert_eq!(ask(world, "/health/live").await.0, 200);
        drop(away);

        world.sandbox.telegram().service().stop().await.unwrap();
        world.pass(Duration::from_mins(5));
        let (status, said) = readiness(world).await;
        assert_eq!((status, &said["database"], &said["telegram"]), (503, &Value::Bool(true), &Value::Bool(false)), "{said}");
        world.sandbox.telegram().service().resume().await.unwrap();
        world.pass(Duration::from_mins(2));
        let mut looks = 0;
        while readiness(world).await.0 != 200 {
            looks += 1;
            assert!(looks < 10_000, "it is never ready again");
            tokio::task::yield_now().await;
        }
    }
}

story! {
    postgres,
    async fn a_restart_of_the_database_is_missed_by_one_look_at_most(world) {
        world.way_in.serves = true;
        world.restart().await;
        world.ada().asks("/keys", "No account is linked").await;
        for _ in 0..5 {
            assert_eq!(readiness(world).await.0, 200);
            world.database.disconnect();
            readiness(world).await;
            let (status, said) = readiness(world).await;
            assert_eq!(status, 200, "{said}");
        }
    }
}

story! {
    async fn whoever_polls_and_asks_for_nothing_needs_no_port(world) {
        world.polls().await;
        world.ada().asks("/start", "Hello").await;
        let refused = reqwest::get(format!("{}/health/live", world.way_in.url())).await;
        assert!(refused.is_err_and(|error| error.is_connect()));
    }
}
