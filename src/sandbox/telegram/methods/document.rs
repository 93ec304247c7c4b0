//! `sendDocument` with a file of the bot's own; files by address or by number are not emulated.

use serde::Deserialize;
use serde_json::Value;

use super::send::{Outgoing, ReplyParameters, words};
use crate::sandbox::telegram::{
    entity::Entity,
    keyboard::ReplyMarkup,
    message::Content,
    multipart::Upload,
    params::{ChatId, Params},
    refusal::Refusal,
    text::{Formatted, units},
    world::World,
};

/// The longest caption, in UTF-16 units, after parsing.
const CAPTION_UNITS_MAX: usize = 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendDocument {
    chat_id: ChatId,
    /// Where the file is among the parts, if its part has another name: `attach://name`.
    document: Option<String>,
    caption: Option<String>,
    parse_mode: Option<String>,
    caption_entities: Option<Vec<Entity>>,
    #[serde(rename = "disable_content_type_detection")]
    _disable_content_type_detection: Option<bool>,
    protect_content: Option<bool>,
    disable_notification: Option<bool>,
    reply_markup: Option<ReplyMarkup>,
    reply_parameters: Option<ReplyParameters>,
    message_thread_id: Option<i64>,
    #[serde(rename = "allow_paid_broadcast")]
    _allow_paid_broadcast: Option<bool>,
}

pub(super) fn send(world: &mut World, now_ms: i64, params: Params) -> Result<Value, Refusal> {
    let (params, files) = params.with_files();
    let send: SendDocument = params.read()?;
    let file = the_file("document", send.document.as_deref(), files)?;
    let caption = caption(
        send.caption.as_deref(),
        send.parse_mode.as_deref(),
        send.caption_entities,
    )?;
    let outgoing = Outgoing {
        chat: send.chat_id.0,
        topic: send.message_thread_id,
        protected: send.protect_content,
        silent: send.disable_notification,
        markup: send.reply_markup,
        reply: send.reply_parameters,
    };
    outgoing.put(world, now_ms, caption, |message| {
        message.content = Content::Document(file.name);
        message.file = Some((file.media_type, file.bytes));
    })
}

/// The one file that was sent, as that parameter.
pub(super) fn the_file(
    parameter: &str,
    named: Option<&str>,
    mut files: Vec<Upload>,
) -> Result<Upload, Refusal> {
    let field = match named {
        None => parameter,
        Some(place) => match place.strip_prefix("attach://") {
            Some(field) => field,
            None => return Err(Refusal::not_emulated("files that are sent already")),
        },
    };
    match files.pop() {
        Some(file) if file.field == field && files.is_empty() => Ok(file),
        Some(_) => Err(Refusal::bad("a file is sent that nothing names")),
        None => Err(Refusal::bad(format!(
            "there is no {parameter} in the request"
        ))),
    }
}

pub(super) fn caption(
    text: Option<&str>,
    parse_mode: Option<&str>,
    entities: Option<Vec<Entity>>,
) -> Result<Formatted, Refusal> {
    let text = text.unwrap_or_default();
    if text.is_empty() {
        return Ok(Formatted {
            text: String::new(),
            entities: Vec::new(),
        });
    }
    let caption = words(text, parse_mode, entities)?;
    if units(&caption.text) > CAPTION_UNITS_MAX {
        return Err(Refusal::bad("message caption is too long"));
    }
    Ok(caption)
}
