#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::Duration;

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::sandbox::{
    Sandbox,
    botsubscription::Project,
    fault::{Fault, Rule, ServiceName},
    testing::{SOON, sandbox, send, soon},
};

/// A client that gives up soon, for calls that nobody answers.
const IMPATIENT: Duration = Duration::from_millis(300);

struct Shop {
    sandbox: Sandbox,
    project: Project,
    client: Client,
}

impl Shop {
    fn open() -> Self {
        let sandbox = sandbox();
        let project = sandbox.botsubscription().add_project();
        // Without a pool: a test that stops the service must not meet a connection from before.
        let client = Client::builder().pool_max_idle_per_host(0);
        let client = client.build().unwrap();
        Self {
            sandbox,
            project,
            client,
        }
    }

    /// With a fault that strikes the next call.
    fn with(fault: Fault) -> Self {
        let shop = Self::open();
        shop.sandbox
            .faults()
            .add(Rule::new(ServiceName::BotSubscription, fault));
        shop
    }

    /// A call that makes a key.
    fn create(&self) -> RequestBuilder {
        let Project { id, token } = &self.project;
        let url = self.sandbox.botsubscription().url();
        let url = format!("{url}/v2/projects/{id}/integrations/api-keys");
        self.client
            .post(url)
            .bearer_auth(token)
            .json(&json!({"label": "one"}))
    }

    fn keys(&self) -> usize {
        self.sandbox.botsubscription().keys(&self.project.id).len()
    }

    /// Status and effect of the last call, as logged.
    fn logged(&self) -> (Option<u16>, bool) {
        let calls = self.sandbox.botsubscription().calls();
        let last = calls.last().unwrap();
        (last.status, last.effect)
    }

    async fn text(&self) -> (u16, String) {
        let response = self.create().send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }
}

#[tokio::test]
async fn calls_are_logged() {
    let shop = Shop::open();
    assert_eq!(shop.create().send().await.unwrap().status(), 200);
    let calls = shop.sandbox.botsubscription().calls();
    let [call] = calls.as_slice() else {
        unreachable!("{calls:?}")
    };
    assert_eq!(
        (call.method.as_str(), call.status, call.effect),
        ("POST", Some(200), true)
    );
    assert_eq!(call.body, Some(json!({"label": "one"})));
    assert!(call.path.ends_with("/integrations/api-keys"));
    let url = format!("{}/v2/nothing?x=1", shop.sandbox.botsubscription().url());
    shop.client.get(url).send().await.unwrap();
    assert_eq!(shop.logged(), (Some(401), false), "a refusal has no effect");
    assert!(
        shop.sandbox.botsubscription().calls()[1]
            .path
            .ends_with("/v2/nothing?x=1")
    );
}

#[tokio::test]
async fn a_status_has_no_effect() {
    let shop = Shop::with(Fault::Status(503, Some(json!({"down": true}))));
    assert_eq!(shop.text().await, (503, "{\"down\":true}".to_owned()));
    assert_eq!((shop.keys(), shop.logged()), (1, (Some(503), false)));
    assert_eq!(shop.text().await.0, 200, "the rule is used up");
}

#[tokio::test]
async fn a_rate_limit_comes_in_the_services_own_shape() {
    let shop = Shop::with(Fault::RateLimited { retry_after_s: 7 });
    let response = shop.create().send().await.unwrap();
    assert_eq!((response.status().as_u16(), shop.keys()), (429, 1));
    assert_eq!(response.headers()["retry-after"], "7");
    assert_eq!(response.headers()["x-ratelimit-remaining"], "0");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["retry_after"], 7);
}

#[tokio::test]
async fn a_delay_ends_by_the_clock() {
    let day = Duration::from_hours(24);
    let shop = Shop::with(Fault::Delay(day));
    let call = tokio::spawn(shop.create().send());
    let came = |sandbox: &Sandbox| (!sandbox.botsubscription().calls().is_empty()).then_some(());
    shop.sandbox
        .wait_until(SOON, "the call", came)
        .await
        .unwrap();
    assert_eq!((shop.keys(), shop.logged()), (1, (None, false)));
    // The call may not have begun to wait yet, so the clock is pushed until it has.
    while !call.is_finished() {
        shop.sandbox.clock().push(day);
        tokio::task::yield_now().await;
    }
    assert_eq!(soon(call).await.unwrap().status(), 200);
    assert_eq!((shop.keys(), shop.logged()), (2, (Some(200), true)));
}

#[tokio::test]
async fn a_cut_connection_gives_no_answer() {
    let shop = Shop::with(Fault::CutBefore);
    assert!(shop.create().send().await.is_err());
    assert_eq!((shop.keys(), shop.logged()), (1, (None, false)));
    let shop = Shop::with(Fault::CutAfter);
    let error = shop.create().send().await.unwrap_err();
    assert!(!error.is_connect() && !error.is_timeout(), "{error:?}");
    assert_eq!((shop.keys(), shop.logged()), (2, (None, true)));
}

#[tokio::test]
async fn a_hanging_call_is_never_answered() {
    for (fault, wanted) in [(Fault::HangBefore, 1), (Fault::HangAfter, 2)] {
        let shop = Shop::with(fault);
        let error = shop.create().timeout(IMPATIENT).send().await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        let there = |_: &Sandbox| (shop.keys() == wanted).then_some(());
        shop.sandbox
            .wait_until(SOON, "the key", there)
            .await
            .unwrap();
        assert_eq!(shop.logged(), (None, wanted == 2));
    }
}

#[tokio::test]
async fn a_late_effect_comes_by_the_clock() {
    let hour = Duration::from_hours(1);
    let shop = Shop::with(Fault::LateEffect(hour));
    assert!(shop.create().send().await.is_err());
    assert_eq!((shop.keys(), shop.logged()), (1, (None, false)));
    let project = shop.project.id.clone();
    let there = |sandbox: &Sandbox| {
        let keys = sandbox.botsubscription().keys(&project);
        (keys.len() == 2).then_some(())
    };
    shop.sandbox.clock().push(hour);
    shop.sandbox
        .wait_until(SOON, "the key", there)
        .await
        .unwrap();
    let logged = |sandbox: &Sandbox| sandbox.botsubscription().calls()[0].effect.then_some(());
    shop.sandbox
        .wait_until(SOON, "the log", logged)
        .await
        .unwrap();
}

#[tokio::test]
async fn spoilt_answers_come_after_the_effect() {
    let shop = Shop::with(Fault::Garbage);
    let (status, body) = shop.text().await;
    assert!(status == 200 && serde_json::from_str::<Value>(&body).is_err());
    assert_eq!((shop.keys(), shop.logged()), (2, (Some(200), true)));

    let shop = Shop::with(Fault::Html);
    let response = shop.create().send().await.unwrap();
    assert!(
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert_eq!((response.status().as_u16(), shop.keys()), (200, 2));

    let shop = Shop::with(Fault::Replace(418, "[1]".to_owned()));
    assert_eq!(shop.text().await, (418, "[1]".to_owned()));
    assert_eq!((shop.keys(), shop.logged()), (2, (Some(418), true)));
}

#[tokio::test]
async fn a_truncated_answer_breaks_off() {
    let shop = Shop::with(Fault::Truncated);
    let mut response = shop.create().send().await.unwrap();
    let told = response.content_length().unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    assert_eq!(u64::try_from(first.len()).unwrap(), told / 2);
    assert!(response.chunk().await.is_err(), "the rest never comes");
    assert_eq!(shop.keys(), 2);
}

#[tokio::test]
async fn a_huge_answer_goes_on_and_on() {
    let shop = Shop::with(Fault::Huge(3_000_000));
    let response = shop.create().send().await.unwrap();
    assert_eq!(response.content_length(), None);
    let body = response.text().await.unwrap();
    assert!(body.len() > 3_000_000 && body.starts_with("{\"ok\":true"));
    assert_eq!(shop.keys(), 2);
}

#[tokio::test]
async fn a_stopped_service_refuses_and_comes_back() {
    let shop = Shop::open();
    let service = shop.sandbox.botsubscription().service().clone();
    assert_eq!(send(shop.create()).await.0, 200);
    service.stop().await.unwrap();
    service.stop().await.unwrap();
    let error = shop.create().send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    let (url, calls) = (service.url(), service.calls().len());
    assert_eq!(calls, 1);
    service.resume().await.unwrap();
    service.resume().await.unwrap();
    assert_eq!(send(shop.create()).await.0, 200);
    assert_eq!(service.url(), url);
}

#[tokio::test]
async fn stopping_drops_open_connections() {
    let shop = Shop::with(Fault::HangBefore);
    let call = tokio::spawn(shop.create().send());
    let came = |sandbox: &Sandbox| (!sandbox.botsubscription().calls().is_empty()).then_some(());
    shop.sandbox
        .wait_until(SOON, "the call", came)
        .await
        .unwrap();
    shop.sandbox.stop_all().await.unwrap();
    assert!(soon(call).await.is_err());
}

#[tokio::test]
async fn a_failed_wait_tells_what_was_seen() {
    let sandbox = sandbox();
    let limit = Duration::from_millis(1);
    let outcome = sandbox.wait_until(limit, "a miracle", |_| None::<()>).await;
    let seen = outcome.unwrap_err();
    assert!(
        seen.contains("a miracle") && seen.contains("#1 101: /start"),
        "{seen}"
    );
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let shop = Shop::open();
    let label = "x".repeat(1024 * 1024);
    let request = shop.create().json(&json!({ "label": label }));
    assert_eq!(request.send().await.unwrap().status(), 413);
    assert_eq!(shop.keys(), 1);
}
