//! Answers that an outage or a crash has left behind: sent when it is over, unless their own turn is still sending them; and news,
//! which no turn sends.
//! It must never send one twice side by side with its turn.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use super::{context::Core, message::Call};
use crate::{
    app::{AnswerId, AppError, NEWS_REST, WaitingAnswer},
    domain::{ChatId, Timestamp},
    telegram::TelegramError,
};

/// Between two looks for answers that have not been sent.
const EVERY: Duration = Duration::from_secs(30);

/// Younger answers are still being sent by the turn that made them, perhaps in another process.
const AFTER: Duration = Duration::from_mins(1);

/// An older answer would only confuse.
const FOR: Duration = Duration::from_hours(24);

/// A chat that was told to wait is asked again this soon.
const SOON: Duration = Duration::from_secs(5);

/// A message whose answer was lost may stand in the chat already: each time it waits twice as long, up to this.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// What this process knows of unsent answers.
#[derive(Default)]
pub struct Sending(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Their turns are sending them now.
    held: HashSet<AnswerId>,
    /// When those that were tried are tried again, and the pause before that.
    paused: HashMap<AnswerId, (Timestamp, Duration)>,
}

impl Sending {
    /// Keeps those from being sent by anybody else until the guard is dropped.
    pub fn hold<'a>(&'a self, ids: &'a [AnswerId]) -> Held<'a> {
        self.known().held.extend(ids.iter().cloned());
        Held { sending: self, ids }
    }

    /// An answer was not sent, for that reason.
    pub fn failed(&self, id: &AnswerId, error: &TelegramError, now: Timestamp) {
        let mut known = self.known();
        let before = known.paused.get(id).map_or(EVERY / 2, |(_, pause)| *pause);
        let pause = match error {
            TelegramError::TooMany { .. } => SOON,
            TelegramError::Lost(_) => (before * 2).min(LONGEST_PAUSE),
            _ => EVERY,
        };
        known.paused.insert(id.clone(), (now.plus(pause), pause));
    }

    /// Whether an answer is to be sent now, which is otherwise so from that age on.
    fn is_left(&self, answer: &WaitingAnswer, least_age: Duration) -> bool {
        let known = self.known();
        let tried = known.paused.contains_key(&answer.id);
        (tried || answer.age >= least_age) && !known.held.contains(&answer.id)
    }

    /// It was tried a moment ago.
    fn is_paused(&self, id: &AnswerId, now: Timestamp) -> bool {
        let known = self.known();
        known.paused.get(id).is_some_and(|(at, _)| *at > now)
    }

    /// The others were sent, perhaps by another process.
    fn forget_all_but(&self, waiting: &[WaitingAnswer]) {
        let waits = |id: &AnswerId| waiting.iter().any(|answer| answer.id == *id);
        self.known().paused.retain(|id, _| waits(id));
    }

    /// Until the next one may be tried.
    fn pause(&self, now: Timestamp) -> Duration {
        let known = self.known();
        let next = known.paused.values().map(|(at, _)| at.since(now)).min();
        next.map_or(EVERY, |next| next.clamp(SOON, EVERY))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
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
        let mut known = self.sending.known();
        for id in self.ids {
            known.held.remove(id);
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
            () = core.app.ports().sleep(core.sending.pause(core.app.ports().now())) => {}
            () = core.app.urgent_news() => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Chats side by side, each in the order of its answers: one that is slow must not hold up the others.
async fn send_once(core: &Core, least_age: Duration) -> Result<(), AppError> {
    let mut chats: BTreeMap<ChatId, Vec<WaitingAnswer>> = BTreeMap::new();
    let waiting = core.app.waiting_answers().await?;
    core.sending.forget_all_but(&waiting);
    for answer in waiting {
        // News that was stored or taken a moment ago is another process's matter, at the start too.
        let least_age = if answer.id.is_news() {
            NEWS_REST
        } else {
            least_age
        };
        if core.sending.is_left(&answer, least_age) {
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
        // Those after it wait too, to keep their order.
        if core.sending.is_paused(&answer.id, core.app.ports().now()) {
            return Ok(());
        }
        if answer.id.is_news() && !core.app.claim_news(&answer).await? {
            continue;
        }
        let call = answer
            .payload
            .and_then(|payload| serde_json::from_slice::<Call>(&payload).ok());
        if let Some(call) = call.filter(|_| answer.age < FOR || answer.id.is_news()) {
            match core.sender.make(answer.chat, &call).await {
                Err(error) if error.is_passing() => {
                    let now = core.app.ports().now();
                    core.sending.failed(&answer.id, &error, now);
                    return Ok(());
                }
                Err(error) => tracing::warn!(%error, "Telegram refuses a kept answer"),
                Ok(_) => {}
            }
        }
        core.app.answered(&[answer.id]).await?;
    }
    Ok(())
}
