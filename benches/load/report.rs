//! Figures, as a table for people and as JSON for programs.

use std::time::Duration;

use serde::Serialize;

/// What one cell has shown.
#[derive(Debug, Serialize)]
pub struct Figures {
    updates: usize,
    updates_per_s: f64,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
    /// Of all processes of the bot.
    processor_s_per_1000: f64,
    /// Of the load program and the sandbox in it, which share the machine with the bot.
    own_processor_s_per_1000: f64,
    /// The most that one process of the bot has had so far.
    peak_mb: f64,
    telegram_calls_per_update: f64,
    provider_calls_per_update: f64,
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts and sizes far below 2^52"
)]
impl Figures {
    /// From the sorted times of all updates.
    pub fn new(times: &[Duration], elapsed: Duration, bots: Duration, own: Duration) -> Self {
        let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
        let updates = times.len() as f64;
        Self {
            updates: times.len(),
            updates_per_s: updates / elapsed.as_secs_f64(),
            p50_ms: at(50),
            p95_ms: at(95),
            p99_ms: at(99),
            processor_s_per_1000: bots.as_secs_f64() * 1000.0 / updates,
            own_processor_s_per_1000: own.as_secs_f64() * 1000.0 / updates,
            peak_mb: 0.0,
            telegram_calls_per_update: 0.0,
            provider_calls_per_update: 0.0,
        }
    }

    /// With the calls that so many updates have led to.
    pub fn with_calls(mut self, updates: usize, telegram: usize, provider: usize) -> Self {
        self.telegram_calls_per_update = telegram as f64 / updates as f64;
        self.provider_calls_per_update = provider as f64 / updates as f64;
        self
    }

    pub fn with_peak(mut self, kilobytes: u64) -> Self {
        self.peak_mb = kilobytes as f64 / 1000.0;
        self
    }
}

/// One line of the table.
#[derive(Debug, Serialize)]
pub struct Line {
    pub bot: String,
    pub database: String,
    pub replicas: usize,
    pub intake: String,
    pub story: String,
    pub in_flight: usize,
    /// From the start of the process, on an existing database, to its first call of the Bot API.
    pub first_call_ms: f64,
    pub figures: Figures,
}

/// The names of the columns.
pub fn head() -> String {
    format!(
        "{:<11} {:<8} {:<8} {:<7} {:>3} {:>9} {:>8} {:>8} {:>8} {:>9} {:>9} {:>8} {:>5} {:>5} {:>8}",
        "bot",
        "database",
        "intake",
        "story",
        "at",
        "updates/s",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "cpu/1000",
        "load's",
        "peak MB",
        "calls",
        "prov.",
        "start ms"
    )
}

impl Line {
    pub fn text(&self) -> String {
        let Figures {
            updates_per_s,
            p50_ms,
            p95_ms,
            p99_ms,
            processor_s_per_1000,
            own_processor_s_per_1000,
            peak_mb,
            telegram_calls_per_update,
            provider_calls_per_update,
            ..
        } = self.figures;
        format!(
            "{:<11} {:<8} {:<8} {:<7} {:>3} {updates_per_s:>9.0} {p50_ms:>8.2} {p95_ms:>8.2} {p99_ms:>8.2} \
             {processor_s_per_1000:>9.3} {own_processor_s_per_1000:>9.3} {peak_mb:>8.1} \
             {telegram_calls_per_update:>5.2} {provider_calls_per_update:>5.2} {:>8.0}",
            self.bot, self.database, self.intake, self.story, self.in_flight, self.first_call_ms
        )
    }
}
