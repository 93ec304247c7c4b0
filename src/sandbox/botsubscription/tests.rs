#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use super::{BotSubscription, ErrorShape, Project};
use crate::sandbox::{
    Sandbox,
    testing::{sandbox, send},
};

struct Case {
    sandbox: Sandbox,
    project: Project,
    client: Client,
}

impl Case {
    fn new() -> Self {
        let sandbox = sandbox();
        let project = sandbox.botsubscription().add_project();
        Self {
            sandbox,
            project,
            client: Client::new(),
        }
    }

    fn service(&self) -> &BotSubscription {
        self.sandbox.botsubscription()
    }

    fn request(&self, method: Method, key: &str) -> RequestBuilder {
        let base = self.service().url();
        let url = format!(
            "{base}/v2/projects/{}/integrations/api-keys{key}",
            self.project.id
        );
        self.client.request(method, url)
    }

    async fn call(&self, method: Method, key: &str) -> (u16, Value) {
        let (status, body) = send(self.request(method, key).bearer_auth(&self.project.token)).await;
        (status.as_u16(), body)
    }

    async fn create(&self, body: Value) -> (u16, Value) {
        let request = self
            .request(Method::POST, "")
            .bearer_auth(&self.project.token);
        let (status, body) = send(request.json(&body)).await;
        (status.as_u16(), body)
    }

    async fn list(&self) -> Vec<Value> {
        let (status, body) = self.call(Method::GET, "").await;
        assert_eq!(status, 200, "{body}");
        body["data"]["keys"].as_array().unwrap().clone()
    }
}

fn fields(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

const METADATA: [&str; 9] = [
    "created_at",
    "created_by",
    "id",
    "label",
    "last_four",
    "revoked_at",
    "revoked_by",
    "updated_at",
    "updated_by",
];
const ENVELOPE: [&str; 7] = [
    "code",
    "data",
    "message",
    "method",
    "ok",
    "path",
    "request_id",
];

#[tokio::test]
async fn a_key_is_made_listed_and_revoked_in_the_documented_shapes() {
    let case = Case::new();
    let (status, body) = case.create(json!({"label": "staging bot"})).await;
    assert_eq!(
        (status, &body["code"], &body["method"]),
        (200, &json!(200), &json!("POST"))
    );
    assert_eq!(fields(&body), ENVELOPE);
    assert_eq!(body["message"], "API key created successfully");
    let (key, metadata) = (
        body["data"]["key"].as_str().unwrap(),
        &body["data"]["metadata"],
    );
    assert_eq!(fields(metadata), METADATA);
    assert_eq!(metadata["last_four"], key[key.len() - 4..]);
    assert!(metadata["created_by"].is_null() && metadata["revoked_at"].is_null());
    assert_eq!(
        metadata["created_at"].as_str().unwrap().len(),
        "2025-02-10T09:30:12.000Z".len()
    );

    let list = case.list().await;
    assert_eq!(list.len(), 2);
    assert_eq!(list[0]["label"], "dashboard");
    assert_eq!(&list[1], metadata, "the list tells the same, and no secret");

    let id = metadata["id"].as_str().unwrap();
    let (status, body) = case.call(Method::DELETE, &format!("/{id}")).await;
    assert_eq!((status, fields(&body["data"])), (200, METADATA.to_vec()));
    assert_eq!(body["message"], "API key revoked successfully");
    assert!(body["data"]["revoked_at"].is_string() && body["data"]["revoked_by"].is_null());
    assert!(!case.service().alive(key));
    assert_eq!(
        case.list().await[1]["revoked_at"],
        body["data"]["revoked_at"]
    );
    let (again, same) = case.call(Method::DELETE, &format!("/{id}")).await;
    assert_eq!((again, &same["data"]), (200, &body["data"]));
}

#[tokio::test]
async fn every_key_works_until_it_is_revoked_even_by_itself() {
    let mut case = Case::new();
    let (_, body) = case.create(json!({"label": "one"})).await;
    case.project.token = body["data"]["key"].as_str().unwrap().to_owned();
    let id = body["data"]["metadata"]["id"].as_str().unwrap();
    assert_eq!(case.list().await.len(), 2);
    assert_eq!(case.call(Method::DELETE, &format!("/{id}")).await.0, 200);
    assert_eq!(case.call(Method::GET, "").await.0, 401);
    assert!(!case.service().alive(&case.project.token));
}

#[tokio::test]
async fn labels_are_checked() {
    let case = Case::new();
    for body in [
        json!({}),
        json!({"label": ""}),
        json!({"label": "  "}),
        json!({"label": 5}),
        json!({"label": "x".repeat(256)}),
        json!({"label": "a", "scope": "all"}),
    ] {
        let (status, answer) = case.create(body.clone()).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (422, &json!("VALIDATION_ERROR")),
            "{body}"
        );
    }
    assert_eq!(case.create(json!({"label": "Ж".repeat(255)})).await.0, 200);
    assert_eq!(case.create(json!([])).await.0, 400);
    let request = case
        .request(Method::POST, "")
        .bearer_auth(&case.project.token);
    assert_eq!(
        send(request.body("{\"label\":\"x\"}")).await.0,
        400,
        "no content type"
    );
    assert_eq!(case.create(json!({"label": "twice"})).await.0, 200);
    assert_eq!(case.create(json!({"label": "twice"})).await.0, 200);
}

#[tokio::test]
async fn errors_come_in_both_documented_shapes() {
    let case = Case::new();
    let (status, body) = send(case.request(Method::GET, "")).await;
    assert_eq!((status.as_u16(), fields(&body)), (401, vec!["error"]));
    assert_eq!(fields(&body["error"]), ["code", "message"]);

    case.service()
        .behave(|behaviour| behaviour.error_shape = ErrorShape::ErrorCode);
    let (status, body) = case.call(Method::DELETE, "/nothing").await;
    assert_eq!(
        (status, &body["ok"], &body["code"]),
        (404, &json!(false), &json!(404))
    );
    assert_eq!(fields(&body["error"]), ["error_code", "message"]);
    assert_eq!(body["error"]["error_code"], "NOT_FOUND");
}

#[tokio::test]
async fn strangers_and_wrong_places_are_refused() {
    let mut case = Case::new();
    let other = case.service().add_project();
    assert_eq!(
        send(case.request(Method::GET, "").bearer_auth("x")).await.0,
        401
    );
    assert_eq!(
        send(
            case.request(Method::GET, "")
                .header("authorization", &case.project.token)
        )
        .await
        .0,
        401
    );
    assert_eq!(case.call(Method::GET, "?limit=1").await.0, 400);
    assert_eq!(case.call(Method::PUT, "").await.0, 404);
    case.project.id = other.id;
    assert_eq!(case.call(Method::GET, "").await.0, 404);
    case.service()
        .behave(|behaviour| behaviour.foreign_project_status = 403);
    assert_eq!(case.call(Method::GET, "").await.0, 403);
    case.project.id = "nothing".to_owned();
    assert_eq!(case.call(Method::GET, "").await.0, 404);
}

#[tokio::test]
async fn what_the_documents_leave_open_can_be_switched() {
    let case = Case::new();
    case.service().behave(|behaviour| {
        behaviour.lists_revoked = false;
        behaviour.lists_first_token = false;
        behaviour.revokes_again = false;
        behaviour.secret_chars = 300;
        behaviour.label_chars_max = 3;
    });
    assert_eq!(case.list().await.len(), 0);
    let key = case
        .service()
        .create_key_outside(&case.project.id, "by a colleague")
        .unwrap();
    assert_eq!((key.secret.len(), case.list().await.len()), (300, 1));
    assert!(case.list().await[0]["created_by"].is_string());
    assert!(case.service().revoke_outside(&case.project.id, &key.id));
    assert!(!case.service().revoke_outside(&case.project.id, &key.id));
    assert_eq!(case.list().await.len(), 0);
    assert_eq!(
        case.call(Method::DELETE, &format!("/{}", key.id)).await.0,
        404
    );
    assert_eq!(case.create(json!({"label": "four"})).await.0, 422);
}

#[tokio::test]
async fn rates_are_limited_by_key_address_and_burst() {
    let case = Case::new();
    let first = case
        .request(Method::GET, "")
        .bearer_auth(&case.project.token)
        .send()
        .await
        .unwrap();
    assert_eq!(first.headers()["x-ratelimit-limit"], "100");
    assert_eq!(first.headers()["x-ratelimit-remaining"], "99");
    assert!(first.headers().contains_key("x-ratelimit-reset"));

    case.service()
        .behave(|behaviour| behaviour.limits.per_key = 2);
    assert_eq!(case.call(Method::GET, "").await.0, 200);
    let last = case
        .request(Method::GET, "")
        .bearer_auth(&case.project.token)
        .send()
        .await
        .unwrap();
    assert_eq!(last.status(), 429);
    let wait: u64 = last.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((55..=60).contains(&wait), "{wait}");
    let body: Value = last.json().await.unwrap();
    assert_eq!(body["error"]["code"], "RATE_LIMIT_EXCEEDED");
    assert_eq!(body["error"]["retry_after"], wait);
    let other = case
        .service()
        .create_key_outside(&case.project.id, "other")
        .unwrap();
    assert_eq!(
        send(case.request(Method::GET, "").bearer_auth(&other.secret))
            .await
            .0,
        200
    );

    case.service()
        .behave(|behaviour| behaviour.limits.per_address = 3);
    assert_eq!(
        send(case.request(Method::GET, "").bearer_auth(&other.secret))
            .await
            .0,
        429
    );
    case.sandbox.clock().push(Duration::from_mins(1));
    assert_eq!(case.call(Method::GET, "").await.0, 200);

    case.service()
        .behave(|behaviour| behaviour.limits.burst = 1);
    case.sandbox.clock().push(Duration::from_mins(1));
    let (first, second) = (
        case.call(Method::GET, "").await.0,
        case.call(Method::GET, "").await.0,
    );
    assert_eq!((first, second), (200, 429));
}
