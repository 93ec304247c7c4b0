//! The languages that Keyporter speaks.

/// A language with a folder in `locales/`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// The default, and what a missing translation would fall back to (a test keeps that from happening).
    #[default]
    English,
    /// Russian.
    Russian,
}

impl Language {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 2] = [Self::English, Self::Russian];

    /// ISO 639-1, as Telegram uses it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
        }
    }

    /// Its own name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Russian => "Русский",
        }
    }

    /// The exact code, or nothing.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
    }

    /// From Telegram's IETF tag (`ru`, `ru-RU`, `pt-br`); unknown ones get English.
    pub fn from_telegram(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::from_code(&primary.to_ascii_lowercase()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telegrams_tags_are_understood() {
        for (tag, expected) in [
            ("ru", Language::Russian),
            ("RU-ru", Language::Russian),
            ("en-GB", Language::English),
            ("de", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::from_telegram(tag), expected, "{tag}");
        }
    }
}
