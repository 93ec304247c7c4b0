//! Health: whether the process lives, and whether it can do its work. It tells no secret, and nothing of any person.

use std::{sync::Arc, time::Duration};

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde::Serialize;

use crate::{app::App, domain::Timestamp, intake::Pulse};

/// Telegram answers a poll, or a look at the webhook, every minute.
const TELEGRAM_SILENT: Duration = Duration::from_mins(3);

/// A database that takes longer is away.
const DATABASE_TIME: Duration = Duration::from_secs(2);

/// What `/health/ready` says.
#[derive(Serialize)]
struct Readiness {
    ready: bool,
    database: bool,
    telegram: bool,
    /// Nothing before the first one. A quiet bot is a healthy one.
    seconds_since_last_update: Option<u64>,
}

pub(super) fn routes(app: App, pulse: Arc<Pulse>) -> Router {
    Router::new()
        .route("/health/live", get(async || "alive"))
        .route("/health/ready", get(ready))
        .with_state((app, pulse))
}

async fn ready(State((app, pulse)): State<(App, Arc<Pulse>)>) -> (StatusCode, Json<Readiness>) {
    let ports = app.ports();
    let database = ports.within(DATABASE_TIME, app.database_answers()).await;
    let now = ports.now();
    let since = |at: Timestamp| (!at.is_never()).then(|| now.since(at));
    let (database, telegram) = (
        database == Some(true),
        since(pulse.telegram()).is_some_and(|silence| silence < TELEGRAM_SILENT),
    );
    let readiness = Readiness {
        ready: database && telegram,
        database,
        telegram,
        seconds_since_last_update: since(pulse.last_update()).map(|age| age.as_secs()),
    };
    let status = if readiness.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(readiness))
}
