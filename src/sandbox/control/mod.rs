//! The control API behind the demo page: sees the whole world and acts as its people.
//!
//! Listens on loopback only and refuses web pages from elsewhere. What it tells includes secrets: they are the demo's.

mod acts;
mod guard;
mod page;
#[cfg(test)]
mod tests;
mod view;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{RawQuery, State},
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{Sandbox, clock::within, service::form_pairs};

/// The longest that `GET /api/world` waits for a newer version.
const WORLD_WAIT: Duration = Duration::from_secs(25);

/// A running control API; ends when dropped.
pub struct Control {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Control {
    /// Starts it on a port; 0: any that is free.
    pub async fn start(sandbox: &Sandbox, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let router = router(sandbox.clone());
        let task = tokio::spawn(async move {
            // Never returns by itself: a failed accept is tried again.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, task })
    }

    /// Where the page is: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Why a request is refused: a status and a sentence.
struct Refusal(StatusCode, String);

impl Refusal {
    fn bad(why: &str) -> Self {
        Self(StatusCode::BAD_REQUEST, why.to_owned())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, error) = self;
        (status, Json(json!({ "error": error }))).into_response()
    }
}

fn router(sandbox: Sandbox) -> Router {
    let mut router = Router::new()
        .route("/api/world", get(world))
        .route("/api/say", post(acts::say))
        .route("/api/edit", post(acts::edit))
        .route("/api/press", post(acts::press))
        .route("/api/page", post(acts::open_page))
        .route("/api/role", post(acts::set_role))
        .route("/api/block", post(acts::block))
        .route("/api/clock", post(acts::clock))
        .route("/api/regenerate", post(acts::regenerate))
        .route("/api/fault", post(acts::fault))
        .route("/api/faults/clear", post(acts::clear_faults));
    for file in &page::FILES {
        router = router.route(file.path, get(|| async { file.response() }));
    }
    let nothing = async || Refusal(StatusCode::NOT_FOUND, "There is nothing here.".to_owned());
    let wrong_method = async || {
        let why = "This does not work with this method.".to_owned();
        Refusal(StatusCode::METHOD_NOT_ALLOWED, why)
    };
    router
        .fallback(nothing)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn(guard::guard))
        .with_state(sandbox)
}

/// The world, now or as soon as it is newer than `after`.
async fn world(
    State(sandbox): State<Sandbox>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Refusal> {
    let pairs = form_pairs(&query.unwrap_or_default());
    let after = pairs.iter().find(|(name, _)| name == "after");
    if let Some((_, after)) = after {
        let after: u64 = after
            .parse()
            .map_err(|_| Refusal::bad("\"after\" is not a version."))?;
        let mut changes = sandbox.shared.changes.subscribe();
        // If nothing changes in time, the same version is told again.
        within(WORLD_WAIT, changes.wait_for(|version| *version > after)).await;
    }
    Ok(Json(view::world(&sandbox)))
}
