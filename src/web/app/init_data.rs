//! The launch data of a Mini App: whom Telegram says that a page was opened by. Hostile until its code is checked, and then still
//! of no use when it is old. Source: core.telegram.org/bots/webapps, "Validating data received via the Mini App".

use std::{collections::BTreeMap, time::Duration};

use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{
    app::pages::Launch,
    domain::{Language, PersonId, Timestamp},
    secret::Secret,
};

/// How old launch data may be.
const FRESH_FOR: Duration = Duration::from_mins(5);

/// The clocks of Telegram and ours may differ that much.
const SKEW: Duration = Duration::from_mins(1);

/// More is no launch data; Telegram's is about 500 bytes.
const LENGTH: usize = 4096;

/// Checks launch data of one bot.
#[derive(Clone)]
pub struct Checker(Hmac<Sha256>);

#[derive(Deserialize)]
struct User {
    id: i64,
    #[serde(default)]
    is_bot: bool,
    #[serde(default)]
    language_code: String,
}

impl Checker {
    /// For the bot with that token.
    #[expect(
        clippy::disallowed_methods,
        reason = "Telegram codes launch data with the bot's token"
    )]
    pub fn new(token: &Secret) -> Option<Self> {
        let mut key = Hmac::<Sha256>::new_from_slice(b"WebAppData").ok()?;
        key.update(token.expose().as_bytes());
        let key = key.finalize().into_bytes();
        Hmac::new_from_slice(&key).ok().map(Self)
    }

    /// Who opened the page; nothing when that cannot be believed, for whatever reason.
    pub fn check(&self, raw: &str, now: Timestamp) -> Option<Launch> {
        if raw.len() > LENGTH {
            return None;
        }
        let mut fields = fields(raw)?;
        let hash = from_hex(&fields.remove("hash")?)?;
        let lines: Vec<_> = fields
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let mut code = self.0.clone();
        code.update(lines.join("\n").as_bytes());
        // In constant time.
        code.verify_slice(&hash).ok()?;
        let seconds: i64 = fields.get("auth_date")?.parse().ok()?;
        let opened_at = Timestamp::from_millis(seconds.checked_mul(1000)?);
        let is_fresh = now.since(opened_at) < FRESH_FOR && opened_at.since(now) <= SKEW;
        let user: User = serde_json::from_str(fields.get("user")?).ok()?;
        (is_fresh && !user.is_bot && user.id > 0).then(|| Launch {
            person: PersonId(user.id),
            language: Language::from_telegram(&user.language_code),
            digest: Sha256::digest(hash).into(),
            ends_at: opened_at.plus(FRESH_FOR + SKEW),
        })
    }
}

/// The decoded fields, by name; nothing when one stands there twice: whoever reads the other one would see another person.
fn fields(raw: &str) -> Option<BTreeMap<String, String>> {
    let mut fields = BTreeMap::new();
    for (key, value) in form_urlencoded::parse(raw.as_bytes()) {
        // A line of its own in a value could pass for a field.
        let known = fields.insert(key.into_owned(), value.into_owned());
        if known.is_some() {
            return None;
        }
    }
    Some(fields)
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(bytes)
}
