//! The Bot API over HTTP: `/bot<token>/<method>`, method names in exact camelCase.
//!
//! Real servers mind neither the case nor unknown parameters; this one does, so that faults are found.

use serde::Deserialize;
use tokio::sync::Notify;

use super::{methods, params::Params, refusal::Refusal, world::World};
use crate::sandbox::{
    changes::Kept,
    service::{Answer, Emulated, Incoming},
    shared::Shared,
};

/// The longest that `getUpdates` waits.
const POLL_S_MAX: u32 = 50;

const OTHER_POLL: &str =
    "terminated by other getUpdates request; make sure that only one bot instance is running";
const WEBHOOK_ACTIVE: &str = "can't use getUpdates method while webhook is active; \
    use deleteWebhook to delete the webhook first";

pub(super) struct Core {
    pub(super) world: Kept<World>,
    pub(super) shared: Shared,
    /// Wakes the deliveries.
    pub(super) hooked: Notify,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GetUpdates {
    offset: Option<i64>,
    limit: Option<usize>,
    timeout: Option<u32>,
    allowed_updates: Option<Vec<String>>,
}

impl Emulated for Core {
    async fn answer(&self, incoming: &Incoming) -> Answer {
        match self.result(incoming).await {
            Ok(result) => Answer::raw(200, format!("{{\"ok\":true,\"result\":{result}}}")),
            Err(refusal) => refusal.answer(),
        }
    }

    fn too_many(&self, _: &Incoming, retry_after_s: u64) -> Answer {
        Refusal::too_many(retry_after_s).answer()
    }
}

impl Core {
    /// The result as JSON text.
    async fn result(&self, incoming: &Incoming) -> Result<String, Refusal> {
        let path = incoming.path.strip_prefix("/bot");
        let (token, method) = path
            .and_then(|path| path.split_once('/'))
            .ok_or_else(Refusal::not_found)?;
        if self.world.look(|world| world.bot.token != token) {
            return Err(Refusal::unauthorized());
        }
        if !matches!(incoming.method.as_str(), "GET" | "POST") {
            return Err(Refusal::not_found());
        }
        let params = Params::parse(incoming).await?;
        if method == "getUpdates" {
            return self.updates(params.read()?).await;
        }
        let now_ms = self.shared.clock.now_ms();
        let result = self
            .world
            .change(|world| methods::call(world, now_ms, method, params))?;
        if method == "setWebhook" {
            self.hooked.notify_one();
        }
        Ok(result.to_string())
    }

    async fn updates(&self, get: GetUpdates) -> Result<String, Refusal> {
        let limit = get.limit.unwrap_or(100);
        if !(1..=100).contains(&limit) {
            return Err(Refusal::bad("limit must be between 1 and 100"));
        }
        let clock = &self.shared.clock;
        let timeout_s = get.timeout.unwrap_or_default().min(POLL_S_MAX);
        let ends_ms = clock.now_ms() + i64::from(timeout_s) * 1000;
        let poll = self.world.change(|world| {
            if world.webhook.is_some() {
                return Err(Refusal::conflict(WEBHOOK_ACTIVE));
            }
            if let Some(allowed) = get.allowed_updates {
                world.updates.allow(allowed)?;
            }
            world.updates.expire(clock.now_ms());
            world.updates.confirm(get.offset.unwrap_or_default());
            Ok(world.updates.begin_poll(OTHER_POLL))
        })?;
        let mut changes = self.shared.changes.subscribe();
        loop {
            changes.mark_unchanged();
            let now_ms = clock.now_ms();
            let taken = self
                .world
                .look(|world| world.updates.take(poll, limit, now_ms))?;
            if let Some(updates) = taken {
                return Ok(updates);
            }
            if now_ms >= ends_ms {
                return Ok("[]".to_owned());
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = clock.wait_until(ends_ms) => {}
            }
        }
    }
}
