//! Looks for known keys in a text. It holds codes only, and gives codes: no part of a text leaves it, and nothing of one is kept.
//!
//! A candidate is a whole run of key characters of a known length. White space inside is passed over, since people and clients
//! break lines; a run may also begin and end at a character that joins a key to other words. Nearly all candidates are
//! dropped by their last four characters, which are no secret; only the others are coded and compared.

use std::collections::{BTreeSet, HashMap, HashSet};

use zeroize::Zeroizing;

use super::DataKey;
use crate::domain::{Fingerprint, KeyCode, is_joint, is_key_byte};

/// Keys that are told of one message at most; it is deleted as a whole anyway.
const FOUND_MAX: usize = 20;

/// Bits of the filter of endings: with 100,000 keys one of forty foreign endings passes.
const ENDING_BITS: u32 = 22;

/// The keys that are known.
pub struct KeyIndex {
    codes: HashSet<KeyCode>,
    /// How long the keys are that end so.
    lengths: HashMap<[u8; 4], Vec<usize>>,
    /// A bit for each ending: most texts need no look at the lengths.
    endings: Vec<u64>,
}

impl Default for KeyIndex {
    fn default() -> Self {
        Self {
            codes: HashSet::new(),
            lengths: HashMap::new(),
            endings: vec![0; 1 << (ENDING_BITS - 6)],
        }
    }
}

impl KeyIndex {
    /// Knows one more key. One that no longer matters stays until the next start: whoever finds it asks the database.
    pub fn add(&mut self, known: &Fingerprint) {
        let Ok(four) = known.last_four.as_bytes().try_into() else {
            return;
        };
        self.codes.insert(known.code);
        let lengths = self.lengths.entry(four).or_default();
        if !lengths.contains(&known.length) {
            lengths.push(known.length);
        }
        let (word, bit) = place(four);
        self.endings[word] |= bit;
    }

    /// The known keys in a text.
    pub fn find(&self, key: &DataKey, text: &str) -> BTreeSet<KeyCode> {
        let mut found = BTreeSet::new();
        if self.codes.is_empty() {
            return found;
        }
        let mut run = Run::default();
        for c in text.chars() {
            match u8::try_from(c) {
                Ok(byte) if is_key_byte(byte) => run.push(byte),
                _ if is_passed_over(c) => run.edge(),
                _ => {
                    self.look(key, &run, &mut found);
                    run.clear();
                }
            }
        }
        self.look(key, &run, &mut found);
        found
    }

    /// From the ends backwards, so that a foreign text costs one look at each place where a key could end.
    fn look(&self, key: &DataKey, run: &Run, found: &mut BTreeSet<KeyCode>) {
        for end in run.ends() {
            if found.len() >= FOUND_MAX {
                return;
            }
            for length in self.lengths_before(&run.bytes[..end]) {
                let start = end.checked_sub(*length).filter(|start| run.is_edge(*start));
                let code = start.map(|start| key.short_code(&run.bytes[start..end]));
                found.extend(code.filter(|code| self.codes.contains(code)));
            }
        }
    }

    /// How long the known keys are that end as this text does.
    fn lengths_before(&self, text: &[u8]) -> &[usize] {
        let Some(four) = text.last_chunk() else {
            return &[];
        };
        let (word, bit) = place(*four);
        if self.endings[word] & bit == 0 {
            return &[];
        }
        self.lengths.get(four).map_or(&[], Vec::as_slice)
    }
}

/// Where the bit of an ending stands: the word, and the bit in it.
fn place(four: [u8; 4]) -> (usize, u64) {
    let spread = u32::from_le_bytes(four).wrapping_mul(0x9E37_79B1) >> (u32::BITS - ENDING_BITS);
    (spread as usize >> 6, 1 << (spread & 63))
}

/// White space, and what cannot be seen.
fn is_passed_over(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

/// Key characters without a foreign one between them, and the places where a key may begin or end.
#[derive(Default)]
struct Run {
    bytes: Zeroizing<Vec<u8>>,
    /// Ascending. The beginning is one; the end of all is one too and does not stand here.
    edges: Vec<usize>,
}

impl Run {
    fn push(&mut self, byte: u8) {
        if self.bytes.is_empty() || is_joint(byte) {
            self.edge();
        }
        self.bytes.push(byte);
        if is_joint(byte) {
            self.edge();
        }
    }

    fn edge(&mut self) {
        let here = self.bytes.len();
        if self.edges.last() != Some(&here) {
            self.edges.push(here);
        }
    }

    /// Where a key may end.
    fn ends(&self) -> impl Iterator<Item = usize> {
        self.edges.iter().copied().chain([self.bytes.len()])
    }

    /// Whether a key may begin there.
    fn is_edge(&self, place: usize) -> bool {
        self.edges.binary_search(&place).is_ok()
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.edges.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    const KEY: &str = "UKDZu-c68cubrIbniuE2P_nWj0p5r4IHARNrAV-I";
    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJjaGFubmVsIjoidGVsZWdyYW0ifQ.c2lnbmF0dXJl-x_y";

    fn data_key() -> DataKey {
        DataKey::from_bytes(&[7; 32]).unwrap()
    }

    fn index() -> KeyIndex {
        let mut index = KeyIndex::default();
        for key in [KEY, JWT, "c2VjcmV0LXNlY3JldC1zZWNyZXQ="] {
            let secret = Secret::new(key.to_owned());
            index.add(&data_key().fingerprint(&secret).unwrap());
        }
        index
    }

    fn count(text: &str) -> usize {
        index().find(&data_key(), text).len()
    }

    #[test]
    fn a_key_is_found_however_it_stands_there() {
        let (left, right) = KEY.split_at(17);
        for text in [
            KEY.to_owned(),
            format!("the key is {KEY}, don't tell"),
            format!("The key is {KEY}."),
            format!("export API_KEY={KEY}\n"),
            format!("api_key:\"{KEY}\""),
            format!("https://x.example/?token={KEY}&a=b"),
            format!("https://x.example/{KEY}/keys"),
            format!("{left}\n{right}"),
            format!("{left} \u{200B}\r\n  {right} and more"),
            format!("words before {left}\n{right}"),
            format!("ключ{KEY}ключ"),
            format!("Bearer {JWT}"),
            JWT.replace('.', ".\n"),
            "c2VjcmV0LXNlY3JldC1zZWNyZXQ=".to_owned(),
            "key=c2VjcmV0LXNlY3JldC1zZWNyZXQ=.".to_owned(),
        ] {
            assert_eq!(count(&text), 1, "{text}");
        }
        assert_eq!(count(&format!("{KEY} {JWT} {KEY}")), 2);
    }

    #[test]
    fn what_is_no_whole_key_is_not_found() {
        for text in [
            String::new(),
            KEY[1..].to_owned(),
            KEY[..39].to_owned(),
            format!("x{KEY}"),
            format!("{KEY}x"),
            KEY.to_lowercase(),
            KEY.replace("c68", "c69"),
            KEY.replace("c68", "c,68"),
            "a.".repeat(2000),
            "I ".repeat(2000),
        ] {
            assert_eq!(count(&text), 0, "{text}");
        }
    }

    #[test]
    fn another_data_key_finds_nothing() {
        let other = DataKey::from_bytes(&[8; 32]).unwrap();
        assert!(index().find(&other, KEY).is_empty());
    }

    #[test]
    fn what_could_be_an_everyday_word_leaves_no_fingerprint() {
        for short in [
            "hello",
            "0123456789a",
            "ключ-ключ-ключ-ключ",
            "a b c d e f g h i j",
        ] {
            assert!(
                data_key()
                    .fingerprint(&Secret::new(short.to_owned()))
                    .is_none()
            );
        }
    }
}
