//! Digits as people type them: in the script of their keyboard, with spaces and dashes between.

/// The zeros of the scripts in which somebody may type a number; the other nine follow each.
const ZEROS: [char; 20] = [
    '0', '\u{0660}', // Arabic
    '\u{06F0}', // Persian
    '\u{07C0}', // N'Ko
    '\u{0966}', // Devanagari
    '\u{09E6}', // Bengali
    '\u{0A66}', // Gurmukhi
    '\u{0AE6}', // Gujarati
    '\u{0B66}', // Oriya
    '\u{0BE6}', // Tamil
    '\u{0C66}', // Telugu
    '\u{0CE6}', // Kannada
    '\u{0D66}', // Malayalam
    '\u{0E50}', // Thai
    '\u{0ED0}', // Lao
    '\u{0F20}', // Tibetan
    '\u{1040}', // Burmese
    '\u{17E0}', // Khmer
    '\u{1810}', // Mongolian
    '\u{FF10}', // full width
];

/// Exactly that many digits, as ASCII; nothing if there is anything else but what stands between digits.
pub fn digits_of(text: &str, count: usize) -> Option<String> {
    let mut digits = String::with_capacity(count);
    for c in text.chars().filter(|c| !stands_between(*c)) {
        if digits.len() == count {
            return None;
        }
        digits.push(digit(c)?);
    }
    (digits.len() == count).then_some(digits)
}

fn digit(c: char) -> Option<char> {
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10)
    })
}

/// Spaces, dashes, and the invisible marks of direction that a clipboard brings along.
fn stands_between(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '–' | '‐' | '‑' | '\u{200B}'..='\u{200F}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_kindly_and_nothing_else_is() {
        for typed in [
            "123456",
            "123 456",
            " 123\u{A0}456\n",
            "123-456",
            "١٢٣٤٥٦",
            "۱۲۳۴۵۶",
            "१२३ ४५६",
            "１２３４５６",
            "\u{200E}123456\u{200F}",
        ] {
            assert_eq!(digits_of(typed, 6).as_deref(), Some("123456"), "{typed:?}");
        }
        for other in [
            "",
            "12345",
            "1234567",
            "12345a",
            "+123456",
            "½23456",
            "①②③④⑤⑥",
        ] {
            assert_eq!(digits_of(other, 6), None, "{other:?}");
        }
    }
}
