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
    first_name: String,
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
            name: user.first_name,
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    const TOKEN: &str = "7342037359:AAHI25ES9xCOMPokpYoz-p8XVrZUdygo2J4";

    /// Signed by somebody else's code for that made-up token: `sign` of `@telegram-apps/init-data-node` 2.0.10.
    const SIGNED: &str = "query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A4503599627370495%2C%22first_name%22%3A%22%D0%90%D0%B4%D0%B0+%26+%5C%22%D0%91%D0%BE%5C%22%22%2C%22last_name%22%3A%22L%5Cnx%3Dy%22%2C%22username%22%3A%22ada%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%2C%22allows_write_to_pm%22%3Atrue%2C%22photo_url%22%3A%22https%3A%2F%2Ft.me%2Fi%2Fuserpic%2F320%2Fa.svg%22%7D&start_param=abc-_1&chat_type=sender&chat_instance=8134722200314281151&signature=zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ&auth_date=1795290000&hash=a56ecfc96dfcdb79bf5b148e36e106bea707c8e4d0eaa34789557f6b1eb2a99f";

    const SIGNED_AT: Timestamp = Timestamp::from_millis(1_795_290_000_000);

    fn check(raw: &str, token: &str, now: Timestamp) -> Option<Launch> {
        Checker::new(&Secret::new(token.to_owned()))
            .unwrap()
            .check(raw, now)
    }

    #[test]
    fn what_an_independent_signer_has_signed_is_believed_while_it_is_fresh() {
        let launch = check(SIGNED, TOKEN, SIGNED_AT).unwrap();
        assert_eq!(
            (launch.person, launch.language),
            (PersonId(4_503_599_627_370_495), Language::Russian)
        );
        let seconds = Duration::from_secs;
        for (now, believed) in [
            (SIGNED_AT.plus(seconds(299)), true),
            (SIGNED_AT.plus(seconds(300)), false),
            (SIGNED_AT.minus(seconds(60)), true),
            (SIGNED_AT.minus(seconds(61)), false),
        ] {
            assert_eq!(check(SIGNED, TOKEN, now).is_some(), believed, "{now:?}");
        }
    }

    #[test]
    fn nothing_that_was_touched_is_believed() {
        let other_token = TOKEN.replace("AAHI", "AAHJ");
        assert!(check(SIGNED, &other_token, SIGNED_AT).is_none());
        for at in 0..SIGNED.len() {
            let mut touched = SIGNED.to_owned();
            let other = if touched.as_bytes()[at] == b'x' {
                "y"
            } else {
                "x"
            };
            touched.replace_range(at..=at, other);
            assert!(check(&touched, TOKEN, SIGNED_AT).is_none(), "{touched}");
        }
        for added in [
            "&user=%7B%22id%22%3A1%7D",
            "&auth_date=1795290001",
            "&x=1",
            "&=",
            "&hash=00",
        ] {
            assert!(
                check(&format!("{SIGNED}{added}"), TOKEN, SIGNED_AT).is_none(),
                "{added}"
            );
        }
        for garbage in ["", "hash", "hash=", "&&&", "%", &"a".repeat(5000)] {
            assert!(check(garbage, TOKEN, SIGNED_AT).is_none());
        }
    }
}
