//! What is counted and timed in one run. Labels are words of the program's own, never text from outside, so their number is bounded
//! and no person's id can stand in them.

use std::{fmt, sync::Arc, time::Duration};

use prometheus_client::{
    encoding::text::{encode_eof, encode_registry},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};

/// Names and values, all of them written in this program.
type Labels<const N: usize> = [(&'static str, &'static str); N];

/// Counters and times; cheap to clone, all clones count together.
#[derive(Clone, Default)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    updates: Family<Labels<2>, Counter>,
    handlers: Histogram,
    provider_calls: Family<Labels<3>, Counter>,
    provider_times: Family<Labels<2>, Histogram>,
    telegram_calls: Family<Labels<2>, Counter>,
    telegram_429s: Counter,
}

/// From five milliseconds to forty seconds.
fn times() -> Histogram {
    Histogram::new(exponential_buckets(0.005, 2.0, 14))
}

impl Default for Inner {
    fn default() -> Self {
        let mut inner = Self {
            registry: Registry::with_prefix("keyporter"),
            updates: Family::default(),
            handlers: times(),
            provider_calls: Family::default(),
            provider_times: Family::new_with_constructor(times),
            telegram_calls: Family::default(),
            telegram_429s: Counter::default(),
        };
        let registry = &mut inner.registry;
        let updates = inner.updates.clone();
        registry.register(
            "updates",
            "Updates by kind and by what became of them",
            updates,
        );
        let handlers = inner.handlers.clone();
        registry.register("handler_seconds", "Time that an update took", handlers);
        let calls = inner.provider_calls.clone();
        registry.register("provider_calls", "Calls to providers by outcome", calls);
        let took = inner.provider_times.clone();
        registry.register("provider_call_seconds", "Time of calls to providers", took);
        let calls = inner.telegram_calls.clone();
        registry.register("telegram_calls", "Calls to Telegram by outcome", calls);
        let too_many = inner.telegram_429s.clone();
        registry.register(
            "telegram_too_many",
            "Times that Telegram asked to wait",
            too_many,
        );
        inner
    }
}

impl Metrics {
    /// An update of that kind has come to that outcome.
    pub fn update(&self, kind: &'static str, outcome: &'static str) {
        let labels = [("kind", kind), ("outcome", outcome)];
        self.0.updates.get_or_create(&labels).inc();
    }

    /// An update was at work for that long.
    pub fn handled(&self, took: Duration) {
        self.0.handlers.observe(took.as_secs_f64());
    }

    /// A call to a provider has ended so, after that time.
    pub fn provider_call(
        &self,
        provider: &'static str,
        call: &'static str,
        outcome: &'static str,
        took: Duration,
    ) {
        let (provider, call) = (("provider", provider), ("call", call));
        let counted = [provider, call, ("outcome", outcome)];
        self.0.provider_calls.get_or_create(&counted).inc();
        let timed = self.0.provider_times.get_or_create(&[provider, call]);
        timed.observe(took.as_secs_f64());
    }

    /// A call to Telegram has ended so.
    pub fn telegram_call(&self, method: &'static str, outcome: &'static str) {
        let labels = [("method", method), ("outcome", outcome)];
        self.0.telegram_calls.get_or_create(&labels).inc();
    }

    /// Telegram has asked to wait.
    pub fn telegram_429(&self) {
        self.0.telegram_429s.inc();
    }

    /// All of it in the format that Prometheus reads, with what was looked up just now.
    pub fn page(&self, levels: &Levels) -> Result<String, fmt::Error> {
        let mut page = String::new();
        encode_registry(&mut page, &self.0.registry)?;
        encode_registry(&mut page, &levels.0)?;
        encode_eof(&mut page)?;
        Ok(page)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

/// What is looked up when somebody asks, and true only then.
pub struct Levels(Registry);

impl Default for Levels {
    fn default() -> Self {
        Self(Registry::with_prefix("keyporter"))
    }
}

impl Levels {
    /// Adds a number.
    pub fn add(&mut self, name: &str, help: &str, value: i64) {
        let gauge: Gauge = Gauge::default();
        gauge.set(value);
        self.0.register(name, help, gauge);
    }

    /// Adds a number for each value of a label.
    pub fn add_each(
        &mut self,
        name: &str,
        help: &str,
        label: &'static str,
        values: impl IntoIterator<Item = (&'static str, i64)>,
    ) {
        let gauges: Family<Labels<1>, Gauge> = Family::default();
        for (value, number) in values {
            gauges.get_or_create(&[(label, value)]).set(number);
        }
        self.0.register(name, help, gauges);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_count_apart_and_a_page_ends_once() {
        let (one, other) = (Metrics::default(), Metrics::default());
        one.clone().update("message", "committed");
        let mut levels = Levels::default();
        levels.add("inbox_waiting", "Updates that wait", 3);
        let page = one.page(&levels).unwrap();
        assert!(
            page.contains("keyporter_updates_total{kind=\"message\",outcome=\"committed\"} 1"),
            "{page}"
        );
        assert!(page.contains("keyporter_inbox_waiting 3"), "{page}");
        assert_eq!(page.matches("# EOF").count(), 1, "{page}");
        let page = other.page(&Levels::default()).unwrap();
        assert!(!page.contains("committed"), "{page}");
    }
}
