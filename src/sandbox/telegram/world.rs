//! Telegram's state, and what everything done to it has to look up first.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    chat::{Chat, ChatKind, Group, Person, Role},
    limits::Limits,
    message::{Author, Message},
    methods::{answer::Presses, commands::CommandList, webhook::Webhook},
    refusal::Refusal,
    text::Formatted,
    updates::Updates,
    wire,
};
use crate::sandbox::rate::{Window, retry_after_s};

/// Basic groups count down from here.
const FIRST_GROUP: i64 = -4_000_001;
/// Supergroups count down from here.
const FIRST_SUPERGROUP: i64 = -1_002_000_000_001;

/// The bot as Telegram knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    /// Digits, a colon, 35 characters.
    pub token: String,
    /// Without `@`.
    pub username: String,
    /// Shown in chats.
    pub first_name: String,
    /// Whether privacy mode is off: the bot sees everything in groups, even if it is no administrator.
    pub reads_all: bool,
}

impl Bot {
    /// The number in front of the token's colon.
    pub fn id(&self) -> i64 {
        let id = self.token.split(':').next();
        id.and_then(|id| id.parse().ok()).unwrap_or_default()
    }
}

impl Default for Bot {
    fn default() -> Self {
        Self {
            token: "1000000001:SANDBOX-token-of-the-demo-bot-00000".to_owned(),
            username: "keyporter_demo_bot".to_owned(),
            first_name: "Keyporter".to_owned(),
            reads_all: false,
        }
    }
}

/// A person's side of the private chat with the bot.
pub(super) struct User {
    pub(super) person: Person,
    pub(super) started: bool,
    pub(super) blocked: bool,
}

pub(super) struct World {
    pub(super) bot: Bot,
    pub(super) limits: Limits,
    pub(super) people: BTreeMap<i64, User>,
    pub(super) chats: BTreeMap<i64, Chat>,
    pub(super) updates: Updates,
    pub(super) presses: Presses,
    pub(super) commands: Vec<CommandList>,
    /// `description` and `short_description` by language.
    pub(super) descriptions: BTreeMap<(&'static str, String), String>,
    pub(super) webhook: Option<Webhook>,
    /// Messages sent to all chats.
    sends: Window,
    /// The number of the last message in private chats and basic groups, which count together.
    last_message: i64,
    /// Pages that were opened.
    pub(super) launches: u64,
}

impl World {
    pub(super) fn new(bot: Bot, limits: Limits) -> Self {
        Self {
            bot,
            limits,
            people: BTreeMap::new(),
            chats: BTreeMap::new(),
            updates: Updates::default(),
            presses: Presses::default(),
            commands: Vec::new(),
            descriptions: BTreeMap::new(),
            webhook: None,
            sends: Window::default(),
            launches: 0,
            last_message: 0,
        }
    }

    /// Adds a person, or changes one who is there.
    pub(super) fn add_person(&mut self, person: Person) {
        let id = person.id;
        let chat = || Chat::new(id, ChatKind::Private, "");
        self.chats.entry(id).or_insert_with(chat);
        let user = self.people.entry(id).or_insert_with(|| User {
            person: person.clone(),
            started: false,
            blocked: false,
        });
        user.person = person;
    }

    /// Adds a group that has always been there: nobody is told.
    pub(super) fn add_group(&mut self, group: Group) -> i64 {
        let first = if group.is_basic() {
            FIRST_GROUP
        } else {
            FIRST_SUPERGROUP
        };
        let mut id = first;
        while self.chats.contains_key(&id) {
            id -= 1;
        }
        self.chats.insert(id, group.chat(id));
        id
    }

    /// Puts a message into a chat and gives its number; 0 if there is no such chat.
    pub(super) fn put(
        &mut self,
        chat: i64,
        author: Author,
        words: Formatted,
        now_ms: i64,
        finish: impl FnOnce(&mut Message),
    ) -> i64 {
        let Some(chat) = self.chats.get_mut(&chat) else {
            return 0;
        };
        let last = if chat.is_supergroup() {
            &mut chat.last_message
        } else {
            &mut self.last_message
        };
        *last += 1;
        let mut message = Message::new(*last, author, words, now_ms);
        finish(&mut message);
        let id = message.id;
        chat.messages.insert(id, message);
        if author == Author::Bot {
            chat.written.send_modify(|count| *count += 1);
        }
        id
    }

    /// Queues an update for the bot.
    pub(super) fn tell(&mut self, kind: &str, content: Value, now_ms: i64) {
        self.updates.push(kind, content, now_ms, &self.limits);
    }

    /// A message as the Bot API tells it; null if it was never there.
    pub(super) fn message_json(&self, chat: i64, message: i64) -> Value {
        let chat = self.chats.get(&chat);
        let message = chat.and_then(|chat| Some((chat, chat.messages.get(&message)?)));
        message.map_or(Value::Null, |(chat, message)| {
            wire::message(self, chat, message)
        })
    }

    /// A chat that the bot knows.
    pub(super) fn chat(&self, id: i64) -> Result<&Chat, Refusal> {
        let not_found = || Refusal::bad("chat not found");
        let chat = self.chats.get(&id).ok_or_else(not_found)?;
        match chat.migrated_to {
            Some(to) => Err(Refusal::migrated(to)),
            None => Ok(chat),
        }
    }

    /// A chat that the bot has access to.
    pub(super) fn open_chat(&self, id: i64) -> Result<&Chat, Refusal> {
        let started = self.people.get(&id).is_some_and(|user| user.started);
        let chat = self.chat(id)?;
        let kind = if chat.is_supergroup() {
            "supergroup"
        } else {
            "group"
        };
        match chat.bot {
            _ if chat.is_private() && !started => Err(Refusal::bad("chat not found")),
            Role::Kicked => Err(Refusal::forbidden(format!(
                "bot was kicked from the {kind} chat"
            ))),
            Role::Left => {
                let what = format!("bot is not a member of the {kind} chat");
                Err(Refusal::forbidden(what))
            }
            _ => Ok(chat),
        }
    }

    /// A chat that the bot may write to.
    pub(super) fn writable_chat(&self, id: i64) -> Result<&Chat, Refusal> {
        if let Some(user) = self.people.get(&id) {
            if user.blocked {
                return Err(Refusal::forbidden("bot was blocked by the user"));
            }
            if !user.started {
                let what = "bot can't initiate conversation with a user";
                return Err(Refusal::forbidden(what));
            }
        }
        let chat = self.open_chat(id)?;
        if chat.bot == Role::Restricted {
            let what = "not enough rights to send text messages to the chat";
            return Err(Refusal::bad(what));
        }
        Ok(chat)
    }

    /// A message that is still there, to be changed.
    pub(super) fn message_mut(&mut self, chat: i64, message: i64) -> Option<&mut Message> {
        let chat = self.chats.get_mut(&chat)?;
        chat.message_mut(message)
    }

    /// Counts a message that the bot sends, or refuses it.
    pub(super) fn count_send(&mut self, chat: i64, now_ms: i64) -> Result<(), Refusal> {
        let overall = self.limits.overall_per_s;
        let mut wait_ms = self.sends.wait_ms(now_ms, overall, 1000);
        let Some(chat) = self.chats.get_mut(&chat) else {
            return Ok(());
        };
        wait_ms = wait_ms.max(chat.send_wait_ms(now_ms, &self.limits));
        if wait_ms > 0 {
            return Err(Refusal::too_many(retry_after_s(wait_ms)));
        }
        chat.sent(now_ms, &self.limits);
        self.sends.take(now_ms);
        Ok(())
    }

    /// Counts an edit, or refuses it.
    pub(super) fn count_edit(&mut self, chat: i64, now_ms: i64) -> Result<(), Refusal> {
        let Some(chat) = self.chats.get_mut(&chat) else {
            return Ok(());
        };
        let wait_ms = chat.edit_wait_ms(now_ms, &self.limits);
        if wait_ms > 0 {
            return Err(Refusal::too_many(retry_after_s(wait_ms)));
        }
        chat.edited(now_ms);
        Ok(())
    }
}
