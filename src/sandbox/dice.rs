//! Values that look random: ids, secrets.
//!
//! Seeded once from the system, so that no later draw can fail. Good enough for a sandbox, not for real secrets.

#![expect(
    clippy::disallowed_methods,
    reason = "the sandbox has dice of its own: it shares nothing with the program"
)]

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Letters and digits.
pub(crate) const ALPHANUMERIC: &[u8] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Letters, digits, `_` and `-`.
pub(crate) const URL_SAFE: &[u8] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
/// Decimal digits.
pub(crate) const DIGITS: &[u8] = b"0123456789";

/// A source of distinct values. Cheap to clone; clones go on where the others are.
#[derive(Clone)]
pub(crate) struct Dice {
    seed: [u8; 32],
    drawn: Arc<AtomicU64>,
}

impl Dice {
    pub(crate) fn new() -> io::Result<Self> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(io::Error::other)?;
        Ok(Self {
            seed,
            drawn: Arc::new(AtomicU64::new(0)),
        })
    }

    /// The same values in every run.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self {
            seed: mac(&[0; 32], &seed.to_be_bytes()),
            drawn: Arc::new(AtomicU64::new(0)),
        }
    }

    /// `length` characters of `alphabet`.
    pub(crate) fn text(&self, alphabet: &[u8], length: usize) -> String {
        let mut text = String::with_capacity(length);
        while text.len() < length {
            let wanted = length - text.len();
            let block = self.block();
            text.extend(
                block
                    .iter()
                    .take(wanted)
                    .map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])),
            );
        }
        text
    }

    /// A UUID of version 4.
    pub(crate) fn uuid(&self) -> String {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.block()[..16]);
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let number = u128::from_be_bytes(bytes);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            number >> 96,
            number >> 80 & 0xffff,
            number >> 64 & 0xffff,
            number >> 48 & 0xffff,
            number & 0xffff_ffff_ffff
        )
    }

    fn block(&self) -> [u8; 32] {
        let count = self.drawn.fetch_add(1, Ordering::Relaxed);
        mac(&self.seed, &count.to_be_bytes())
    }
}

/// HMAC-SHA256 of `message`, with a key of up to 64 bytes.
pub(crate) fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC fills a shorter key up with zeros; done here, the length cannot be wrong.
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_form_and_differ() {
        let dice = Dice::new().unwrap();
        let uuid = dice.uuid();
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
        assert_ne!(uuid, dice.clone().uuid());
        let text = dice.text(DIGITS, 70);
        assert_eq!(text.len(), 70);
        assert!(text.bytes().all(|byte| byte.is_ascii_digit()));
    }
}
