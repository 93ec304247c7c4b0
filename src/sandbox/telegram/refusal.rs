//! How the Bot API says no: a code, a description in its own words, and parameters where due.

use serde_json::{Value, json};

use crate::sandbox::service::Answer;

/// A refused call of the Bot API.
#[derive(Debug)]
pub(super) struct Refusal {
    code: u16,
    description: String,
    parameters: Option<Value>,
}

impl Refusal {
    fn new(code: u16, kind: &str, what: &str) -> Self {
        Self {
            code,
            description: format!("{kind}: {what}"),
            parameters: None,
        }
    }

    pub(super) fn bad(what: impl AsRef<str>) -> Self {
        Self::new(400, "Bad Request", what.as_ref())
    }

    pub(super) fn forbidden(what: impl AsRef<str>) -> Self {
        Self::new(403, "Forbidden", what.as_ref())
    }

    pub(super) fn conflict(what: &str) -> Self {
        Self::new(409, "Conflict", what)
    }

    /// Telegram has it, the sandbox has not.
    pub(super) fn not_emulated(what: &str) -> Self {
        let what = format!("the sandbox does not emulate {what}");
        Self::new(501, "Not Implemented", &what)
    }

    pub(super) fn unauthorized() -> Self {
        Self {
            code: 401,
            description: "Unauthorized".to_owned(),
            parameters: None,
        }
    }

    pub(super) fn too_large() -> Self {
        Self {
            code: 413,
            description: "Request Entity Too Large".to_owned(),
            parameters: None,
        }
    }

    pub(super) fn not_found() -> Self {
        Self {
            code: 404,
            description: "Not Found".to_owned(),
            parameters: None,
        }
    }

    pub(super) fn too_many(retry_after_s: u64) -> Self {
        let what = format!("retry after {retry_after_s}");
        Self {
            parameters: Some(json!({ "retry_after": retry_after_s })),
            ..Self::new(429, "Too Many Requests", &what)
        }
    }

    /// The group has become a supergroup with another id.
    pub(super) fn migrated(to: i64) -> Self {
        Self {
            parameters: Some(json!({ "migrate_to_chat_id": to })),
            ..Self::bad("group chat was upgraded to a supergroup chat")
        }
    }

    pub(super) fn answer(self) -> Answer {
        let mut body = json!({
            "ok": false,
            "error_code": self.code,
            "description": self.description,
        });
        if let Some(parameters) = self.parameters {
            body["parameters"] = parameters;
        }
        Answer::json(self.code, &body)
    }
}
