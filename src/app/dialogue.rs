//! Where open conversations stand, kept over restarts. The state is the bot's own, as text that cannot hold a secret.

use std::time::Duration;

use super::{App, AppError, Turn};
use crate::{
    domain::{MessageId, Timestamp},
    store::dialogues::{self, DialogueKey, StoredDialogue},
};

/// How long a question of a dialogue waits for its answer.
pub const DIALOGUE_FOR: Duration = Duration::from_mins(15);

/// An open dialogue.
#[derive(Debug)]
pub struct Open {
    /// Its state, as it was kept.
    pub state: String,
    /// The message with its question; zero while unknown.
    pub message: MessageId,
    /// Its time is over; it is to be ended with a word about it.
    pub expired: bool,
}

impl Open {
    fn at(now: Timestamp, found: StoredDialogue) -> Self {
        Self {
            state: found.state,
            message: found.message,
            expired: found.ends_at <= now,
        }
    }

    /// It asks for what the page's form asks for, too: the bot names its states so.
    pub fn is_about_linking(&self) -> bool {
        self.state.starts_with(LINKING) && !self.expired
    }
}

/// How states begin that ask for an account to be linked.
const LINKING: &str = r#"{"at":"link_"#;

fn key(turn: &Turn) -> DialogueKey {
    DialogueKey {
        chat: turn.chat,
        person: turn.person.id,
        thread: turn.thread,
    }
}

/// The dialogue of this person in this place, as it was when the turn began.
pub fn open(turn: &Turn) -> Option<Open> {
    let found = turn.dialogue().cloned();
    found.map(|found| Open::at(turn.now, found))
}

/// The same in the turn's own transaction, where nobody else changes it any more.
pub async fn now(turn: &mut Turn) -> Result<Option<Open>, AppError> {
    let (key, now) = (key(turn), turn.now);
    let found = dialogues::get(turn.tx().await?, key).await?;
    Ok(found.map(|found| Open::at(now, found)))
}

/// Remembers, after the turn's commit, which message asks the question: its buttons go when it is answered.
pub async fn asked_in(app: &App, turn: &Turn, message: MessageId) -> Result<(), AppError> {
    Ok(dialogues::asked_in(&mut *app.store.write().await?, key(turn), message).await?)
}

/// Opens a dialogue or moves it on; its time begins anew.
pub async fn keep(turn: &mut Turn, state: &str) -> Result<(), AppError> {
    turn.set_asks(true);
    let (key, ends_at) = (key(turn), turn.now.plus(DIALOGUE_FOR));
    Ok(dialogues::put(turn.tx().await?, key, state, ends_at).await?)
}

/// Ends the dialogue.
pub async fn end(turn: &mut Turn) -> Result<(), AppError> {
    turn.set_asks(false);
    let key = key(turn);
    Ok(dialogues::remove(turn.tx().await?, key).await?)
}
