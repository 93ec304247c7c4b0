#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::Botanalytics;
use crate::sandbox::testing::{sandbox, send};

const MISSING_KEY: &str = "Request is missing a valid Authorization header.";

fn post(service: &Botanalytics) -> RequestBuilder {
    Client::new().post(format!("{}/v2/messages", service.url()))
}

async fn probe(service: &Botanalytics, key: &str, body: &Value) -> (u16, Value) {
    let (status, body) = send(post(service).bearer_auth(key).json(body)).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn a_probe_tells_a_dead_key_and_writes_nothing() {
    let sandbox = sandbox();
    let service = sandbox.botanalytics();
    let channel = service.add_channel("universal");
    let refused = (401, json!({"errors": [MISSING_KEY]}));
    assert_eq!(probe(service, "x", &json!({})).await, refused);
    for body in [
        json!({}),
        json!({"messages": []}),
        json!({"messages": [{}]}),
        json!({"messages": [{"message": {}}]}),
    ] {
        let (status, answer) = probe(service, &channel.key, &body).await;
        assert_eq!((status, answer["errors"].is_array()), (400, true), "{body}");
    }
    let (status, answer) = send(post(service).bearer_auth(&channel.key).body("x")).await;
    assert_eq!(status, 400);
    assert_eq!(
        answer["errors"][0],
        "Request payloads must be in JSON format."
    );
    assert!(service.messages().is_empty());

    let written = json!({"messages": [{"message": {"text": "hi"}}]});
    let (status, answer) = probe(service, &channel.key, &written).await;
    assert_eq!((status, answer["request_id"].is_string()), (200, true));
    assert_eq!(service.messages(), [json!({"message": {"text": "hi"}})]);
}

#[tokio::test]
async fn regenerating_kills_the_old_key_unless_switched() {
    let sandbox = sandbox();
    let service = sandbox.botanalytics();
    let channel = service.add_channel("universal");
    let new = service.regenerate(channel.id).unwrap();
    assert!(new != channel.key && service.alive(&new) && !service.alive(&channel.key));
    assert_eq!(service.channels()[0].key, new);
    service.behave(|behaviour| behaviour.old_key_lives = true);
    let newest = service.regenerate(channel.id).unwrap();
    assert!(service.alive(&new) && service.alive(&newest));
    assert_eq!(service.regenerate(99), None);
}

#[tokio::test]
async fn the_order_of_checks_can_be_switched() {
    let sandbox = sandbox();
    let service = sandbox.botanalytics();
    service.behave(|behaviour| behaviour.checks_body_first = true);
    assert_eq!(probe(service, "x", &json!({})).await.0, 400);
    let whole = json!({"messages": [{"message": {"text": "hi"}}]});
    assert_eq!(probe(service, "x", &whole).await.0, 401);
    assert!(service.messages().is_empty());
    let elsewhere = Client::new().post(format!("{}/v2/channels", service.url()));
    assert_eq!(send(elsewhere).await.0, 404);
}
