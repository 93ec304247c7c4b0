//! Telegram brings the updates: who may, what is taken, and what comes again.

use std::time::Duration;

use keyporter::sandbox::telegram::Webhook;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::world::{ADA, World, logged_by};

/// The webhook as Telegram knows it.
async fn hook(world: &World) -> Webhook {
    let set = |sandbox: &keyporter::sandbox::Sandbox| sandbox.telegram().webhook();
    world.until("the webhook is set", set).await
}

/// What Ada says, as Telegram would bring it, with that number.
fn update(id: i64, text: &str) -> String {
    let ada = json!({ "id": ADA, "is_bot": false, "first_name": "Ada", "language_code": "en" });
    let chat = json!({ "id": ADA, "type": "private", "first_name": "Ada" });
    let message = json!({ "message_id": 900, "date": 1, "chat": chat, "from": ada, "text": text });
    json!({ "update_id": id, "message": message }).to_string()
}

/// Posts a body to an address, signed or not; gives the status.
async fn post(url: &str, signature: Option<&str>, body: impl Into<reqwest::Body>) -> u16 {
    let mut request = reqwest::Client::new().post(url).body(body);
    if let Some(signature) = signature {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", signature);
    }
    request.send().await.unwrap().status().as_u16()
}

async fn call(world: &World, method: &str, parameters: Value) {
    let telegram = world.sandbox.telegram();
    let url = format!("{}/bot{}/{method}", telegram.url(), telegram.token());
    let request = reqwest::Client::new().post(url).json(&parameters);
    assert!(request.send().await.unwrap().status().is_success());
}

/// What has been stored of updates.
fn stored(world: &World) -> Vec<String> {
    world
        .database
        .find("SELECT CAST(update_id AS TEXT) FROM inbox")
}

story! {
    async fn whoever_does_not_sign_brings_nothing_in(world) {
        world.by_webhook().await;
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        let hook = hook(world).await;
        let before = stored(world);
        let (url, signature) = (hook.url.clone(), hook.secret_token.unwrap());
        let body = || update(1, "/help");
        let other_path = url.replace(url.rsplit('/').next().unwrap(), "0000");
        let same_length = "0".repeat(signature.len());
        assert_eq!(post(&url, None, body()).await, 401);
        assert_eq!(post(&url, Some(""), body()).await, 401);
        assert_eq!(post(&url, Some(&same_length), body()).await, 401);
        assert_eq!(post(&url, Some(&signature[1..]), body()).await, 401);
        assert_eq!(post(&other_path, Some(&signature), body()).await, 404);
        assert_eq!(post(&world.way_in.url(), Some(&signature), body()).await, 404);
        assert_eq!(reqwest::get(&url).await.unwrap().status().as_u16(), 405);
        assert_eq!(stored(world), before);
        assert_eq!(post(&url, Some(&signature), body()).await, 200);
        ada.sees("What you can send me").await;
    }
}

story! {
    async fn what_can_never_be_read_is_taken_once_and_not_stored(world) {
        world.by_webhook().await;
        let hook = hook(world).await;
        let signature = hook.secret_token.as_deref();
        for garbage in ["", "garbage-canary", "[]", "{\"text\": \"garbage-canary\"}", "{\"update_id\": \"x\"}", "\u{0}"] {
            assert_eq!(post(&hook.url, signature, garbage).await, 200, "{garbage}");
        }
        assert_eq!(post(&hook.url, signature, vec![0xff_u8, 0xfe, 0x7b]).await, 200);
        assert_eq!(stored(world), Vec::<String>::new());
        assert!(!logged_by("cannot be read and is skipped").is_empty());
        assert!(logged_by("garbage-canary").is_empty());
        world.ada().asks("/start", "Hello").await;
    }
}

story! {
    async fn the_same_update_ten_times_is_handled_once(world) {
        world.by_webhook().await;
        let hook = hook(world).await;
        let signature = hook.secret_token.as_deref();
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        let all = (0..10).map(|_| post(&hook.url, signature, update(77, "/help")));
        assert_eq!(futures::future::join_all(all).await, vec![200; 10]);
        ada.sees("What you can send me").await;
        ada.asks("/keys", "No account").await;
        assert_eq!(post(&hook.url, signature, update(77, "/help")).await, 200);
        ada.asks("/status", "no open requests").await;
        let answers = ada.chat().iter().filter(|message| message.text.contains("What you can send me")).count();
        assert_eq!(answers, 1);
    }
}

story! {
    async fn while_the_database_is_away_telegram_keeps_what_it_has(world) {
        world.by_webhook().await;
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        let away = world.database.go_away();
        // What changes nothing needs nothing written down.
        ada.say("/link");
        world.until("a delivery is refused", |sandbox| {
            let (_, why) = sandbox.telegram().webhook()?.last_error?;
            why.contains("503").then_some(())
        }).await;
        assert_eq!(world.sandbox.telegram().pending_updates().len(), 1);
        drop(away);
        world.pass(Duration::from_secs(2));
        ada.sees("Where is the account").await;
        world.settle().await;
        let answers = ada.chat().iter().filter(|message| message.text.contains("Where is the account")).count();
        assert_eq!(answers, 1);
    }
}

story! {
    async fn the_webhook_stays_when_the_bot_stops_and_is_set_only_once(world) {
        world.by_webhook().await;
        let first = hook(world).await;
        world.restart().await;
        world.ada().asks("/start", "Hello").await;
        world.stop().await;
        assert_eq!(world.sandbox.telegram().webhook().map(|hook| hook.url), Some(first.url));
        assert_eq!(world.sandbox.telegram().calls_of("setWebhook").len(), 1);
        world.ada().say("/help");
        world.start();
        world.ada().sees("What you can send me").await;
    }
}

story! {
    async fn a_new_public_address_is_set_anew(world) {
        world.by_webhook().await;
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        let before = hook(world).await;
        world.stop().await;
        ada.say("/help");
        world.way_in.moves();
        world.start();
        ada.sees("What you can send me").await;
        let after = hook(world).await;
        assert_ne!(after.url, before.url);
        assert_eq!(after.secret_token, before.secret_token);
    }
}

story! {
    async fn from_polling_to_the_webhook_and_back_nothing_is_lost(world) {
        world.polls().await;
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        world.stop().await;
        ada.say("/help");
        world.way_in.webhook = true;
        world.start();
        ada.sees("What you can send me").await;
        ada.asks("/keys", "No account").await;
        world.stop().await;
        ada.say("/status");
        world.way_in.webhook = false;
        world.start();
        ada.sees("no open requests").await;
        assert!(world.sandbox.telegram().webhook().is_none());
    }
}

story! {
    async fn a_webhook_that_somebody_has_taken_away_is_set_again(world) {
        world.by_webhook().await;
        let ada = world.ada();
        ada.asks("/start", "Hello").await;
        for (method, parameters) in [("deleteWebhook", json!({})), ("setWebhook", json!({ "url": "https://other.example/hook" }))] {
            call(world, method, parameters).await;
            world.pass(Duration::from_secs(61));
            ada.asks("/help", "What you can send me").await;
        }
    }
}

story! {
    async fn a_port_that_is_taken_stops_the_start_with_a_clear_word(world) {
        world.by_webhook().await;
        world.stop().await;
        let address = world.way_in.listen().unwrap();
        let other = tokio::net::TcpListener::bind(address).await.unwrap();
        world.start();
        let said = world.fails_to_start().await;
        assert!(said.contains("KEYPORTER_LISTEN") && said.contains(&address.to_string()), "{said}");
        drop(other);
        world.start();
        world.ada().asks("/start", "Hello").await;
    }
}

story! {
    async fn slow_clients_hold_up_nobody(world) {
        world.by_webhook().await;
        world.options.patience = Duration::from_millis(200);
        world.restart().await;
        let hook = hook(world).await;
        world.ada().asks("/start", "Hello").await;
        let address = world.way_in.listen().unwrap();
        // Headers that never end.
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"POST /telegram/x HTTP/1.1\r\nHost: x\r\nX-Sl").await.unwrap();
        world.ada().asks("/help", "What you can send me").await;
        let mut said = Vec::new();
        // It is hung up on; how does not matter.
        let _ = slow.read_to_end(&mut said).await;
        assert!(!String::from_utf8_lossy(&said).contains("200 OK"));
        // A body that never ends.
        let mut slow = TcpStream::connect(address).await.unwrap();
        let path = hook.url.strip_prefix(&world.way_in.url()).unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nX-Telegram-Bot-Api-Secret-Token: {}\r\n\r\n{{\"upda",
            hook.secret_token.unwrap()
        );
        slow.write_all(head.as_bytes()).await.unwrap();
        world.ada().asks("/status", "no open requests").await;
        let mut said = [0; 12];
        let answered = tokio::select! {
            read = slow.read_exact(&mut said) => read.map(|_| said),
            never = passing(world) => never,
        };
        assert_eq!(&answered.unwrap(), b"HTTP/1.1 503");
    }
}

/// Lets time pass for ever, a little at a time.
async fn passing(world: &World) -> ! {
    loop {
        world.pass(Duration::from_secs(5));
        let never = world
            .sandbox
            .wait_until(Duration::from_millis(50), "never", |_| None::<()>);
        never.await.expect_err("it never comes");
    }
}

story! {
    async fn a_body_of_ten_megabytes_is_refused(world) {
        world.by_webhook().await;
        let hook = hook(world).await;
        let mut talk = TcpStream::connect(world.way_in.listen().unwrap()).await.unwrap();
        let path = hook.url.strip_prefix(&world.way_in.url()).unwrap();
        let size = 10 * 1024 * 1024;
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\nX-Telegram-Bot-Api-Secret-Token: {}\r\n\r\n",
            hook.secret_token.unwrap()
        );
        talk.write_all(head.as_bytes()).await.unwrap();
        let mut said = [0; 12];
        talk.read_exact(&mut said).await.unwrap();
        assert_eq!(&said, b"HTTP/1.1 413", "refused before it is read");
        world.ada().asks("/start", "Hello").await;
    }
}
