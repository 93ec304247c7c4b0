//! Our webhook at Telegram: its secret address, setting it, keeping it, leaving it. Address and signature are derived, so that restarts
//! and replicas agree; they are secrets and never reach a log. Leaving never drops what waits.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::json;

use super::{ALLOWED_UPDATES, Intake, Outage};
use crate::{
    domain::Timestamp,
    secret::Secret,
    store::{StoreError, facts},
    telegram::{Telegram, TelegramError},
    vault::DataKey,
};

/// Deliveries of Telegram at once at most; the rest waits there.
pub const MAX_CONNECTIONS: u8 = 40;

/// The first part of the path, before the secret one.
pub const PREFIX: &str = "telegram";

/// See the module's text.
pub struct Hook {
    url: Secret,
    path: Secret,
    signature: Secret,
}

impl Hook {
    /// The webhook of the bot with that number, under our public address.
    pub fn new(key: &DataKey, bot: &str, public_url: &str) -> Self {
        let derived = |what: &str| {
            // Letters that both an address and a signature may have.
            BASE64_URL_SAFE_NO_PAD.encode(key.code(format!("{what}\0{bot}").as_bytes()))
        };
        let (path, signature) = (derived("webhook path"), derived("webhook signature"));
        Self {
            url: Secret::new(format!("{public_url}/{PREFIX}/{path}")),
            path: Secret::new(path),
            signature: Secret::new(signature),
        }
    }

    /// Whether that is the secret part of our path; compared in constant time.
    pub fn is_at(&self, path: &str) -> bool {
        self.path.is_same(&Secret::new(path.to_owned()))
    }

    /// Whether that header comes from Telegram; compared in constant time.
    pub fn is_signed(&self, header: &str) -> bool {
        self.signature.is_same(&Secret::new(header.to_owned()))
    }

    /// Sets it, unless it is set already; true if it was not.
    #[expect(
        clippy::disallowed_methods,
        reason = "Telegram has to know the address"
    )]
    async fn set(&self, telegram: &Telegram, found: &Found) -> Result<bool, TelegramError> {
        // The signature cannot be read back; it is derived from the same key as the address.
        let is_set = self.url.is_same(&Secret::new(found.url.clone()))
            && found.max_connections == u32::from(MAX_CONNECTIONS)
            && found.allowed_updates == ALLOWED_UPDATES;
        if is_set {
            return Ok(false);
        }
        let parameters = json!({
            "url": self.url.expose(),
            "secret_token": self.signature.expose(),
            "allowed_updates": ALLOWED_UPDATES,
            "max_connections": MAX_CONNECTIONS,
        });
        let _: bool = telegram.call("setWebhook", &parameters).await?;
        Ok(true)
    }

    /// What Telegram says of a delivery, without our address in it.
    #[expect(clippy::disallowed_methods, reason = "it is taken out of a text")]
    fn hidden_in(&self, text: &str) -> String {
        text.replace(self.path.expose(), "…")
    }
}

/// The webhook as Telegram has it.
#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    url: String,
    #[serde(default)]
    max_connections: u32,
    #[serde(default)]
    allowed_updates: Vec<String>,
    /// In seconds; zero: never.
    #[serde(default)]
    last_error_date: i64,
    #[serde(default)]
    last_error_message: String,
}

async fn find(telegram: &Telegram) -> Result<Found, TelegramError> {
    telegram.call("getWebhookInfo", &json!({})).await
}

/// Begins to receive by that webhook; nothing that waits is dropped.
pub async fn set_webhook(telegram: &Telegram, hook: &Hook) -> Result<(), TelegramError> {
    let found = find(telegram).await?;
    if hook.set(telegram, &found).await? {
        tracing::info!("the webhook is set");
    }
    Ok(())
}

/// Ends a webhook that an earlier program has set, without dropping its updates: while it is set, polling is refused.
pub async fn leave_webhook(telegram: &Telegram) -> Result<(), TelegramError> {
    if find(telegram).await?.url.is_empty() {
        return Ok(());
    }
    let _: bool = telegram
        .call("deleteWebhook", &json!({ "drop_pending_updates": false }))
        .await?;
    tracing::warn!("a webhook was set for this bot; it is removed, waiting updates are kept");
    Ok(())
}

/// Looks whether the webhook is still ours and whether Telegram gets through, and puts right what can be put right.
pub(super) async fn tend(intake: &Intake, hook: &Hook, outage: &Outage, since: Timestamp) {
    let looked = async {
        let found = find(&intake.telegram).await?;
        if hook.set(&intake.telegram, &found).await? {
            tracing::warn!("somebody has changed this bot's webhook; it is ours again");
        }
        Ok::<_, TelegramError>(found)
    };
    match looked.await {
        Ok(found) => {
            intake.pulse.telegram_is_there(intake.ports.now());
            if found.last_error_date.saturating_mul(1000) > since.millis() {
                let error = hook.hidden_in(&found.last_error_message);
                outage.begins("Telegram's way to the webhook", "webhook", &error);
            } else {
                outage.ends("Telegram's way to the webhook");
            }
        }
        Err(error) => outage.begins("Telegram's way to the webhook", "away", &error),
    }
}

/// The numbers of updates may begin anew while nobody polls: a later poll must not go on from an old one.
pub(super) async fn forget_poll(intake: &Intake) -> Result<(), StoreError> {
    let mut tx = intake.store.begin().await?;
    facts::set(&mut tx, super::POLL_OFFSET, "").await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hook(key: u8, bot: &str) -> Hook {
        let key = DataKey::from_bytes(&[key; 32]).unwrap();
        Hook::new(&key, bot, "https://keys.example")
    }

    #[test]
    fn the_address_is_the_same_after_a_restart_and_another_for_another_bot() {
        let (hook_1, again) = (hook(7, "1"), hook(7, "1"));
        assert!(hook_1.url.is_same(&again.url) && hook_1.signature.is_same(&again.signature));
        for other in [hook(7, "2"), hook(8, "1")] {
            assert!(!hook_1.path.is_same(&other.path));
            assert!(!hook_1.signature.is_same(&other.signature));
        }
        assert!(!hook_1.path.is_same(&hook_1.signature));
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "looks at what is derived")]
    fn it_opens_to_its_own_address_and_signature_only() {
        let hook = hook(7, "1");
        assert!(hook.is_at(hook.path.expose()) && hook.is_signed(hook.signature.expose()));
        assert!(!hook.is_at("") && !hook.is_signed("") && !hook.is_at(hook.signature.expose()));
        assert!(
            hook.signature
                .expose()
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
        assert!(
            hook.url
                .expose()
                .starts_with("https://keys.example/telegram/")
        );
        let told = hook.hidden_in(&format!("404 at {}", hook.url.expose()));
        assert!(!told.contains(hook.path.expose()), "{told}");
    }
}
