//! One HTTP client for all providers: limits on time and size, no redirects, and the meaning of the statuses.

use std::time::Duration;

use reqwest::{
    Client, RequestBuilder, StatusCode,
    header::{HeaderMap, RETRY_AFTER},
    redirect::Policy,
};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{ProviderError, limits::Told};
use crate::{
    domain::Timestamp,
    http::{Failure, Way, describe, exchange},
};

/// Enough for a single object.
pub(super) const SMALL_BODY: usize = 1024 * 1024;

/// Enough for a list of 10,000 keys (about 300 bytes each), since a list cannot be asked for in parts.
pub(super) const LIST_BODY: usize = 8 * 1024 * 1024;

/// A connection that takes longer will not get better.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A provider that asks for more is asked again after this, to notice when it relents.
const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// When a 429 does not say how long.
const USUAL_WAIT: Duration = Duration::from_secs(30);

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct Http {
    client: Client,
    way: Way,
}

/// A whole answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    /// See [`Told`].
    pub(super) told: Told,
    body: Zeroizing<Vec<u8>>,
}

impl Http {
    pub(super) fn new(call_timeout: Duration, way: Way) -> Result<Self, ProviderError> {
        let client = Client::builder()
            .user_agent(concat!("keyporter/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT.min(call_timeout))
            .timeout(call_timeout)
            .build()
            .map_err(|error| ProviderError::Unreachable(describe(error)))?;
        Ok(Self { client, way })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Sends the request and reads the answer, up to `limit` bytes. `Unreachable`: it surely never left;
    /// `OutcomeUnknown`: it may have arrived.
    pub(super) async fn send(
        &self,
        request: RequestBuilder,
        limit: usize,
    ) -> Result<Answer, ProviderError> {
        let answer =
            exchange(&self.way, request, limit)
                .await
                .map_err(|failure| match failure {
                    Failure::NotSent(why) => ProviderError::Unreachable(why),
                    Failure::Lost(why) => ProviderError::OutcomeUnknown(why),
                })?;
        Ok(Answer {
            status: answer.status.as_u16(),
            retry_after: retry_after(answer.status, &answer.headers),
            told: told(answer.status, &answer.headers),
            body: answer.body,
        })
    }
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON. The error says where it is wrong, never what stands there.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let place = (error.line(), error.column());
            ProviderError::Unexpected(format!(
                "status {} with {} bytes that are not the expected JSON ({:?} at {place:?})",
                self.status,
                self.body.len(),
                error.classify(),
            ))
        })
    }

    /// The meaning that a status has at every provider; `words` is what the provider says about it.
    pub(super) fn into_error(self, words: Option<String>) -> ProviderError {
        let status = self.status;
        match status {
            401 => ProviderError::Refused,
            403 => ProviderError::Forbidden(words.unwrap_or_default()),
            404 => ProviderError::NotFound,
            400 | 402 | 405 | 406 | 409..=418 | 422 => {
                ProviderError::Invalid(words.unwrap_or_default())
            }
            429 => ProviderError::RateLimited {
                retry_after: self.retry_after.unwrap_or(USUAL_WAIT).min(LONGEST_WAIT),
            },
            // A gateway's or a server's failure says nothing about what happened behind it.
            408 | 500..=599 => ProviderError::OutcomeUnknown(format!("status {status}")),
            _ => ProviderError::Unexpected(format!("status {status}")),
        }
    }
}

/// What the headers say about limits. Calls that are used up up to the last one are waited for as if it had been refused.
fn told(status: StatusCode, headers: &HeaderMap) -> Told {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse().ok();
    let spent = number("x-ratelimit-remaining") == Some(0);
    let wait = match status {
        StatusCode::TOO_MANY_REQUESTS => Some(retry_after(status, headers).unwrap_or(USUAL_WAIT)),
        _ => spent.then(|| until_reset(headers)).flatten(),
    };
    Told {
        limit: number("x-ratelimit-limit"),
        wait,
    }
}

/// `Retry-After` in seconds or as a date; else `X-RateLimit-Reset`.
fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if let Some(text) = header(headers, RETRY_AFTER.as_str()) {
        return match text.trim().parse() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_) => Some(date(text)?.since(answered_at(headers)?)),
        };
    }
    if status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    until_reset(headers)
}

/// Until `X-RateLimit-Reset`, counted from the answer's own `Date`.
fn until_reset(headers: &HeaderMap) -> Option<Duration> {
    let reset: i64 = header(headers, "x-ratelimit-reset")?.trim().parse().ok()?;
    Some(Timestamp::from_millis(reset.checked_mul(1000)?).since(answered_at(headers)?))
}

fn answered_at(headers: &HeaderMap) -> Option<Timestamp> {
    date(header(headers, "date")?)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn date(text: &str) -> Option<Timestamp> {
    let time = chrono::DateTime::parse_from_rfc2822(text).ok()?;
    Some(Timestamp::from_millis(time.timestamp_millis()))
}
