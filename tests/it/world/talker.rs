//! A person with a phone: says things, presses what is there, and reads what appears.

use std::{collections::HashMap, sync::Mutex};

use keyporter::sandbox::{
    Sandbox,
    botsubscription::Project,
    telegram::{ActError, Saying, Shown},
};

use super::LIMIT;

pub struct Talker {
    sandbox: Sandbox,
    pub id: i64,
    /// What the chats looked like before the last act: anything newer is its effect.
    before: Mutex<HashMap<(i64, i64), String>>,
}

impl Talker {
    pub fn new(sandbox: Sandbox, id: i64) -> Self {
        Self {
            sandbox,
            id,
            before: Mutex::default(),
        }
    }

    /// Says something to the bot.
    pub fn say(&self, text: &str) -> i64 {
        self.say_in(self.id, text)
    }

    /// Says something in a chat.
    pub fn say_in(&self, chat: i64, text: &str) -> i64 {
        self.look(chat);
        self.sandbox.telegram().say(self.id, chat, text).unwrap()
    }

    /// Asks again and again until the answer contains those words: for what takes its time in the background.
    pub async fn asks_until(&self, text: &str, words: &str) -> Shown {
        for _ in 0..40 {
            let asked = self.say(text);
            let answer = self.sandbox.wait_until(LIMIT, "an answer", |sandbox| {
                let messages = sandbox.telegram().messages(self.id);
                messages
                    .into_iter()
                    .find(|message| message.from_bot() && message.id > asked)
            });
            let answer = answer.await.unwrap_or_else(|seen| panic!("{seen}"));
            if answer.text.contains(words) {
                return answer;
            }
        }
        panic!(
            "{words:?} never came:\n{}",
            self.sandbox.telegram().transcript(self.id)
        );
    }

    /// Sends something that is more than text.
    pub fn send(&self, saying: Saying) -> i64 {
        self.send_in(self.id, saying)
    }

    /// The same in a chat.
    pub fn send_in(&self, chat: i64, saying: Saying) -> i64 {
        self.look(chat);
        self.sandbox
            .telegram()
            .say_with(self.id, chat, saying)
            .unwrap()
    }

    /// Says something in a chat and reads the answer there that contains those words.
    pub async fn asks_in(&self, chat: i64, text: &str, words: &str) -> Shown {
        self.say_in(chat, text);
        self.sees_in(chat, words).await
    }

    /// Presses in a chat and reads what appears there.
    pub async fn presses_in(&self, chat: i64, button: &str, words: &str) -> Shown {
        self.press_in(chat, button).unwrap();
        self.sees_in(chat, words).await
    }

    /// Says something and reads the answer that contains those words.
    pub async fn asks(&self, text: &str, words: &str) -> Shown {
        self.say(text);
        self.sees(words).await
    }

    /// Presses the newest button that ends with those words; answers with the press's id.
    pub fn press(&self, words: &str) -> String {
        self.press_in(self.id, words).unwrap_or_else(|error| {
            panic!(
                "no button {words:?}: {error:?}\n{}",
                self.sandbox.telegram().transcript(self.id)
            )
        })
    }

    pub fn press_in(&self, chat: i64, words: &str) -> Result<String, ActError> {
        let messages = self.sandbox.telegram().messages(chat);
        let with_button = messages
            .iter()
            .rev()
            .find(|message| !message.deleted && message.button(words).is_some());
        let id = with_button.map_or(0, |message| message.id);
        self.press_on(chat, id, words)
    }

    /// Presses the button at that place of a message, whatever it says.
    pub fn press_at(&self, chat: i64, message: i64, at: (usize, usize)) -> String {
        self.look(chat);
        self.sandbox
            .telegram()
            .press_at(self.id, chat, message, at)
            .unwrap()
    }

    /// Sends any data as if it stood in a button of that message.
    pub fn press_raw_on(&self, chat: i64, message: i64, data: &str) -> String {
        self.look(chat);
        let telegram = self.sandbox.telegram();
        telegram
            .press_raw(self.id, Some((chat, message)), data)
            .unwrap()
    }

    /// Presses a button of that message.
    pub fn press_on(&self, chat: i64, message: i64, words: &str) -> Result<String, ActError> {
        self.look(chat);
        self.sandbox.telegram().press(self.id, chat, message, words)
    }

    /// Presses and reads what appears.
    pub async fn presses(&self, button: &str, words: &str) -> Shown {
        self.press(button);
        self.sees(words).await
    }

    /// Presses `I saved it` and sees the secret go.
    pub async fn saves(&self) {
        let messages = self.sandbox.telegram().messages(self.id);
        let secret = messages
            .iter()
            .rev()
            .find(|message| !message.deleted && message.button("I saved it").is_some());
        let secret = secret.map(|message| message.id).unwrap();
        self.press_on(self.id, secret, "I saved it").unwrap();
        self.sees_gone(secret).await;
    }

    /// Links a project, as anybody would.
    pub async fn links_project(&self, project: &Project) {
        self.asks("/link", "Where is the account").await;
        self.presses("BotSubscription", "project ID").await;
        self.asks(&project.id, "API token").await;
        self.asks(&project.token, "Linked").await;
    }

    /// Waits for a message of the bot that is new, or newly edited, since the last act and contains those words.
    pub async fn sees(&self, words: &str) -> Shown {
        self.sees_in(self.id, words).await
    }

    pub async fn sees_in(&self, chat: i64, words: &str) -> Shown {
        let what = format!("{words:?} in chat {chat}");
        let before = self.before.lock().unwrap().clone();
        let seen = self.sandbox.wait_until(LIMIT, &what, |sandbox| {
            let messages = sandbox.telegram().messages(chat);
            messages.into_iter().rev().find(|message| {
                let known = before.get(&(chat, message.id));
                // A message that only loses its buttons says nothing new.
                let is_new = known.is_none_or(|text| message.text != *text);
                message.from_bot() && !message.deleted && is_new && message.text.contains(words)
            })
        });
        seen.await.unwrap_or_else(|seen| panic!("{seen}"))
    }

    /// Waits for the answer to a press.
    pub async fn toast(&self, press: &str) -> (String, bool) {
        let answer = self
            .sandbox
            .wait_until(LIMIT, "an answer to the press", |sandbox| {
                sandbox.telegram().answer(press)
            });
        let answer = answer.await.unwrap_or_else(|seen| panic!("{seen}"));
        (answer.text.unwrap_or_default(), answer.alert)
    }

    /// Presses and reads the short word on the press.
    pub async fn presses_for_toast(&self, button: &str) -> (String, bool) {
        let press = self.press(button);
        self.toast(&press).await
    }

    /// Waits until that message is gone from the chat.
    pub async fn sees_gone(&self, message: i64) {
        let gone = self
            .sandbox
            .wait_until(LIMIT, "the message is deleted", |sandbox| {
                sandbox
                    .telegram()
                    .message(self.id, message)
                    .filter(|shown| shown.deleted)
                    .map(|_| ())
            });
        gone.await.unwrap_or_else(|seen| panic!("{seen}"));
    }

    /// What stands in the private chat now and is not deleted.
    pub fn chat(&self) -> Vec<Shown> {
        self.sandbox
            .telegram()
            .messages(self.id)
            .into_iter()
            .filter(|message| !message.deleted)
            .collect()
    }

    /// The newest message of the bot.
    pub fn newest(&self) -> Shown {
        self.chat()
            .into_iter()
            .rev()
            .find(Shown::from_bot)
            .expect("the bot has said something")
    }

    fn look(&self, chat: i64) {
        let mut before = self.before.lock().unwrap();
        for message in self.sandbox.telegram().messages(chat) {
            before.insert((chat, message.id), message.text);
        }
    }
}
