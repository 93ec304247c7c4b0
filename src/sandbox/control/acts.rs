//! What the page can do. Every body is JSON without unknown fields; every answer has `ok` or `error`.

use std::time::Duration;

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{FromRequest, Request, State},
    http::StatusCode,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::Refusal;
use crate::sandbox::{
    Sandbox,
    fault::Rule,
    telegram::{ActError, Role, Saying},
};

/// The longest body that is read.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// The furthest that the clock is pushed at once: a year.
const PUSH_S_MAX: u64 = 366 * 24 * 3600;

type Outcome = Result<Json<Value>, Refusal>;

/// A body of that form.
pub(super) struct Posted<T>(T);

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Posted<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request<Body>, _: &S) -> Result<Self, Refusal> {
        let bytes = to_bytes(request.into_body(), BODY_BYTES_MAX).await;
        let bytes = bytes.map_err(|_| Refusal::bad("The body is too long or breaks off."))?;
        let body = serde_json::from_slice(&bytes);
        body.map(Self)
            .map_err(|error| Refusal::bad(&error.to_string()))
    }
}

impl From<ActError> for Refusal {
    fn from(error: ActError) -> Self {
        Self(StatusCode::CONFLICT, error.to_string())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Say {
    person: i64,
    chat: i64,
    text: String,
    /// As an administrator who hides behind the group.
    #[serde(default)]
    anonymous: bool,
    reply_to: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetRole {
    /// Who decides.
    person: i64,
    chat: i64,
    /// About whom.
    member: i64,
    role: Role,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    person: i64,
    chat: i64,
    message_id: i64,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Press {
    person: i64,
    chat: i64,
    message_id: i64,
    row: usize,
    column: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenPage {
    person: i64,
    chat: i64,
    message_id: i64,
    row: usize,
    column: usize,
    /// The client's colours.
    dark: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    person: i64,
    blocked: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Push {
    push_seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Regenerate {
    channel: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Empty {}

fn done() -> Json<Value> {
    Json(json!({"ok": true}))
}

pub(super) async fn say(State(sandbox): State<Sandbox>, Posted(say): Posted<Say>) -> Outcome {
    if say.text.trim().is_empty() {
        return Err(Refusal::bad("There is nothing to say."));
    }
    let mut saying = Saying::new(&say.text);
    if say.anonymous {
        saying = saying.anonymous();
    }
    if let Some(message) = say.reply_to {
        saying = saying.reply_to(message);
    }
    let telegram = sandbox.telegram();
    let id = telegram.say_with(say.person, say.chat, saying)?;
    Ok(Json(json!({"ok": true, "message_id": id})))
}

pub(super) async fn edit(State(sandbox): State<Sandbox>, Posted(edit): Posted<Edit>) -> Outcome {
    let telegram = sandbox.telegram();
    telegram.edit(edit.person, edit.chat, edit.message_id, &edit.text)?;
    Ok(done())
}

pub(super) async fn open_page(
    State(sandbox): State<Sandbox>,
    Posted(open): Posted<OpenPage>,
) -> Outcome {
    let at = (open.row, open.column);
    let telegram = sandbox.telegram();
    let url = telegram.open_page_at(open.person, open.chat, open.message_id, at, open.dark)?;
    Ok(Json(json!({"ok": true, "url": url})))
}

pub(super) async fn press(State(sandbox): State<Sandbox>, Posted(press): Posted<Press>) -> Outcome {
    let place = (press.row, press.column);
    let telegram = sandbox.telegram();
    let id = telegram.press_at(press.person, press.chat, press.message_id, place)?;
    Ok(Json(json!({"ok": true, "callback_id": id})))
}

pub(super) async fn set_role(
    State(sandbox): State<Sandbox>,
    Posted(set): Posted<SetRole>,
) -> Outcome {
    let telegram = sandbox.telegram();
    telegram.set_role(set.person, set.chat, set.member, set.role)?;
    Ok(done())
}

pub(super) async fn block(State(sandbox): State<Sandbox>, Posted(block): Posted<Block>) -> Outcome {
    if block.blocked {
        sandbox.telegram().block(block.person)?;
    } else {
        sandbox.telegram().unblock(block.person)?;
    }
    Ok(done())
}

pub(super) async fn clock(State(sandbox): State<Sandbox>, Posted(push): Posted<Push>) -> Outcome {
    if push.push_seconds > PUSH_S_MAX {
        return Err(Refusal::bad("That is too far."));
    }
    let clock = sandbox.clock();
    clock.push(Duration::from_secs(push.push_seconds));
    Ok(Json(json!({"ok": true, "now_ms": clock.now_ms()})))
}

pub(super) async fn regenerate(
    State(sandbox): State<Sandbox>,
    Posted(regenerate): Posted<Regenerate>,
) -> Outcome {
    let key = sandbox.botanalytics().regenerate(regenerate.channel);
    let key = key.ok_or_else(|| {
        let why = "There is no such channel.".to_owned();
        Refusal(StatusCode::NOT_FOUND, why)
    })?;
    Ok(Json(json!({"ok": true, "key": key})))
}

pub(super) async fn fault(State(sandbox): State<Sandbox>, Posted(rule): Posted<Rule>) -> Outcome {
    sandbox.faults().add(rule);
    Ok(done())
}

pub(super) async fn clear_faults(State(sandbox): State<Sandbox>, _: Posted<Empty>) -> Outcome {
    sandbox.faults().clear();
    Ok(done())
}
