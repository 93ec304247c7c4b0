//! `BotSubscription` over HTTP: `/v2/projects/{project}/integrations/api-keys`, in the shapes of its documents.
//!
//! A secret is told once, by the call that makes it.

use serde_json::{Map, Value, json};

use super::{
    Core, ErrorShape,
    state::{Actor, Key, State},
};
use crate::sandbox::{
    clock::rfc3339,
    rate::retry_after_s,
    service::{Answer, Emulated, Incoming},
};

const MINUTE_MS: i64 = 60_000;
const SECOND_MS: i64 = 1000;

/// The kinds of refusal. Only `NOT_FOUND` and `RATE_LIMIT_EXCEEDED` are documented codes.
enum Failure {
    BadRequest(&'static str),
    Unauthorized,
    Forbidden,
    NotFound,
    Invalid(&'static str),
    TooMany { retry_after_s: u64 },
}

/// What the rate limit headers tell.
struct Quota {
    limit: usize,
    remaining: usize,
    reset_s: i64,
}

impl Quota {
    fn tell(&self, answer: Answer) -> Answer {
        answer
            .header("x-ratelimit-limit", &self.limit)
            .header("x-ratelimit-remaining", &self.remaining)
            .header("x-ratelimit-reset", &self.reset_s)
    }
}

impl Emulated for Core {
    async fn answer(&self, incoming: &Incoming) -> Answer {
        self.state.change(|state| self.call(state, incoming))
    }

    fn too_many(&self, incoming: &Incoming, retry_after_s: u64) -> Answer {
        let (shape, limits) = self
            .state
            .look(|state| (state.behaviour.error_shape, state.behaviour.limits));
        let now_s = self.shared.clock.now_ms() / 1000;
        let quota = Quota {
            limit: limits.per_key,
            remaining: 0,
            reset_s: now_s.saturating_add_unsigned(retry_after_s),
        };
        quota.tell(self.refuse(incoming, shape, &Failure::TooMany { retry_after_s }))
    }
}

impl Core {
    fn call(&self, state: &mut State, incoming: &Incoming) -> Answer {
        let now_ms = self.shared.clock.now_ms();
        let (outcome, quota) = limits(state, incoming, now_ms);
        let outcome = outcome.and_then(|()| self.act(state, incoming, now_ms));
        let answer = match outcome {
            Ok((message, data)) => self.accept(incoming, message, &data),
            Err(failure) => self.refuse(incoming, state.behaviour.error_shape, &failure),
        };
        quota.tell(answer)
    }

    /// What a call does, once the limits let it through: a message and data.
    fn act(
        &self,
        state: &mut State,
        incoming: &Incoming,
        now_ms: i64,
    ) -> Result<(&'static str, Value), Failure> {
        let token = incoming.bearer().ok_or(Failure::Unauthorized)?;
        let (own, _) = state.by_secret(token).ok_or(Failure::Unauthorized)?;
        let own = own.to_owned();
        let path: Vec<&str> = incoming.path.split('/').skip(1).collect();
        let [
            "v2",
            "projects",
            project,
            "integrations",
            "api-keys",
            key @ ..,
        ] = path.as_slice()
        else {
            return Err(Failure::NotFound);
        };
        if *project != own {
            let known = state.projects.contains_key(*project);
            let forbidden = known && state.behaviour.foreign_project_status == 403;
            return Err(if forbidden {
                Failure::Forbidden
            } else {
                Failure::NotFound
            });
        }
        if !incoming.query.is_empty() {
            return Err(Failure::BadRequest("Unknown query parameter"));
        }
        match (incoming.method.as_str(), key) {
            ("GET", []) => Ok(("API keys retrieved successfully", list(state, project))),
            ("POST", []) => {
                let label = label(incoming, state.behaviour.label_chars_max)?;
                let dice = &self.shared.dice;
                let key = state.add_key(project, dice, &label, Actor::Api, now_ms);
                let key = key.ok_or(Failure::NotFound)?;
                let data = json!({"key": key.secret, "metadata": metadata(key)});
                Ok(("API key created successfully", data))
            }
            ("DELETE", [id]) => {
                let again = state.behaviour.revokes_again;
                let key = state.key(project, id).ok_or(Failure::NotFound)?;
                match (key.is_alive(), again) {
                    (true, _) => key.revoke(Actor::Api, now_ms),
                    (false, true) => {}
                    (false, false) => return Err(Failure::NotFound),
                }
                Ok(("API key revoked successfully", metadata(key)))
            }
            _ => Err(Failure::NotFound),
        }
    }

    /// The fields around every documented answer.
    fn envelope(&self, incoming: &Incoming, status: u16, message: &str) -> Map<String, Value> {
        let mut envelope = Map::new();
        envelope.insert("ok".to_owned(), (status < 300).into());
        envelope.insert("request_id".to_owned(), self.shared.dice.uuid().into());
        envelope.insert("method".to_owned(), incoming.method.clone().into());
        envelope.insert("path".to_owned(), incoming.path.clone().into());
        envelope.insert("code".to_owned(), status.into());
        envelope.insert("message".to_owned(), message.into());
        envelope
    }

    fn accept(&self, incoming: &Incoming, message: &str, data: &Value) -> Answer {
        let mut body = self.envelope(incoming, 200, message);
        body.insert("data".to_owned(), data.clone());
        Answer::json(200, &body.into())
    }

    fn refuse(&self, incoming: &Incoming, shape: ErrorShape, failure: &Failure) -> Answer {
        let (status, code, message) = failure.words();
        let mut error = match shape {
            ErrorShape::Overview => json!({"message": message, "code": code}),
            ErrorShape::ErrorCode => json!({"error_code": code, "message": message}),
        };
        if let Failure::TooMany { retry_after_s } = failure {
            error["retry_after"] = json!(retry_after_s);
        }
        let body = match shape {
            ErrorShape::Overview => json!({"error": error}),
            ErrorShape::ErrorCode => {
                let mut body = self.envelope(incoming, status, message);
                body.insert("error".to_owned(), error);
                body.into()
            }
        };
        let answer = Answer::json(status, &body);
        match failure {
            Failure::TooMany { retry_after_s } => answer.header("retry-after", retry_after_s),
            _ => answer,
        }
    }
}

impl Failure {
    /// Status, code and message.
    fn words(&self) -> (u16, &'static str, &'static str) {
        match self {
            Self::BadRequest(message) => (400, "BAD_REQUEST", message),
            Self::Unauthorized => (401, "UNAUTHORIZED", "Invalid or missing token"),
            Self::Forbidden => (403, "FORBIDDEN", "Not allowed in this project"),
            Self::NotFound => (404, "NOT_FOUND", "Resource not found"),
            Self::Invalid(message) => (422, "VALIDATION_ERROR", message),
            Self::TooMany { .. } => (429, "RATE_LIMIT_EXCEEDED", "Too many requests"),
        }
    }
}

/// Counts the call, or says how long to wait. A call that is refused here is not counted.
fn limits(state: &mut State, incoming: &Incoming, now_ms: i64) -> (Result<(), Failure>, Quota) {
    let limits = state.behaviour.limits;
    let mut wait_ms = state.minute.wait_ms(now_ms, limits.per_address, MINUTE_MS);
    wait_ms = wait_ms.max(state.second.wait_ms(now_ms, limits.burst, SECOND_MS));
    let mut quota = (limits.per_address, state.minute.taken());
    let key = incoming.bearer().and_then(|token| state.by_secret(token));
    let key = key.map(|(_, key)| &mut key.used);
    let key_wait_ms = key.map_or(0, |used| {
        let key_wait_ms = used.wait_ms(now_ms, limits.per_key, MINUTE_MS);
        quota = (limits.per_key, used.taken());
        if wait_ms == 0 && key_wait_ms == 0 {
            used.take(now_ms);
            quota.1 += 1;
        }
        key_wait_ms
    });
    wait_ms = wait_ms.max(key_wait_ms);
    let outcome = if wait_ms > 0 {
        let retry_after_s = retry_after_s(wait_ms);
        Err(Failure::TooMany { retry_after_s })
    } else {
        state.minute.take(now_ms);
        state.second.take(now_ms);
        Ok(())
    };
    let quota = Quota {
        limit: quota.0,
        remaining: quota.0.saturating_sub(quota.1),
        reset_s: (now_ms + wait_ms.max(MINUTE_MS)) / 1000,
    };
    (outcome, quota)
}

fn list(state: &State, project: &str) -> Value {
    let behaviour = &state.behaviour;
    let keys = state.projects.get(project).into_iter().flatten();
    let keys: Vec<Value> = keys
        .filter(|key| behaviour.lists_revoked || key.is_alive())
        .filter(|key| behaviour.lists_first_token || !key.is_first)
        .map(metadata)
        .collect();
    json!({ "keys": keys })
}

fn label(incoming: &Incoming, chars_max: usize) -> Result<String, Failure> {
    if incoming.content_type() != "application/json" {
        return Err(Failure::BadRequest("The body must be application/json"));
    }
    let body = incoming.json();
    let body = body.as_ref().and_then(Value::as_object);
    let body = body.ok_or(Failure::BadRequest("The body must be a JSON object"))?;
    if body.keys().any(|name| name != "label") {
        return Err(Failure::Invalid("Unknown field"));
    }
    let label = body.get("label").and_then(Value::as_str);
    let label = label.ok_or(Failure::Invalid("label is required"))?;
    if label.trim().is_empty() {
        return Err(Failure::Invalid("label must not be empty"));
    }
    if label.chars().count() > chars_max {
        return Err(Failure::Invalid("label is too long"));
    }
    Ok(label.to_owned())
}

/// What is told of a key; never its secret.
fn metadata(key: &Key) -> Value {
    json!({
        "id": key.id,
        "label": key.label,
        "last_four": key.last_four(),
        "created_at": rfc3339(key.created_at_ms),
        "created_by": key.created_by,
        "updated_at": rfc3339(key.updated_at_ms),
        "updated_by": key.updated_by,
        "revoked_at": key.revoked_at_ms.map(rfc3339),
        "revoked_by": key.revoked_by,
    })
}
