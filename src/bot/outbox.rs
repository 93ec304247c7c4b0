//! Answers that an outage or a crash has left behind: sent when it is over, unless their own turn is still sending them; and news,
//! which no turn sends.
//! It must never send one twice side by side with its turn.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use super::{context::Core, message::Call};
use crate::{
    app::{AnswerId, AppError, WaitingAnswer},
    domain::ChatId,
};

/// Between two looks for answers that have not been sent.
const EVERY: Duration = Duration::from_secs(30);

/// Younger answers are still being sent by the turn that made them, perhaps in another process.
const AFTER: Duration = Duration::from_mins(1);

/// An older answer would only confuse.
const FOR: Duration = Duration::from_hours(24);

/// The answers that turns of this process are sending now.
#[derive(Default)]
pub struct Sending(Mutex<HashSet<AnswerId>>);

impl Sending {
    /// Keeps those from being sent by anybody else until the guard is dropped.
    pub fn hold<'a>(&'a self, ids: &'a [AnswerId]) -> Held<'a> {
        self.ids().extend(ids.iter().cloned());
        Held { sending: self, ids }
    }

    fn is_held(&self, id: &AnswerId) -> bool {
        self.ids().contains(id)
    }

    fn ids(&self) -> std::sync::MutexGuard<'_, HashSet<AnswerId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See [`Sending::hold`].
pub struct Held<'a> {
    sending: &'a Sending,
    ids: &'a [AnswerId],
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut held = self.sending.ids();
        for id in self.ids {
            held.remove(id);
        }
    }
}

/// Sends, from time to time, what has been left behind.
pub async fn send_leftovers(core: Arc<Core>, stop: CancellationToken) {
    let mut least_age = Duration::ZERO;
    while !stop.is_cancelled() {
        if let Err(error) = send_once(&core, least_age).await {
            tracing::debug!(%error, "cannot look for unsent answers");
        }
        least_age = AFTER;
        tokio::select! {
            () = core.app.ports().sleep(EVERY) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Chats side by side, each in the order of its answers: one that is slow must not hold up the others.
async fn send_once(core: &Core, least_age: Duration) -> Result<(), AppError> {
    let mut chats: BTreeMap<ChatId, Vec<WaitingAnswer>> = BTreeMap::new();
    for answer in core.app.waiting_answers().await? {
        // News that was stored or taken a moment ago is another process's matter, at the start too.
        let least_age = if answer.id.is_news() {
            AFTER
        } else {
            least_age
        };
        let is_left = answer.age >= least_age;
        if is_left && !core.sending.is_held(&answer.id) {
            chats.entry(answer.chat).or_default().push(answer);
        }
    }
    let sending = chats
        .into_values()
        .map(|answers| send_to_chat(core, answers));
    let sent = futures::future::join_all(sending).await;
    sent.into_iter().collect()
}

async fn send_to_chat(core: &Core, answers: Vec<WaitingAnswer>) -> Result<(), AppError> {
    for answer in answers {
        if answer.id.is_news() && !core.app.claim_news(&answer).await? {
            continue;
        }
        let call = answer
            .payload
            .and_then(|payload| serde_json::from_slice::<Call>(&payload).ok());
        if let Some(call) = call.filter(|_| answer.age < FOR || answer.id.is_news()) {
            match core.sender.make(answer.chat, &call).await {
                Err(error) if error.is_passing() => return Ok(()),
                Err(error) => tracing::warn!(%error, "Telegram refuses a kept answer"),
                Ok(_) => {}
            }
        }
        core.app.answered(&[answer.id]).await?;
    }
    Ok(())
}
