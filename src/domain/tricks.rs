//! Characters by which one text can pose as another: invisible ones, and those that turn the reading direction around.
//! Some of them have an honest place, inside an emoji or a word of a script that joins its letters; elsewhere they are tricks.

/// True when a character stands in the text that could deceive.
pub(super) fn has_tricks(text: &str) -> bool {
    judged(text).any(|(_, trick)| trick)
}

/// The text with a visible mark in the place of every character that could deceive.
pub fn without_tricks(text: &str) -> String {
    judged(text)
        .map(|(c, trick)| if trick { '\u{FFFD}' } else { c })
        .collect()
}

/// Each character, and whether it is a trick where it stands.
fn judged(text: &str) -> impl Iterator<Item = (char, bool)> {
    let (mut rest, mut before) = (text.chars().peekable(), None);
    std::iter::from_fn(move || {
        let c = rest.next()?;
        let trick = is_trick(before, c, rest.peek().copied());
        // Whatever leans on a trick is one too.
        before = (!trick).then_some(c);
        Some((c, trick))
    })
}

fn is_trick(before: Option<char>, c: char, after: Option<char>) -> bool {
    let stands = |place: Option<char>, fits: fn(char) -> bool| place.is_some_and(fits);
    match c {
        // Joins two emoji into one.
        '\u{200D}' => !(stands(before, ends_emoji) && stands(after, is_emoji)),
        // Keeps two letters apart, where letters are joined.
        '\u{200C}' => !(stands(before, is_joined) && stands(after, is_joined)),
        // Chooses how the emoji before it looks; after a digit only as part of a keycap.
        '\u{FE0E}' | '\u{FE0F}' => {
            !(stands(before, is_emoji) || stands(before, is_on_keycap) && after == Some('\u{20E3}'))
        }
        // Names a region's flag, after a black flag.
        '\u{E0020}'..='\u{E007F}' => !stands(before, |c| {
            matches!(c, '\u{1F3F4}' | '\u{E0020}'..='\u{E007E}')
        }),
        c => c.is_control() || is_always_a_trick(c),
    }
}

/// Invisible, or of a direction. Private-use characters are among them, since the texts layer marks places with them.
const fn is_always_a_trick(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{E000}'..='\u{F8FF}'
        | '\u{FE00}'..='\u{FE0D}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D159}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Pictures and signs that are shown as emoji, generously: whatever is among them can be seen.
const fn is_emoji(c: char) -> bool {
    matches!(c,
        '\u{00A9}' | '\u{00AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{24C2}'
        | '\u{2190}'..='\u{21FF}' | '\u{2300}'..='\u{23FF}' | '\u{25A0}'..='\u{27BF}'
        | '\u{2900}'..='\u{297F}' | '\u{2B00}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}'
        | '\u{1F000}'..='\u{1FAFF}')
}

const fn ends_emoji(c: char) -> bool {
    is_emoji(c) || c == '\u{FE0F}'
}

const fn is_on_keycap(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*')
}

/// Letters of the scripts from Arabic to Sinhala.
const fn is_joined(c: char) -> bool {
    matches!(c, '\u{0620}'..='\u{06D3}' | '\u{0750}'..='\u{077F}' | '\u{0900}'..='\u{0DFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_texts_stay_as_they_are() {
        for text in [
            "staging bot",
            "тестовый бот",
            "\u{1F469}\u{200D}\u{1F680} crew",
            "\u{2764}\u{FE0F}\u{200D}\u{1F525}",
            "1\u{FE0F}\u{20E3} first",
            "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} home",
            "\u{0645}\u{06CC}\u{200C}\u{062E}\u{0648}\u{0627}\u{0647}\u{0645}",
        ] {
            assert!(!has_tricks(text), "{text:?}");
            assert_eq!(without_tricks(text), text);
        }
    }

    #[test]
    fn what_cannot_be_seen_is_found_wherever_it_has_no_place() {
        for text in [
            "\u{200B}",
            "\u{200C}\u{200C}",
            "\u{2800}",
            "\u{3164}",
            "\u{115F}",
            "\u{FE0F}",
            "\u{E0100}",
            "\u{E0041}\u{E0042}",
            "a\u{200D}b",
            "a\u{200C}b",
            "ci\u{FE0F}",
            "ci 1\u{FE0F}",
            "ci\u{E0041}\u{E0042}",
            "ci \u{1F680}\u{200D}",
            "evil\u{202E}tob",
        ] {
            assert!(has_tricks(text), "{text:?}");
            assert!(!has_tricks(&without_tricks(text)), "{text:?}");
        }
    }
}
