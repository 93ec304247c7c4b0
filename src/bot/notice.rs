//! What somebody is told while an update takes longer than people wait: a word on the press, or a message that the answer
//! then replaces. It must never hold up the update itself.

use std::{
    collections::HashSet,
    slice,
    sync::{Mutex, MutexGuard, PoisonError},
};

use teloxide::types::{Update, UpdateKind};
use tokio::task::JoinHandle;

use super::{
    context::{Context, Core},
    message::{Message, Reply, delete, send},
    view::Voice,
};
use crate::{
    domain::{MessageId, PersonId, UpdateId},
    intake::Incoming,
    texts::{Rich, Text},
};

/// How somebody was told that it takes longer.
#[derive(Clone, Copy)]
pub(super) enum Notice {
    /// Not at all.
    None,
    /// On the press, which is thereby answered.
    Press,
    /// By this message.
    Message(MessageId),
}

/// Presses that were answered while they stood in the line behind an earlier update.
#[derive(Default)]
pub(super) struct Waiting(Mutex<HashSet<UpdateId>>);

impl Waiting {
    /// Answers it, if it is a press.
    pub(super) async fn tell(&self, core: &Core, incoming: &Incoming) {
        if let Some(press) = press_in(incoming)
            && self.told().insert(incoming.id)
        {
            answer_press(core, incoming.person, &press).await;
        }
    }

    /// Whether its press is answered already; asked once, when its turn comes.
    pub(super) fn was_told(&self, id: UpdateId) -> bool {
        self.told().remove(&id)
    }

    fn told(&self) -> MutexGuard<'_, HashSet<UpdateId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An announcement on its way.
pub(super) struct Announcing {
    is_press: bool,
    task: JoinHandle<Notice>,
}

/// Says that it takes longer.
pub(super) fn announce(context: &Context, press: Option<&str>) -> Announcing {
    let (context, press) = (context.clone(), press.map(str::to_owned));
    Announcing {
        is_press: press.is_some(),
        task: tokio::spawn(async move {
            let core = &context.core;
            match press {
                Some(press) => {
                    answer_press(core, context.incoming.person, &press).await;
                    Notice::Press
                }
                None => say(&context).await,
            }
        }),
    }
}

async fn say(context: &Context) -> Notice {
    let core = &context.core;
    // The turn is at work, so its person's language is read anew.
    let language = core.app.language(context.incoming.person).await;
    let voice = Voice::new(&core.texts, language, core.app.ports().now());
    let mut call = send(
        context.chat(),
        context.thread,
        &voice.message(Text::Checking),
    );
    context.answer_in_group(slice::from_mut(&mut call));
    core.sender
        .send(context.chat(), &call)
        .await
        .map_or(Notice::None, Notice::Message)
}

async fn answer_press(core: &Core, person: PersonId, press: &str) {
    let language = core.app.language(person).await;
    let voice = Voice::new(&core.texts, language, core.app.ports().now());
    let words = voice.say(Text::Checking);
    core.sender.answer_press(press, words.text(), false).await;
}

impl Announcing {
    /// What has been announced by now. A message that is still on its way goes as soon as it has arrived.
    pub(super) async fn so_far(self, context: &Context) -> Notice {
        if self.is_press {
            return Notice::Press;
        }
        if self.task.is_finished() {
            return self.task.await.unwrap_or(Notice::None);
        }
        let context = context.clone();
        tokio::spawn(async move {
            if let Ok(Notice::Message(place)) = self.task.await {
                withdraw(&context, place).await;
            }
        });
        Notice::None
    }
}

/// Takes a notice out of the chat.
pub(super) async fn withdraw(context: &Context, notice: MessageId) {
    let call = delete(context.chat(), notice);
    if let Err(error) = context.core.sender.make(context.chat(), &call).await {
        tracing::debug!(%error, "a notice stays");
    }
}

/// The answer takes the notice's place; without one the notice goes.
pub(super) fn replace(replies: &mut Vec<Reply>, place: MessageId) {
    let first_send = replies
        .iter_mut()
        .find(|reply| matches!(reply, Reply::Send(_)));
    match first_send {
        Some(reply) => {
            if let Reply::Send(message) = reply {
                *reply = Reply::Edit(place, std::mem::take(message));
            }
        }
        None => replies.push(Reply::Withdraw(place, Message::new(Rich::plain("…")))),
    }
}

/// The id of the press that an update is.
pub(super) fn press_of(update: &Update) -> Option<String> {
    match &update.kind {
        UpdateKind::CallbackQuery(press) => Some(press.id.0.clone()),
        _ => None,
    }
}

/// The same for one that has not been read yet.
pub(super) fn press_in(incoming: &Incoming) -> Option<String> {
    let update = serde_json::from_str(&incoming.update).ok()?;
    press_of(&update)
}
