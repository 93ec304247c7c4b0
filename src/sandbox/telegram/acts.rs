//! What people do in Telegram, and which updates the bot gets for it.
//!
//! People can do only what their clients would let them do.

use serde_json::{Value, json};

use super::{
    chat::{Chat, ChatKind, Role},
    entity::{Entity, commands},
    message::{Author, Content, Message},
    saying::{ActError, Saying, Which},
    text::Formatted,
    wire,
    world::World,
};

impl World {
    /// Says something and gives the message's number.
    pub(super) fn say(
        &mut self,
        person: i64,
        chat_id: i64,
        saying: Saying,
        now_ms: i64,
    ) -> Result<i64, ActError> {
        let chat = self.speaks(person, chat_id)?;
        let hides = saying.anonymous && !chat.role(person).is_admin();
        if hides || saying.topic.is_some() && chat.kind != ChatKind::Forum {
            return Err(ActError::NotAllowed {
                person,
                chat: chat_id,
            });
        }
        if let Some(id) = saying.reply_to {
            chat.message(id).ok_or(ActError::NoSuchMessage(id))?;
        }
        if saying.anonymous {
            chat.anonymous.insert(person);
        }
        chat.topics.extend(saying.topic);
        if let Some(user) = self.people.get_mut(&chat_id) {
            user.started = true;
        }
        let author = if saying.anonymous {
            Author::Anonymous(person)
        } else {
            Author::Person(person)
        };
        let mut words = as_typed(&saying.text);
        if let Some(mentioned) = saying.mention {
            let user = wire::user(self, mentioned);
            words.entities.push(mention_of_last_word(&words.text, user));
        }
        let id = self.put(chat_id, author, words, now_ms, |message| {
            message.content = saying.content;
            message.topic = saying.topic;
            message.reply_to = saying.reply_to;
            message.forwarded = saying.forwarded;
        });
        self.tell_message("message", chat_id, id, now_ms);
        Ok(id)
    }

    /// Changes the words of one's own message.
    pub(super) fn edit(
        &mut self,
        person: i64,
        chat_id: i64,
        id: i64,
        text: &str,
        now_ms: i64,
    ) -> Result<(), ActError> {
        let chat = self.speaks(person, chat_id)?;
        let message = chat.message_mut(id).filter(|message| match message.author {
            Author::Person(author) | Author::Anonymous(author) => {
                author == person && !matches!(message.content, Content::Service(_))
            }
            Author::Bot => false,
        });
        let message = message.ok_or(ActError::NoSuchMessage(id))?;
        let keyboard = message.newest().keyboard.clone();
        message.change(Some(as_typed(text)), keyboard, now_ms);
        self.tell_message("edited_message", chat_id, id, now_ms);
        Ok(())
    }

    /// Presses the button at that place and gives the press's id.
    pub(super) fn press(
        &mut self,
        person: i64,
        chat_id: i64,
        message_id: i64,
        which: &Which<'_>,
        now_ms: i64,
    ) -> Result<String, ActError> {
        let chat = self.is_there(person, chat_id)?;
        let message = chat.message(message_id);
        let message = message.ok_or(ActError::NoSuchMessage(message_id))?;
        let button = which.find(message)?;
        let data = button.callback_data.clone();
        let data = data.ok_or_else(|| ActError::SendsNothing(button.text.clone()))?;
        self.press_raw(person, Some((chat_id, message_id)), &data, now_ms)
    }

    /// Sends any callback data, as a hostile client could.
    pub(super) fn press_raw(
        &mut self,
        person: i64,
        place: Option<(i64, i64)>,
        data: &str,
        now_ms: i64,
    ) -> Result<String, ActError> {
        let from = self.people.get(&person);
        let from = from.ok_or(ActError::UnknownPerson(person))?;
        let mut query = json!({"from": wire::person(&from.person), "data": data});
        if let Some((chat_id, message_id)) = place {
            let chat = self.chats.get(&chat_id);
            let chat = chat.ok_or(ActError::UnknownChat(chat_id))?;
            query["message"] = match chat.message(message_id) {
                Some(message) => wire::message(self, chat, message),
                None => {
                    json!({"chat": wire::chat(self, chat), "message_id": message_id, "date": 0})
                }
            };
        }
        let chat_id = place.map(|(chat, _)| chat);
        // The same for all presses in a chat, and no number of anything else.
        let instance = chat_id
            .unwrap_or(person)
            .wrapping_mul(6_364_136_223_846_793_005);
        let lasts_ms = self.limits.answer_ms;
        let id = self.presses.open(person, chat_id, now_ms, lasts_ms);
        query["id"] = json!(id);
        query["chat_instance"] = json!(instance.to_string());
        self.tell("callback_query", query, now_ms);
        Ok(id)
    }

    pub(super) fn group(&mut self, id: i64) -> Result<&mut Chat, ActError> {
        let chat = self.chats.get_mut(&id);
        let chat = chat.filter(|chat| !chat.is_private() && chat.migrated_to.is_none());
        chat.ok_or(ActError::UnknownChat(id))
    }

    /// The chat, if the person is in it.
    pub(super) fn is_there(&mut self, person: i64, chat_id: i64) -> Result<&mut Chat, ActError> {
        if !self.people.contains_key(&person) {
            return Err(ActError::UnknownPerson(person));
        }
        if !self.people.contains_key(&chat_id) {
            let chat = self.group(chat_id)?;
            return if chat.role(person).is_in() {
                Ok(chat)
            } else {
                Err(ActError::NotAllowed {
                    person,
                    chat: chat_id,
                })
            };
        }
        if person != chat_id {
            return Err(ActError::NotAllowed {
                person,
                chat: chat_id,
            });
        }
        self.chats
            .get_mut(&chat_id)
            .ok_or(ActError::UnknownChat(chat_id))
    }

    /// The chat, if the person may write there.
    fn speaks(&mut self, person: i64, chat_id: i64) -> Result<&mut Chat, ActError> {
        if self.people.get(&chat_id).is_some_and(|user| user.blocked) {
            return Err(ActError::Blocked);
        }
        let chat = self.is_there(person, chat_id)?;
        if chat.role(person) == Role::Restricted {
            return Err(ActError::NotAllowed {
                person,
                chat: chat_id,
            });
        }
        Ok(chat)
    }

    /// Tells the bot of a person's message, if it may see it.
    pub(super) fn tell_message(&mut self, kind: &str, chat_id: i64, id: i64, now_ms: i64) {
        let chat = self.chats.get(&chat_id);
        let seen = chat.is_some_and(|chat| {
            let message = chat.message(id);
            message.is_some_and(|message| self.sees(chat, message))
        });
        if seen {
            let message = self.message_json(chat_id, id);
            self.tell(kind, message, now_ms);
        }
    }

    /// Privacy mode: in groups only what is meant for the bot, unless it is an administrator.
    fn sees(&self, chat: &Chat, message: &Message) -> bool {
        if chat.is_private() {
            return true;
        }
        if !chat.bot.is_in() {
            return false;
        }
        let name = format!("@{}", self.bot.username.to_lowercase());
        let text = message.newest().text.to_lowercase();
        let command = || {
            let commands = message.shown().parts("bot_command");
            let mut commands = commands.iter().map(|command| command.to_lowercase());
            commands.any(|command| !command.contains('@') || command.ends_with(&name))
        };
        let replies = || {
            let answered = message.reply_to.and_then(|id| chat.message(id));
            answered.is_some_and(|answered| answered.author == Author::Bot)
        };
        chat.bot.is_admin()
            || self.bot.reads_all
            || matches!(message.content, Content::Service(_))
            || text.contains(&name)
            || command()
            || replies()
    }
}

fn mention_of_last_word(text: &str, user: Value) -> Entity {
    let word = text.rsplit(' ').next().unwrap_or(text);
    let units = |text: &str| text.encode_utf16().count();
    let offset = units(text) - units(word);
    Entity {
        user: Some(user),
        ..Entity::new("text_mention", offset, units(word))
    }
}

/// What a person types arrives trimmed, with its commands found.
pub(super) fn as_typed(text: &str) -> Formatted {
    let text = text.trim_matches([' ', '\n']).to_owned();
    Formatted {
        entities: commands(&text),
        text,
    }
}
