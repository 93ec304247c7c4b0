//! The web server's routes: the webhook, health, and what else is merged in here. It must never do work for whoever has no business here,
//! never hold more than a little in memory for a client, and never write a path or a header into the log: both may be secrets.

mod app;
mod health;
mod metrics;
mod server;
mod webhook;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{StatusCode, header::CONTENT_LENGTH},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};

use crate::{
    app::App,
    intake::{Door, Hook, Pulse},
    ports::Ports,
};

pub use app::{Checker, Pages};
pub use metrics::metrics_router;
pub use server::{PATIENCE, Server, serve};

/// A body that is longer is refused, unread where it says so itself; Telegram's updates are far shorter.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// A request that takes longer, from its last header to its answer, is given up.
const REQUEST_TIME: Duration = Duration::from_secs(40);

/// What the routes work with; cheap to clone.
#[derive(Clone)]
pub struct Web {
    /// What the bot does.
    pub app: App,
    /// When Telegram was last heard from.
    pub pulse: Arc<Pulse>,
    /// The webhook, and where its updates go in; nothing while the bot polls.
    pub webhook: Option<(Arc<Hook>, Door)>,
    /// Our own pages; nothing without a public address.
    pub pages: Option<Pages>,
}

/// All routes, within their limits.
pub fn router(web: Web) -> Router {
    let ports = web.app.ports().clone();
    let mut router = health::routes(web.app, web.pulse);
    if let Some((hook, door)) = web.webhook {
        router = router.merge(webhook::routes(hook, door));
    }
    if let Some(pages) = web.pages {
        router = router.merge(app::routes(pages));
    }
    within_limits(router, ports)
}

/// The limits that hold for every route.
fn within_limits(router: Router, ports: Ports) -> Router {
    router
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(ports, in_time))
}

async fn in_time(State(ports): State<Ports>, request: Request, next: Next) -> Response {
    let length = request.headers().get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > BODY_LIMIT) {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    match ports.within(REQUEST_TIME, next.run(request)).await {
        Some(response) => response,
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
