//! Messages, which keep all their versions, and how a test sees them.

use std::fmt;

use axum::body::Bytes;
use serde_json::Value;

use super::{
    entity::Entity,
    keyboard::{Button, Keyboard},
    text::Formatted,
};

/// One state of a message's words and buttons.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// The text, or the caption.
    pub text: String,
    /// What the text's parts are.
    pub entities: Vec<Entity>,
    /// The buttons.
    pub keyboard: Keyboard,
}

/// Who sent a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// The bot.
    Bot,
    /// A person.
    Person(i64),
    /// A person who is hidden behind the group.
    Anonymous(i64),
}

/// What a message is besides its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    #[default]
    Text,
    /// A photo with a caption.
    Photo,
    /// A document of that name with a caption.
    Document(String),
    /// No words, but these fields: something has changed in the chat.
    Service(Value),
}

pub(super) struct Message {
    pub(super) id: i64,
    pub(super) author: Author,
    pub(super) content: Content,
    /// The type and the content of a document that the bot has sent.
    pub(super) file: Option<(String, Bytes)>,
    pub(super) protected: bool,
    pub(super) topic: Option<i64>,
    pub(super) reply_to: Option<i64>,
    pub(super) forwarded: bool,
    pub(super) silent: bool,
    /// A keyboard that is not under the message, as sent.
    pub(super) reply_markup: Option<Value>,
    pub(super) first: Version,
    pub(super) later: Vec<Version>,
    /// When the words were last changed; a new keyboard alone does not count.
    pub(super) edited_ms: Option<i64>,
    pub(super) deleted_ms: Option<i64>,
}

impl Message {
    pub(super) fn new(id: i64, author: Author, words: Formatted, at_ms: i64) -> Self {
        let first = Version {
            at_ms,
            text: words.text,
            entities: words.entities,
            keyboard: Keyboard::default(),
        };
        Self {
            id,
            author,
            content: Content::Text,
            file: None,
            protected: false,
            topic: None,
            reply_to: None,
            forwarded: false,
            silent: false,
            reply_markup: None,
            first,
            later: Vec::new(),
            edited_ms: None,
            deleted_ms: None,
        }
    }

    pub(super) fn newest(&self) -> &Version {
        self.later.last().unwrap_or(&self.first)
    }

    pub(super) fn is_deleted(&self) -> bool {
        self.deleted_ms.is_some()
    }

    pub(super) fn versions(&self) -> Vec<Version> {
        let later = self.later.iter();
        std::iter::once(&self.first).chain(later).cloned().collect()
    }

    /// Whether these words (none: the old ones) and buttons would make another message of it.
    pub(super) fn would_change(&self, words: Option<&Formatted>, keyboard: &Keyboard) -> bool {
        let Version { text, entities, .. } = self.newest();
        let same_words =
            words.is_none_or(|words| words.text == *text && words.entities == *entities);
        !same_words || self.newest().keyboard != *keyboard
    }

    /// Adds a version.
    pub(super) fn change(&mut self, words: Option<Formatted>, keyboard: Keyboard, at_ms: i64) {
        if words.is_some() {
            self.edited_ms = Some(at_ms);
        }
        let words = words.unwrap_or_else(|| {
            let Version { text, entities, .. } = self.newest().clone();
            Formatted { text, entities }
        });
        self.later.push(Version {
            at_ms,
            text: words.text,
            entities: words.entities,
            keyboard,
        });
    }

    pub(super) fn shown(&self) -> Shown {
        let newest = self.newest().clone();
        Shown {
            id: self.id,
            author: self.author,
            sent_ms: self.first.at_ms,
            text: newest.text,
            entities: newest.entities,
            keyboard: newest.keyboard,
            reply_markup: self.reply_markup.clone(),
            content: self.content.clone(),
            file: self.file.as_ref().map(|(_, bytes)| bytes.clone()),
            protected: self.protected,
            silent: self.silent,
            topic: self.topic,
            reply_to: self.reply_to,
            edits: self.later.len(),
            deleted: self.is_deleted(),
        }
    }
}

/// A message as people see it, in its newest version. A deleted one is still told, with what it said last.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Its number in the chat.
    pub id: i64,
    /// Who sent it.
    pub author: Author,
    /// Milliseconds since 1970.
    pub sent_ms: i64,
    /// The text, or the caption.
    pub text: String,
    /// What the text's parts are.
    pub entities: Vec<Entity>,
    /// The buttons under it.
    pub keyboard: Keyboard,
    /// A keyboard that is not under it, as sent.
    pub reply_markup: Option<Value>,
    /// What it is besides its words.
    pub content: Content,
    /// What stands in a document that the bot has sent.
    pub file: Option<Bytes>,
    /// Whether it can't be forwarded or saved.
    pub protected: bool,
    /// Whether it came without a sound.
    pub silent: bool,
    /// The topic of a forum.
    pub topic: Option<i64>,
    /// The message that it answers.
    pub reply_to: Option<i64>,
    /// How often it was edited.
    pub edits: usize,
    /// Whether it is gone.
    pub deleted: bool,
}

impl Shown {
    /// Whether the bot sent it.
    pub fn from_bot(&self) -> bool {
        self.author == Author::Bot
    }

    /// The button whose text ends with these words.
    pub fn button(&self, suffix: &str) -> Option<&Button> {
        let mut buttons = self.keyboard.buttons();
        buttons.find(|button| button.text.ends_with(suffix))
    }

    /// The parts of the text that are of that kind: `spoiler`, `code`, …
    pub fn parts(&self, kind: &str) -> Vec<String> {
        let units: Vec<u16> = self.text.encode_utf16().collect();
        let entities = self.entities.iter().filter(|entity| entity.kind == kind);
        let parts = entities.filter_map(|entity| units.get(entity.offset..entity.end()));
        parts.map(String::from_utf16_lossy).collect()
    }
}

/// For a person who reads a failed test: `#12 bot: Hello [My keys] [Help] (edited 1)`.
impl fmt::Display for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let author = match self.author {
            Author::Bot => "bot".to_owned(),
            Author::Person(id) => id.to_string(),
            Author::Anonymous(id) => format!("{id} (anonymous)"),
        };
        write!(formatter, "#{} {author}: {}", self.id, self.text)?;
        for row in &self.keyboard.inline_keyboard {
            formatter.write_str("\n   ")?;
            for button in row {
                write!(formatter, " [{}]", button.text)?;
            }
        }
        let is_service = matches!(self.content, Content::Service(_));
        let marks = [
            (is_service, " (service message)".to_owned()),
            (self.protected, " (protected)".to_owned()),
            (self.edits > 0, format!(" (edited {})", self.edits)),
            (self.deleted, " (deleted)".to_owned()),
        ];
        for (_, mark) in marks.iter().filter(|(is_so, _)| *is_so) {
            formatter.write_str(mark)?;
        }
        Ok(())
    }
}
