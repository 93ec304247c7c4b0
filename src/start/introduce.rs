//! Who we are at Telegram, and how updates come from there. Telegram may be away for as long as it likes.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use serde::Deserialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::CLOSING;
use crate::{
    app::BOT_USERNAME,
    intake::{Intake, LONGEST_PAUSE, Outage, WayIn, leave_webhook, outlast, set_webhook},
    store::{StoreError, facts, inbox},
    telegram::TelegramError,
};
/// Who the bot is.
#[derive(Deserialize)]
pub(super) struct Me {
    pub(super) id: i64,
    #[serde(default)]
    pub(super) username: String,
}

/// Asks Telegram who we are and sets or ends the webhook, however long that takes; nothing when stopped before.
pub(super) async fn introduce(
    intake: &Intake,
    way_in: &WayIn,
    stop: &CancellationToken,
) -> Option<Me> {
    let (telegram, ports) = (&intake.telegram, &intake.ports);
    let outage = Outage::default();
    let mut pauses = ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(1))
        .with_max_delay(Duration::from_secs(30))
        .without_max_times()
        .build();
    loop {
        let asking = async {
            let me: Me = telegram.call("getMe", &json!({})).await?;
            match way_in {
                WayIn::Poll => leave_webhook(telegram).await?,
                WayIn::Webhook(hook, _) => set_webhook(telegram, hook).await?,
            }
            Ok::<_, TelegramError>(me)
        };
        let error = tokio::select! {
            me = asking => match me {
                Ok(me) => {
                    outage.ends("connecting to Telegram");
                    intake.pulse.telegram_is_there(ports.now());
                    return Some(me);
                }
                Err(error) => error,
            },
            () = stop.cancelled() => return None,
        };
        let kind = if error == TelegramError::Unauthorized {
            "unauthorized"
        } else {
            "away"
        };
        outage.begins("connecting to Telegram", kind, &error);
        let pause = match error {
            TelegramError::TooMany { retry_after } => retry_after.min(LONGEST_PAUSE),
            _ => pauses.next().unwrap_or(CLOSING),
        };
        tokio::select! {
            () = ports.sleep(pause) => {}
            () = stop.cancelled() => return None,
        }
    }
}

const BOT: &str = "bot";

/// Update numbers belong to a bot: with another bot's token on the same database the old ones mean nothing.
pub(super) async fn remember_bot(
    intake: &Intake,
    me: &Me,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let id = me.id.to_string();
    let remembering = || async {
        let mut tx = intake.store.begin().await?;
        facts::set(&mut tx, BOT_USERNAME, &me.username).await?;
        match facts::get(&mut tx, BOT).await? {
            Some(known) if known == id => return tx.commit().await,
            Some(_) => {
                tracing::warn!(
                    "this database was used by another bot; its unfinished updates are dropped"
                );
                inbox::clear(&mut tx).await?;
                facts::set(&mut tx, crate::intake::POLL_OFFSET, "").await?;
            }
            None => {}
        }
        facts::set(&mut tx, BOT, &id).await?;
        tx.commit().await
    };
    outlast(&intake.ports, stop, remembering).await
}
