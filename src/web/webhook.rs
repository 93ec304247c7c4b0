//! The webhook's route. Whoever does not know its secret path finds nothing, whoever does not sign is turned away before the body is
//! read, and "received" is said only after the commit.

use std::sync::Arc;

use axum::{
    Router,
    body::Bytes,
    extract::{FromRequest, Path, Request, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};

use crate::intake::{Door, Hook, PREFIX};

const SIGNATURE: &str = "x-telegram-bot-api-secret-token";

type Hooked = (Arc<Hook>, Door);

pub(super) fn routes(hook: Arc<Hook>, door: Door) -> Router {
    Router::new()
        .route(&format!("/{PREFIX}/{{path}}"), post(receive))
        .with_state((hook, door))
}

async fn receive(
    State((hook, door)): State<Hooked>,
    Path(path): Path<String>,
    request: Request,
) -> StatusCode {
    if !hook.is_at(&path) {
        return StatusCode::NOT_FOUND;
    }
    if !hook.is_signed(signature(request.headers())) {
        return StatusCode::UNAUTHORIZED;
    }
    let body = match Bytes::from_request(request, &()).await {
        Ok(body) => body,
        Err(refused) => return refused.status(),
    };
    let raw = String::from_utf8_lossy(&body).into_owned();
    match door.bring(raw).await {
        Ok(()) => StatusCode::OK,
        Err(_not_stored) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn signature(headers: &HeaderMap) -> &str {
    let header = headers.get(SIGNATURE);
    header
        .and_then(|header| header.to_str().ok())
        .unwrap_or_default()
}
