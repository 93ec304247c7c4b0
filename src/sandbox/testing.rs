//! What the sandbox's own tests have in common: a world with two people, and plain HTTP clients.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{Options, Sandbox, clock::within, telegram::Person};

/// The longest that a test waits for anything.
pub(crate) const SOON: Duration = Duration::from_secs(10);
pub(crate) const ADA: i64 = 101;
pub(crate) const BORIS: i64 = 102;

/// A world in which Ada has pressed start and Boris has not.
pub(crate) fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let telegram = sandbox.telegram();
    telegram.add_person(Person::new(ADA, "Ada").username("ada").language("en"));
    telegram.add_person(Person::new(BORIS, "Boris").language("ru"));
    telegram.say(ADA, ADA, "/start").unwrap();
    sandbox
}

/// What a task gives, which must be done soon.
pub(crate) async fn soon<T>(task: JoinHandle<T>) -> T {
    let done = within(SOON, task).await;
    done.unwrap_or_else(|| panic!("it took too long")).unwrap()
}

/// Returns once somebody waits for a change.
pub(crate) async fn someone_waits(sandbox: &Sandbox) {
    let wait = async {
        while sandbox.shared.changes.waiting() == 0 {
            tokio::task::yield_now().await;
        }
    };
    assert!(within(SOON, wait).await.is_some(), "nobody waits");
}

/// Sends a request; gives the status and the body, which must be JSON.
pub(crate) async fn send(request: RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let body = response.text().await.unwrap();
    let json = serde_json::from_str(&body);
    (status, json.unwrap_or_else(|_| panic!("no JSON: {body}")))
}

/// The bot's side of Telegram.
#[derive(Clone)]
pub(crate) struct BotClient {
    client: Client,
    base: String,
}

impl BotClient {
    pub(crate) fn new(sandbox: &Sandbox) -> Self {
        let telegram = sandbox.telegram();
        Self {
            client: Client::new(),
            base: format!("{}/bot{}", telegram.url(), telegram.token()),
        }
    }

    pub(crate) fn request(&self, method: &str) -> RequestBuilder {
        self.client.post(format!("{}/{method}", self.base))
    }

    /// The whole answer.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Value {
        let (status, body) = send(self.request(method).json(&params)).await;
        if body["ok"] == true {
            assert_eq!(status, StatusCode::OK);
        } else {
            assert_eq!(body["error_code"], status.as_u16());
        }
        body
    }

    /// The result of a call that must succeed.
    pub(crate) async fn result(&self, method: &str, params: Value) -> Value {
        let body = self.call(method, params).await;
        assert_eq!(body["ok"], true, "{method}: {body}");
        body["result"].clone()
    }

    /// The description of a call that must be refused.
    pub(crate) async fn refusal(&self, method: &str, params: Value) -> String {
        let body = self.call(method, params).await;
        assert_eq!(body["ok"], false, "{method}: {body}");
        body["description"].as_str().unwrap().to_owned()
    }

    /// Sends a text to a chat and gives the message's number.
    pub(crate) async fn say(&self, chat: i64, text: &str) -> i64 {
        let params = json!({"chat_id": chat, "text": text});
        let message = self.result("sendMessage", params).await;
        message["message_id"].as_i64().unwrap()
    }

    /// The updates that wait.
    pub(crate) async fn updates(&self) -> Vec<Value> {
        let updates = self.result("getUpdates", json!({})).await;
        updates.as_array().unwrap().clone()
    }
}
