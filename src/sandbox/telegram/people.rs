//! The handle's other half: what people do, for tests and the demo.

use serde_json::Value;

use super::{
    Telegram,
    chat::{Group, Person, Role},
    saying::{ActError, Saying, Which},
};

impl Telegram {
    /// Adds a person, or changes one who is there.
    pub fn add_person(&self, person: Person) -> i64 {
        let id = person.id;
        self.act(|world, _| world.add_person(person));
        id
    }

    /// Adds a group that has always been there, and gives its number: no update is queued.
    pub fn add_group(&self, group: Group) -> i64 {
        self.act(|world, _| world.add_group(group))
    }

    /// Writes to a chat; in a private chat `chat` is the person's own number. Gives the message's number.
    pub fn say(&self, person: i64, chat: i64, text: &str) -> Result<i64, ActError> {
        self.say_with(person, chat, Saying::new(text))
    }

    /// Sends a caption, a file, an answer, something forwarded, into a topic.
    pub fn say_with(&self, person: i64, chat: i64, saying: Saying) -> Result<i64, ActError> {
        self.act(|world, now_ms| world.say(person, chat, saying, now_ms))
    }

    /// Changes one's own message.
    pub fn edit(
        &self,
        person: i64,
        chat: i64,
        message_id: i64,
        text: &str,
    ) -> Result<(), ActError> {
        self.act(|world, now_ms| world.edit(person, chat, message_id, text, now_ms))
    }

    /// Presses the only button whose text ends with these words (one that says just them comes first).
    /// Gives the id under which the bot will answer.
    pub fn press(
        &self,
        person: i64,
        chat: i64,
        message_id: i64,
        words: &str,
    ) -> Result<String, ActError> {
        let which = Which::Words(words);
        self.act(|world, now_ms| world.press(person, chat, message_id, &which, now_ms))
    }

    /// Presses the button at that place, counted from 0.
    pub fn press_at(
        &self,
        person: i64,
        chat: i64,
        message_id: i64,
        (row, column): (usize, usize),
    ) -> Result<String, ActError> {
        let which = Which::At(row, column);
        self.act(|world, now_ms| world.press(person, chat, message_id, &which, now_ms))
    }

    /// The address at which the person's client opens the page behind a button whose text ends with these words.
    pub fn open_page(
        &self,
        person: i64,
        chat: i64,
        message_id: i64,
        words: &str,
    ) -> Result<String, ActError> {
        let which = Which::Words(words);
        self.act(|world, now_ms| world.open_page(person, chat, message_id, &which, false, now_ms))
    }

    /// The same for the button at that place, counted from 0, in a client with light or dark colours.
    pub fn open_page_at(
        &self,
        person: i64,
        chat: i64,
        message_id: i64,
        (row, column): (usize, usize),
        dark: bool,
    ) -> Result<String, ActError> {
        let which = Which::At(row, column);
        self.act(|world, now_ms| world.open_page(person, chat, message_id, &which, dark, now_ms))
    }

    /// What Telegram says of whoever opens a page now, as it stands in an address.
    pub fn launch_data(&self, person: i64) -> Result<String, ActError> {
        self.act(|world, now_ms| world.launch_data(person, now_ms))
    }

    /// Sends any callback data, as a hostile client could: with a message (chat and number, there or not) or without.
    pub fn press_raw(
        &self,
        person: i64,
        place: Option<(i64, i64)>,
        data: &str,
    ) -> Result<String, ActError> {
        self.act(|world, now_ms| world.press_raw(person, place, data, now_ms))
    }

    /// Blocks the bot.
    pub fn block(&self, person: i64) -> Result<(), ActError> {
        self.act(|world, now_ms| world.set_blocked(person, true, now_ms))
    }

    /// Unblocks the bot.
    pub fn unblock(&self, person: i64) -> Result<(), ActError> {
        self.act(|world, now_ms| world.set_blocked(person, false, now_ms))
    }

    /// An administrator adds the bot to a group, removes, bans or promotes it.
    pub fn set_bot_role(&self, by: i64, group: i64, role: Role) -> Result<(), ActError> {
        self.act(|world, now_ms| world.set_bot_role(by, group, role, now_ms))
    }

    /// An administrator gives a person another role; anyone may join or leave alone.
    pub fn set_role(&self, by: i64, group: i64, person: i64, role: Role) -> Result<(), ActError> {
        self.act(|world, now_ms| world.set_role(by, group, person, role, now_ms))
    }

    /// An administrator makes a supergroup of a basic group. Gives the new number; the old one is dead.
    pub fn upgrade(&self, by: i64, group: i64) -> Result<i64, ActError> {
        self.act(|world, now_ms| world.upgrade(by, group, now_ms))
    }

    /// Queues any update, whether the bot wants it or not, with a fresh `update_id` unless it has one. Gives its place.
    pub fn inject(&self, update: Value) -> i64 {
        self.act(|world, now_ms| {
            let ends_ms = now_ms + world.limits.update_ms;
            world.updates.inject(update, ends_ms)
        })
    }

    /// Queues any text, even what is no JSON. Its place is the `update_id` that can be read in it, else a fresh one.
    pub fn inject_text(&self, update: String) -> i64 {
        self.act(|world, now_ms| {
            let ends_ms = now_ms + world.limits.update_ms;
            world.updates.inject_text(update, ends_ms)
        })
    }
}
