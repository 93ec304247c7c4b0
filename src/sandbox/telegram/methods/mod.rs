//! The Bot API methods that are emulated, by name.
//!
//! A method checks everything before it changes anything.

pub(super) mod answer;
mod chats;
pub(super) mod commands;
mod delete;
mod document;
mod edit;
mod photo;
mod send;
pub(super) mod webhook;

use serde_json::Value;

use super::{
    params::{Nothing, Params},
    refusal::Refusal,
    wire,
    world::World,
};

/// Every method of Bot API 10.3, emulated or not.
const KNOWN: &str = include_str!("known.txt");

/// Carries out any method but `getUpdates`, which may have to wait.
pub(super) fn call(
    world: &mut World,
    now_ms: i64,
    method: &str,
    params: Params,
) -> Result<Value, Refusal> {
    match method {
        "getMe" => params.read::<Nothing>().map(|_| wire::me(world)),
        "sendMessage" => send::message(world, now_ms, params.read()?),
        "sendPhoto" => photo::send(world, now_ms, params),
        "sendDocument" => document::send(world, now_ms, params),
        "sendChatAction" => send::chat_action(world, &params.read()?),
        "editMessageText" => edit::text(world, now_ms, params.read()?),
        "editMessageReplyMarkup" => edit::reply_markup(world, now_ms, params.read()?),
        "deleteMessage" => delete::one(world, now_ms, &params.read()?),
        "deleteMessages" => delete::many(world, now_ms, &params.read()?),
        "answerCallbackQuery" => answer::callback(world, now_ms, params.read()?),
        "getChat" => chats::chat(world, &params.read()?),
        "getChatMember" => chats::member(world, &params.read()?),
        "getChatAdministrators" => chats::administrators(world, &params.read()?),
        "setMyCommands" => commands::set(world, params.read()?),
        "getMyCommands" => commands::get(world, &params.read()?),
        "deleteMyCommands" => commands::delete(world, &params.read()?),
        "setMyDescription" => commands::set_description(world, params.read()?),
        "setMyShortDescription" => commands::set_short_description(world, params.read()?),
        "setWebhook" => webhook::set(world, params.read()?),
        "deleteWebhook" => params.read().map(|delete| webhook::delete(world, &delete)),
        "getWebhookInfo" => params
            .read::<Nothing>()
            .map(|_| webhook::info(world, now_ms)),
        known if KNOWN.lines().any(|name| name == known) => Err(Refusal::not_emulated(known)),
        _ => Err(Refusal::not_found()),
    }
}
