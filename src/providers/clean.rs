//! Makes a provider's own words fit to be read by people: short, on one line, without anything that looks like
//! a secret, a host or a URL.

/// Longest text that is passed on, in characters.
const MAX_CHARS: usize = 200;

/// Longer words are no words: ids, tokens, encoded data.
const LONGEST_WORD: usize = 16;

/// The text without what must not be shown.
pub(super) fn cleaned(text: &str) -> String {
    let words: Vec<_> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| if is_showable(word) { word } else { "…" })
        .collect();
    let line: String = words.join(" ").chars().take(MAX_CHARS).collect();
    crate::domain::without_tricks(&line)
}

fn is_showable(word: &str) -> bool {
    let host_like = word.split_once('.').is_some_and(|(_, rest)| {
        rest.chars()
            .take(2)
            .filter(char::is_ascii_alphanumeric)
            .count()
            == 2
    });
    word.chars().count() <= LONGEST_WORD && !word.contains("://") && !host_like
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_and_addresses_and_tokens_go() {
        assert_eq!(cleaned("Label must be unique."), "Label must be unique.");
        assert_eq!(
            cleaned(
                "see https://api.example.com/x or mail.example.com, key UKDZu-c68cubrIbniuE2P_nWj0p5r4IHARNrAV-I"
            ),
            "see … or … key …"
        );
        assert_eq!(cleaned("two\nlines\u{202E}"), "two lines\u{FFFD}");
        assert_eq!(cleaned(&"a ".repeat(5_000)).chars().count(), MAX_CHARS);
    }
}
