//! `setWebhook`, `deleteWebhook`, `getWebhookInfo`. A webhook shuts `getUpdates`.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::sandbox::telegram::{html::is_link, refusal::Refusal, world::World};

/// A webhook as the bot set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Where updates go.
    pub url: String,
    /// What stands in their `X-Telegram-Bot-Api-Secret-Token` header.
    pub secret_token: Option<String>,
    /// How many deliveries at once, 1 to 100.
    pub max_connections: u8,
    ip_address: Option<String>,
    /// When a delivery failed last, in milliseconds, and why.
    pub last_error: Option<(i64, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetWebhook {
    url: String,
    ip_address: Option<String>,
    max_connections: Option<u8>,
    allowed_updates: Option<Vec<String>>,
    drop_pending_updates: Option<bool>,
    secret_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeleteWebhook {
    drop_pending_updates: Option<bool>,
}

/// An empty address removes the webhook.
pub(super) fn set(world: &mut World, set: SetWebhook) -> Result<Value, Refusal> {
    let max_connections = set.max_connections.unwrap_or(40);
    if !(1..=100).contains(&max_connections) {
        return Err(Refusal::bad("max_connections must be between 1 and 100"));
    }
    if let Some(token) = &set.secret_token {
        let is_letter =
            |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'_' | b'-');
        if !(1..=256).contains(&token.len()) || !token.bytes().all(is_letter) {
            return Err(Refusal::bad("secret token contains unallowed characters"));
        }
    }
    if !set.url.is_empty() {
        check_url(&set.url)?;
    }
    if let Some(allowed) = set.allowed_updates {
        world.updates.allow(allowed)?;
    }
    if set.drop_pending_updates.unwrap_or_default() {
        world.updates.drop_pending();
    }
    world.updates.begin_poll("terminated by setWebhook request");
    world.webhook = (!set.url.is_empty()).then_some(Webhook {
        url: set.url,
        secret_token: set.secret_token,
        max_connections,
        ip_address: set.ip_address,
        last_error: None,
    });
    Ok(true.into())
}

pub(super) fn delete(world: &mut World, delete: &DeleteWebhook) -> Value {
    if delete.drop_pending_updates.unwrap_or_default() {
        world.updates.drop_pending();
    }
    world.webhook = None;
    true.into()
}

pub(super) fn info(world: &World, now_ms: i64) -> Value {
    let url = world.webhook.as_ref().map_or("", |webhook| &webhook.url);
    let mut info = json!({
        "url": url,
        "has_custom_certificate": false,
        "pending_update_count": world.updates.pending(now_ms).len(),
    });
    if let Some(webhook) = &world.webhook {
        info["max_connections"] = json!(webhook.max_connections);
        if let Some(address) = &webhook.ip_address {
            info["ip_address"] = json!(address);
        }
    }
    let error = world
        .webhook
        .as_ref()
        .and_then(|hook| hook.last_error.as_ref());
    if let Some((at_ms, message)) = error {
        info["last_error_date"] = json!(at_ms / 1000);
        info["last_error_message"] = json!(message);
    }
    if let Some(allowed) = world.updates.allowed() {
        info["allowed_updates"] = json!(allowed);
    }
    info
}

/// Https on one of four ports; for bots on the same machine also http and any port.
fn check_url(url: &str) -> Result<(), Refusal> {
    let wrong = |what: &str| Err(Refusal::bad(format!("bad webhook: {what}")));
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if !is_link(url) || host.is_empty() {
        return wrong("invalid webhook URL specified");
    }
    if matches!(host, "127.0.0.1" | "localhost" | "[::1]") {
        return Ok(());
    }
    if scheme != "https" {
        return wrong("An HTTPS URL must be provided for webhook");
    }
    if !matches!(port, None | Some("80" | "88" | "443" | "8443")) {
        return wrong("Webhook can be set up only on ports 80, 88, 443 or 8443");
    }
    Ok(())
}
