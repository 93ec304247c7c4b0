//! Telegram's Bot API with one bot, and the people who use it.
//!
//! This file is the handle for tests and the demo; the rest is the world behind it and its wire.

mod acts;
mod chat;
mod core;
mod delivery;
mod entity;
mod html;
mod keyboard;
mod launch;
mod limits;
mod membership;
mod message;
mod methods;
mod multipart;
mod params;
mod people;
mod refusal;
mod saying;
#[cfg(test)]
mod tests;
mod text;
mod updates;
mod wire;
mod world;

use std::{io, sync::Arc};

use tokio::sync::{Notify, watch};
use tokio_util::task::AbortOnDropHandle;

use self::{
    chat::Chat,
    core::Core,
    message::Message,
    world::{User, World},
};
pub use self::{
    chat::{ChatKind, ChatView, Group, Person, PersonView, Role},
    entity::Entity,
    keyboard::{Button, CopyText, Disabled, Keyboard, WebApp},
    limits::Limits,
    message::{Author, Content, Shown, Version},
    methods::{
        answer::CallbackAnswer,
        commands::{Command, CommandList},
        webhook::Webhook,
    },
    saying::{ActError, Saying},
    updates::PendingUpdate,
    world::Bot,
};
use super::{
    changes::Kept,
    fault::ServiceName,
    service::{Call, Service},
    shared::Shared,
};

/// The emulated Bot API. Cheap to clone.
#[derive(Clone)]
pub struct Telegram {
    service: Service,
    core: Arc<Core>,
    // Ends with the last clone.
    _delivery: Arc<AbortOnDropHandle<()>>,
}

/// The service and what the bot has left in it.
impl Telegram {
    pub(super) fn start(shared: &Shared, bot: Bot, limits: Limits) -> io::Result<Self> {
        let core = Arc::new(Core {
            world: Kept::new(World::new(bot, limits), &shared.changes),
            shared: shared.clone(),
            hooked: Notify::new(),
        });
        let service = Service::start(ServiceName::Telegram, shared, Arc::clone(&core))?;
        let delivery = tokio::spawn(delivery::run(Arc::clone(&core)));
        Ok(Self {
            service,
            core,
            _delivery: Arc::new(AbortOnDropHandle::new(delivery)),
        })
    }

    /// The server: stop it, resume it.
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// The base of the Bot API, without `/bot<token>`.
    pub fn url(&self) -> String {
        self.service.url()
    }

    /// What it was asked so far.
    pub fn calls(&self) -> Vec<Call> {
        self.service.calls()
    }

    /// The calls of one Bot API method.
    pub fn calls_of(&self, method: &str) -> Vec<Call> {
        let mut calls = self.calls();
        calls.retain(|call| {
            let path = call.path.split('?').next().unwrap_or_default();
            path.rsplit('/').next() == Some(method)
        });
        calls
    }

    /// The bot.
    pub fn bot(&self) -> Bot {
        self.look(|world| world.bot.clone())
    }

    /// The bot's token.
    pub fn token(&self) -> String {
        self.bot().token
    }

    /// Changes what Telegram allows.
    pub fn limit(&self, change: impl FnOnce(&mut Limits)) {
        self.core.world.change(|world| change(&mut world.limits));
    }

    /// The bot's command lists.
    pub fn commands(&self) -> Vec<CommandList> {
        self.look(|world| world.commands.clone())
    }

    /// The bot's description in a language; an empty code means the one for all others.
    pub fn description(&self, language_code: &str) -> Option<String> {
        let key = ("description", language_code.to_owned());
        self.look(|world| world.descriptions.get(&key).cloned())
    }

    /// The bot's webhook.
    pub fn webhook(&self) -> Option<Webhook> {
        self.look(|world| world.webhook.clone())
    }

    /// How the bot answered presses, oldest first.
    pub fn answers(&self) -> Vec<CallbackAnswer> {
        self.look(|world| world.presses.answers())
    }

    /// How the bot answered this press.
    pub fn answer(&self, callback_id: &str) -> Option<CallbackAnswer> {
        let mut answers = self.answers().into_iter();
        answers.find(|answer| answer.callback_id == callback_id)
    }

    /// The updates that the bot has not confirmed.
    pub fn pending_updates(&self) -> Vec<PendingUpdate> {
        let now_ms = self.core.shared.clock.now_ms();
        self.look(|world| world.updates.pending(now_ms))
    }

    /// The numbers of the updates that the bot has confirmed, in that order.
    pub fn confirmed_updates(&self) -> Vec<i64> {
        self.look(|world| world.updates.confirmed().to_vec())
    }

    fn look<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        self.core.world.look(look)
    }

    fn act<R>(&self, act: impl FnOnce(&mut World, i64) -> R) -> R {
        let now_ms = self.core.shared.clock.now_ms();
        self.core.world.change(|world| act(world, now_ms))
    }
}

/// What is to be seen in chats.
impl Telegram {
    /// Everyone, by number.
    pub fn people(&self) -> Vec<PersonView> {
        let view = |user: &User| PersonView {
            person: user.person.clone(),
            started: user.started,
            blocked: user.blocked,
        };
        self.look(|world| world.people.values().map(view).collect())
    }

    /// All chats, by number.
    pub fn chats(&self) -> Vec<ChatView> {
        self.look(|world| world.chats.values().map(Chat::view).collect())
    }

    /// The messages of a chat, oldest first, deleted ones too.
    pub fn messages(&self, chat: i64) -> Vec<Shown> {
        self.look(|world| {
            let messages = world.chats.get(&chat).map(|chat| chat.messages.values());
            messages.into_iter().flatten().map(Message::shown).collect()
        })
    }

    /// The messages of a chat from that number on, oldest first, deleted ones too.
    pub fn messages_from(&self, chat: i64, first: i64) -> Vec<Shown> {
        self.look(|world| {
            let chat = world.chats.get(&chat);
            let messages = chat.map(|chat| chat.messages.range(first..));
            let messages = messages.into_iter().flatten();
            messages.map(|(_, message)| message.shown()).collect()
        })
    }

    /// Moves whenever the bot writes in that chat or changes a message there; none if there is no such chat. Where thousands wait
    /// for an answer each, this wakes only the one whom it is for.
    pub fn follow(&self, chat: i64) -> Option<watch::Receiver<u64>> {
        self.look(|world| Some(world.chats.get(&chat)?.written.subscribe()))
    }

    /// One message, even if it is deleted.
    pub fn message(&self, chat: i64, message_id: i64) -> Option<Shown> {
        self.look(|world| {
            let message = world.chats.get(&chat)?.messages.get(&message_id);
            message.map(Message::shown)
        })
    }

    /// All that a message ever said, oldest first.
    pub fn versions(&self, chat: i64, message_id: i64) -> Vec<Version> {
        self.look(|world| {
            let chat = world.chats.get(&chat);
            let message = chat.and_then(|chat| chat.messages.get(&message_id));
            message.map(Message::versions).unwrap_or_default()
        })
    }

    /// A chat as readable text, for a person who looks at a failed test.
    pub fn transcript(&self, chat: i64) -> String {
        let lines = self
            .messages(chat)
            .into_iter()
            .map(|message| format!("{message}\n"));
        lines.collect()
    }
}
