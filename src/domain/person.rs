//! A person who talks to the bot.

use super::{Language, PersonId, Timestamp, Timezone};

/// What is remembered of a Telegram user: nothing but the id and how to speak to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Telegram's id.
    pub id: PersonId,
    /// Chosen by `/language`; `None` follows Telegram.
    pub chosen_language: Option<Language>,
    /// What Telegram last said.
    pub telegram_language: Language,
    /// Start of the window in which refused credentials are counted.
    pub refused_since: Timestamp,
    /// Refused credentials in that window.
    pub refused_count: i64,
    /// Chosen by `/timezone`.
    pub timezone: Timezone,
}

impl Person {
    /// Someone never seen before.
    pub fn new(id: PersonId) -> Self {
        Self {
            id,
            chosen_language: None,
            telegram_language: Language::default(),
            refused_since: Timestamp::NEVER,
            refused_count: 0,
            timezone: Timezone::default(),
        }
    }

    /// The language to speak.
    pub fn language(&self) -> Language {
        self.chosen_language.unwrap_or(self.telegram_language)
    }
}

/// Who may use the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// `*`.
    Everybody,
    /// These; none of them when the variable is unset.
    Only(Vec<PersonId>),
}

impl Allowed {
    /// Whether that person may.
    pub fn allows(&self, person: PersonId) -> bool {
        match self {
            Self::Everybody => true,
            Self::Only(people) => people.contains(&person),
        }
    }
}
