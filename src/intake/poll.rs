//! Our own long poll. A batch is acknowledged (by the next poll's offset) only after it is committed; an update that cannot be
//! read stands alone and never holds up the others. Failures back off, are said once, and end by themselves.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use serde_json::{json, value::RawValue};
use tokio_util::sync::CancellationToken;

use super::{
    Intake, Outage,
    entry::{Batch, Entry, Told},
    hook::leave_webhook,
    inbox::POLL_OFFSET,
    outlast,
};
use crate::{
    domain::UpdateId,
    store::{StoreError, facts, leases::Lease},
    telegram::TelegramError,
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

/// Another program that polls too is gone when it was not noticed for so long.
const QUIET: Duration = Duration::from_mins(2);

fn backoff() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(1))
        .with_max_delay(Duration::from_secs(30))
        .without_max_times()
        .build()
}

/// Polls until `stop`, or until another process has the lease. Fails only when the database cannot even tell where to begin.
pub(super) async fn poll(
    entry: &Entry,
    lease: &Lease,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let intake = &entry.intake;
    let stored = outlast(&intake.ports, stop, || async {
        facts::get(&mut *intake.store.read().await?, POLL_OFFSET).await
    })
    .await?;
    let mut offset: Option<i64> = stored.and_then(|offset| offset.parse().ok());
    let mut pauses = backoff();
    let (outage, mut conflict_at) = (Outage::default(), None);
    while !stop.is_cancelled() {
        let batch = tokio::select! {
            batch = fetch(entry, offset) => batch,
            () = stop.cancelled() => return Ok(()),
        };
        match batch {
            Ok(batch) => {
                // Two that poll take turns at failing.
                if conflict_at.is_none_or(|at| intake.ports.now().since(at) > QUIET) {
                    outage.ends("receiving updates");
                    conflict_at = None;
                }
                intake.pulse.telegram_is_there(intake.ports.now());
                pauses = backoff();
                if let Some(last) = batch.last {
                    intake.pulse.update_came(intake.ports.now());
                    let next = UpdateId(last.0.saturating_add(1));
                    if !take_in(entry, stop, &batch, (next, lease)).await {
                        return Ok(());
                    }
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
                    conflict_at = Some(intake.ports.now());
                    // A webhook set while we run would refuse every poll from now on.
                    let _ = leave_webhook(&intake.telegram).await;
                }
            }
        }
    }
    Ok(())
}

async fn fetch(entry: &Entry, offset: Option<i64>) -> Result<Batch, TelegramError> {
    let intake = &entry.intake;
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
    let batch = entry.read(updates.iter().map(|update| update.get())).await;
    if batch.last.is_none() && !updates.is_empty() {
        return Err(TelegramError::Lost("updates without numbers".to_owned()));
    }
    Ok(batch)
}

/// Commits a batch, however long it takes, and hands it on. False when it is not to be acknowledged.
async fn take_in(
    entry: &Entry,
    stop: &CancellationToken,
    batch: &Batch,
    leader: (UpdateId, &Lease),
) -> bool {
    let mut pauses = backoff();
    let mut told = Told::new();
    let outage = Outage::default();
    let received_at = entry.intake.ports.now();
    loop {
        match entry.store(batch, Some(leader), |_| received_at).await {
            Ok(stored) => {
                outage.ends("storing updates");
                return stored;
            }
            Err(error) => {
                outage.begins("storing updates", "store", &error);
                entry.tell_once(batch, &mut told);
                let pause = pauses.next().unwrap_or(POLL_TIMEOUT);
                wait(&entry.intake, pause, stop).await;
                if stop.is_cancelled() {
                    return false;
                }
            }
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
