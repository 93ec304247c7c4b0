//! What a handler works with: one update, one turn, and a voice for its person.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::{
    limits::Limits,
    message::{self, Call, Message, Reply, delete},
    outbox::Sending,
    reply::Sender,
    view::{self, Voice},
};
use crate::{
    app::{App, AppError, Members, Turn, UserError},
    domain::{ChatId, MessageId, PersonId, ThreadId},
    intake::Incoming,
    replica::Life,
    telegram::TelegramError,
    texts::{Rich, Text, Texts},
};

/// What all handlers share.
pub struct Core {
    /// What the bot does.
    pub app: App,
    /// Words.
    pub texts: Arc<Texts>,
    /// The way out.
    pub sender: Arc<Sender>,
    /// Our name, without `@`.
    pub username: String,
    /// How many commands are taken of one person.
    pub limits: Limits,
    /// Which answers are being sent now.
    pub sending: Sending,
}

/// One update being handled; cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// See [`Core`].
    pub core: Arc<Core>,
    /// The update, with what teloxide's types do not hold.
    pub incoming: Incoming,
    /// The topic that it came from, or zero.
    pub thread: ThreadId,
    /// The life of this process in which it is handled.
    pub life: Life,
    /// Its transaction.
    pub turn: Arc<Mutex<Turn>>,
}

/// What comes of an update.
#[derive(Debug, Default)]
pub struct Answer {
    /// What is said, in order.
    pub replies: Vec<Reply>,
    /// How a press is answered; empty by default.
    pub toast: Toast,
}

/// A short word on a press.
#[derive(Debug, Default)]
pub struct Toast {
    /// Its text; may be empty.
    pub text: Rich,
    /// It has to be put away by hand.
    pub alert: bool,
    /// It is for somebody who had no business with the button: never said to a group as a whole.
    pub stray: bool,
}

/// What every handler gives back.
pub type Outcome = Result<Answer, AppError>;

impl Answer {
    /// Nothing at all.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Says something new.
    pub fn send(message: Message) -> Self {
        Self {
            replies: vec![Reply::Send(message)],
            ..Self::default()
        }
    }

    /// Puts something in the place of a message; where there is none, says it.
    pub fn edit(place: MessageId, message: Message) -> Self {
        let reply = if place == MessageId(0) {
            Reply::Send(message)
        } else {
            Reply::Edit(place, message)
        };
        Self {
            replies: vec![reply],
            ..Self::default()
        }
    }

    /// Takes the buttons from an answered question.
    #[must_use]
    pub fn stripping(mut self, question: MessageId) -> Self {
        if question != MessageId(0) {
            self.replies.push(Reply::Strip(question));
        }
        self
    }

    /// Answers a press and does nothing else.
    pub fn toast(text: Rich) -> Self {
        Self {
            toast: Toast {
                text,
                ..Toast::default()
            },
            ..Self::default()
        }
    }

    /// Answers a press so that it cannot be overlooked.
    pub fn alert(text: Rich) -> Self {
        Self {
            toast: Toast {
                text,
                alert: true,
                ..Toast::default()
            },
            ..Self::default()
        }
    }

    /// Answers a press of somebody whose button it is not.
    pub fn not_yours(voice: &Voice<'_>) -> Self {
        Self::stray(voice.say(Text::ToastNotYours))
    }

    /// Answers a press that has no business here.
    pub fn stray(text: Rich) -> Self {
        let mut answer = Self::alert(text);
        answer.toast.stray = true;
        answer
    }

    /// With something said before everything else.
    #[must_use]
    pub fn after(mut self, words: Rich) -> Self {
        let first = self.replies.iter_mut().find_map(|reply| match reply {
            Reply::Send(message) => Some(message),
            _ => None,
        });
        match first {
            Some(message) => *message = std::mem::take(message).after(&words),
            None => self.replies.insert(0, Reply::Send(Message::new(words))),
        }
        self
    }
}

impl Context {
    /// A voice for the person of that turn.
    pub fn voice(&self, turn: &Turn) -> Voice<'_> {
        Voice::new(&self.core.texts, turn.person.language(), turn.now)
            .with_pages(self.core.app.pages())
    }

    /// Who is who in groups.
    pub fn members(&self) -> &dyn Members {
        self.core.sender.as_ref()
    }

    /// What the bot does.
    pub fn app(&self) -> &App {
        &self.core.app
    }

    /// Whether that person may use the bot.
    pub fn allows(&self, person: PersonId) -> bool {
        self.core.app.allows(person)
    }

    /// Deletes the message that this update is about, now: it may hold a secret. False when it still stands there.
    pub async fn delete_incoming(&self) -> bool {
        self.remove_incoming().await.is_ok()
    }

    /// The same, with the reason when it still stands there.
    pub async fn remove_incoming(&self) -> Result<(), TelegramError> {
        let call: Call = delete(self.incoming.chat, self.incoming.message);
        let made = self.core.sender.make(self.incoming.chat, &call).await;
        made.map(drop).inspect_err(|error| {
            tracing::warn!(%error, "a message that may hold a secret could not be deleted");
        })
    }

    /// A user's error as an answer: said in the chat, or on the press.
    pub fn refuse(&self, voice: &Voice<'_>, error: &UserError, press: bool) -> Answer {
        match (press, error) {
            // A group is not to be filled by presses that do nothing.
            (true, error) if !self.chat().is_private() => {
                let words = view::error::words(voice, error).0;
                if error.is_a_strangers() {
                    Answer::stray(words)
                } else {
                    Answer::alert(words)
                }
            }
            (true, UserError::MovedOn) => Answer::alert(voice.say(Text::ToastMovedOn)),
            _ => Answer::send(view::error::message(voice, error)),
        }
    }

    /// The same update, as if it were about that message: what is done turns it into its answer.
    #[must_use]
    pub fn on(&self, message: MessageId) -> Self {
        let mut context = self.clone();
        context.incoming.message = message;
        context
    }

    /// The calls by which it is answered.
    pub fn calls(&self, replies: &[Reply], chat: ChatId, thread: ThreadId) -> Vec<Call> {
        let calls = replies.iter().flat_map(|reply| reply.calls(chat, thread));
        let mut calls: Vec<Call> = calls.collect();
        if chat == self.incoming.chat {
            self.answer_in_group(&mut calls);
        }
        calls
    }

    /// In a group several people may ask at once: what is said there shows which message it answers.
    pub fn answer_in_group(&self, calls: &mut [Call]) {
        let asked = self.incoming.message;
        let is_said = self.incoming.kind == "message" && self.incoming.event.is_none();
        if is_said && asked != MessageId(0) && !self.is_private() {
            message::answer(calls, asked);
        }
    }

    /// True in a person's own chat with the bot.
    pub fn is_private(&self) -> bool {
        self.chat() == self.incoming.person.private_chat()
    }

    /// Who has caused it, and where.
    pub const fn speaker(&self) -> (ChatId, PersonId) {
        (self.incoming.chat, self.incoming.person)
    }

    /// The chat of this update.
    pub const fn chat(&self) -> ChatId {
        self.incoming.chat
    }
}
