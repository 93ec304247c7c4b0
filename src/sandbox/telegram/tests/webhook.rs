//! Deliveries to a webhook.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::json;

use crate::sandbox::{
    Sandbox,
    testing::{ADA, BORIS, BotClient, sandbox},
};

/// A bot's server that refuses at first, and keeps what it was brought.
#[derive(Clone, Default)]
struct Server(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    refusals: usize,
    signatures: Vec<String>,
    bodies: Vec<String>,
}

async fn receive(State(server): State<Server>, headers: HeaderMap, body: String) -> StatusCode {
    let mut seen = server.0.lock().unwrap();
    if seen.refusals > 0 {
        seen.refusals -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let signature = &headers["X-Telegram-Bot-Api-Secret-Token"];
    seen.signatures.push(signature.to_str().unwrap().to_owned());
    seen.bodies.push(body);
    StatusCode::OK
}

impl Server {
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/hook", post(receive))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    fn brought(&self, text: &str) -> bool {
        let seen = self.0.lock().unwrap();
        seen.bodies.iter().any(|body| body.contains(text))
    }
}

async fn all_taken(sandbox: &Sandbox) {
    let taken = |sandbox: &Sandbox| {
        sandbox
            .telegram()
            .pending_updates()
            .is_empty()
            .then_some(())
    };
    let limit = Duration::from_secs(20);
    sandbox
        .wait_until(limit, "all is taken", taken)
        .await
        .unwrap();
}

#[tokio::test]
async fn updates_come_in_order_signed_and_again_until_they_are_taken() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    telegram.limit(|limits| limits.webhook_retry_ms = 10);
    let server = Server::default();
    server.0.lock().unwrap().refusals = 3;
    let url = server.start().await;
    telegram.say(ADA, ADA, "one").unwrap();
    bot.result("setWebhook", json!({ "url": url, "secret_token": "a-b_1" }))
        .await;
    telegram.say(ADA, ADA, "two").unwrap();
    telegram.say(BORIS, BORIS, "three").unwrap();
    all_taken(&sandbox).await;
    let seen = server.0.lock().unwrap();
    assert!(seen.signatures.iter().all(|signature| signature == "a-b_1"));
    let place = |text: &str| {
        seen.bodies
            .iter()
            .position(|body| body.contains(text))
            .unwrap()
    };
    assert!(place("\"one\"") < place("\"two\""));
    assert_eq!(
        seen.bodies
            .iter()
            .filter(|body| body.contains("\"three\""))
            .count(),
        1
    );
}

#[tokio::test]
async fn a_failure_is_told_and_what_waits_may_be_dropped() {
    let sandbox = sandbox();
    let (telegram, bot) = (sandbox.telegram(), BotClient::new(&sandbox));
    let server = Server::default();
    server.0.lock().unwrap().refusals = usize::MAX;
    let url = server.start().await;
    telegram.say(ADA, ADA, "never").unwrap();
    bot.result("setWebhook", json!({ "url": url })).await;
    let failed = |sandbox: &Sandbox| sandbox.telegram().webhook()?.last_error;
    let limit = Duration::from_secs(20);
    sandbox
        .wait_until(limit, "a failure", failed)
        .await
        .unwrap();
    let info = bot.result("getWebhookInfo", json!({})).await;
    assert_eq!(
        info["last_error_message"],
        "Wrong response from the webhook: 503 Service Unavailable"
    );
    assert!(info["last_error_date"].is_i64());
    bot.result("deleteWebhook", json!({ "drop_pending_updates": true }))
        .await;
    assert!(telegram.pending_updates().is_empty() && !server.brought("never"));
}
