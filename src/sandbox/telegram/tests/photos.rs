//! `sendPhoto`.

use reqwest::multipart::{Form, Part};
use serde_json::Value;

use crate::sandbox::{
    telegram::Content,
    testing::{ADA, BORIS, BotClient, sandbox, send},
};

/// As much of a picture as Telegram looks at.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend_from_slice(&width.to_be_bytes());
    bytes.extend_from_slice(&height.to_be_bytes());
    bytes
}

fn picture(bytes: Vec<u8>) -> Part {
    Part::bytes(bytes)
        .file_name("code.png")
        .mime_str("image/png")
        .unwrap()
}

async fn sent(bot: &BotClient, form: Form) -> (u16, Value) {
    let (status, body) = send(bot.request("sendPhoto").multipart(form)).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn a_photo_arrives_with_its_caption() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let form = Form::new()
        .text("chat_id", ADA.to_string())
        .text("caption", "Scan it")
        .text("protect_content", "true")
        .part("photo", picture(png(400, 400)));
    let (status, body) = sent(&bot, form).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["result"]["caption"], "Scan it");
    assert!(body["result"]["photo"].is_array());
    let id = body["result"]["message_id"].as_i64().unwrap();
    let shown = sandbox.telegram().message(ADA, id).unwrap();
    assert_eq!(shown.content, Content::Photo);
    assert!(shown.protected && shown.file.unwrap() == png(400, 400));
}

#[tokio::test]
async fn what_telegram_would_not_take_is_refused() {
    let sandbox = sandbox();
    let bot = BotClient::new(&sandbox);
    let to = |person: i64| Form::new().text("chat_id", person.to_string());
    let with = |bytes: Vec<u8>| to(ADA).part("photo", picture(bytes));
    for (form, code, words) in [
        (to(ADA), 400, "no photo"),
        (with(b"GIF89a".to_vec()), 400, "IMAGE_PROCESS_FAILED"),
        (with(png(0, 4)), 400, "PHOTO_INVALID_DIMENSIONS"),
        (with(png(9_000, 1_001)), 400, "PHOTO_INVALID_DIMENSIONS"),
        (with(png(2_100, 100)), 400, "PHOTO_INVALID_DIMENSIONS"),
        (with(b"\xff\xd8\xff".to_vec()), 501, "does not emulate"),
        (
            with(png(4, 4)).text("caption", "x".repeat(1025)),
            400,
            "caption is too long",
        ),
        (with(png(4, 4)).text("colour", "red"), 400, "colour"),
        (to(BORIS).part("photo", picture(png(4, 4))), 403, "initiate"),
    ] {
        let (status, body) = sent(&bot, form).await;
        assert_eq!(status, code, "{words}: {body}");
        let said = body["description"].as_str().unwrap();
        assert!(said.contains(words), "{words}: {said}");
    }
}
