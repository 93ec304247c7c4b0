//! How to speak to a person.

use super::{App, AppError, Turn};
use crate::{
    domain::{Language, Person, PersonId, Timezone},
    store::people,
};

/// Chooses a language, or Telegram's.
pub async fn speak(turn: &mut Turn, language: Option<Language>) -> Result<(), AppError> {
    turn.remember(|person| person.chosen_language = language)
        .await
}

/// Says where it is night when.
pub async fn live_in(turn: &mut Turn, timezone: Timezone) -> Result<(), AppError> {
    turn.remember(|person| person.timezone = timezone).await
}

impl App {
    /// The language of a person; English while it cannot be read.
    pub async fn language(&self, person: PersonId) -> Language {
        let read = async {
            let mut c = self.store.read().await?;
            people::get(&mut c, person).await
        };
        read.await
            .ok()
            .flatten()
            .as_ref()
            .map(Person::language)
            .unwrap_or_default()
    }
}
