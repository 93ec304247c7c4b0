//! Recovery codes: rolled, read as people type them from paper, and coded one way. A code is in the clear only from its rolling
//! until it is shown, and from its typing until it is coded.

use super::DataKey;
use crate::{
    domain::Purpose,
    ports::{NoRandomness, Ports},
    secret::Secret,
};

/// Letters and digits that nobody takes for each other (Crockford's base 32): five bits each.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters of a code, in groups of [`GROUP`]: 80 bits, out of reach for guessing, also for whoever steals the database.
const LENGTH: usize = 16;
const GROUP: usize = 4;

/// A new code: `7H2K-9QXM-4T0B-ZC5N`.
pub fn new_code(ports: &Ports) -> Result<Secret, NoRandomness> {
    let bytes = ports.random::<LENGTH>()?;
    let mut text = String::with_capacity(LENGTH + LENGTH / GROUP);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % GROUP == 0 {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    Ok(Secret::new(text))
}

/// A typed code, coded for its purpose; nothing for what can be none.
#[expect(clippy::disallowed_methods, reason = "the code is coded one way")]
pub fn coded(key: &DataKey, purpose: Purpose, typed: &Secret) -> Option<[u8; 32]> {
    let letters = read(typed.expose())?;
    let message = Secret::new(format!("{}\0{}", purpose.code(), letters.expose()));
    Some(key.code(message.expose().as_bytes()))
}

/// In any case, with or without lines and spaces between; what looks alike counts as what is meant.
fn read(text: &str) -> Option<Secret> {
    let mut letters = String::with_capacity(LENGTH);
    for c in text.chars() {
        let c = match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c if c.is_whitespace() || matches!(c, '-' | '–' | '—' | '‐' | '‑' | '−') => {
                continue;
            }
            c => c,
        };
        let known = u8::try_from(c).is_ok_and(|byte| LETTERS.contains(&byte));
        if !known || letters.len() == LENGTH {
            return None;
        }
        letters.push(c);
    }
    (letters.len() == LENGTH).then(|| Secret::new(letters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> DataKey {
        DataKey::from_bytes(&[7; 32]).unwrap()
    }

    fn code(purpose: Purpose, typed: &str) -> Option<[u8; 32]> {
        coded(&key(), purpose, &Secret::new(typed.to_owned()))
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let written = code(Purpose::Factor, "7H2K-9QXM-4T0B-1C5N");
        assert!(written.is_some());
        for typed in [
            "7h2k9qxm4t0b1c5n",
            " 7H2K 9QXM 4TOB LC5N\n",
            "7H2K–9QXM–4T0B–IC5N",
        ] {
            assert_eq!(code(Purpose::Factor, typed), written, "{typed}");
        }
        for other in [
            "",
            "123456",
            "7H2K-9QXM-4T0B-1C5",
            "7H2K-9QXM-4T0B-1C5NN",
            "7H2K-9QXM-4T0B-1C5U",
            "ключ",
        ] {
            assert_eq!(code(Purpose::Factor, other), None, "{other}");
        }
    }

    #[test]
    fn a_code_serves_one_purpose() {
        let typed = "7H2K-9QXM-4T0B-1C5N";
        assert_ne!(code(Purpose::Factor, typed), code(Purpose::Account, typed));
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "looks at new codes")]
    fn new_codes_are_readable_and_differ() {
        let [one, two] = [(); 2].map(|()| new_code(&Ports::system()).unwrap());
        assert!(read(one.expose()).is_some() && !one.is_same(&two));
        assert_eq!(one.expose().len(), 19);
    }
}
