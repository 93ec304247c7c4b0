//! What the clients of Telegram and of the providers share: one exchange with a limit on its size, and failures that tell
//! whether the request can have arrived. No URL may reach a failure: tokens and credentials stand in URLs.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use reqwest::{Request, RequestBuilder, Response, StatusCode, header::HeaderMap};
use zeroize::Zeroizing;

/// Carries requests in the network's place, for a simulation.
#[async_trait]
pub trait Transport: fmt::Debug + Send + Sync {
    /// Brings a request to where it goes, and its answer back.
    async fn carry(&self, request: Request) -> Result<Response, Failure>;
}

/// How requests go out: over the network, unless a simulation stands in for it.
pub type Way = Option<Arc<dyn Transport>>;

/// A whole answer.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; wiped when dropped, since it may hold a secret.
    pub body: Zeroizing<Vec<u8>>,
}

/// Why there is no whole answer.
#[derive(Debug)]
pub enum Failure {
    /// The request surely did not leave.
    NotSent(String),
    /// The request may have arrived and been carried out.
    Lost(String),
}

/// Sends a request and reads its answer, up to `limit` bytes.
pub async fn exchange(way: &Way, request: RequestBuilder, limit: usize) -> Result<Answer, Failure> {
    let mut response = match way {
        None => request.send().await.map_err(not_answered)?,
        Some(transport) => {
            let request = request.build().map_err(not_answered)?;
            transport.carry(request).await?
        }
    };
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| Failure::Lost(describe(error)))?
    {
        if body.len() + chunk.len() > limit {
            return Err(Failure::Lost(format!(
                "an answer of more than {limit} bytes"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body,
    })
}

fn not_answered(error: reqwest::Error) -> Failure {
    if error.is_connect() || error.is_builder() {
        Failure::NotSent(describe(error))
    } else {
        Failure::Lost(describe(error))
    }
}

/// A transport error's kind and causes, without its URL.
pub fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
