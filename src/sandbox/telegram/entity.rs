//! Entities of a text: their wire form, and which of them may stand inside which.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refusal::Refusal;

/// What a part of a text is. Offsets and lengths are in UTF-16 units.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entity {
    /// `bold`, `code`, `spoiler`, `bot_command`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it begins.
    pub offset: usize,
    /// How long it is.
    pub length: usize,
    /// Of a `text_link`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Of a `text_mention`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Value>,
    /// Of a `pre`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Of a `custom_emoji`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_emoji_id: Option<String>,
    /// Of a `date_time`, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unix_time: Option<i64>,
    /// Of a `date_time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_time_format: Option<String>,
}

/// Kinds that Telegram finds by itself; given by a bot they are ignored.
const FOUND_BY_TELEGRAM: [&str; 7] = [
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
];

impl Entity {
    pub(super) fn new(kind: &str, offset: usize, length: usize) -> Self {
        Self {
            kind: kind.to_owned(),
            offset,
            length,
            ..Self::default()
        }
    }

    pub(super) fn end(&self) -> usize {
        self.offset.saturating_add(self.length)
    }

    /// Whether a bot may send it; an error if it is no entity at all or lacks what its kind needs.
    pub(super) fn counts(&self) -> Result<bool, Refusal> {
        let whole = match self.kind.as_str() {
            kind if FOUND_BY_TELEGRAM.contains(&kind) => return Ok(false),
            "bold"
            | "italic"
            | "underline"
            | "strikethrough"
            | "spoiler"
            | "blockquote"
            | "expandable_blockquote"
            | "code"
            | "pre" => true,
            "text_link" => self.url.is_some(),
            "text_mention" => self.user.is_some(),
            "custom_emoji" => self.custom_emoji_id.is_some(),
            "date_time" => self.unix_time.is_some(),
            _ => return Err(Refusal::bad("unsupported MessageEntity type specified")),
        };
        if whole {
            Ok(self.length > 0)
        } else {
            Err(Refusal::bad(format!(
                "can't parse MessageEntity: {} lacks a field",
                self.kind
            )))
        }
    }

    fn intersects(&self, other: &Self) -> bool {
        self.offset < other.end() && other.offset < self.end()
    }

    fn is_code(&self) -> bool {
        matches!(self.kind.as_str(), "code" | "pre")
    }

    fn is_quote(&self) -> bool {
        self.kind.ends_with("blockquote")
    }

    /// Kinds that can be interrupted by others.
    fn is_splittable(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "bold" | "italic" | "underline" | "strikethrough" | "spoiler"
        )
    }

    /// What is left of it on both sides of another.
    fn around(self, other: &Self) -> Vec<Self> {
        if !self.intersects(other) {
            return vec![self];
        }
        let before = Self {
            length: other.offset.saturating_sub(self.offset),
            ..self.clone()
        };
        let after = Self {
            offset: other.end(),
            length: self.end().saturating_sub(other.end()),
            ..self
        };
        let parts = [before, after].into_iter();
        parts.filter(|part| part.length > 0).collect()
    }
}

/// Alters entities as Telegram does: code stands in nothing but a block quote, so that a spoiler over code hides
/// nothing; code, links and the like do not overlap; quotes do not nest.
pub(super) fn untangle(mut entities: Vec<Entity>) -> Vec<Entity> {
    sort(&mut entities);
    let mut kept: Vec<Entity> = Vec::new();
    let mut splittable = Vec::new();
    for entity in entities {
        if entity.is_splittable() {
            splittable.push(entity);
        } else if !kept
            .iter()
            .any(|earlier| earlier.is_quote() == entity.is_quote() && earlier.intersects(&entity))
        {
            kept.push(entity);
        }
    }
    for code in kept.clone().iter().filter(|entity| entity.is_code()) {
        let parts = splittable
            .into_iter()
            .flat_map(|entity: Entity| entity.around(code));
        splittable = parts.collect();
    }
    kept.extend(splittable);
    sort(&mut kept);
    kept.dedup();
    kept
}

fn sort(entities: &mut [Entity]) {
    entities.sort_by(|a, b| {
        let key = |entity: &Entity| (entity.offset, Reverse(entity.length), !entity.is_quote());
        key(a).cmp(&key(b)).then_with(|| a.kind.cmp(&b.kind))
    });
}

/// The commands in a person's text: `/word`, perhaps with the name of a bot.
pub(super) fn commands(text: &str) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut before = ' ';
    let mut offset = 0;
    for (place, letter) in text.char_indices() {
        if letter == '/' && !before.is_alphanumeric() && !matches!(before, '/' | '_') {
            let rest = &text[place + 1..];
            let length = command_length(rest);
            if length > 0 {
                found.push(Entity::new("bot_command", offset, length + 1));
            }
        }
        before = letter;
        offset += letter.len_utf16();
    }
    found
}

/// The length of a command behind its slash, with `@name`; 0 if there is none.
fn command_length(text: &str) -> usize {
    let word = |text: &str| {
        let letters = text.bytes();
        letters
            .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == b'_')
            .count()
    };
    let command = word(text);
    let rest = &text[command..];
    let name = rest.strip_prefix('@').map_or(0, word);
    let length = if name >= 3 {
        command + 1 + name
    } else {
        command
    };
    let next = text[length..].chars().next();
    let goes_on =
        next.is_some_and(|next| next.is_alphanumeric() || matches!(next, '/' | '<' | '>'));
    if command == 0 || command > 64 || goes_on {
        0
    } else {
        length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(entities: &[Entity]) -> Vec<(&str, usize, usize)> {
        let spans = entities.iter();
        spans
            .map(|entity| (entity.kind.as_str(), entity.offset, entity.length))
            .collect()
    }

    #[test]
    fn a_spoiler_over_code_hides_nothing() {
        let entities = vec![Entity::new("spoiler", 0, 20), Entity::new("code", 5, 10)];
        let wanted = [("spoiler", 0, 5), ("code", 5, 10), ("spoiler", 15, 5)];
        assert_eq!(spans(&untangle(entities)), wanted);
        let entities = vec![Entity::new("spoiler", 5, 10), Entity::new("pre", 5, 10)];
        assert_eq!(spans(&untangle(entities)), [("pre", 5, 10)]);
    }

    #[test]
    fn a_quote_may_hold_code_and_bold_may_hold_a_spoiler() {
        let quote = vec![Entity::new("code", 2, 3), Entity::new("blockquote", 0, 9)];
        assert_eq!(
            spans(&untangle(quote)),
            [("blockquote", 0, 9), ("code", 2, 3)]
        );
        let bold = vec![Entity::new("spoiler", 2, 3), Entity::new("bold", 0, 9)];
        assert_eq!(spans(&untangle(bold)), [("bold", 0, 9), ("spoiler", 2, 3)]);
        let codes = vec![Entity::new("code", 0, 5), Entity::new("code", 3, 5)];
        assert_eq!(spans(&untangle(codes)), [("code", 0, 5)]);
    }

    #[test]
    fn commands_are_found_where_telegram_finds_them() {
        let found = |text| commands(text).len();
        assert_eq!(spans(&commands("🔑 /newkey x")), [("bot_command", 3, 7)]);
        assert_eq!(spans(&commands("/keys@demo_bot")), [("bot_command", 0, 14)]);
        assert_eq!(found("/a /b"), 2);
        for none in ["and/or", "//x", "/ x", "/etc/passwd", "x_/y", "/Ж"] {
            assert_eq!(found(none), 0, "{none}");
        }
    }
}
