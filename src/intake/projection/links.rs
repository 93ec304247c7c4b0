//! The addresses behind a message's words. They stand in entities, of which any may be of a kind that is not known: what cannot be read is none.

use serde::Deserialize;

#[derive(Deserialize)]
struct Update {
    #[serde(alias = "edited_message")]
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    entities: Option<Vec<Entity>>,
    caption_entities: Option<Vec<Entity>>,
}

#[derive(Deserialize)]
struct Entity {
    url: Option<String>,
}

/// The addresses in an update's message.
pub(super) fn of(raw: &str) -> Vec<String> {
    // Most messages have none, and need not be read twice.
    if !raw.contains("\"url\"") {
        return Vec::new();
    }
    let Ok(Update { message }) = serde_json::from_str(raw) else {
        return Vec::new();
    };
    let entities = message.entities.into_iter().chain(message.caption_entities);
    entities.flatten().filter_map(|entity| entity.url).collect()
}
