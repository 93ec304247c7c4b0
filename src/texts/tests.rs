use std::collections::BTreeSet;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::*;

/// Every message of a source with the names of its values.
fn messages(source: &str) -> Vec<(String, BTreeSet<String>)> {
    let resource = fluent_syntax::parser::parse(source).expect("the texts can be read");
    resource
        .body
        .into_iter()
        .filter_map(|entry| match entry {
            Entry::Message(message) => {
                let mut names = BTreeSet::new();
                collect(
                    &message.value.expect("every message has a text"),
                    &mut names,
                );
                Some((message.id.name.to_owned(), names))
            }
            Entry::Junk { content } => panic!("{content}"),
            _ => None,
        })
        .collect()
}

fn collect(pattern: &Pattern<&str>, names: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else {
            continue;
        };
        match expression {
            Expression::Inline(inline) => variable(inline, names),
            Expression::Select { selector, variants } => {
                variable(selector, names);
                for variant in variants {
                    collect(&variant.value, names);
                }
            }
        }
    }
}

fn variable(inline: &InlineExpression<&str>, names: &mut BTreeSet<String>) {
    if let InlineExpression::VariableReference { id } = inline {
        names.insert(id.name.to_owned());
    }
}

#[test]
fn every_language_has_every_message_with_the_same_values_and_no_other() {
    let wanted: BTreeSet<_> = Text::all().map(|text| text.key().to_owned()).collect();
    let english = messages(SOURCES[0].1);
    for (language, source) in SOURCES {
        let found = messages(source);
        let keys: BTreeSet<_> = found.iter().map(|(key, _)| key.clone()).collect();
        assert_eq!(
            keys.len(),
            found.len(),
            "{language:?}: a message stands twice"
        );
        let missing: Vec<_> = wanted.difference(&keys).collect();
        let unused: Vec<_> = keys.difference(&wanted).collect();
        assert!(
            missing.is_empty() && unused.is_empty(),
            "{language:?}: missing {missing:?}, unused {unused:?}"
        );
        for (key, names) in &found {
            let expected = &english.iter().find(|(other, _)| other == key).unwrap().1;
            assert_eq!(names, expected, "{language:?} {key}");
        }
    }
}

#[test]
fn every_message_can_be_said_in_every_language() {
    let texts = Texts::new();
    for (language, source) in SOURCES {
        for text in Text::all() {
            let names = messages(source)
                .into_iter()
                .find(|(key, _)| key == text.key())
                .unwrap()
                .1;
            for count in [0, 1, 2, 5, 21] {
                let values: Vec<(&'static str, Arg)> = names
                    .iter()
                    .map(|name| -> (&'static str, Arg) {
                        let name: &'static str = Box::leak(name.clone().into_boxed_str());
                        match name {
                            "count" | "number" | "page" | "pages" => (name, Arg::Count(count)),
                            "known" => (name, Arg::Choice("yes")),
                            _ => (name, Arg::from("<b>&amp;\u{202E}")),
                        }
                    })
                    .collect();
                let said = texts.fill(language, text, &values);
                assert!(
                    !said.is_empty() && !said.text().contains('{'),
                    "{language:?} {text:?}: {}",
                    said.text()
                );
                assert!(
                    said.text()
                        .chars()
                        .all(|c| !('\u{E000}'..='\u{F8FF}').contains(&c)),
                    "{text:?}"
                );
            }
        }
    }
}

#[test]
fn values_stand_in_a_message_exactly_as_they_are() {
    let texts = Texts::new();
    let hostile = "</b>{ $name } \u{2068}я\u{1F469}\u{200D}\u{1F680}";
    let said = texts.fill(
        Language::English,
        Text::RenameDone,
        &[("name", Rich::bold(hostile).into())],
    );
    assert!(said.text().ends_with(hostile), "{}", said.text());
    let mark = said.marks()[0];
    let units: Vec<u16> = said.text().encode_utf16().collect();
    let marked = String::from_utf16(&units[mark.offset..mark.offset + mark.length]).unwrap();
    assert_eq!(marked, hostile);
}

#[test]
fn russian_has_its_plural_forms() {
    let texts = Texts::new();
    let days = |count| {
        texts
            .fill(
                Language::Russian,
                Text::AgeDays,
                &[("count", Arg::Count(count))],
            )
            .text()
            .to_owned()
    };
    assert_eq!(
        [days(1), days(3), days(5), days(21)],
        ["1 день", "3 дня", "5 дней", "21 день"]
    );
}
