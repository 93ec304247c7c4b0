//! Codes of a second factor (RFC 6238): SHA-1, six digits, thirty seconds, one step of tolerance. The secret is looked at here only;
//! a typed code is compared, never kept.

use totp_rs::{Algorithm, Builder, Secret as Seed, Totp};

use crate::{
    domain::{Timestamp, digits_of},
    ports::{NoRandomness, Ports},
    secret::Secret,
};

/// As RFC 4226 recommends, and as every app takes it.
const SEED_BYTES: usize = 20;

const DIGITS: u8 = 6;
const STEP_SECONDS: u64 = 30;
const TOLERANCE: u16 = 1;

/// A new secret, as text: base32 without padding, as apps take it.
pub fn new_secret(ports: &Ports) -> Result<Secret, NoRandomness> {
    let seed: Seed = ports.random::<SEED_BYTES>()?.into();
    Ok(Secret::new(seed.to_base32()))
}

/// The time step whose code that is: now's, or a neighbour's. Nothing for a wrong code.
#[expect(clippy::disallowed_methods, reason = "the typed code is compared")]
pub fn step_of(secret: &Secret, typed: &Secret, now: Timestamp) -> Option<i64> {
    let digits = digits_of(typed.expose(), DIGITS.into())?;
    let seconds = u64::try_from(now.millis() / 1000).ok()?;
    let step = totp(secret)?.check(&digits, seconds)?;
    i64::try_from(step).ok()
}

/// What the picture says to an app: the secret, under our name and the bot's.
#[expect(
    clippy::disallowed_methods,
    reason = "the secret is put into the picture for its person"
)]
pub fn address(secret: &Secret, bot_username: &str) -> Secret {
    // The names of bots are letters, digits and underscores, so there is nothing to escape.
    Secret::new(format!(
        "otpauth://totp/Keyporter:{bot_username}?secret={}&issuer=Keyporter&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}",
        secret.expose()
    ))
}

#[expect(clippy::disallowed_methods, reason = "codes are made from the secret")]
fn totp(secret: &Secret) -> Option<Totp> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(STEP_SECONDS)
        .with_skew(TOLERANCE)
        .with_secret(Seed::try_from_base32(secret.expose()).ok()?)
        .build()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the secret of its SHA-1 codes, in base32.
    const RFC_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn step(code: &str, seconds: i64) -> Option<i64> {
        let (secret, typed) = (RFC_SECRET.to_owned(), code.to_owned());
        let now = Timestamp::from_millis(seconds * 1000 + 999);
        step_of(&Secret::new(secret), &Secret::new(typed), now)
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step(code, seconds), Some(seconds / 30), "{code}");
        }
    }

    #[test]
    fn a_code_counts_one_step_early_and_one_late_and_no_more() {
        let made_at = 1_111_111_111 / 30 * 30;
        for (apart, counts) in [
            (-31, false),
            (-30, true),
            (-1, true),
            (0, true),
            (29, true),
            (30, true),
            (59, true),
            (60, false),
            (3600, false),
        ] {
            let found = step("050471", made_at + apart);
            assert_eq!(found, counts.then_some(made_at / 30), "{apart} s apart");
        }
    }

    #[test]
    fn what_is_no_code_is_wrong_and_never_a_fault() {
        for text in ["", "287", "2870821", "28708a", "GEZDGNBV", "-287082-1"] {
            assert_eq!(step(text, 59), None, "{text}");
        }
        assert_eq!(step("287082", -59), None);
        assert_eq!(step("287 082", 59), Some(1));
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "looks at a new secret")]
    fn a_new_secret_has_160_bits_and_stands_in_its_address() {
        let secret = new_secret(&Ports::system()).unwrap();
        assert_eq!(secret.expose().len(), 32);
        let address = address(&secret, "key_bot");
        assert!(address.expose().contains(secret.expose()));
        assert!(totp(&secret).is_some());
    }
}
