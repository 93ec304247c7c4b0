#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{Account, ErrorShape};
use crate::sandbox::{
    Sandbox,
    testing::{sandbox, send},
};

struct Case {
    sandbox: Sandbox,
    account: Account,
    client: Client,
}

impl Case {
    fn new() -> Self {
        let sandbox = sandbox();
        let account = sandbox.bots_business().add_account("ada@example.com");
        Self {
            sandbox,
            account,
            client: Client::new(),
        }
    }

    async fn call(&self, method: Method, path: &str, key: &str) -> (u16, Value) {
        let url = format!("{}{path}?api_key={key}", self.sandbox.bots_business().url());
        let (status, body) = send(self.client.request(method, url)).await;
        (status.as_u16(), body)
    }

    async fn user(&self, key: &str) -> (u16, Value) {
        self.call(Method::GET, "/v2/user", key).await
    }
}

#[tokio::test]
async fn a_reset_kills_the_key_that_asked_for_it() {
    let case = Case::new();
    let old = case.account.api_key.as_str();
    let wanted = json!({
        "id": 22_425_807,
        "created_at": "2023-11-20T06:45:00.435Z",
        "api_key": old,
        "email": "ada@example.com",
    });
    assert_eq!(case.user(old).await, (200, wanted));
    let (status, body) = case.call(Method::POST, "/v2/user/reset_api_key", old).await;
    let new = body["api_key"].as_str().unwrap();
    assert_eq!((status, new.len()), (200, 40));
    assert_eq!(
        body["created_at"], "2023-11-20T06:45:00.435Z",
        "the account's date, not the key's"
    );
    assert_eq!(
        case.user(old).await,
        (401, json!({"error": "Unauthorized"}))
    );
    assert_eq!(case.user(new).await, (200, body.clone()));
    assert!(case.sandbox.bots_business().alive(new) && !case.sandbox.bots_business().alive(old));

    let newest = case
        .sandbox
        .bots_business()
        .reset_outside(case.account.id)
        .unwrap();
    assert_eq!(case.user(new).await.0, 401);
    assert_eq!(case.user(&newest).await.0, 200);
}

#[tokio::test]
async fn lists_are_bare() {
    let case = Case::new();
    let key = case.account.api_key.as_str();
    let (status, body) = case
        .call(Method::GET, "/v2/user/linked_accounts", key)
        .await;
    assert_eq!((status, body.as_array().unwrap().len()), (200, 1));
    assert!(body[0]["id"].is_i64());
    let linked = vec![json!({"id": 5, "telegram_id": 101})];
    let id = case.account.id;
    let changed = case.sandbox.bots_business().change_account(id, |account| {
        account.linked_accounts.clone_from(&linked);
    });
    assert!(changed);
    let (_, body) = case
        .call(Method::GET, "/v2/user/linked_accounts", key)
        .await;
    assert_eq!(body, Value::Array(linked));
    let (_, bots) = case.call(Method::GET, "/v2/bots", key).await;
    assert!(bots[0]["token"].is_string());
}

#[tokio::test]
async fn errors_come_in_all_shapes() {
    let case = Case::new();
    let business = case.sandbox.bots_business();
    assert_eq!(
        case.call(Method::GET, "/v2/nothing", "x").await,
        (404, json!({"error": "Not found"}))
    );
    assert_eq!(
        case.call(Method::GET, "/v2/user/reset_api_key", "x")
            .await
            .0,
        404
    );
    let url = format!("{}/v2/user", business.url());
    assert_eq!(send(case.client.get(&url)).await.0, 401);
    let authorized = case.client.get(&url).bearer_auth(&case.account.api_key);
    assert_eq!(send(authorized).await.0, 401, "the key goes into the query");
    business.behave(|behaviour| behaviour.error_shape = ErrorShape::Errors);
    assert_eq!(
        case.user("x").await,
        (401, json!({"errors": ["Unauthorized"]}))
    );
    business.behave(|behaviour| behaviour.errors_with_200 = true);
    assert_eq!(
        case.user("x").await,
        (200, json!({"errors": ["Unauthorized"]}))
    );
    assert!(business.calls().iter().all(|call| !call.effect));
}
