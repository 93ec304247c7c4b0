//! What a service answers, and the ways in which a fault spoils it.

use std::{convert::Infallible, future::ready};

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use serde_json::Value;

/// The size of the pieces in which a huge answer is sent.
const PIECE_BYTES: u64 = 64 * 1024;

/// An answer in JSON.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Whether the call did what it asked for.
    pub(crate) effect: bool,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Usually JSON, but not checked: a test may have queued anything.
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::raw(status, body.to_string())
    }

    pub(crate) fn raw(status: u16, body: String) -> Self {
        Self {
            status,
            effect: (200..300).contains(&status),
            headers: Vec::new(),
            body,
        }
    }

    #[must_use]
    pub(crate) fn header(mut self, name: &'static str, value: &impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    /// Half of the answer, under the length of the whole.
    pub(crate) fn truncated(self) -> Response {
        let whole = self.body.len().max(2);
        let half = Bytes::from(self.body.into_bytes()).slice(..whole / 2);
        // A stream, since the server trusts the header only if it doesn't know the length itself. It ends a moment
        // later, so that the half is on its way before the server sees that the rest is missing.
        let body = stream::unfold(Some(half), |half| async move {
            if half.is_none() {
                tokio::task::yield_now().await;
            }
            half.map(|half| (Ok::<_, Infallible>(half), None))
        });
        let body = Body::from_stream(body);
        let mut response = respond(self.status, "application/json", body);
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(whole));
        response
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = respond(self.status, "application/json", Body::from(self.body));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                let name = HeaderName::from_static(name);
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// A JSON string that does not end, of so many bytes in all.
pub(crate) fn huge(bytes: u64) -> Response {
    let start = stream::once(ready(Bytes::from_static(b"{\"ok\":true,\"data\":\"")));
    let pieces = stream::unfold(bytes, |left| async move {
        let length = left.min(PIECE_BYTES);
        let piece = vec![b'a'; usize::try_from(length).ok()?];
        (length > 0).then(|| (Bytes::from(piece), left - length))
    });
    let body = Body::from_stream(start.chain(pieces).map(Ok::<_, Infallible>));
    respond(200, "application/json", body)
}

/// A response with a body of that type.
pub(crate) fn respond(status: u16, content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}
