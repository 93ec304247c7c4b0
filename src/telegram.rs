//! The Bot API over HTTP: one call, one answer, errors in the kinds on which callers branch.
//! The token stands in the URL, so no URL may reach an error or a log. Answers are parsed only as far as they are used:
//! a message that was sent must never look unsent. Method names are camelCase as documented, since not every server folds case.

use std::time::Duration;

use reqwest::{
    Client, RequestBuilder,
    multipart::{Form, Part},
    redirect::Policy,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

use crate::{
    http::{Answer, Failure, Way, describe, exchange},
    metrics::Metrics,
    secret::Secret,
};

/// An ordinary call.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// A call that carries a file.
const UPLOAD_TIMEOUT: Duration = Duration::from_mins(1);

/// A connection that takes longer will not get better.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// More than a hundred updates ever fill.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// A call's failure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TelegramError {
    /// The token is not (or no longer) valid.
    #[error("Telegram does not accept the bot's token")]
    Unauthorized,
    /// Somebody else polls with this token, or a webhook is set.
    #[error("another program receives this bot's updates: {0}")]
    Conflict(String),
    /// Too many calls; surely nothing was done.
    #[error("Telegram asks to wait {} s", retry_after.as_secs())]
    TooMany {
        /// How long Telegram asks to wait.
        retry_after: Duration,
    },
    /// The chat cannot be written to: never started, blocked, kicked, deleted.
    #[error("the chat is closed to the bot: {0}")]
    Closed(String),
    /// The edit would change nothing: what it shows is there.
    #[error("the message is already so")]
    NotModified,
    /// The message is not there any more.
    #[error("the message is gone: {0}")]
    Gone(String),
    /// The message is there, and cannot be edited or deleted.
    #[error("the message cannot be changed: {0}")]
    Stuck(String),
    /// The press was answered already or is too old.
    #[error("the press can no longer be answered")]
    TooOld,
    /// Refused for another reason; repeating would not help.
    #[error("Telegram refused: {0}")]
    Refused(String),
    /// Surely nothing was done: the request did not leave, or Telegram says that it is down.
    #[error("Telegram is away: {0}")]
    Away(String),
    /// Perhaps done: the answer was lost or makes no sense.
    #[error("Telegram's answer was lost: {0}")]
    Lost(String),
}

impl TelegramError {
    /// The kind, for the metrics.
    const fn code(&self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Conflict(_) => "conflict",
            Self::TooMany { .. } => "too_many",
            Self::Closed(_) => "closed",
            Self::NotModified => "not_modified",
            Self::Gone(_) => "gone",
            Self::Stuck(_) => "stuck",
            Self::TooOld => "too_old",
            Self::Refused(_) => "refused",
            Self::Away(_) => "away",
            Self::Lost(_) => "lost",
        }
    }

    /// True when the same call may succeed later.
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::TooMany { .. }
                | Self::Away(_)
                | Self::Lost(_)
                | Self::Unauthorized
                | Self::Conflict(_)
        )
    }
}

/// A bot's connection to the Bot API; cheap to clone.
#[derive(Clone)]
pub struct Telegram {
    client: Client,
    way: Way,
    base: std::sync::Arc<Secret>,
    bot: std::sync::Arc<str>,
    metrics: Metrics,
}

/// A file on its way out.
#[derive(Clone, Copy)]
pub struct Upload<'a> {
    /// The parameter that it is.
    pub field: &'static str,
    /// As the person saves it.
    pub name: &'a str,
    /// Such as `text/csv`.
    pub media_type: &'a str,
    /// What stands in it.
    pub content: &'a [u8],
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    ok: bool,
    result: Option<Box<RawValue>>,
    #[serde(default)]
    error_code: i64,
    #[serde(default)]
    description: String,
    parameters: Option<Parameters>,
}

#[derive(Deserialize, Default)]
struct Parameters {
    retry_after: Option<u64>,
}

impl Telegram {
    /// For a bot's token at a Bot API base such as `https://api.telegram.org`.
    #[expect(
        clippy::disallowed_methods,
        reason = "the token goes into the URL of every call"
    )]
    pub fn new(url: &str, token: &Secret, way: Way) -> Result<Self, TelegramError> {
        let client = Client::builder()
            .user_agent(concat!("keyporter/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_nodelay(true)
            .build()
            .map_err(|error| TelegramError::Away(describe(error)))?;
        let base = Secret::new(format!("{url}/bot{}/", token.expose()));
        let bot = token.expose().split(':').next().unwrap_or_default();
        Ok(Self {
            client,
            way,
            bot: bot.into(),
            metrics: Metrics::default(),
            base: std::sync::Arc::new(base),
        })
    }

    /// The same, with its calls counted there.
    #[must_use]
    pub fn measured(self, metrics: &Metrics) -> Self {
        let metrics = metrics.clone();
        Self { metrics, ..self }
    }

    /// The bot's own number, which is no secret.
    pub fn bot(&self) -> &str {
        &self.bot
    }

    /// Calls a method and reads what is needed of its result.
    pub async fn call<R: DeserializeOwned>(
        &self,
        method: &'static str,
        parameters: &(impl Serialize + Sync),
    ) -> Result<R, TelegramError> {
        let result = self.call_raw(method, parameters, CALL_TIMEOUT).await?;
        serde_json::from_str(result.get()).map_err(|error| {
            TelegramError::Lost(format!("{method}: result {:?}", error.classify()))
        })
    }

    /// Calls a method and gives its result unread, after at most `timeout`.
    pub async fn call_raw(
        &self,
        method: &'static str,
        parameters: &(impl Serialize + Sync),
        timeout: Duration,
    ) -> Result<Box<RawValue>, TelegramError> {
        let request = self.client.post(self.url(method)).json(parameters);
        self.result_of(method, request.timeout(timeout)).await
    }

    /// The same with a file; the other parameters, an object's fields, are spelt as in a form.
    pub async fn upload(
        &self,
        method: &'static str,
        parameters: &Value,
        file: Upload<'_>,
    ) -> Result<Box<RawValue>, TelegramError> {
        let part = Part::bytes(file.content.to_vec())
            .file_name(file.name.to_owned())
            .mime_str(file.media_type)
            .map_err(|error| TelegramError::Refused(describe(error)))?;
        let mut form = Form::new().part(file.field, part);
        for (name, value) in parameters.as_object().into_iter().flatten() {
            let spelt = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            form = form.text(name.clone(), spelt);
        }
        let request = self.client.post(self.url(method)).multipart(form);
        self.result_of(method, request.timeout(UPLOAD_TIMEOUT))
            .await
    }

    async fn result_of(
        &self,
        method: &'static str,
        request: RequestBuilder,
    ) -> Result<Box<RawValue>, TelegramError> {
        let result = self.answer_to(request).await;
        if let Err(TelegramError::TooMany { .. }) = result {
            self.metrics.telegram_429();
        }
        let outcome = result.as_ref().map_or_else(TelegramError::code, |_| "done");
        self.metrics.telegram_call(method, outcome);
        result
    }

    async fn answer_to(&self, request: RequestBuilder) -> Result<Box<RawValue>, TelegramError> {
        let Answer { status, body, .. } =
            exchange(&self.way, request, BODY_LIMIT)
                .await
                .map_err(|failure| match failure {
                    Failure::NotSent(why) => TelegramError::Away(why),
                    Failure::Lost(why) => TelegramError::Lost(why),
                })?;
        let status = status.as_u16();
        match serde_json::from_slice::<Envelope>(&body) {
            Ok(Envelope {
                ok: true,
                result: Some(result),
                ..
            }) => Ok(result),
            Ok(envelope) if !envelope.ok => Err(failure(status, envelope)),
            _ if status >= 500 => Err(TelegramError::Lost(format!("status {status}"))),
            _ => Err(TelegramError::Lost(format!(
                "status {status} with {} bytes that are no answer",
                body.len()
            ))),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the token goes into the URL of every call"
    )]
    fn url(&self, method: &str) -> String {
        format!("{}{method}", self.base.expose())
    }
}

fn failure(status: u16, envelope: Envelope) -> TelegramError {
    let code = match envelope.error_code {
        0 => i64::from(status),
        code => code,
    };
    let text = envelope.description;
    let says = |part: &str| text.to_ascii_lowercase().contains(part);
    match code {
        401 => TelegramError::Unauthorized,
        404 if says("not found") && !says(":") => TelegramError::Unauthorized,
        409 => TelegramError::Conflict(text),
        429 => {
            let seconds = envelope
                .parameters
                .unwrap_or_default()
                .retry_after
                .unwrap_or(1);
            TelegramError::TooMany {
                retry_after: Duration::from_secs(seconds.max(1)),
            }
        }
        500.. => TelegramError::Lost(format!("status {code}")),
        403 => TelegramError::Closed(text),
        _ if says("message is not modified") => TelegramError::NotModified,
        _ if says("message can't be") => TelegramError::Stuck(text),
        _ if says("message_id_invalid") || (says("message") && says("not found")) => {
            TelegramError::Gone(text)
        }
        _ if says("query is too old")
            || says("query id is invalid")
            || says("query_id_invalid") =>
        {
            TelegramError::TooOld
        }
        _ if says("chat not found")
            || says("user is deactivated")
            || says("peer_id_invalid")
            || says("upgraded to a supergroup") =>
        {
            TelegramError::Closed(text)
        }
        _ => TelegramError::Refused(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: i64, description: &str) -> TelegramError {
        let text = serde_json::json!({"ok": false, "error_code": code, "description": description});
        failure(400, serde_json::from_value(text).unwrap())
    }

    #[test]
    fn refusals_are_told_apart() {
        assert_eq!(of(401, "Unauthorized"), TelegramError::Unauthorized);
        assert_eq!(of(404, "Not Found"), TelegramError::Unauthorized);
        assert!(matches!(of(409, "Conflict: x"), TelegramError::Conflict(_)));
        assert!(matches!(
            of(403, "Forbidden: bot was blocked by the user"),
            TelegramError::Closed(_)
        ));
        assert!(matches!(
            of(400, "Bad Request: chat not found"),
            TelegramError::Closed(_)
        ));
        assert_eq!(
            of(400, "Bad Request: message is not modified: specified new"),
            TelegramError::NotModified
        );
        assert!(matches!(
            of(400, "Bad Request: message to edit not found"),
            TelegramError::Gone(_)
        ));
        assert!(matches!(
            of(400, "Bad Request: message can't be deleted for everyone"),
            TelegramError::Stuck(_)
        ));
        assert_eq!(
            of(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid"
            ),
            TelegramError::TooOld
        );
        assert!(matches!(
            of(400, "Bad Request: BUTTON_DATA_INVALID"),
            TelegramError::Refused(_)
        ));
        assert!(matches!(of(502, "Bad Gateway"), TelegramError::Lost(_)));
        assert!(matches!(
            of(429, "Too Many Requests"),
            TelegramError::TooMany { .. }
        ));
    }
}
