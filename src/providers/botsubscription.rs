//! BotSubscription API v2: many labelled keys per project, listed, created, revoked.
//! Source: the provider's pages "List / Create / Revoke API Key" (May 2026). Its error object is documented in two shapes.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use reqwest::{Method, header::ACCEPT_LANGUAGE};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Access, NewKey, Provider, ProviderError, Verified,
    clean::cleaned,
    http::{Answer, Http, LIST_BODY, SMALL_BODY},
    limits::Limits,
};
use crate::{
    domain::{Key, KeyId, ProviderKind, Timestamp, plain_line},
    ports::Ports,
    rates::Shared,
    secret::Secret,
};

/// See the module's text.
pub struct BotSubscription {
    http: Http,
    origin: String,
    limits: Limits,
}

/// Only `data` has a type: an odd field beside it must not cost the secret that stands in it.
#[derive(Deserialize)]
struct Envelope<T> {
    #[serde(default)]
    ok: Value,
    data: Option<T>,
    #[serde(default)]
    error: Value,
}

/// `{message, code}` on one page, `{message, error_code}` on another, `retry_after` on a third.
#[derive(Deserialize)]
struct ErrorBody {
    #[serde(default)]
    code: Value,
    #[serde(default)]
    error_code: Value,
    #[serde(default)]
    message: Value,
    #[serde(default)]
    retry_after: Value,
}

#[derive(Deserialize)]
struct ListData {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct CreateData {
    key: String,
    #[serde(default)]
    metadata: Value,
}

/// All fields are taken as they come: one odd field of one key must not hide the others.
#[derive(Deserialize)]
struct KeyBody {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    label: Value,
    #[serde(default)]
    last_four: Value,
    #[serde(default)]
    created_at: Value,
    #[serde(default)]
    revoked_at: Value,
}

impl KeyBody {
    /// `None` for what is no key, and for one without an id: it cannot be named.
    fn read(value: Value) -> Option<Key> {
        serde_json::from_value::<Self>(value).ok()?.into_key()
    }

    fn into_key(self) -> Option<Key> {
        let id = match self.id {
            Value::String(text) if !text.is_empty() => text,
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let text = |value: &Value| plain_line(value.as_str().unwrap_or_default());
        let time = |value: &Value| value.as_str().and_then(Timestamp::parse_rfc3339);
        Some(Key {
            id: KeyId::new(id),
            label: text(&self.label),
            last_four: text(&self.last_four).chars().take(4).collect(),
            created_at: time(&self.created_at).unwrap_or_default(),
            revoked_at: match &self.revoked_at {
                Value::Null | Value::Bool(false) => Timestamp::NEVER,
                Value::String(text) if text.is_empty() => Timestamp::NEVER,
                // Revoked at a time that cannot be read is revoked all the same.
                value => time(value).unwrap_or(Timestamp::from_millis(1)),
            },
        })
    }
}

impl BotSubscription {
    pub(super) fn new(http: Http, origin: &str, ports: &Ports) -> Self {
        Self {
            http,
            limits: Limits::new(ports.clone()),
            origin: origin.to_owned(),
        }
    }

    pub(super) fn share(&self, shared: Arc<dyn Shared>) {
        self.limits.share(shared);
    }

    /// A new key that was given without its metadata, from the list; without an id if the list does not show it either.
    async fn find(&self, access: Access<'_>, label: &str, secret: &Secret) -> Key {
        let listed = self.list(access).await.unwrap_or_default();
        let is_it =
            |key: &Key| key.is_alive() && key.label == label && key.last_four == secret.last_four();
        listed.into_iter().find(is_it).unwrap_or_else(|| Key {
            id: KeyId::new(""),
            label: plain_line(label),
            last_four: String::new(),
            created_at: Timestamp::NEVER,
            revoked_at: Timestamp::NEVER,
        })
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the credential goes to its provider"
    )]
    async fn call(
        &self,
        access: Access<'_>,
        method: Method,
        key: Option<&KeyId>,
        body: Option<Value>,
        limit: usize,
    ) -> Result<Answer, ProviderError> {
        // An id that is no path segment would turn a call on a key into one on all of them.
        if key.is_some_and(|key| ["", ".", ".."].contains(&key.as_str())) {
            return Err(ProviderError::Unexpected(
                "a key without a usable id".to_owned(),
            ));
        }
        let mut url = reqwest::Url::parse(&self.origin)
            .map_err(|_| ProviderError::Unreachable("the origin is no URL".to_owned()))?;
        // Segments are percent-encoded one by one, so that an id can never become a path.
        url.path_segments_mut()
            .map_err(|()| ProviderError::Unreachable("the origin takes no path".to_owned()))?
            .pop_if_empty()
            .extend([
                "v2",
                "projects",
                access.project.as_str(),
                "integrations",
                "api-keys",
            ])
            .extend(key.map(KeyId::as_str));
        let mut request = self
            .http
            .client()
            .request(method, url)
            .bearer_auth(access.credential.expose())
            .header(ACCEPT_LANGUAGE, "en");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let leave = self.limits.wait(access.credential).await?;
        let answer = self.http.send(request, limit).await?;
        leave.answered(answer.told);
        if answer.is_success() {
            Ok(answer)
        } else {
            Err(refusal(answer))
        }
    }
}

fn refusal(mut answer: Answer) -> ProviderError {
    let body = answer
        .json::<Envelope<Value>>()
        .ok()
        .and_then(|envelope| serde_json::from_value::<ErrorBody>(envelope.error).ok());
    let Some(body) = body else {
        return answer.into_error(None);
    };
    let seconds = body.retry_after.as_u64().map(Duration::from_secs);
    answer.retry_after = answer.retry_after.or(seconds);
    answer.into_error(body.message.as_str().map(cleaned))
}

/// The data of a success. `ok: false` in a 2xx is a refusal too.
fn data<T: for<'de> Deserialize<'de>>(answer: &Answer) -> Result<T, ProviderError> {
    let envelope: Envelope<T> = answer.json()?;
    let says_something = envelope
        .error
        .as_object()
        .is_some_and(|error| !error.is_empty());
    let error = serde_json::from_value::<ErrorBody>(envelope.error).ok();
    if envelope.ok == Value::Bool(false) || says_something {
        let not_found =
            |error: ErrorBody| error.code == "NOT_FOUND" || error.error_code == "NOT_FOUND";
        return Err(match error.map(not_found) {
            Some(true) => ProviderError::NotFound,
            _ => ProviderError::Unexpected("a success that says it is none".to_owned()),
        });
    }
    envelope
        .data
        .ok_or_else(|| ProviderError::Unexpected("a success without data".to_owned()))
}

#[async_trait]
impl Provider for BotSubscription {
    fn kind(&self) -> ProviderKind {
        ProviderKind::BotSubscription
    }

    fn origin(&self) -> &str {
        &self.origin
    }

    /// There is no call that tells who one is; the list of keys is the harmless one that needs the right that we need.
    async fn verify(&self, access: Access<'_>) -> Result<Verified, ProviderError> {
        self.list(access).await?;
        Ok(Verified {
            project: access.project.clone(),
            default_name: format!("{} {}", self.kind().name(), access.project.short()),
            telegram_ids: Vec::new(),
        })
    }

    async fn probe(&self, access: Access<'_>) -> Result<(), ProviderError> {
        self.list(access).await.map(|_keys| ())
    }

    async fn list(&self, access: Access<'_>) -> Result<Vec<Key>, ProviderError> {
        let answer = self.call(access, Method::GET, None, None, LIST_BODY).await;
        let answer = answer.map_err(ProviderError::of_reading_call)?;
        let list: ListData = data(&answer)?;
        Ok(list.keys.into_iter().filter_map(KeyBody::read).collect())
    }

    async fn create(&self, access: Access<'_>, label: &str) -> Result<NewKey, ProviderError> {
        let body = serde_json::json!({ "label": label });
        let answer = self
            .call(access, Method::POST, None, Some(body), SMALL_BODY)
            .await;
        let answer = answer.map_err(ProviderError::of_changing_call)?;
        let created: CreateData = data(&answer).map_err(ProviderError::of_changing_call)?;
        let secret = Secret::new(created.key);
        if !secret.is_plausible() {
            return Err(ProviderError::OutcomeUnknown(
                "a success without a usable key".to_owned(),
            ));
        }
        let mut key = match KeyBody::read(created.metadata) {
            Some(key) => key,
            None => self.find(access, label, &secret).await,
        };
        if key.last_four.is_empty() {
            key.last_four = secret.last_four();
        }
        Ok(NewKey { secret, key })
    }

    async fn revoke(&self, access: Access<'_>, key: &KeyId) -> Result<(), ProviderError> {
        self.call(access, Method::DELETE, Some(key), None, SMALL_BODY)
            .await
            .map(|_accepted| ())
            .map_err(ProviderError::of_changing_call)
    }
}
