//! The log: text or JSON, on standard error. Foreign crates are held at INFO whatever `RUST_LOG` says, since their finer levels print
//! requests with their URLs and bodies; a panic tells its place and never its message, which may hold what it choked on.

use std::{panic::PanicHookInfo, sync::Once};

use tracing::{Level, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{FilterExt, LevelFilter, Targets},
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
};

use crate::config::LogSettings;

/// Crates whose INFO is noise or says too much.
const QUIET: [&str; 8] = [
    "sqlx",
    "hyper",
    "hyper_util",
    "h2",
    "reqwest",
    "rustls",
    "teloxide",
    "teloxide_core",
];

/// A subscriber that writes there.
pub fn subscriber<W>(settings: &LogSettings, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let chosen = EnvFilter::try_new(&settings.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let allowed = Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target("keyporter", Level::TRACE)
        .with_targets(QUIET.map(|target| (target, Level::WARN)));
    let filter = chosen.and(allowed);
    let layer = if settings.json {
        fmt::layer()
            .json()
            .flatten_event(true)
            .with_writer(writer)
            .boxed()
    } else {
        fmt::layer().with_ansi(false).with_writer(writer).boxed()
    };
    Registry::default().with(layer.with_filter(filter))
}

/// Makes panics tell where and nothing else. Does it once, however often it is called.
pub fn quiet_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(report_panic)));
}

fn report_panic(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(ToString::to_string)
        .unwrap_or_default();
    tracing::error!(place, "a part of the program has panicked");
}
