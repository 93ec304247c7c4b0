//! `getChat`, `getChatMember`, `getChatAdministrators`.

use serde::Deserialize;
use serde_json::Value;

use crate::sandbox::telegram::{chat::Role, params::ChatId, refusal::Refusal, wire, world::World};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GetChat {
    chat_id: ChatId,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GetChatMember {
    chat_id: ChatId,
    user_id: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GetChatAdministrators {
    chat_id: ChatId,
    /// There are no other bots here, so it makes no difference.
    #[serde(rename = "return_bots")]
    _return_bots: Option<bool>,
}

pub(super) fn chat(world: &World, get: &GetChat) -> Result<Value, Refusal> {
    let chat = world.open_chat(get.chat_id.0)?;
    Ok(wire::full_chat(world, chat))
}

pub(super) fn member(world: &World, get: &GetChatMember) -> Result<Value, Refusal> {
    let chat = world.open_chat(get.chat_id.0)?;
    let role = if get.user_id == world.bot.id() {
        chat.bot
    } else if !world.people.contains_key(&get.user_id) {
        return Err(Refusal::bad("member not found"));
    } else if chat.is_private() {
        if get.user_id != chat.id {
            return Err(Refusal::bad("member not found"));
        }
        Role::Member
    } else if world.limits.hide_members && !chat.bot.is_admin() {
        return Err(Refusal::bad("CHAT_ADMIN_REQUIRED"));
    } else {
        chat.role(get.user_id)
    };
    Ok(wire::member(world, chat, get.user_id, role))
}

pub(super) fn administrators(world: &World, get: &GetChatAdministrators) -> Result<Value, Refusal> {
    let chat = world.open_chat(get.chat_id.0)?;
    if chat.is_private() {
        return Err(Refusal::bad(
            "there are no administrators in the private chat",
        ));
    }
    let people = chat.members.iter().map(|(id, role)| (*id, *role));
    let everyone = people.chain([(world.bot.id(), chat.bot)]);
    let administrators = everyone.filter(|(_, role)| role.is_admin());
    let administrators = administrators.map(|(id, role)| wire::member(world, chat, id, role));
    Ok(administrators.collect())
}
