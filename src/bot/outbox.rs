//! Answers that an outage or a crash has left behind: sent when it is over, unless their own turn is still sending them; and news,
//! which no turn sends; and what processes that are dead have not sent.
//! It must never send one twice side by side with its turn.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::FutureExt;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{context::Core, message::Call};
use crate::{
    app::{AnswerId, AppError, OutboxPlace as Place, WaitingAnswer},
    domain::{ChatId, Timestamp},
    rates::Urgency,
    telegram::TelegramError,
};

/// Between two looks for answers that have not been sent.
const EVERY: Duration = Duration::from_secs(30);

/// Younger answers are still being sent by the turn that made them.
const AFTER: Duration = Duration::from_mins(1);

/// An older answer would only confuse.
const FOR: Duration = Duration::from_hours(24);

/// So many stand in the line at once: two seconds' worth of the usual rate, so that none waits there in vain.
const PORTION: i64 = 60;

/// What is sent in such a span is taken out by one commit, for which nobody waits.
const TOGETHER: Duration = Duration::from_millis(10);

/// After the database was away.
const PAUSE: Duration = Duration::from_secs(1);

/// A chat that was told to wait is asked again this soon.
const SOON: Duration = Duration::from_secs(5);

/// A message whose answer was lost may stand in the chat already: each time it waits twice as long, up to this.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// What this process knows of unsent answers.
#[derive(Default)]
pub struct Sending {
    known: Mutex<Known>,
    /// An answer was left behind.
    left: Notify,
    /// One was sent.
    gone: Notify,
}

#[derive(Default)]
struct Known {
    /// Their turns are sending them now.
    held: HashSet<AnswerId>,
    /// When those that were tried are tried again, and the pause before that.
    paused: HashMap<AnswerId, (Timestamp, Duration)>,
    /// Telegram has taken them, and they are still to be taken out of the database.
    sent: HashSet<AnswerId>,
}

impl Sending {
    /// Keeps those from being sent by anybody else until the guard is dropped.
    pub fn hold<'a>(&'a self, ids: &'a [AnswerId]) -> Held<'a> {
        self.known().held.extend(ids.iter().cloned());
        Held { sending: self, ids }
    }

    /// Those were left behind, by their turns or by processes that are dead: they are to be sent now.
    pub fn leave(&self, ids: impl IntoIterator<Item = AnswerId>, now: Timestamp) {
        let mut known = self.known();
        for id in ids {
            known.paused.insert(id, (now, EVERY / 2));
        }
        drop(known);
        self.left.notify_one();
    }

    /// Telegram has taken those: nobody is to send them again.
    pub fn sent(&self, ids: impl IntoIterator<Item = AnswerId>) {
        self.known().sent.extend(ids);
        self.gone.notify_one();
    }

    fn was_sent(&self, id: &AnswerId) -> bool {
        self.known().sent.contains(id)
    }

    /// Takes those for sending; nothing while somebody else sends one of them.
    fn take<'a>(&'a self, ids: &'a [AnswerId]) -> Option<Held<'a>> {
        let mut known = self.known();
        if ids.iter().any(|id| known.held.contains(id)) {
            return None;
        }
        known.held.extend(ids.iter().cloned());
        Some(Held { sending: self, ids })
    }

    /// An answer was not sent, for that reason.
    pub fn failed(&self, id: &AnswerId, error: &TelegramError, now: Timestamp) {
        let mut known = self.known();
        let before = known.paused.get(id).map_or(EVERY / 2, |(_, pause)| *pause);
        let (pause, known_pause) = match error {
            // Nothing was sent, so nothing is known of whether it stands there.
            TelegramError::TooMany { .. } => (SOON, before),
            TelegramError::Lost(_) => {
                let longer = (before * 2).min(LONGEST_PAUSE);
                (longer, longer)
            }
            _ => (EVERY, EVERY),
        };
        known
            .paused
            .insert(id.clone(), (now.plus(pause), known_pause));
    }

    /// Whether an answer is to be sent now.
    fn is_left(&self, answer: &WaitingAnswer) -> bool {
        let known = self.known();
        let left = known.paused.contains_key(&answer.id);
        let old = answer.id.is_news() || answer.age >= AFTER;
        (left || old) && !known.held.contains(&answer.id)
    }

    /// It was tried a moment ago.
    fn is_paused(&self, id: &AnswerId, now: Timestamp) -> bool {
        let known = self.known();
        known.paused.get(id).is_some_and(|(at, _)| *at > now)
    }

    /// All news or all answers that were tried.
    fn tried(&self, news: bool) -> HashSet<AnswerId> {
        let known = self.known();
        let tried = known.paused.keys().filter(|id| id.is_news() == news);
        tried.cloned().collect()
    }

    /// They are not there any more.
    fn forget(&self, gone: &HashSet<AnswerId>) {
        self.known().paused.retain(|id, _| !gone.contains(id));
    }

    /// Until the next one may be tried.
    fn pause(&self, now: Timestamp) -> Duration {
        let known = self.known();
        let next = known.paused.values().map(|(at, _)| at.since(now)).min();
        next.map_or(EVERY, |next| next.clamp(SOON, EVERY))
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Sends, from time to time, what has been left behind. Answers and news go side by side: whoever has asked does not wait until
/// everybody has been reminded.
pub async fn send_leftovers(core: Arc<Core>, stop: CancellationToken) {
    futures::join!(
        send_again_and_again(&core, &stop, false),
        send_again_and_again(&core, &stop, true)
    );
}

async fn send_again_and_again(core: &Core, stop: &CancellationToken, news: bool) {
    while !stop.is_cancelled() {
        if let Err(error) = send_once(core, news).await {
            tracing::debug!(%error, "cannot look for unsent answers");
        }
        let pause = core.sending.pause(core.app.ports().now());
        tokio::select! {
            () = core.app.ports().sleep(pause) => {}
            () = core.app.urgent_news(), if news => {}
            () = core.sending.left.notified(), if !news => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Takes out of the database, again and again, what was sent.
pub async fn forget_sent(core: Arc<Core>, end: CancellationToken) {
    let forgetting = async {
        loop {
            core.sending.gone.notified().await;
            core.app.ports().sleep(TOGETHER).await;
            while let Err(error) = forget_once(&core).await {
                tracing::debug!(%error, "sent answers stay in the outbox");
                core.app.ports().sleep(PAUSE).await;
            }
        }
    };
    tokio::select! {
        () = forgetting => {}
        () = end.cancelled() => {}
    }
}

/// Takes out what was sent so far; what cannot be taken out stays known as sent.
pub async fn forget_once(core: &Core) -> Result<(), AppError> {
    let sent: Vec<_> = core.sending.known().sent.iter().cloned().collect();
    core.app.answered(&sent).await?;
    let mut known = core.sending.known();
    for id in &sent {
        known.sent.remove(id);
        known.paused.remove(id);
    }
    Ok(())
}

/// Goes through all that waits, in portions: it must fill neither the memory nor the line.
async fn send_once(core: &Core, news: bool) -> Result<(), AppError> {
    let mut gone = core.sending.tried(news);
    let (mut place, mut stuck) = (Place::default(), HashSet::new());
    loop {
        let portion = core.app.waiting_answers(news, &place, PORTION).await?;
        let Some(last) = portion.last() else { break };
        place = last.place.clone();
        for answer in &portion {
            gone.remove(&answer.id);
        }
        send_portion(core, portion, &mut stuck).await?;
        if news && core.app.urgent_news().now_or_never().is_some() {
            place = Place::default();
        }
    }
    core.sending.forget(&gone);
    Ok(())
}

/// Chats side by side, each in the order of its answers: one that is slow must not hold up the others.
async fn send_portion(
    core: &Core,
    portion: Vec<WaitingAnswer>,
    stuck: &mut HashSet<ChatId>,
) -> Result<(), AppError> {
    let mut chats: BTreeMap<ChatId, Vec<WaitingAnswer>> = BTreeMap::new();
    for answer in portion {
        if core.sending.is_left(&answer) && !stuck.contains(&answer.chat) {
            chats.entry(answer.chat).or_default().push(answer);
        }
    }
    let sending = chats.into_iter().map(|(chat, answers)| async move {
        let sent = send_to_chat(core, Urgency::Later, answers).await?;
        Ok::<_, AppError>((chat, sent))
    });
    for sent in futures::future::join_all(sending).await {
        if let (chat, Sent::Partly) = sent? {
            stuck.insert(chat);
        }
    }
    Ok(())
}

/// Sends what processes that are dead have left for a chat, before something newer is said there.
pub async fn catch_up(core: &Core, chat: ChatId) -> Result<(), AppError> {
    let mut answers = core.app.answers_in(chat).await?;
    answers.retain(|answer| core.sending.is_left(answer));
    send_to_chat(core, Urgency::Now, answers).await?;
    Ok(())
}

/// Whether all answers of a chat have gone.
enum Sent {
    All,
    Partly,
}

fn call_in(answer: &WaitingAnswer) -> Option<Call> {
    serde_json::from_slice(answer.payload.as_deref()?).ok()
}

async fn send_to_chat(
    core: &Core,
    urgency: Urgency,
    answers: Vec<WaitingAnswer>,
) -> Result<Sent, AppError> {
    let edited: Vec<_> = answers
        .iter()
        .map(|answer| call_in(answer)?.edited())
        .collect();
    for (index, answer) in answers.into_iter().enumerate() {
        // Those after it wait too, to keep their order.
        if core.sending.is_paused(&answer.id, core.app.ports().now()) {
            return Ok(Sent::Partly);
        }
        let ids = [answer.id.clone()];
        let Some(_held) = core.sending.take(&ids) else {
            return Ok(Sent::Partly);
        };
        // It may have been sent since it was read, or be another process's by now.
        if core.sending.was_sent(&answer.id) || !core.app.claim_answer(&answer.id).await? {
            continue;
        }
        // Nobody can see any more what an edit said before the next one of the same message.
        let is_over = edited[index].is_some() && edited[index + 1..].contains(&edited[index]);
        let is_wanted = answer.age < FOR || answer.id.is_news();
        let call = call_in(&answer).filter(|call| is_wanted && (call.or_anew || !is_over));
        if let Some(call) = call {
            match core.sender.make_as(urgency, answer.chat, &call).await {
                Err(error) if error.is_passing() => {
                    let now = core.app.ports().now();
                    core.sending.failed(&answer.id, &error, now);
                    return Ok(Sent::Partly);
                }
                Err(error) => tracing::warn!(%error, "Telegram refuses a kept answer"),
                Ok(_) => {}
            }
        }
        core.sending.sent(ids.clone());
    }
    Ok(Sent::All)
}
