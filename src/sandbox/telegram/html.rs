//! Telegram's HTML: a few tags and character references, nothing else.
//!
//! Faults are told with the byte at which they stand, in Telegram's words.

use super::{entity::Entity, refusal::Refusal};

/// A tag that is not closed yet.
struct Open {
    name: String,
    entity: Entity,
}

struct Parser<'a> {
    html: &'a str,
    at: usize,
    text: String,
    units: usize,
    open: Vec<Open>,
    entities: Vec<Entity>,
}

/// The text and the entities of a piece of HTML.
pub(super) fn parse(html: &str) -> Result<(String, Vec<Entity>), Refusal> {
    let mut parser = Parser {
        html,
        at: 0,
        text: String::new(),
        units: 0,
        open: Vec::new(),
        entities: Vec::new(),
    };
    while let Some(letter) = parser.rest().chars().next() {
        match letter {
            '<' if parser.rest().starts_with("</") => parser.end_tag()?,
            '<' => parser.start_tag()?,
            '&' => {
                let (letter, length) = reference(parser.rest());
                parser.push(letter);
                parser.at += length;
            }
            other => {
                parser.push(other);
                parser.at += other.len_utf8();
            }
        }
    }
    if let Some(open) = parser.open.last() {
        let what = format!(
            "Can't find end tag corresponding to start tag \"{}\"",
            open.name
        );
        return Err(refusal(&what));
    }
    Ok((parser.text, parser.entities))
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.html[self.at..]
    }

    fn push(&mut self, letter: char) {
        self.text.push(letter);
        self.units += letter.len_utf16();
    }

    fn start_tag(&mut self) -> Result<(), Refusal> {
        let at = self.at;
        let tag = self.tag(1)?;
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let name = name.to_ascii_lowercase();
        let attributes = attributes_of(attributes).ok_or_else(|| {
            let what = format!("Can't parse attributes of \"{name}\" at byte offset {at}");
            refusal(&what)
        })?;
        let attribute = |wanted: &str| {
            let mut found = attributes.iter().filter(|(name, _)| name == wanted);
            found.next().map(|(_, value)| value.as_str())
        };
        let kind = match name.as_str() {
            "b" | "strong" => "bold",
            "i" | "em" => "italic",
            "u" => "underline",
            "s" => "strikethrough",
            "code" => "code",
            "pre" => "pre",
            "a" => "text_link",
            "tg-spoiler" => "spoiler",
            "span" if attribute("class") == Some("tg-spoiler") => "spoiler",
            "span" => {
                let what =
                    format!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {at}");
                return Err(refusal(&what));
            }
            "blockquote" if attribute("expandable").is_some() => "expandable_blockquote",
            "blockquote" => "blockquote",
            _ => {
                let what = format!("Unsupported start tag \"{name}\" at byte offset {at}");
                return Err(refusal(&what));
            }
        };
        let class = attribute("class").unwrap_or_default();
        let entity = Entity {
            url: attribute("href").map(str::to_owned),
            language: class.strip_prefix("language-").map(str::to_owned),
            ..Entity::new(kind, self.units, 0)
        };
        self.open.push(Open { name, entity });
        Ok(())
    }

    fn end_tag(&mut self) -> Result<(), Refusal> {
        let at = self.at;
        let found = self.tag(2)?.trim_end().to_ascii_lowercase();
        let Some(Open { name, mut entity }) = self.open.pop() else {
            return Err(refusal(&format!("Unexpected end tag at byte offset {at}")));
        };
        if !found.is_empty() && found != name {
            let what = format!(
                "Unmatched end tag at byte offset {at}, expected \"</{name}>\", found \"</{found}>\""
            );
            return Err(refusal(&what));
        }
        entity.length = self.units - entity.offset;
        match entity.kind.as_str() {
            // The language stands on a `code` inside the `pre`.
            "pre" => {
                let inner = self.entities.pop_if(|inner| {
                    inner.kind == "code"
                        && (inner.offset, inner.length) == (entity.offset, entity.length)
                });
                entity.language = inner.and_then(|inner| inner.language);
            }
            "code" if !matches!(self.open.last(), Some(outer) if outer.name == "pre") => {
                entity.language = None;
            }
            // What is no link is plain text.
            "text_link" => match entity.url.as_deref() {
                Some(url) if is_link(url) => {}
                _ => return Ok(()),
            },
            _ => {}
        }
        self.entities.push(entity);
        Ok(())
    }

    /// What stands between `<` or `</` and `>`; goes on behind it.
    fn tag(&mut self, from: usize) -> Result<&'a str, Refusal> {
        let rest = &self.rest()[from..];
        let Some(length) = rest.find('>') else {
            let what = format!("Unclosed start tag at byte offset {}", self.at);
            return Err(refusal(&what));
        };
        self.at += from + length + 1;
        Ok(&rest[..length])
    }
}

fn refusal(what: &str) -> Refusal {
    Refusal::bad(format!("can't parse entities: {what}"))
}

/// Whether Telegram makes a link of it.
pub(super) fn is_link(url: &str) -> bool {
    let rest = ["http://", "https://", "tg://"]
        .iter()
        .find_map(|scheme| url.strip_prefix(scheme));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

/// Names and values, in quotes or bare; a name alone has an empty value. None if they cannot be read.
fn attributes_of(text: &str) -> Option<Vec<(String, String)>> {
    let mut attributes = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let length = rest.find(|letter: char| letter == '=' || letter.is_whitespace());
        let (name, after) = rest.split_at(length.unwrap_or(rest.len()));
        let value;
        (value, rest) = match after.strip_prefix('=') {
            None => ("", after),
            Some(after) => match after.chars().next()? {
                quote @ ('"' | '\'') => after[1..].split_once(quote)?,
                _ => after.split_once(char::is_whitespace).unwrap_or((after, "")),
            },
        };
        attributes.push((name.to_ascii_lowercase(), unescape(value)));
        rest = rest.trim_start();
    }
    Some(attributes)
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let (letter, length) = match letter {
            '&' => reference(rest),
            other => (other, other.len_utf8()),
        };
        plain.push(letter);
        rest = &rest[length..];
    }
    plain
}

/// The character that a reference at the start of the text means, and how long the reference is.
/// What is no reference is an ampersand.
fn reference(text: &str) -> (char, usize) {
    let named = [
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&amp;", '&'),
        ("&quot;", '"'),
    ];
    for (name, letter) in named {
        if text.starts_with(name) {
            return (letter, name.len());
        }
    }
    numeric(text).unwrap_or(('&', 1))
}

fn numeric(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix("&#")?;
    let (number, _) = body.split_once(';')?;
    let code = match number.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => number.parse().ok()?,
    };
    let letter = char::from_u32(code).filter(|letter| *letter != '\0')?;
    Some((letter, "&#;".len() + number.len()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn tags_become_entities_in_utf16_units() {
        let html = "🔑 <b>a&lt;<i>b</i></b> <span class=\"tg-spoiler\">&#x416;</span>";
        let (text, entities) = parse(html).unwrap();
        assert_eq!(text, "🔑 a<b Ж");
        let wanted = [
            Entity::new("italic", 5, 1),
            Entity::new("bold", 3, 3),
            Entity::new("spoiler", 7, 1),
        ];
        assert_eq!(entities, wanted);
    }

    #[test]
    fn links_and_languages_are_kept() {
        let (text, entities) = parse("<a href='https://e.org/?a=1&amp;b=2'>x</a><a>y</a>").unwrap();
        assert_eq!((text.as_str(), entities.len()), ("xy", 1));
        assert_eq!(entities[0].url.as_deref(), Some("https://e.org/?a=1&b=2"));
        let (_, entities) = parse("<pre><code class=\"language-sh\">ls</code></pre>").unwrap();
        assert_eq!(entities.len(), 1);
        assert_eq!(entities[0].language.as_deref(), Some("sh"));
        let (_, entities) = parse("<blockquote expandable>x</blockquote>").unwrap();
        assert_eq!(entities[0].kind, "expandable_blockquote");
    }

    #[test]
    fn faults_are_told_with_their_place() {
        let fault = |html| format!("{:?}", parse(html).unwrap_err());
        assert!(fault("a<x>b</x>").contains("Unsupported start tag \\\"x\\\" at byte offset 1"));
        assert!(fault("<b>x</i>").contains("Unmatched end tag at byte offset 4"));
        assert!(fault("x</b>").contains("Unexpected end tag at byte offset 1"));
        assert!(fault("<b>x").contains("Can't find end tag"));
        assert!(fault("1 < 2").contains("Unclosed start tag at byte offset 2"));
        assert!(fault("<span>x</span>").contains("must have class"));
        assert!(fault("<a href=\"x>y</a>").contains("Can't parse attributes"));
    }

    #[test]
    fn lone_ampersands_stay() {
        assert_eq!(parse("a & b &nbsp; &#0;").unwrap().0, "a & b &nbsp; &#0;");
    }
}
