//! How much work lies here and how old it is: for the metrics, and for the operators' alerts. It tells of nobody.

use std::time::Duration;

use super::{App, AppError};
use crate::{
    domain::{Timestamp, operation::Step},
    store::levels::{self, OpenAt},
};

/// See the module's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vitals {
    /// Updates that wait or are at work.
    pub inbox: i64,
    /// For how long the oldest of them has.
    pub inbox_age: Duration,
    /// Open operations by where they stand; each step is named.
    pub operations: Vec<(Step, i64)>,
    /// How many of them are to end a key.
    pub revokes: i64,
    /// For how long the oldest of those is open.
    pub revoke_age: Duration,
    /// New keys that are sealed here until they are saved.
    pub deliveries: i64,
    /// Answers that Telegram has not taken yet.
    pub answers: i64,
}

impl App {
    /// Looks now.
    pub async fn vitals(&self) -> Result<Vitals, AppError> {
        let mut c = self.store.read().await?;
        let (inbox, oldest_update) = levels::inbox(&mut c).await?;
        let open = levels::operations(&mut c).await?;
        let (deliveries, answers) = (
            levels::deliveries(&mut c).await?,
            levels::outbox(&mut c).await?,
        );
        drop(c);
        let now = self.ports.now();
        let age = |since: Timestamp| {
            if since.is_never() {
                Duration::ZERO
            } else {
                now.since(since)
            }
        };
        let at = |step: Step| open.iter().find(|open: &&OpenAt| open.step == step);
        let revokes = || [Step::Revoke, Step::Verify].into_iter().filter_map(at);
        let oldest_revoke = revokes().map(|open| open.oldest).min();
        let steps = Step::ALL.into_iter().filter(|step| *step != Step::Ended);
        Ok(Vitals {
            inbox,
            inbox_age: age(oldest_update),
            operations: steps
                .map(|step| (step, at(step).map_or(0, |open| open.count)))
                .collect(),
            revokes: revokes().map(|open| open.count).sum(),
            revoke_age: age(oldest_revoke.unwrap_or_default()),
            deliveries,
            answers,
        })
    }
}
