//! Words for people, in every language, by typed id. Labels, names and secrets never pass through Fluent, which would change them:
//! a message has marks in their places, and they are put in afterwards, as they are.

mod id;
mod rich;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

use unic_langid::LanguageIdentifier;

use crate::domain::Language;

pub use id::Text;
pub use rich::{Mark, Rich, Style};

/// The texts of each language, in the order of [`Language::ALL`].
pub const SOURCES: [(Language, &str); 2] = [
    (Language::English, include_str!("../../locales/en/main.ftl")),
    (Language::Russian, include_str!("../../locales/ru/main.ftl")),
];

/// A value for a message.
#[derive(Clone, Debug)]
pub enum Arg {
    /// A number, which may choose a plural form.
    Count(i64),
    /// One of the words by which a message chooses a variant.
    Choice(&'static str),
    /// Put in as it is.
    Verbatim(Rich),
}

impl From<i64> for Arg {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}

impl From<Rich> for Arg {
    fn from(rich: Rich) -> Self {
        Self::Verbatim(rich)
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Verbatim(Rich::plain(text))
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Verbatim(Rich::plain(&text))
    }
}

/// The first of the private-use characters that mark places. Texts from outside never contain them (see `domain::plain_line`).
const FIRST_MARK: u32 = 0xE000;

/// All texts of all languages.
pub struct Texts {
    bundles: Vec<(Language, FluentBundle<FluentResource>)>,
}

impl Default for Texts {
    fn default() -> Self {
        Self::new()
    }
}

impl Texts {
    /// Reads the texts that are built in. A fault in them is found by a test, not by a person.
    pub fn new() -> Self {
        let bundles = SOURCES
            .iter()
            .map(|(language, source)| (*language, bundle(*language, source)))
            .collect();
        Self { bundles }
    }

    /// A message without values.
    pub fn say(&self, language: Language, text: Text) -> Rich {
        self.fill(language, text, &[])
    }

    /// A message with its values.
    pub fn fill(&self, language: Language, text: Text, values: &[(&'static str, Arg)]) -> Rich {
        let mut args = FluentArgs::with_capacity(values.len());
        let mut verbatim = Vec::new();
        for (name, value) in values {
            match value {
                Arg::Count(count) => args.set(*name, FluentValue::from(*count)),
                Arg::Choice(choice) => args.set(*name, FluentValue::from(*choice)),
                Arg::Verbatim(rich) => {
                    args.set(*name, FluentValue::from(mark(verbatim.len())));
                    verbatim.push(rich);
                }
            }
        }
        let pattern = self.pattern(language, text, &args);
        splice(&pattern, &verbatim)
    }

    fn pattern(&self, language: Language, text: Text, args: &FluentArgs<'_>) -> String {
        let key = text.key();
        let spoken = self
            .bundles
            .iter()
            .filter(|(bundle, _)| *bundle == language);
        // English stands in for a missing message; a test keeps it from ever having to.
        for (_, bundle) in spoken.chain(&self.bundles) {
            if let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) {
                let mut errors = Vec::new();
                let text = bundle
                    .format_pattern(pattern, Some(args), &mut errors)
                    .into_owned();
                debug_assert!(errors.is_empty(), "{key}: {errors:?}");
                return text;
            }
        }
        key.to_owned()
    }
}

fn bundle(language: Language, source: &str) -> FluentBundle<FluentResource> {
    let locale: LanguageIdentifier = language.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // The marks would otherwise be wrapped in direction marks, and numbers with them.
    bundle.set_use_isolating(false);
    let resource =
        FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, errors)| {
            debug_assert!(errors.is_empty(), "{errors:?}");
            resource
        });
    bundle.add_resource_overriding(resource);
    bundle
}

fn mark(index: usize) -> String {
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    char::from_u32(FIRST_MARK.saturating_add(index))
        .map(String::from)
        .unwrap_or_default()
}

fn splice(pattern: &str, verbatim: &[&Rich]) -> Rich {
    let mut rich = Rich::default();
    let mut plain = String::new();
    for c in pattern.chars() {
        let index = u32::from(c)
            .checked_sub(FIRST_MARK)
            .and_then(|index| usize::try_from(index).ok());
        match index.and_then(|index| verbatim.get(index)) {
            Some(value) => {
                rich.push_str(&std::mem::take(&mut plain));
                rich.push(value);
            }
            None => plain.push(c),
        }
    }
    rich.push_str(&plain);
    rich
}

#[cfg(test)]
mod tests;
