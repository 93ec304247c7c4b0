#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::{collections::BTreeSet, fs};

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::{Control, page::FILES};
use crate::sandbox::{
    Options, Sandbox, demo_world,
    testing::{ADA, BotClient, sandbox, send, someone_waits, soon},
};

struct Page {
    sandbox: Sandbox,
    control: Control,
    client: Client,
}

impl Page {
    async fn open(sandbox: Sandbox) -> Self {
        let control = Control::start(&sandbox, 0).await.unwrap();
        let client = Client::new();
        Self {
            sandbox,
            control,
            client,
        }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.control.url()))
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let url = format!("{}{path}", self.control.url());
        self.client.post(url).json(body)
    }

    async fn world(&self) -> Value {
        send(self.get("/api/world")).await.1
    }

    /// Does something that must work.
    async fn act(&self, path: &str, body: Value) -> Value {
        let (status, answer) = send(self.post(path, &body)).await;
        assert_eq!(
            (status, &answer["ok"]),
            (StatusCode::OK, &json!(true)),
            "{path} {answer}"
        );
        answer
    }

    /// The status of something that must not work.
    async fn refused(&self, path: &str, body: Value) -> u16 {
        let (status, answer) = send(self.post(path, &body)).await;
        assert!(answer["error"].is_string(), "{path} {answer}");
        status.as_u16()
    }
}

#[tokio::test]
async fn the_demo_world_is_told_whole() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    demo_world(&sandbox);
    let page = Page::open(sandbox).await;
    let world = page.world().await;
    assert_eq!(world["version"], page.sandbox.version());
    assert_eq!(world["people"][0]["first_name"], "Ada");
    assert_eq!(
        (
            &world["people"][1]["language_code"],
            &world["people"][1]["started"]
        ),
        (&json!("ru"), &json!(false))
    );
    let chats = world["chats"].as_array().unwrap();
    assert_eq!(
        (chats.len(), &chats[0]["title"]),
        (4, &json!("Release crew"))
    );
    assert_eq!(
        (&chats[0]["kind"], &chats[0]["members"]["100001"]),
        (&json!("supergroup"), &json!("owner"))
    );
    let project = &world["botsubscription"]["projects"][0];
    assert!(
        page.sandbox
            .botsubscription()
            .alive(project["token"].as_str().unwrap())
    );
    let keys = project["keys"].as_array().unwrap();
    assert_eq!((keys.len(), &keys[1]["label"]), (3, &json!("staging bot")));
    assert!(keys[1]["last_four"].is_string() && keys[1]["secret"].is_null());
    let account = &world["bots_business"]["accounts"][0];
    assert!(
        page.sandbox
            .bots_business()
            .alive(account["api_key"].as_str().unwrap())
    );
    assert_eq!(
        world["botanalytics"]["channels"].as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn the_page_acts_as_people_do() {
    let page = Page::open(sandbox()).await;
    let bot = BotClient::new(&page.sandbox);
    let said = page
        .act(
            "/api/say",
            json!({"person": ADA, "chat": ADA, "text": "/keys"}),
        )
        .await;
    let id = said["message_id"].as_i64().unwrap();
    page.act(
        "/api/edit",
        json!({"person": ADA, "chat": ADA, "message_id": id, "text": "s3cret"}),
    )
    .await;
    bot.result("deleteMessage", json!({"chat_id": ADA, "message_id": id}))
        .await;
    let keyboard = json!([[{"text": "Go", "callback_data": "go"}]]);
    let params =
        json!({"chat_id": ADA, "text": "?", "reply_markup": {"inline_keyboard": keyboard}});
    let sent = bot.result("sendMessage", params).await["message_id"].clone();
    let press = json!({"person": ADA, "chat": ADA, "message_id": sent, "row": 0, "column": 0});
    let press = page.act("/api/press", press).await["callback_id"].clone();
    bot.result(
        "answerCallbackQuery",
        json!({"callback_query_id": press, "text": "Done"}),
    )
    .await;

    let world = page.world().await;
    assert!(
        !world.to_string().contains("s3cret"),
        "a deleted message's words are gone"
    );
    let messages = world["chats"][0]["messages"].as_array().unwrap();
    assert_eq!(
        (&messages[1]["deleted"], &messages[1]["person"]),
        (&json!(true), &json!(ADA))
    );
    assert_eq!(
        (&messages[2]["from_bot"], &messages[2]["keyboard"]),
        (&json!(true), &keyboard)
    );
    assert_eq!(
        (&world["answers"][0]["text"], &world["answers"][0]["alert"]),
        (&json!("Done"), &json!(false))
    );
}

#[tokio::test]
async fn an_owner_takes_rights_and_an_administrator_hides() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    demo_world(&sandbox);
    let page = Page::open(sandbox).await;
    let group = page.world().await["chats"][0]["id"].clone();
    let (ada, vera) = (100_001, 100_003);
    let hidden = json!({"person": vera, "chat": group, "text": "/keys", "anonymous": true});
    page.act("/api/say", hidden.clone()).await;
    let said = page.world().await["chats"][0]["messages"][0].clone();
    assert_eq!(
        (&said["anonymous"], &said["person"]),
        (&json!(true), &json!(vera))
    );
    let role = |by: i64| json!({"person": by, "chat": group, "member": vera, "role": "member"});
    assert_eq!(page.refused("/api/role", role(100_002)).await, 409);
    page.act("/api/role", role(ada)).await;
    assert_eq!(page.refused("/api/say", hidden).await, 409);
}

#[tokio::test]
async fn what_people_cannot_do_is_told() {
    let page = Page::open(sandbox()).await;
    let say = |text: &str| json!({"person": ADA, "chat": ADA, "text": text});
    page.act("/api/block", json!({"person": ADA, "blocked": true}))
        .await;
    assert_eq!(page.world().await["people"][0]["blocked"], true);
    assert_eq!(page.refused("/api/say", say("x")).await, 409);
    page.act("/api/block", json!({"person": ADA, "blocked": false}))
        .await;
    assert_eq!(page.refused("/api/say", say(" ")).await, 400);
    assert_eq!(
        page.refused(
            "/api/say",
            json!({"person": ADA, "chat": ADA, "words": "x"})
        )
        .await,
        400
    );
}

#[tokio::test]
async fn the_page_moves_clock_keys_and_faults() {
    let page = Page::open(sandbox()).await;
    page.act("/api/clock", json!({"push_seconds": 60})).await;
    assert_eq!(page.world().await["clock"]["pushed_ms"], 60_000);
    assert_eq!(
        page.refused("/api/clock", json!({"push_seconds": -1}))
            .await,
        400
    );
    assert_eq!(
        page.refused("/api/clock", json!({"push_seconds": u64::MAX}))
            .await,
        400
    );

    let channel = page.sandbox.botanalytics().add_channel("universal");
    let answer = page
        .act("/api/regenerate", json!({"channel": channel.id}))
        .await;
    assert!(
        page.sandbox
            .botanalytics()
            .alive(answer["key"].as_str().unwrap())
    );
    assert_eq!(
        page.refused("/api/regenerate", json!({"channel": 99}))
            .await,
        404
    );

    let rule = json!({"service": "botsubscription", "method": "POST", "fault": "cut_after", "times": null});
    page.act("/api/fault", rule.clone()).await;
    let told = page.world().await["faults"][0].clone();
    assert_eq!(
        (&told["service"], &told["fault"]),
        (&rule["service"], &rule["fault"])
    );
    page.act("/api/faults/clear", json!({})).await;
    assert_eq!(page.world().await["faults"], json!([]));
    assert_eq!(
        page.refused("/api/fault", json!({"service": "x", "fault": "html"}))
            .await,
        400
    );
}

#[tokio::test]
async fn the_world_is_waited_for() {
    let page = Page::open(sandbox()).await;
    let version = page.world().await["version"].as_u64().unwrap();
    let next = page.get(&format!("/api/world?after={version}"));
    let waiting = tokio::spawn(send(next));
    someone_waits(&page.sandbox).await;
    page.sandbox.telegram().say(ADA, ADA, "news").unwrap();
    let (_, world) = soon(waiting).await;
    assert!(world["version"].as_u64().unwrap() > version);
    assert_eq!(send(page.get("/api/world?after=x")).await.0, 400);
}

#[tokio::test]
async fn strangers_are_refused() {
    let page = Page::open(sandbox()).await;
    let say = json!({"person": ADA, "chat": ADA, "text": "x"});
    for (name, value, status) in [
        ("host", "evil.example", 403),
        ("host", "127.0.0.1.evil.example", 403),
        ("origin", "http://evil.example", 403),
        ("origin", "null", 403),
        ("origin", "http://localhost:1", 403),
        ("content-type", "text/plain", 415),
    ] {
        let mut request = page.post("/api/say", &say).build().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        let response = page.client.execute(request).await.unwrap();
        assert_eq!(response.status(), status, "{name}: {value}");
        let body: Value = response.json().await.unwrap();
        assert!(body["error"].is_string());
    }
    let foreign = page
        .get("/api/world")
        .header("origin", "http://evil.example");
    assert_eq!(send(foreign).await.0, 403);
    assert_eq!(
        page.sandbox.telegram().messages(ADA).len(),
        1,
        "nothing was said"
    );
    let own = page
        .post("/api/say", &say)
        .header("origin", page.control.url());
    assert_eq!(send(own).await.0, 200);
    assert_eq!(send(page.get("/api/say")).await.0, 405);
    assert_eq!(send(page.get("/nothing")).await.0, 404);
}

#[tokio::test]
async fn the_last_calls_are_told_without_keys() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    demo_world(&sandbox);
    let page = Page::open(sandbox).await;
    let world = page.world().await;
    assert_eq!(world["botsubscription"]["calls"], json!([]));
    let key = world["bots_business"]["accounts"][0]["api_key"].clone();
    let key = key.as_str().unwrap();
    let url = format!("{}/v2/user", page.sandbox.bots_business().url());
    let asked = page.client.get(url).query(&[("api_key", key)]);
    assert_eq!(send(asked).await.0, 200);

    let calls = page.world().await["bots_business"]["calls"].clone();
    assert!(!calls.to_string().contains(key));
    let (calls, call) = (calls.as_array().unwrap(), &calls[0]);
    assert_eq!(
        (calls.len(), &call["path"], &call["status"], &call["effect"]),
        (1, &json!("/v2/user"), &json!(200), &json!(true))
    );
}

#[tokio::test]
async fn the_page_is_served_with_strict_headers() {
    let page = Page::open(sandbox()).await;
    for file in &FILES {
        let response = page.get(file.path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{}", file.path);
        let header = |name: &str| response.headers()[name].to_str().unwrap();
        let kind = match file.path.rsplit('.').next() {
            Some("css") => "text/css",
            Some("js") => "text/javascript",
            _ => "text/html",
        };
        assert!(header("content-type").starts_with(kind), "{}", file.path);
        assert!(
            header("content-security-policy")
                .starts_with("default-src 'none'; script-src 'self'; ")
        );
        assert!(header("content-security-policy").ends_with("frame-ancestors 'none'"));
        assert_eq!(
            (header("cache-control"), header("x-content-type-options")),
            ("no-store", "nosniff")
        );
        assert!(response.text().await.unwrap().len() > 20);
    }
}

/// Browsers refuse these under the page's own policy, one by one and only when they are reached.
#[test]
fn the_page_stands_alone() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sandbox/page");
    let served: BTreeSet<_> = FILES.iter().map(|file| file.path).collect();
    let mut named = BTreeSet::from(["/".to_owned()]);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let name = path.display();
        for forbidden in [
            "innerHTML",
            "style=",
            "eval(",
            "console.",
            "onclick=",
            "//cdn",
        ] {
            assert!(!text.contains(forbidden), "{name}: {forbidden}");
        }
        for (before, after) in [(" from \"./", "\""), ("href=\"/", "\""), ("src=\"/", "\"")] {
            let parts = text.split(before).skip(1);
            let links = parts.filter_map(|part| part.split(after).next());
            named.extend(links.map(|name| format!("/{name}")));
        }
    }
    let named: BTreeSet<_> = named.iter().map(String::as_str).collect();
    assert_eq!(named, served, "what is used, and what is served");
}
