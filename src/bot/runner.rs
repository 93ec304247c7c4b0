//! Runs one update: a turn, the tree, the answers. The order is the promise: first what is changed is committed together with
//! the answers that tell of it, then they are sent; what was not changed is answered at once and may be answered again after a crash.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use teloxide::{
    dptree::{self, di::DependencyMap},
    types::{Chat, Update, UpdateKind, User},
};
use tokio::sync::Mutex;

use super::{
    context::{Answer, Context, Core, Toast},
    message::{Call, Message, Reply, send},
    notice::{self, Notice},
    outbox,
    tree::{Tree, handler_tree},
    view::{self, Voice},
};
use crate::{
    app::{AnswerId, AppError, Turn, dialogue},
    domain::{ChatId, Language, PersonId, ThreadId},
    intake::{Handle, Handled, Incoming, Outage},
    telegram::TelegramError,
    texts::Text,
};

/// Whoever waits longer than this is told that something is being done.
pub const SLOW: Duration = Duration::from_secs(2);

/// Handles updates.
pub struct Bot {
    core: Arc<Core>,
    outage: Outage,
    waiting: notice::Waiting,
    slow: Duration,
    /// Built once: building it costs more than walking it.
    tree: Tree,
}

impl Bot {
    /// With what all handlers share; `slow` is [`SLOW`], except where a test's machine may be slower than a provider.
    pub fn new(core: Arc<Core>, slow: Duration) -> Self {
        Self {
            slow,
            core,
            outage: Outage::default(),
            waiting: notice::Waiting::default(),
            tree: handler_tree(),
        }
    }
}

#[async_trait]
impl Handle for Bot {
    async fn handle(&self, incoming: Incoming) -> Handled {
        match self.run(incoming).await {
            Ok(handled) => {
                self.outage.ends("handling updates");
                handled
            }
            Err(error) => {
                self.outage.begins("handling updates", "store", &error);
                Handled::Later
            }
        }
    }

    fn left_behind(&self, answers: Vec<String>) {
        let answers = answers.into_iter().map(AnswerId::new);
        self.core
            .sending
            .leave(answers, self.core.app.ports().now());
    }

    async fn catch_up(&self, chat: ChatId) {
        if let Err(error) = outbox::catch_up(&self.core, chat).await {
            tracing::debug!(%error, "what was left for a chat stays there for now");
        }
    }

    async fn waits(&self, incoming: Incoming) {
        self.waiting.tell(&self.core, &incoming).await;
    }

    async fn gave_up(&self, incoming: Incoming) {
        let Incoming {
            id: update,
            chat,
            person,
            ..
        } = incoming;
        let language = self.core.app.language(person).await;
        let voice = Voice::new(&self.core.texts, language, self.core.app.ports().now());
        let text = voice.fill(Text::SetAside, &[("id", update.to_string().into())]);
        self.tell(chat, &Message::new(text)).await;
        if let Some(press) = notice::press_in(&incoming) {
            self.core.sender.answer_press(&press, "", false).await;
        }
        for operator in self.core.app.operators() {
            let language = self.core.app.language(*operator).await;
            let voice = Voice::new(&self.core.texts, language, self.core.app.ports().now());
            let text = voice.fill(Text::AlertSetAside, &[("id", update.to_string().into())]);
            self.tell(operator.private_chat(), &Message::new(text))
                .await;
        }
    }

    async fn cannot_store(&self, chat: ChatId, person: PersonId) {
        if chat != person.private_chat() || !self.core.app.allows(person) {
            return;
        }
        let voice = Voice::new(
            &self.core.texts,
            Language::default(),
            self.core.app.ports().now(),
        );
        self.tell(chat, &voice.message(Text::StorageAway)).await;
    }
}

impl Bot {
    async fn tell(&self, chat: ChatId, message: &Message) {
        if let Err(error) = self
            .core
            .sender
            .make(chat, &send(chat, ThreadId(0), message))
            .await
        {
            tracing::debug!(%error, "a warning could not be sent");
        }
    }

    /// Handles one update. An error means that the database is away and nothing was done.
    async fn run(&self, incoming: Incoming) -> Result<Handled, AppError> {
        let Ok(update) = serde_json::from_str::<Update>(&incoming.update) else {
            tracing::error!(update = incoming.id.0, "a projected update cannot be read");
            return Ok(Handled::Unchanged);
        };
        let language = update.from().map(language_of);
        let name = update.from().map(|user| user.first_name.clone());
        let name = name.unwrap_or_default();
        let (id, chat, person, thread) = (
            incoming.id,
            incoming.chat,
            incoming.person,
            thread_of(&update),
        );
        let life = self.core.app.replica().life();
        let turn = Turn::begin(&self.core.app, id, chat, thread, person, name, language).await?;
        let press = notice::press_of(&update);
        let context = Context {
            core: self.core.clone(),
            incoming,
            thread,
            life,
            turn: Arc::new(Mutex::new(turn)),
        };
        let told = self.waiting.was_told(id);
        let (answer, notice) = self.answer(&context, update, press.as_deref(), told).await;
        let handled = match answer {
            // Another process may have this update in hand by now.
            Ok(_) if !self.core.app.replica().is_sure(life) => Err(AppError::Silent),
            Ok(answer) => {
                self.finish(&context, answer, press.as_deref(), notice)
                    .await
            }
            Err(error) => Err(error),
        };
        if let (Err(_), Notice::Message(place)) = (&handled, notice) {
            // It is handled again later, and says so then.
            notice::withdraw(&context, place).await;
        }
        handled
    }

    /// Runs the tree. What takes long is announced: on the press, or by a message that the answer then replaces.
    async fn answer(
        &self,
        context: &Context,
        update: Update,
        press: Option<&str>,
        told: bool,
    ) -> (Result<Answer, AppError>, Notice) {
        let waits_in_silence = waits_in_silence(context, &update);
        let dependencies: DependencyMap = dptree::deps![update, context.clone()];
        let mut work = Box::pin(self.tree.dispatch(dependencies));
        let (done, notice) = if told {
            (work.await, Notice::Press)
        } else if waits_in_silence {
            (work.await, Notice::None)
        } else if let Some(done) = self.core.app.ports().within(self.slow, &mut work).await {
            (done, Notice::None)
        } else {
            // Apart: neither may what arrives meanwhile wait for Telegram, nor what is written and not yet committed.
            let announcing = notice::announce(context, press);
            let done = work.await;
            (done, announcing.so_far(context).await)
        };
        let outcome = match done {
            std::ops::ControlFlow::Break(outcome) => outcome,
            std::ops::ControlFlow::Continue(_) => Ok(Answer::nothing()),
        };
        let answer = match outcome {
            Err(AppError::User(error)) => {
                let turn = context.turn.lock().await;
                Ok(context.refuse(&context.voice(&turn), &error, press.is_some()))
            }
            Err(AppError::Store(error)) if error.is_outage() => Err(error.into()),
            Err(error) => Ok(self.fault(context, &error).await),
            answer => answer,
        };
        (answer, notice)
    }

    /// Something broke: the person gets an id, the log the cause under it, once.
    async fn fault(&self, context: &Context, error: &AppError) -> Answer {
        let id: [u8; 4] = self.core.app.ports().random().unwrap_or_default();
        let id = format!("{:08x}", u32::from_be_bytes(id));
        tracing::error!(fault = id, update = context.incoming.id.0, %error, "an update could not be handled");
        let mut turn = context.turn.lock().await;
        turn.undo();
        Answer::send(view::error::fault(&context.voice(&turn), &id))
    }

    /// Commits, then answers.
    async fn finish(
        &self,
        context: &Context,
        answer: Answer,
        press: Option<&str>,
        notice: Notice,
    ) -> Result<Handled, AppError> {
        let Answer { mut replies, toast } = answer;
        match notice {
            Notice::Message(place) => notice::replace(&mut replies, place),
            // The press is answered; what was to be said on it is said in the chat.
            Notice::Press if toast.stray && !context.chat().is_private() => {}
            Notice::Press if !toast.text.is_empty() => {
                replies.push(Reply::Send(Message::new(toast.text.clone())));
            }
            Notice::Press | Notice::None => {}
        }
        let mut turn = context.turn.lock().await;
        let (chat, thread) = (turn.chat, turn.thread);
        let calls = context.calls(&replies, chat, thread);
        let stored = match turn
            .commit(payloads(chat, &calls)?, &*self.core.texts)
            .await
        {
            Ok(stored) => stored,
            Err(AppError::Store(error)) if error.is_outage() => return Err(error.into()),
            Err(AppError::Repeated) => return Ok(Handled::Unchanged),
            Err(error) => {
                // Nothing of the answer is true, so none of it is said.
                let answer = {
                    drop(turn);
                    self.fault(context, &error).await
                };
                let calls = context.calls(&answer.replies, chat, thread);
                self.give(context, &calls, None, press, &answer.toast, notice)
                    .await;
                return Ok(Handled::Unchanged);
            }
        };
        drop(turn);
        let handled = if stored.is_some() {
            Handled::Committed
        } else {
            Handled::Unchanged
        };
        self.give(context, &calls, stored, press, &toast, notice)
            .await;
        Ok(handled)
    }

    /// Sends the answers in order; what Telegram does not take now is kept for later.
    async fn give(
        &self,
        context: &Context,
        calls: &[Call],
        stored: Option<Vec<AnswerId>>,
        press: Option<&str>,
        toast: &Toast,
        notice: Notice,
    ) {
        if let (Some(press), false) = (press, matches!(notice, Notice::Press)) {
            let sender = &self.core.sender;
            sender
                .answer_press(press, toast.text.text(), toast.alert)
                .await;
        }
        let _sending = stored.as_deref().map(|ids| self.core.sending.hold(ids));
        let (mut given, mut last) = (Vec::new(), None);
        for (index, call) in calls.iter().enumerate() {
            let id = stored.as_ref().and_then(|ids| ids.get(index));
            if let Some(id) = id
                && !self.core.app.replica().is_sure(context.life)
            {
                // Whoever has it by now sends it.
                let now = self.core.app.ports().now();
                self.core.sending.leave([id.clone()], now);
                continue;
            }
            match self.core.sender.make(context.chat(), call).await {
                Err(error) if error.is_passing() => {
                    let id = match stored.as_ref().and_then(|ids| ids.get(index)) {
                        Some(id) => Some(id.clone()),
                        None => self.keep(context, index, call).await,
                    };
                    if let Some(id) = id {
                        let now = self.core.app.ports().now();
                        self.core.sending.failed(&id, &error, now);
                    }
                    continue;
                }
                Ok(sent) => last = sent.or_else(|| call.edited()).or(last),
                Err(TelegramError::Closed(_)) => {}
                Err(error) => tracing::error!(%error, "Telegram refuses an answer"),
            }
            given.extend(stored.as_ref().and_then(|ids| ids.get(index)).cloned());
        }
        if !given.is_empty() {
            self.core.sending.sent(given);
        }
        let turn = context.turn.lock().await;
        if let (true, Some(question)) = (turn.asks(), last)
            && let Err(error) = dialogue::asked_in(&self.core.app, &turn, question).await
        {
            tracing::debug!(%error, "where a question stands could not be remembered");
        }
    }

    async fn keep(&self, context: &Context, index: usize, call: &Call) -> Option<AnswerId> {
        let payload = serde_json::to_vec(call).ok()?;
        let kept = self
            .core
            .app
            .keep_answer(context.incoming.id, index, context.chat(), &payload)
            .await;
        kept.inspect_err(|error| tracing::warn!(%error, "an answer could neither be sent nor kept"))
            .ok()
    }
}

/// A group is not told that somebody waits who has no business here, and a channel is told nothing.
fn waits_in_silence(context: &Context, update: &Update) -> bool {
    let in_a_channel = update.chat().is_some_and(Chat::is_channel);
    let stranger = !context.allows(context.incoming.person);
    in_a_channel || (stranger && !context.chat().is_private())
}

fn payloads(chat: ChatId, calls: &[Call]) -> Result<Vec<(ChatId, Vec<u8>)>, AppError> {
    let payload =
        |call| serde_json::to_vec(call).map_err(|error| AppError::Broken(error.to_string()));
    calls
        .iter()
        .map(|call| Ok((chat, payload(call)?)))
        .collect()
}

fn language_of(user: &User) -> Language {
    Language::from_telegram(user.language_code.as_deref().unwrap_or_default())
}

fn thread_of(update: &Update) -> ThreadId {
    let message = match &update.kind {
        UpdateKind::Message(message) | UpdateKind::EditedMessage(message) => Some(message),
        UpdateKind::CallbackQuery(press) => press.regular_message(),
        _ => None,
    };
    let topic = message.filter(|message| message.is_topic_message);
    ThreadId(
        topic
            .and_then(|message| message.thread_id)
            .map_or(0, |thread| thread.0.0.into()),
    )
}
