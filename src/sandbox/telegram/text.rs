//! What Telegram makes of a text before it becomes a message: cleaned, trimmed, with entities that follow.
//!
//! Lengths and offsets are UTF-16 units throughout.

use super::{
    entity::{Entity, untangle},
    refusal::Refusal,
};

/// The longest text of a message, in UTF-16 units, after parsing.
const TEXT_UNITS_MAX: usize = 4096;

/// A text with its entities.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Formatted {
    pub(super) text: String,
    pub(super) entities: Vec<Entity>,
}

/// The length of a text in UTF-16 units.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The text as it will be shown, or why it will not.
pub(super) fn settle(text: &str, entities: Vec<Entity>) -> Result<Formatted, Refusal> {
    if text.is_empty() {
        return Err(Refusal::bad("message text is empty"));
    }
    let mut counted = Vec::new();
    for entity in entities {
        if entity.counts()? {
            counted.push(entity);
        }
    }
    check_bounds(text, &counted)?;
    let clean = rewrite(text, counted, |_, letter| cleaned(letter));
    let trimmed = trim(clean).ok_or_else(|| Refusal::bad("text must be non-empty"))?;
    if units(&trimmed.text) > TEXT_UNITS_MAX {
        return Err(Refusal::bad("message is too long"));
    }
    Ok(Formatted {
        text: trimmed.text,
        entities: untangle(trimmed.entities),
    })
}

/// Entities lie within the text and cut no character in two. Telegram's own answer is not documented.
fn check_bounds(text: &str, entities: &[Entity]) -> Result<(), Refusal> {
    let mut bounds = vec![true];
    for letter in text.chars() {
        bounds.resize(bounds.len() + letter.len_utf16() - 1, false);
        bounds.push(true);
    }
    let is_bound = |place: usize| bounds.get(place).copied().unwrap_or_default();
    let within = |entity: &Entity| is_bound(entity.offset) && is_bound(entity.end());
    if entities.iter().all(within) {
        Ok(())
    } else {
        Err(Refusal::bad("ENTITY_BOUNDS_INVALID"))
    }
}

/// Control characters become spaces, carriage returns and direction marks disappear.
fn cleaned(letter: char) -> Option<char> {
    match letter {
        '\r' | '\u{2028}'..='\u{202e}' => None,
        '\n' => Some('\n'),
        control if control < ' ' => Some(' '),
        other => Some(other),
    }
}

/// Without white space at the ends; in front only as far as the first entity. None if nothing is left.
fn trim(formatted: Formatted) -> Option<Formatted> {
    let Formatted { text, mut entities } = formatted;
    let is_white = |letter: char| matches!(letter, ' ' | '\n');
    let white: Vec<bool> = text
        .chars()
        .flat_map(|letter| vec![is_white(letter); letter.len_utf16()])
        .collect();
    entities.retain(|entity| {
        let covered = white.get(entity.offset..entity.end());
        covered.is_some_and(|covered| covered.contains(&false))
    });
    let end = white.iter().rposition(|white| !white)? + 1;
    let first_entity = entities.iter().map(|entity| entity.offset).min();
    let first_letter = white.iter().position(|white| !white)?;
    let start = first_entity.map_or(first_letter, |entity| entity.min(first_letter));
    Some(rewrite(&text, entities, |place, letter| {
        (start..end).contains(&place).then_some(letter)
    }))
}

/// Replaces or removes characters by their place and moves the entities along.
fn rewrite(
    text: &str,
    entities: Vec<Entity>,
    letter_at: impl Fn(usize, char) -> Option<char>,
) -> Formatted {
    let mut new = String::with_capacity(text.len());
    // For each old place the new one.
    let mut moved = Vec::new();
    let mut length = 0;
    for letter in text.chars() {
        let kept = letter_at(moved.len(), letter);
        moved.resize(moved.len() + letter.len_utf16(), length);
        if let Some(letter) = kept {
            new.push(letter);
            length += letter.len_utf16();
        }
    }
    moved.push(length);
    let place = |old: usize| moved.get(old).copied().unwrap_or(length);
    let entities = entities.into_iter().map(|entity| {
        let (offset, end) = (place(entity.offset), place(entity.end()));
        let length = end - offset;
        Entity {
            offset,
            length,
            ..entity
        }
    });
    Formatted {
        text: new,
        entities: entities.filter(|entity| entity.length > 0).collect(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    fn entity(kind: &str, offset: usize, length: usize) -> Entity {
        Entity::new(kind, offset, length)
    }

    #[test]
    fn ends_are_trimmed_and_entities_move() {
        let settled = settle(" \n a🔑b \t\r\n", vec![entity("bold", 3, 3)]).unwrap();
        assert_eq!(settled.text, "a🔑b");
        assert_eq!(settled.entities, [entity("bold", 0, 3)]);
        let settled = settle("  key  ", vec![entity("code", 1, 6)]).unwrap();
        assert_eq!(
            settled.text, " key",
            "white space under an entity stays in front, not behind"
        );
        assert_eq!(settled.entities, [entity("code", 0, 4)]);
    }

    #[test]
    fn control_characters_do_not_arrive() {
        let settled = settle("a\u{202e}b\tc\r\nd", vec![entity("code", 1, 3)]).unwrap();
        assert_eq!(settled.text, "ab c\nd");
        assert_eq!(settled.entities, [entity("code", 1, 2)]);
    }

    #[test]
    fn length_counts_utf16_units() {
        assert!(settle(&"🔑".repeat(2048), vec![]).is_ok());
        assert!(settle(&format!("{}a", "🔑".repeat(2048)), vec![]).is_err());
        assert!(settle(" \n", vec![]).is_err());
        assert!(settle("", vec![]).is_err());
    }

    #[test]
    fn entities_must_fit_the_text() {
        assert!(settle("🔑b", vec![entity("bold", 0, 2)]).is_ok());
        for (offset, length) in [(0, 1), (1, 2), (0, 4), (3, 1), (usize::MAX, 2)] {
            let refused = settle("🔑b", vec![entity("bold", offset, length)]);
            assert!(refused.is_err(), "{offset} {length}");
        }
        assert!(settle("a", vec![entity("sparkle", 0, 1)]).is_err());
        assert!(settle("a", vec![entity("text_link", 0, 1)]).is_err());
        assert_eq!(
            settle("@ada", vec![entity("mention", 0, 4)])
                .unwrap()
                .entities,
            []
        );
    }
}
