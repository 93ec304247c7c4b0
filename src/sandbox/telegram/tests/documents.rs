//! `sendDocument`.

use reqwest::multipart::{Form, Part};
use serde_json::Value;

use crate::sandbox::{
    telegram::Content,
    testing::{ADA, BORIS, BotClient, sandbox, send},
};

fn file(text: &str) -> Part {
    Part::text(text.to_owned())
        .file_name("audit.csv")
        .mime_str("text/csv")
        .unwrap()
}

async fn sent(bot: &BotClient, method: &str, form: Form) -> (u16, Value) {
    let (status, body) = send(bot.request(method).multipart(form)).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn a_file_arrives_with_its_name_and_its_caption() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let form = Form::new()
        .text("chat_id", ADA.to_string())
        .text("caption", "Here it is")
        .part("document", file("a,b\r\n"));
    let (status, body) = sent(&bot, "sendDocument", form).await;
    assert_eq!(status, 200, "{body}");
    let document = &body["result"]["document"];
    assert_eq!(document["file_name"], "audit.csv");
    assert_eq!(document["mime_type"], "text/csv");
    assert_eq!(document["file_size"], 5);
    assert_eq!(body["result"]["caption"], "Here it is");
    let id = body["result"]["message_id"].as_i64().unwrap();
    let shown = sandbox.telegram().message(ADA, id).unwrap();
    assert_eq!(shown.content, Content::Document("audit.csv".to_owned()));
    assert_eq!(shown.file.unwrap(), "a,b\r\n");
}

#[tokio::test]
async fn what_telegram_would_not_take_is_refused() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let to = |person: i64| Form::new().text("chat_id", person.to_string());
    let named = |form: Form| form.part("document", file("x"));
    let nameless = Part::text("x").mime_str("text/csv").unwrap();
    for (method, form, code, words) in [
        ("sendDocument", to(ADA), 400, "no document"),
        (
            "sendDocument",
            to(ADA).part("document", file("")),
            400,
            "non-empty",
        ),
        (
            "sendDocument",
            to(ADA).part("file", file("x")),
            400,
            "names",
        ),
        (
            "sendDocument",
            to(ADA).part("document", nameless),
            501,
            "sent already",
        ),
        (
            "sendDocument",
            named(to(ADA)).text("caption", "x".repeat(1025)),
            400,
            "caption is too long",
        ),
        (
            "sendDocument",
            named(to(ADA)).text("colour", "red"),
            400,
            "colour",
        ),
        ("sendDocument", named(to(BORIS)), 403, "initiate"),
        (
            "sendMessage",
            named(to(ADA)).text("text", "hi"),
            400,
            "takes no files",
        ),
    ] {
        let (status, body) = sent(&bot, method, form).await;
        assert_eq!(status, code, "{words}: {body}");
        let said = body["description"].as_str().unwrap();
        assert!(said.contains(words), "{words}: {said}");
    }
    let by_form = to(ADA).text("text", "plain fields are fine");
    assert_eq!(sent(&bot, "sendMessage", by_form).await.0, 200);
}
