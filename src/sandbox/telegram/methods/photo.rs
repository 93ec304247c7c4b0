//! `sendPhoto` with a PNG of the bot's own; photos of other types, by address or by number are not emulated.

use serde::Deserialize;
use serde_json::Value;

use super::{
    document::{caption, the_file},
    send::{Outgoing, ReplyParameters},
};
use crate::sandbox::telegram::{
    entity::Entity,
    keyboard::ReplyMarkup,
    message::Content,
    multipart::Upload,
    params::{ChatId, Params},
    refusal::Refusal,
    world::World,
};

/// The largest photo, in bytes.
const PHOTO_BYTES_MAX: usize = 10 * 1000 * 1000;

/// Width and height together, in pixels.
const SIDES_MAX: u32 = 10_000;

/// How many times longer one side may be than the other.
const RATIO_MAX: u32 = 20;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SendPhoto {
    chat_id: ChatId,
    /// Where the file is among the parts, if its part has another name: `attach://name`.
    photo: Option<String>,
    caption: Option<String>,
    parse_mode: Option<String>,
    caption_entities: Option<Vec<Entity>>,
    #[serde(rename = "show_caption_above_media")]
    _show_caption_above_media: Option<bool>,
    #[serde(rename = "has_spoiler")]
    _has_spoiler: Option<bool>,
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
    let send: SendPhoto = params.read()?;
    let file = the_file("photo", send.photo.as_deref(), files)?;
    check_picture(&file)?;
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
        message.content = Content::Photo;
        message.file = Some((file.media_type, file.bytes));
    })
}

/// Telegram reads the picture itself; what it cannot read or show it does not take.
fn check_picture(file: &Upload) -> Result<(), Refusal> {
    if file.bytes.len() > PHOTO_BYTES_MAX {
        return Err(Refusal::too_large());
    }
    if file.bytes.starts_with(b"\xff\xd8") {
        return Err(Refusal::not_emulated("photos other than PNG"));
    }
    let side = |at: usize| {
        let bytes = file.bytes.get(at..at + 4)?;
        bytes.try_into().ok().map(u32::from_be_bytes)
    };
    let is_png = file.bytes.starts_with(PNG);
    let (Some(width), Some(height), true) = (side(16), side(20), is_png) else {
        return Err(Refusal::bad("IMAGE_PROCESS_FAILED"));
    };
    let (short, long) = (width.min(height), width.max(height));
    if short == 0 || width.saturating_add(height) > SIDES_MAX || long / short > RATIO_MAX {
        return Err(Refusal::bad("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok(())
}
