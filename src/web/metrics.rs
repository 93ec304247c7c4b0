//! `/metrics`, on an address of its own: numbers for Prometheus, and nothing of any person.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{
    app::{App, Vitals},
    metrics::{Levels, Metrics},
    ports::Ports,
};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The routes of the metrics' own server.
pub fn metrics_router(app: App, metrics: Metrics) -> Router {
    let ports: Ports = app.ports().clone();
    let router = Router::new()
        .route("/metrics", get(page))
        .with_state((app, metrics));
    super::within_limits(router, ports)
}

async fn page(State((app, metrics)): State<(App, Metrics)>) -> Response {
    let vitals = match app.vitals().await {
        Ok(vitals) => Some(vitals),
        Err(error) => {
            tracing::debug!(%error, "the levels cannot be read now");
            None
        }
    };
    match metrics.page(&levels(vitals.as_ref())) {
        Ok(page) => ([(CONTENT_TYPE, OPEN_METRICS)], page).into_response(),
        Err(_unwritten) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// While the database is away only that is told: old numbers would look true.
fn levels(vitals: Option<&Vitals>) -> Levels {
    let mut levels = Levels::default();
    let up = i64::from(vitals.is_some());
    levels.add("database_up", "Whether the database answers", up);
    let Some(vitals) = vitals else {
        return levels;
    };
    let seconds = |age: std::time::Duration| i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
    levels.add(
        "inbox_waiting",
        "Updates that wait or are at work",
        vitals.inbox,
    );
    let age = seconds(vitals.inbox_age);
    levels.add("inbox_oldest_seconds", "Age of the oldest of them", age);
    let steps = vitals.operations.iter();
    let steps = steps.map(|(step, count)| (step.code(), *count));
    levels.add_each("operations", "Open operations by step", "step", steps);
    levels.add(
        "revokes_open",
        "Keys that are to die and are not known to be dead",
        vitals.revokes,
    );
    let age = seconds(vitals.revoke_age);
    levels.add("revoke_oldest_seconds", "Age of the oldest of them", age);
    let deliveries = vitals.deliveries;
    levels.add(
        "deliveries_waiting",
        "New keys sealed here until they are saved",
        deliveries,
    );
    levels.add(
        "answers_waiting",
        "Answers that Telegram has not taken",
        vitals.answers,
    );
    levels
}
