//! Botanalytics over HTTP: one call, `POST /v2/messages`. What makes a body a message is not documented in full.

use serde_json::{Value, json};

use super::{Core, State};
use crate::sandbox::service::{Answer, Emulated, Incoming};

type Refusal = (u16, &'static str);

const UNAUTHORIZED: Refusal = (401, "Request is missing a valid Authorization header.");

impl Emulated for Core {
    async fn answer(&self, incoming: &Incoming) -> Answer {
        match self.state.change(|state| act(state, incoming)) {
            Ok(()) => Answer::json(200, &json!({"request_id": self.shared.dice.uuid()})),
            Err((status, message)) => refuse(status, message),
        }
    }

    /// No limits are documented; the status says it all.
    fn too_many(&self, _: &Incoming, retry_after_s: u64) -> Answer {
        refuse(429, "Too many requests.").header("retry-after", &retry_after_s)
    }
}

fn act(state: &mut State, incoming: &Incoming) -> Result<(), Refusal> {
    if incoming.path != "/v2/messages" {
        return Err((404, "Not found."));
    }
    if incoming.method != "POST" {
        return Err((404, "Unknown method."));
    }
    let authorized = || {
        let key = incoming.bearer();
        key.is_some_and(|key| state.living.contains(key))
    };
    if !state.behaviour.checks_body_first && !authorized() {
        return Err(UNAUTHORIZED);
    }
    let messages = messages(incoming)?;
    if !authorized() {
        return Err(UNAUTHORIZED);
    }
    state.messages.extend(messages);
    Ok(())
}

/// The messages of a body like `{"messages":[{"message":{…}}]}`; an empty message is none.
fn messages(incoming: &Incoming) -> Result<Vec<Value>, Refusal> {
    const NOT_JSON: Refusal = (400, "Request payloads must be in JSON format.");
    if incoming.content_type() != "application/json" {
        return Err(NOT_JSON);
    }
    let body = incoming.json().ok_or(NOT_JSON)?;
    let messages = body.get("messages").and_then(Value::as_array);
    let messages = messages.ok_or((400, "\"messages\" must be a list."))?;
    if messages.is_empty() {
        return Err((400, "\"messages\" must not be empty."));
    }
    let whole = |message: &Value| {
        let message = message.get("message").and_then(Value::as_object);
        message.is_some_and(|message| !message.is_empty())
    };
    if !messages.iter().all(whole) {
        return Err((400, "\"message\" is required."));
    }
    Ok(messages.clone())
}

fn refuse(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({ "errors": [message] }))
}
