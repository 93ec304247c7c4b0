//! The parameters of a Bot API call, from a JSON body, a form body or the query.
//!
//! Stricter than Telegram: no unknown parameter, no wrong type, no `null`, no parameter twice, no mixing of sources.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, IntoDeserializer, Visitor, value::MapDeserializer},
    forward_to_deserialize_any,
};
use serde_json::{Error, Value};

use super::{
    multipart::{self, Upload},
    refusal::Refusal,
};
use crate::sandbox::service::{Incoming, form_pairs};

/// Parameters that exist, but that the sandbox does nothing with.
const NOT_EMULATED: [&str; 7] = [
    "business_connection_id",
    "certificate",
    "direct_messages_topic_id",
    "ephemeral_message_parameters",
    "inline_message_id",
    "rich_message",
    "suggested_post_parameters",
];

/// Parameters not yet read into what a method takes.
pub(super) enum Params {
    Json(Value),
    /// From a form or a query: everything is text.
    Text(Vec<(String, String)>),
    /// From a form with files.
    Files(Vec<(String, String)>, Vec<Upload>),
}

impl Params {
    pub(super) async fn parse(incoming: &Incoming) -> Result<Self, Refusal> {
        let mut text = incoming.query_pairs();
        let mut files = Vec::new();
        match incoming.content_type() {
            _ if incoming.body.is_empty() => {}
            "application/json" if text.is_empty() => return json(incoming),
            "application/x-www-form-urlencoded" => {
                text.extend(form_pairs(&String::from_utf8_lossy(&incoming.body)));
            }
            "multipart/form-data" => {
                let (fields, uploads) = multipart::read(incoming).await?;
                text.extend(fields);
                files = uploads;
            }
            _ => return Err(Refusal::bad("parameters of this kind are not understood")),
        }
        let mut names: Vec<&str> = text.iter().map(|(name, _)| name.as_str()).collect();
        names.extend(files.iter().map(|file| file.field.as_str()));
        emulated(&names)?;
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(Refusal::bad(format!(
                "parameter {} is given twice",
                pair[0]
            ))),
            None if files.is_empty() => Ok(Self::Text(text)),
            None => Ok(Self::Files(text, files)),
        }
    }

    /// The files apart from the rest, for a method that takes some.
    pub(super) fn with_files(self) -> (Self, Vec<Upload>) {
        match self {
            Self::Files(text, files) => (Self::Text(text), files),
            other => (other, Vec::new()),
        }
    }

    /// What a method takes.
    pub(super) fn read<T: DeserializeOwned>(self) -> Result<T, Refusal> {
        let read = match self {
            Self::Json(object) => T::deserialize(object),
            Self::Text(pairs) => {
                let pairs = pairs.into_iter().map(|(name, value)| (name, Text(value)));
                T::deserialize(MapDeserializer::new(pairs))
            }
            Self::Files(..) => return Err(Refusal::bad("this method takes no files")),
        };
        read.map_err(|error| Refusal::bad(error.to_string()))
    }
}

/// A method without parameters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

fn json(incoming: &Incoming) -> Result<Params, Refusal> {
    let object: Value = serde_json::from_slice(&incoming.body)
        .map_err(|_| Refusal::bad("can't parse JSON object"))?;
    let fields = object
        .as_object()
        .ok_or_else(|| Refusal::bad("object expected"))?;
    let names: Vec<&str> = fields.keys().map(String::as_str).collect();
    emulated(&names)?;
    if has_null(&object) {
        return Err(Refusal::bad("a parameter is null"));
    }
    Ok(Params::Json(object))
}

fn emulated(names: &[&str]) -> Result<(), Refusal> {
    match names.iter().find(|name| NOT_EMULATED.contains(name)) {
        Some(name) => Err(Refusal::not_emulated(name)),
        None => Ok(()),
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(fields) => fields.values().any(has_null),
        _ => false,
    }
}

/// A chat's id; a name of a channel is refused, since there are no channels here.
#[derive(Clone, Copy)]
pub(super) struct ChatId(pub(super) i64);

impl<'de> Deserialize<'de> for ChatId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Integer;
        impl Visitor<'_> for Integer {
            type Value = ChatId;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a chat id")
            }

            fn visit_i64<E: serde::de::Error>(self, id: i64) -> Result<ChatId, E> {
                Ok(ChatId(id))
            }

            fn visit_u64<E: serde::de::Error>(self, id: u64) -> Result<ChatId, E> {
                i64::try_from(id).map(ChatId).map_err(E::custom)
            }
        }
        from.deserialize_i64(Integer)
    }
}

/// A parameter from a form: numbers and truth values are spelt, everything nested is JSON.
struct Text(String);

impl IntoDeserializer<'_, Error> for Text {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl Text {
    fn nested(&self) -> Result<Value, Error> {
        let value: Value = serde_json::from_str(&self.0)?;
        if has_null(&value) {
            return Err(Error::custom("a parameter is null"));
        }
        Ok(value)
    }
}

impl<'de> Deserializer<'de> for Text {
    type Error = Error;

    /// Whoever does not say what is wanted takes an object or a list.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.nested()?.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.0)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        text: String,
        number: Option<i64>,
        flag: Option<bool>,
        list: Option<Vec<i64>>,
    }

    fn text(pairs: &[(&str, &str)]) -> Result<Sample, Refusal> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Params::Text(pairs.collect()).read()
    }

    #[test]
    fn forms_spell_numbers_and_lists() {
        let read = text(&[
            ("text", "12"),
            ("number", "-5"),
            ("flag", "true"),
            ("list", "[1,2]"),
        ]);
        let wanted = Sample {
            text: "12".to_owned(),
            number: Some(-5),
            flag: Some(true),
            list: Some(vec![1, 2]),
        };
        assert_eq!(read.unwrap(), wanted);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(text(&[("text", "a"), ("number", "five")]).is_err());
        assert!(text(&[("text", "a"), ("other", "1")]).is_err());
        assert!(text(&[("number", "1")]).is_err());
        let json = |value| Params::Json(value).read::<Sample>();
        assert!(json(json!({"text": "a", "number": 1})).is_ok());
        assert!(json(json!({"text": "a", "number": "1"})).is_err());
        assert!(json(json!({"text": 1})).is_err());
    }
}
