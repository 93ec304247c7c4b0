//! Health: whether the process lives, and whether it can do its work. It tells no secret, and nothing of any person.

use std::{sync::Arc, time::Duration};

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde::Serialize;
use tokio::sync::Mutex;

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

/// One look at the database serves all who ask within this time: nobody can keep it busy by asking.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Who is asked, and what was found last.
#[derive(Clone)]
struct Health {
    app: App,
    pulse: Arc<Pulse>,
    database: Arc<Mutex<(Timestamp, bool)>>,
}

impl Health {
    async fn database(&self) -> bool {
        let ports = self.app.ports();
        let mut last = self.database.lock().await;
        if ports.now().since(last.0) >= LOOK_EVERY {
            let answers = ports.within(DATABASE_TIME, self.app.database_answers());
            let answers = answers.await == Some(true);
            *last = (ports.now(), answers);
        }
        last.1
    }
}

pub(super) fn routes(app: App, pulse: Arc<Pulse>) -> Router {
    let health = Health {
        app,
        pulse,
        database: Arc::default(),
    };
    Router::new()
        .route("/health/live", get(async || "alive"))
        .route("/health/ready", get(ready))
        .with_state(health)
}

async fn ready(State(health): State<Health>) -> (StatusCode, Json<Readiness>) {
    let database = health.database().await;
    let (now, pulse) = (health.app.ports().now(), &health.pulse);
    let since = |at: Timestamp| (!at.is_never()).then(|| now.since(at));
    let telegram = since(pulse.telegram()).is_some_and(|silence| silence < TELEGRAM_SILENT);
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
