//! Our own pages inside Telegram (the Mini App): files that hold nothing, and calls that need a session. A secret comes in or goes out
//! in the body of a POST only; it must never stand in a URL, a log or an answer that is kept anywhere.

mod api;
mod files;
mod init_data;
mod limits;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::post,
};

use crate::{
    app::{App, Members, Words},
    texts::Texts,
};
pub use init_data::Checker;
use limits::Limits;

/// No form of ours is longer.
const BODY_LIMIT: usize = 16 * 1024;

const HEADERS: [(HeaderName, &str); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors https://web.telegram.org https://*.telegram.org",
    ),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// What the pages work with; cheap to clone.
#[derive(Clone)]
pub struct Pages {
    app: App,
    texts: Arc<Texts>,
    words: Arc<dyn Words>,
    members: Arc<dyn Members>,
    checker: Checker,
    limits: Arc<Limits>,
    origin: Arc<str>,
}

impl Pages {
    /// Pages of that bot, at the app's public address; nothing where there is none.
    pub fn new(
        app: App,
        checker: Checker,
        texts: Arc<Texts>,
        members: Arc<dyn Members>,
    ) -> Option<Self> {
        let origin = app.pages()?.into();
        Some(Self {
            checker,
            limits: Arc::default(),
            words: texts.clone(),
            texts,
            members,
            origin,
            app,
        })
    }
}

pub(super) fn routes(pages: Pages) -> Router {
    let calls = Router::new()
        .route("/app/session", post(api::session))
        .route("/app/link", post(api::link))
        .route("/app/key/open", post(api::open_key))
        .route("/app/key/saved", post(api::saved))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(pages.clone(), guard))
        .with_state(pages);
    files::routes().merge(calls).layer(from_fn(with_headers))
}

/// Only our own pages may call, and not too often.
async fn guard(State(pages): State<Pages>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN);
    if origin.is_none_or(|origin| origin.as_bytes() != pages.origin.as_bytes()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    if !pages.limits.lets_in(&request) {
        return api::too_fast(&pages, request.headers());
    }
    next.run(request).await
}

async fn with_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
