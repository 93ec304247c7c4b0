//! The keeper: does by itself what was decided before, when its time has come: shows and takes away what is shown once, moves accounts
//! to whom they were given, tells operators what does not go on. It decides nothing.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{App, AppError, Presenter, Words, alerts, moves, showings};

/// Between two looks, unless a turn has just written something for it.
const EVERY: Duration = Duration::from_mins(1);

/// See the module's text.
pub struct Keeper {
    app: App,
    presenter: Arc<dyn Presenter>,
    words: Arc<dyn Words>,
}

impl Keeper {
    /// One that shows by that presenter and tells in those words.
    pub fn new(app: App, presenter: Arc<dyn Presenter>, words: Arc<dyn Words>) -> Self {
        Self {
            app,
            presenter,
            words,
        }
    }

    /// Keeps until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            // What is cut off by the end is as after a crash: begun anew by the next life.
            let looked = tokio::select! {
                looked = self.look() => looked,
                () = stop.cancelled() => return,
            };
            match looked {
                Ok(()) => {}
                Err(AppError::Store(error)) if error.is_outage() => {
                    tracing::debug!(%error, "the keeper cannot read or record");
                }
                Err(error) => tracing::error!(%error, "the keeper cannot do its work"),
            }
            tokio::select! {
                () = self.app.ports.sleep(EVERY) => {}
                () = self.app.keeper_wake.notified() => {}
                () = stop.cancelled() => {}
            }
        }
    }

    async fn look(&self) -> Result<(), AppError> {
        // Neither keeps the other from being done.
        let shown = showings::look(&self.app, &self.presenter).await;
        let moved = moves::look(&self.app, self.words.as_ref()).await;
        let told = alerts::look(&self.app, self.words.as_ref()).await;
        let swept = self.app.sweep_sessions().await;
        let rates = self.app.sweep_rates().await.map_err(AppError::from);
        moved.and(shown).and(told).and(swept).and(rates)
    }
}
