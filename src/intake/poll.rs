//! Our own long poll. A batch is acknowledged (by the next poll's offset) only after it is committed; an update that cannot be
//! read stands alone and never holds up the others. Failures back off, are said once, and end by themselves.

use std::{collections::HashSet, sync::Arc, time::Duration};

use backon::{BackoffBuilder, ExponentialBuilder};
use serde::Deserialize;
use serde_json::{json, value::RawValue};
use tokio_util::sync::CancellationToken;

use super::{
    Handle, Intake, Outage,
    inbox::{self, POLL_OFFSET},
    lanes::Lanes,
    outlast,
    projection::{Kept, Projected, project},
};
use crate::{
    domain::{ChatId, PersonId, UpdateId},
    store::{StoreError, facts},
    telegram::{Telegram, TelegramError},
};

/// The kinds of update that are asked for: all that the bot handles and nothing else.
pub const ALLOWED_UPDATES: [&str; 4] = [
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
];

/// Updates per poll; Telegram gives no more.
const LIMIT: usize = 100;

/// Telegram holds a poll for this long at most.
const POLL_SECONDS: u64 = 50;

/// A poll that takes longer has lost its connection.
const POLL_TIMEOUT: Duration = Duration::from_secs(POLL_SECONDS + 15);

/// However long Telegram asks to wait, it is asked again after this.
pub const LONGEST_PAUSE: Duration = Duration::from_mins(5);

fn backoff() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(1))
        .with_max_delay(Duration::from_secs(30))
        .without_max_times()
        .build()
}

#[derive(Deserialize)]
struct WebhookInfo {
    #[serde(default)]
    url: String,
}

/// Ends a webhook that an earlier program has set, without dropping its updates: while it is set, polling is refused.
pub async fn leave_webhook(telegram: &Telegram) -> Result<(), TelegramError> {
    let info: WebhookInfo = telegram.call("getWebhookInfo", &json!({})).await?;
    if info.url.is_empty() {
        return Ok(());
    }
    let _: bool = telegram
        .call("deleteWebhook", &json!({ "drop_pending_updates": false }))
        .await?;
    tracing::warn!("a webhook was set for this bot; it is removed, waiting updates are kept");
    Ok(())
}

/// Polls until `stop`. Fails only when the database cannot even tell where to begin.
pub(super) async fn poll(
    intake: &Intake,
    handler: &Arc<dyn Handle>,
    lanes: &Lanes,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let stored = outlast(&intake.ports, stop, || async {
        facts::get(&mut *intake.store.read().await?, POLL_OFFSET).await
    })
    .await?;
    let mut offset: Option<i64> = stored.and_then(|offset| offset.parse().ok());
    let mut pauses = backoff();
    let outage = Outage::default();
    while !stop.is_cancelled() {
        let batch = tokio::select! {
            batch = fetch(intake, offset) => batch,
            () = stop.cancelled() => return Ok(()),
        };
        match batch {
            Ok(batch) => {
                outage.ends("receiving updates");
                pauses = backoff();
                if let Some(last) = batch.last {
                    let next = UpdateId(last.0.saturating_add(1));
                    take_in(intake, handler, lanes, stop, &batch, next).await;
                    offset = Some(next.0);
                }
            }
            Err(error) => {
                outage.begins("receiving updates", kind(&error), &error);
                let pause = match error {
                    TelegramError::TooMany { retry_after } => retry_after.min(LONGEST_PAUSE),
                    _ => pauses.next().unwrap_or(POLL_TIMEOUT),
                };
                wait(intake, pause, stop).await;
                if matches!(error, TelegramError::Conflict(_)) {
                    // A webhook set while we run would refuse every poll from now on.
                    let _ = leave_webhook(&intake.telegram).await;
                }
            }
        }
    }
    Ok(())
}

/// What one poll brought.
struct Batch {
    kept: Vec<Kept>,
    /// The highest number in it, also of updates that are not for us; nothing for an empty batch.
    last: Option<UpdateId>,
}

async fn fetch(intake: &Intake, offset: Option<i64>) -> Result<Batch, TelegramError> {
    let mut parameters =
        json!({ "limit": LIMIT, "timeout": POLL_SECONDS, "allowed_updates": ALLOWED_UPDATES });
    if let Some(offset) = offset {
        parameters["offset"] = json!(offset);
    }
    let raw = intake
        .telegram
        .call_raw("getUpdates", &parameters, POLL_TIMEOUT)
        .await?;
    // Each update stays raw, so that one which is no JSON value at all does not take the others with it.
    let updates: Vec<&RawValue> = serde_json::from_str(raw.get())
        .map_err(|_| TelegramError::Lost("updates that are no list".to_owned()))?;
    if !updates.is_empty()
        && let Err(error) = intake.leakwatch.refresh(&intake.store).await
    {
        // What was read before still holds; and while nothing can be stored, nothing is acknowledged that is for us.
        tracing::debug!(%error, "the fingerprints cannot be read now");
    }
    let mut batch = Batch {
        kept: Vec::new(),
        last: None,
    };
    for update in &updates {
        let id = match project(update.get(), &intake.leakwatch) {
            Projected::Keep(kept) => {
                let id = kept.id;
                batch.kept.push(*kept);
                Some(id)
            }
            Projected::Drop(id) => Some(id),
            Projected::Unreadable(id) => {
                tracing::warn!(
                    update = id.map(|id| id.0),
                    bytes = update.get().len(),
                    "an update cannot be read and is skipped"
                );
                id
            }
        };
        batch.last = batch.last.max(id);
    }
    if batch.last.is_none() && !updates.is_empty() {
        return Err(TelegramError::Lost("updates without numbers".to_owned()));
    }
    Ok(batch)
}

/// Commits a batch, however long it takes, and hands it on.
async fn take_in(
    intake: &Intake,
    handler: &Arc<dyn Handle>,
    lanes: &Lanes,
    stop: &CancellationToken,
    batch: &Batch,
    next: UpdateId,
) {
    if batch.kept.is_empty() {
        return;
    }
    let mut pauses = backoff();
    let mut told = HashSet::new();
    let outage = Outage::default();
    let received_at = intake.ports.now();
    loop {
        match inbox::commit(intake, &batch.kept, next, received_at).await {
            Ok(fresh) => {
                outage.ends("storing updates");
                for waiting in fresh {
                    lanes.push(waiting).await;
                }
                return;
            }
            Err(error) => {
                outage.begins("storing updates", "store", &error);
                tell_once(handler, &batch.kept, &mut told);
                wait(intake, pauses.next().unwrap_or(POLL_TIMEOUT), stop).await;
                if stop.is_cancelled() {
                    return;
                }
            }
        }
    }
}

/// In the background: a chat that cannot be written to must not hold up the others, or the database's return.
fn tell_once(handler: &Arc<dyn Handle>, kept: &[Kept], told: &mut HashSet<(ChatId, PersonId)>) {
    for update in kept {
        let (chat, person) = (update.chat, update.person);
        if told.insert((chat, person)) {
            let handler = handler.clone();
            tokio::spawn(async move { handler.cannot_store(chat, person).await });
        }
    }
}

async fn wait(intake: &Intake, pause: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = intake.ports.sleep(pause) => {}
        () = stop.cancelled() => {}
    }
}

fn kind(error: &TelegramError) -> &'static str {
    match error {
        TelegramError::Unauthorized => "unauthorized",
        TelegramError::Conflict(_) => "conflict",
        TelegramError::TooMany { .. } => "too many",
        _ => "away",
    }
}
