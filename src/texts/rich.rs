//! Text with marks (bold, code, spoiler) at exact places, as Telegram's entities count them: in UTF-16 units.
//! There is no markup to escape, so nothing that a person typed can change how a message looks.

use crate::domain::PersonId;

/// How a part looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// For names and labels.
    Bold,
    /// Copied by a tap; must not stand inside a spoiler.
    Code,
    /// Covered until tapped.
    Spoiler,
    /// Leads to that person, whatever they are called.
    Mention(PersonId),
}

/// A styled part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where it begins, in UTF-16 units.
    pub offset: usize,
    /// How long it is, in UTF-16 units.
    pub length: usize,
    /// How it looks.
    pub style: Style,
}

/// See the module's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rich {
    text: String,
    units: usize,
    marks: Vec<Mark>,
}

impl Rich {
    /// Without a mark.
    pub fn plain(text: &str) -> Self {
        let mut rich = Self::default();
        rich.push_str(text);
        rich
    }

    /// One part in one style.
    pub fn styled(text: &str, style: Style) -> Self {
        let mut rich = Self::plain(text);
        if rich.units > 0 {
            rich.marks.push(Mark {
                offset: 0,
                length: rich.units,
                style,
            });
        }
        rich
    }

    /// In bold.
    pub fn bold(text: &str) -> Self {
        Self::styled(text, Style::Bold)
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The styled parts, in their order.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// True without any text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Its length as Telegram counts it.
    pub const fn utf16_len(&self) -> usize {
        self.units
    }

    /// Appends plain text.
    pub fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
        self.units += text.encode_utf16().count();
    }

    /// Appends another text with its marks.
    pub fn push(&mut self, other: &Self) {
        let moved = other.marks.iter().map(|mark| Mark {
            offset: mark.offset + self.units,
            ..*mark
        });
        self.marks.extend(moved);
        self.text.push_str(&other.text);
        self.units += other.units;
    }

    /// Appends on a new line.
    pub fn line(&mut self, other: &Self) -> &mut Self {
        if !self.is_empty() {
            self.push_str("\n");
        }
        self.push(other);
        self
    }

    /// Appends after an empty line.
    pub fn paragraph(&mut self, other: &Self) -> &mut Self {
        if !self.is_empty() {
            self.push_str("\n");
        }
        self.line(other)
    }

    /// At most that many UTF-16 units of it, ending with an ellipsis where something was cut.
    #[must_use]
    pub fn cut(&self, limit: usize) -> Self {
        if self.units <= limit {
            return self.clone();
        }
        let mut cut = Self::default();
        for c in self.text.chars() {
            if cut.units + c.len_utf16() >= limit {
                break;
            }
            cut.text.push(c);
            cut.units += c.len_utf16();
        }
        let end = cut.units;
        cut.marks = self
            .marks
            .iter()
            .filter(|mark| mark.offset < end)
            .copied()
            .collect();
        for mark in &mut cut.marks {
            mark.length = mark.length.min(end - mark.offset);
        }
        cut.push_str("…");
        cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_move_with_their_text() {
        let mut text = Rich::plain("\u{1F511} ");
        text.push(&Rich::bold("я"));
        text.line(&Rich::styled("x", Style::Code));
        assert_eq!(text.text(), "\u{1F511} я\nx");
        let marks: Vec<_> = text
            .marks()
            .iter()
            .map(|mark| (mark.offset, mark.length))
            .collect();
        assert_eq!(marks, [(3, 1), (5, 1)]);
        assert_eq!(text.utf16_len(), 6);
    }

    #[test]
    fn a_cut_never_splits_a_character_or_leaves_a_mark_outside() {
        let mut text = Rich::bold(&"\u{1F511}".repeat(10));
        text.push(&Rich::bold("end"));
        let cut = text.cut(6);
        assert_eq!(cut.text(), "\u{1F511}\u{1F511}…");
        assert!(cut.utf16_len() <= 6);
        assert_eq!(
            cut.marks(),
            [Mark {
                offset: 0,
                length: 4,
                style: Style::Bold
            }]
        );
        assert_eq!(text.cut(100), text);
    }
}
