//! Whether a text looks like a key or a token. It is a guess: what hangs on it is that a message is deleted or a name not taken, and that
//! is said; never what becomes of a key.

/// Letters and digits in a row from which on a word may be a key or a token. The groups of a UUID are shorter, and a project's ID is one.
const MIN_RUN: usize = 16;

/// So often a letter and a digit stand side by side in it. Names and dates have few such places.
const MIN_CHANGES: usize = 4;

/// True when a key or a token seems to stand in the text: a long run of letters with digits scattered among them.
/// Words, names with a date, UUIDs and addresses of pages do not look like that.
pub fn looks_secret(text: &str) -> bool {
    text.split_whitespace()
        .filter(|word| !word.contains("://"))
        .any(|word| {
            let mut runs = word.split(|c: char| !c.is_ascii_alphanumeric());
            runs.any(|run| run.len() >= MIN_RUN && changes(run) >= MIN_CHANGES) || is_code(word)
        })
}

/// The last four characters of the first thing in the text that looks like a key.
pub fn likely_last_four(text: &str) -> &str {
    let mut words = text.split_whitespace();
    let word = words.find(|word| looks_secret(word)).unwrap_or_default();
    // A key may end with a dash.
    let word = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c));
    let start = word.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
    &word[start..]
}

/// One of our own recovery codes, as it is written: `7H2K-9QXM-4T0B-ZC5N`.
fn is_code(word: &str) -> bool {
    let mut groups = word.split('-');
    let fits = |group: &str| {
        let mut letters = group.bytes();
        group.len() == 4 && letters.all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
    };
    groups.clone().count() == 4
        && groups.all(fits)
        && word.contains(|c: char| c.is_ascii_uppercase())
}

fn changes(run: &str) -> usize {
    let is_digit = |c: &u8| c.is_ascii_digit();
    run.as_bytes()
        .chunk_by(|a, b| is_digit(a) == is_digit(b))
        .count()
        - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_tokens_look_like_it() {
        for text in [
            "bs_live_4fK2mQ9xT7vB1nL8wZ3c",
            "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
            "my token is 9f86d081884c7d659a2feaa0c55ad015, thanks",
            "key=\"sk4Zr81LmQ0x7TfWb2\"",
            "7H2K-9QXM-4T0B-ZC5N",
        ] {
            assert!(looks_secret(text), "{text}");
        }
    }

    #[test]
    fn a_key_is_named_by_its_end() {
        for (text, four) in [
            ("key bs_live_4fK2mQ9xT7vB1nL8wZ3c, thanks", "wZ3c"),
            ("\"4fK2mQ9xT7vB1nL8wZ3_-\"", "Z3_-"),
            ("nothing", ""),
        ] {
            assert_eq!(likely_last_four(text), four, "{text}");
        }
    }

    #[test]
    fn what_people_say_does_not() {
        for text in [
            "",
            "good morning",
            "f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "backupserver20261122",
            "MyProductionServerOfTheYear2026",
            "production-eu-west-1-2026-11-22",
            "Donaudampfschifffahrtsgesellschaft",
            "12345678901234567890",
            "20261122T101500Z",
            "2026-1122-1015-0000",
            "https://t.me/c/1234/a1b2c3d4e5f6g7h8i9j0",
            "ключключключключключ1а2б3в4г5д6е",
        ] {
            assert!(!looks_secret(text), "{text}");
        }
    }
}
