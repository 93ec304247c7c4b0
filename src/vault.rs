//! Seals and opens what the database keeps: XChaCha20-Poly1305, with the master key's id and a format version in every
//! value and the row's identity as associated data. It must never give plain bytes for a row they were not sealed for.
//!
//! Format 1: `1 | key id (8) | nonce (24) | ciphertext and tag`.

pub mod codes;
mod index;
pub mod totp;

use std::fmt;

pub use index::KeyIndex;

use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::{
    domain::{Fingerprint, KeyCode, Sealed},
    ports::{NoRandomness, Ports},
    secret::Secret,
};

const FORMAT: u8 = 1;
const ID_LENGTH: usize = 8;
const NONCE_LENGTH: usize = 24;
const HEADER_LENGTH: usize = 1 + ID_LENGTH + NONCE_LENGTH;

/// Length of a master key and of a data key, in bytes.
pub const KEY_LENGTH: usize = 32;

/// Names a master key without giving it away: the first bytes of a hash of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MasterKeyId([u8; ID_LENGTH]);

impl fmt::Display for MasterKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for MasterKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A key that seals.
pub struct MasterKey {
    id: MasterKeyId,
    cipher: XChaCha20Poly1305,
}

impl MasterKey {
    /// From base64 of 32 bytes, as `keyporter keygen` prints it. `None` for anything else.
    #[expect(
        clippy::disallowed_methods,
        reason = "the key leaves its box for the cipher"
    )]
    pub fn parse(text: &Secret) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(text.expose().trim()).ok()?);
        let cipher = XChaCha20Poly1305::new_from_slice(&bytes).ok()?;
        let hash = Sha256::new_with_prefix(b"keyporter master key id")
            .chain_update(&bytes)
            .finalize();
        let mut id = [0; ID_LENGTH];
        id.copy_from_slice(&hash[..ID_LENGTH]);
        Some(Self {
            id: MasterKeyId(id),
            cipher,
        })
    }

    /// A new one, as text for the settings.
    pub fn generate(ports: &Ports) -> Result<Secret, NoRandomness> {
        let mut bytes = ports.random::<KEY_LENGTH>()?;
        let text = BASE64_STANDARD.encode(bytes);
        bytes.zeroize();
        Ok(Secret::new(text))
    }

    /// See [`MasterKeyId`].
    pub const fn id(&self) -> MasterKeyId {
        self.id
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

/// The identity of a sealed value's place. A value opens only there.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Table and column, such as `accounts.credential`.
    pub column: &'static str,
    /// The row's key.
    pub id: &'a str,
}

impl Row<'_> {
    fn associated_data(&self) -> Vec<u8> {
        // The column's name holds no NUL, so the border is plain.
        [self.column.as_bytes(), b"\0", self.id.as_bytes()].concat()
    }
}

/// Why a sealed value does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// It is cut or of a format that this version does not know.
    #[error("a sealed value is damaged or of an unknown format")]
    Malformed,
    /// It was sealed with a master key that was not given.
    #[error("sealed with master key {0}, which is not among the given ones")]
    UnknownKey(MasterKeyId),
    /// It was changed, or belongs to another row.
    #[error("a sealed value was altered or belongs to another row")]
    Forged,
    /// No nonce could be rolled.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// The box itself: one key that seals, any number of older ones that only open.
pub struct Vault {
    current: MasterKey,
    older: Vec<MasterKey>,
    ports: Ports,
}

impl Vault {
    /// With the key to seal with and the older ones to read with.
    pub fn new(current: MasterKey, older: Vec<MasterKey>, ports: Ports) -> Self {
        Self {
            current,
            older,
            ports,
        }
    }

    /// The key that seals.
    pub const fn current_key(&self) -> MasterKeyId {
        self.current.id
    }

    /// Seals a secret for a row.
    #[expect(clippy::disallowed_methods, reason = "the secret goes into the box")]
    pub fn seal(&self, row: Row<'_>, secret: &Secret) -> Result<Sealed, VaultError> {
        self.seal_bytes(row, secret.expose().as_bytes())
    }

    /// Seals bytes for a row.
    pub fn seal_bytes(&self, row: Row<'_>, plain: &[u8]) -> Result<Sealed, VaultError> {
        let nonce = self.ports.random::<NONCE_LENGTH>()?;
        let aad = row.associated_data();
        let payload = Payload {
            msg: plain,
            aad: &aad,
        };
        let sealed = self
            .current
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| VaultError::Malformed)?;
        let mut bytes = Vec::with_capacity(HEADER_LENGTH + sealed.len());
        bytes.push(FORMAT);
        bytes.extend_from_slice(&self.current.id.0);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(Sealed::from_bytes(bytes))
    }

    /// Opens a secret of that row.
    pub fn open(&self, row: Row<'_>, sealed: &Sealed) -> Result<Secret, VaultError> {
        let mut plain = self.open_bytes(row, sealed)?;
        String::from_utf8(std::mem::take(&mut *plain))
            .map(Secret::new)
            .map_err(|error| {
                error.into_bytes().zeroize();
                VaultError::Malformed
            })
    }

    /// Opens bytes of that row.
    pub fn open_bytes(
        &self,
        row: Row<'_>,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let bytes = sealed.as_bytes();
        if bytes.len() < HEADER_LENGTH || bytes[0] != FORMAT {
            return Err(VaultError::Malformed);
        }
        let id = key_id(bytes);
        let key = std::iter::once(&self.current)
            .chain(&self.older)
            .find(|key| key.id == id)
            .ok_or(VaultError::UnknownKey(id))?;
        let mut nonce = [0; NONCE_LENGTH];
        nonce.copy_from_slice(&bytes[1 + ID_LENGTH..HEADER_LENGTH]);
        let aad = row.associated_data();
        let payload = Payload {
            msg: &bytes[HEADER_LENGTH..],
            aad: &aad,
        };
        key.cipher
            .decrypt(&XNonce::from(nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| VaultError::Forged)
    }

    /// True when the value needs the key that seals today and no older one.
    pub fn is_current(&self, sealed: &Sealed) -> bool {
        sealed.as_bytes().len() >= HEADER_LENGTH && key_id(sealed.as_bytes()) == self.current.id
    }

    /// The same content, sealed with today's key.
    pub fn reseal(&self, row: Row<'_>, sealed: &Sealed) -> Result<Sealed, VaultError> {
        let plain = self.open_bytes(row, sealed)?;
        self.seal_bytes(row, &plain)
    }
}

fn key_id(bytes: &[u8]) -> MasterKeyId {
    let mut id = [0; ID_LENGTH];
    id.copy_from_slice(&bytes[1..=ID_LENGTH]);
    MasterKeyId(id)
}

/// A random key of the database's own, sealed under the master key: what it has coded stays valid when the master key changes.
pub struct DataKey(Zeroizing<[u8; KEY_LENGTH]>);

impl DataKey {
    /// From opened bytes; `None` when they are not a key.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes
            .try_into()
            .ok()
            .map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// HMAC-SHA256.
    pub fn code(&self, message: &[u8]) -> [u8; 32] {
        self.mac(message).finalize().into_bytes().into()
    }

    /// The code by which a key is known again.
    pub fn short_code(&self, key: &[u8]) -> KeyCode {
        KeyCode::cut(&self.code(key))
    }

    /// What is left of a key; nothing of one that no text can be searched for.
    #[expect(clippy::disallowed_methods, reason = "the key is coded one way")]
    pub fn fingerprint(&self, key: &Secret) -> Option<Fingerprint> {
        let bytes = key.expose().as_bytes();
        Fingerprint::can_be_of(bytes).then(|| Fingerprint {
            code: self.short_code(bytes),
            length: bytes.len(),
            last_four: key.last_four(),
        })
    }

    /// Compares in constant time.
    pub fn verify(&self, message: &[u8], code: &[u8]) -> bool {
        self.mac(message).verify_slice(code).is_ok()
    }

    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    fn mac(&self, message: &[u8]) -> Hmac<Sha256> {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&*self.0);
        mac.expect("HMAC takes a key of any length")
            .chain_update(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: Row<'_> = Row {
        column: "accounts.credential",
        id: "a1",
    };

    fn key(byte: u8) -> MasterKey {
        MasterKey::parse(&Secret::new(BASE64_STANDARD.encode([byte; 32]))).unwrap()
    }

    fn vault(current: u8, older: &[u8]) -> Vault {
        let older = older.iter().copied().map(key).collect();
        Vault::new(key(current), older, Ports::system())
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "compares the opened text")]
    fn a_value_opens_in_its_own_row_only() {
        let vault = vault(1, &[]);
        let sealed = vault.seal(ROW, &Secret::new("token".to_owned())).unwrap();
        assert_eq!(vault.open(ROW, &sealed).unwrap().expose(), "token");
        for moved in [
            Row { id: "a2", ..ROW },
            Row {
                column: "deliveries.secret",
                ..ROW
            },
        ] {
            assert_eq!(vault.open(moved, &sealed).unwrap_err(), VaultError::Forged);
        }
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let vault = vault(1, &[]);
        let sealed = vault.seal_bytes(ROW, b"token").unwrap();
        for position in 0..sealed.as_bytes().len() {
            let mut bytes = sealed.as_bytes().to_vec();
            bytes[position] ^= 1;
            assert!(
                vault.open_bytes(ROW, &Sealed::from_bytes(bytes)).is_err(),
                "{position}"
            );
        }
        for length in 0..sealed.as_bytes().len() {
            let cut = Sealed::from_bytes(sealed.as_bytes()[..length].to_vec());
            assert!(vault.open_bytes(ROW, &cut).is_err(), "{length}");
        }
    }

    #[test]
    fn an_older_key_reads_and_a_missing_one_is_named() {
        let sealed = vault(1, &[]).seal_bytes(ROW, b"token").unwrap();
        let renewed = vault(2, &[1]);
        assert!(!renewed.is_current(&sealed));
        let again = renewed.reseal(ROW, &sealed).unwrap();
        assert!(renewed.is_current(&again));
        assert_eq!(&**vault(2, &[]).open_bytes(ROW, &again).unwrap(), b"token");
        assert_eq!(
            vault(2, &[]).open_bytes(ROW, &sealed).unwrap_err(),
            VaultError::UnknownKey(key(1).id())
        );
    }

    #[test]
    fn only_base64_of_32_bytes_is_a_master_key() {
        for text in [
            "",
            "short",
            &BASE64_STANDARD.encode([1; 31]),
            &BASE64_STANDARD.encode([1; 33]),
        ] {
            assert!(
                MasterKey::parse(&Secret::new(text.to_owned())).is_none(),
                "{text}"
            );
        }
        let generated = MasterKey::generate(&Ports::system()).unwrap();
        assert!(MasterKey::parse(&generated).is_some());
    }
}
