//! One update being handled: what it changes is one transaction together with its own "done" and with the answers that
//! tell of the change. An update that changes nothing opens no transaction at all.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use super::{App, AppError, News, Words, access::Who, workspace::Visit};
use crate::{
    domain::{ChatId, Language, Person, PersonId, ThreadId, Timestamp, UpdateId},
    store::{
        Connection, Tx,
        dialogues::{DialogueKey, StoredDialogue},
        inbox, outbox, people,
    },
    vault::Row,
};

/// See the module's text. Calls to providers come before the first [`Turn::tx`]: a transaction must not wait for anybody.
pub struct Turn {
    app: App,
    /// The update.
    pub update: UpdateId,
    /// Where it happened.
    pub chat: ChatId,
    /// In which topic, or zero.
    pub thread: ThreadId,
    /// Who caused it.
    pub person: Person,
    /// What they are called at the moment, for people to read; it is not remembered.
    pub name: String,
    /// When it is handled; one time for all that it writes.
    pub now: Timestamp,
    /// Never locked, only reached through `&mut`: the mutex lets a shared turn cross threads, which a transaction alone may not.
    tx: Mutex<Option<Tx>>,
    person_changed: bool,
    /// It is in the open transaction.
    person_written: bool,
    /// Who is to look at what this turn has written, after its commit.
    wakes: Vec<Arc<Notify>>,
    /// Nothing while the dialogue is as it was.
    asks: Option<bool>,
    /// See [`Visit`]; only for this turn.
    visit: Option<Visit>,
    news: Vec<News>,
    /// The dialogue of that person in that place, as it was when the turn began.
    dialogue: Option<StoredDialogue>,
}

/// An answer that is stored with the change it tells of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AnswerId(String);

/// News that cannot wait is stored as if it were so old: it rests no more, and goes before whatever else waits.
const AHEAD: Duration = Duration::from_hours(20 * 365 * 24);

/// Stands for the update where there is none; Telegram's numbers are positive.
const NO_UPDATE: UpdateId = UpdateId(0);

impl AnswerId {
    /// As it is stored.
    pub const fn new(id: String) -> Self {
        Self(id)
    }

    /// True for what was not asked for: no turn sends it, and it is worth telling however late.
    pub fn is_news(&self) -> bool {
        self.0.starts_with(outbox::NEWS)
    }
}

impl Turn {
    /// Begins: reads who it is, and notes when Telegram names another language than before.
    pub async fn begin(
        app: &App,
        update: UpdateId,
        chat: ChatId,
        thread: ThreadId,
        person: PersonId,
        name: String,
        telegram_language: Option<Language>,
    ) -> Result<Self, AppError> {
        let place = DialogueKey {
            chat,
            person,
            thread,
        };
        let stored = people::with_dialogue(&mut *app.store.read().await?, place).await?;
        let is_new = stored.is_none();
        let (mut person, dialogue) = stored.unwrap_or_else(|| (Person::new(person), None));
        let spoken = telegram_language.unwrap_or(person.telegram_language);
        let person_changed = is_new || spoken != person.telegram_language;
        person.telegram_language = spoken;
        Ok(Self {
            app: app.clone(),
            update,
            chat,
            thread,
            person,
            name,
            now: app.ports.now(),
            tx: Mutex::default(),
            person_changed,
            person_written: false,
            wakes: Vec::new(),
            asks: None,
            visit: None,
            news: Vec::new(),
            dialogue,
        })
    }

    /// Begins for somebody on a page: as in their private chat, but there is no update to be done.
    pub(super) async fn on_page(app: &App, person: PersonId) -> Result<Self, AppError> {
        let (chat, thread) = (person.private_chat(), ThreadId(0));
        Self::begin(app, NO_UPDATE, chat, thread, person, String::new(), None).await
    }

    /// The transaction, opened by the first who needs it.
    pub async fn tx(&mut self) -> Result<&mut Connection, AppError> {
        let slot = self.tx.get_mut().unwrap_or_else(PoisonError::into_inner);
        let tx = match slot.take() {
            Some(tx) => tx,
            None => self.app.store.begin().await?,
        };
        let tx = slot.insert(tx);
        if std::mem::take(&mut self.person_changed) {
            people::put(tx, &self.person).await?;
            self.person_written = true;
        }
        Ok(tx)
    }

    /// Changes what is remembered of the person.
    pub async fn remember(&mut self, change: impl FnOnce(&mut Person)) -> Result<(), AppError> {
        change(&mut self.person);
        self.person_changed = true;
        self.tx().await?;
        Ok(())
    }

    /// True when the answer's last message is the question of an open dialogue.
    pub fn asks(&self) -> bool {
        self.asks == Some(true)
    }

    pub(super) fn set_asks(&mut self, asks: bool) {
        self.asks = Some(asks);
    }

    /// The answer's last message asks the open dialogue's question once more, unless this turn has ended it.
    pub fn still_asks(&mut self) {
        self.asks.get_or_insert(true);
    }

    /// Lets the ledger look at what this turn has started, after the commit.
    pub(super) fn wake_ledger(&mut self) {
        self.wakes.push(self.app.ledger_wake.clone());
    }

    /// Lets the keeper look at what this turn has written, after the commit.
    pub(super) fn wake_keeper(&mut self) {
        self.wakes.push(self.app.keeper_wake.clone());
    }

    /// Stores news that cannot wait: it is sent right after the commit.
    pub(super) async fn add_urgent_news(
        &mut self,
        chat: ChatId,
        payload: &[u8],
    ) -> Result<(), AppError> {
        let (app, ahead) = (self.app.clone(), self.now.minus(AHEAD));
        app.store_news(self.tx().await?, chat, ahead, payload)
            .await?;
        self.wakes.push(self.app.news_wake.clone());
        Ok(())
    }

    pub(super) const fn dialogue(&self) -> Option<&StoredDialogue> {
        self.dialogue.as_ref()
    }

    pub(super) const fn visit(&self) -> Option<&Visit> {
        self.visit.as_ref()
    }

    pub(super) fn set_visit(&mut self, visit: Visit) {
        self.visit = Some(visit);
    }

    /// Who acts, and where; what they may do is looked up with it.
    pub(super) fn who(&self) -> Who {
        Who {
            person: self.person.id,
            chat: self.chat,
            visit: self.visit.clone(),
        }
    }

    /// Tells somebody else of what this turn changes: stored in the same transaction, sent right after the commit.
    pub(super) fn tell(&mut self, news: News) {
        self.news.push(news);
    }

    /// Throws away what was written so far; the turn can write anew.
    pub fn undo(&mut self) {
        self.tx = Mutex::default();
        self.person_changed |= std::mem::take(&mut self.person_written);
        self.wakes.clear();
        self.asks = None;
        self.news.clear();
    }

    /// Commits what was written, the answers and "done", and gives the answers' ids in their order: nothing may be sent
    /// before. `None` when nothing was written: the update is to be wiped, and its answers can be given at once.
    pub async fn commit(
        &mut self,
        answers: Vec<(ChatId, Vec<u8>)>,
        words: &dyn Words,
    ) -> Result<Option<Vec<AnswerId>>, AppError> {
        if self.person_changed {
            self.tx().await?;
        }
        let slot = self.tx.get_mut().unwrap_or_else(PoisonError::into_inner);
        let Some(mut tx) = slot.take() else {
            return Ok(None);
        };
        let mut ids = Vec::with_capacity(answers.len());
        for (index, (chat, payload)) in answers.into_iter().enumerate() {
            // Sorts in the order of the answers.
            let id = format!("{:020}-{index:03}", self.update.0);
            self.app
                .add_answer(&mut tx, &id, chat, &payload, self.now)
                .await?;
            ids.push(AnswerId(id));
        }
        for news in std::mem::take(&mut self.news) {
            let ahead = self.now.minus(AHEAD);
            self.app
                .tell_since(words, &mut tx, self.now, ahead, news)
                .await?;
            self.wakes.push(self.app.news_wake.clone());
        }
        let (update, replica) = (self.update, self.app.replica.id());
        let of_whom = (update, self.chat, self.person.id);
        if update != NO_UPDATE && !inbox::finish(&mut tx, of_whom, replica, self.now).await? {
            // Another life or another process was faster: what it has written and answered stands.
            return Err(AppError::Repeated);
        }
        tx.commit().await?;
        for wake in self.wakes.drain(..) {
            wake.notify_one();
        }
        Ok(Some(ids))
    }
}

/// A stored answer of an earlier moment.
pub struct WaitingAnswer {
    /// To take it out again.
    pub id: AnswerId,
    /// Where it goes.
    pub chat: ChatId,
    /// The answer; nothing when it does not open.
    pub payload: Option<Vec<u8>>,
    /// How old it is.
    pub age: Duration,
    /// Where the next ones are found.
    pub place: outbox::Place,
}

impl App {
    /// Some answers that may not have been sent, or some of the news, in their order; those after that place.
    pub async fn waiting_answers(
        &self,
        news: bool,
        place: &outbox::Place,
        most: i64,
    ) -> Result<Vec<WaitingAnswer>, AppError> {
        let now = self.ports.now();
        let mut c = self.store.read().await?;
        let stored = outbox::after(&mut c, place, (self.replica.id(), news), most).await?;
        drop(c);
        Ok(stored
            .into_iter()
            .map(|answer| self.open_answer(answer, now))
            .collect())
    }

    fn open_answer(&self, answer: outbox::StoredAnswer, now: Timestamp) -> WaitingAnswer {
        let opened = self
            .vault
            .open_bytes(answer_row(&answer.id), &answer.payload);
        WaitingAnswer {
            payload: opened.map(|plain| plain.to_vec()).ok(),
            chat: answer.chat,
            age: now.since(answer.created_at),
            place: answer.place(),
            id: AnswerId(answer.id),
        }
    }

    /// The answers of this process in a chat that may not have been sent, in their order.
    pub async fn answers_in(&self, chat: ChatId) -> Result<Vec<WaitingAnswer>, AppError> {
        let now = self.ports.now();
        let mut c = self.store.read().await?;
        let stored = outbox::in_chat(&mut c, chat, self.replica.id()).await?;
        Ok(stored
            .into_iter()
            .map(|answer| self.open_answer(answer, now))
            .collect())
    }

    /// Takes an answer for sending; false when it does not wait for this process any more.
    pub async fn claim_answer(&self, id: &AnswerId) -> Result<bool, AppError> {
        let mut c = self.store.write().await?;
        Ok(outbox::claim(&mut c, &id.0, self.replica.id()).await?)
    }

    /// Stores an answer that could not be sent now, outside of any change.
    pub async fn keep_answer(
        &self,
        update: UpdateId,
        index: usize,
        chat: ChatId,
        payload: &[u8],
    ) -> Result<AnswerId, AppError> {
        let id = format!("{:020}-{index:03}", update.0);
        let now = self.ports.now();
        self.add_answer(&mut *self.store.write().await?, &id, chat, payload, now)
            .await?;
        Ok(AnswerId(id))
    }

    /// Stores what is to be said, in the transaction that makes it true.
    pub(super) async fn add_answer(
        &self,
        c: &mut Connection,
        id: &str,
        chat: ChatId,
        payload: &[u8],
        now: Timestamp,
    ) -> Result<(), AppError> {
        let answer = outbox::StoredAnswer {
            id: id.to_owned(),
            chat,
            payload: self.vault.seal_bytes(answer_row(id), payload)?,
            created_at: now,
        };
        Ok(outbox::add(c, &answer, self.replica.id()).await?)
    }

    /// Stores what is told without having been asked for, in the transaction of what it tells of.
    pub(super) async fn store_news(
        &self,
        c: &mut Connection,
        chat: ChatId,
        now: Timestamp,
        payload: &[u8],
    ) -> Result<(), AppError> {
        let id = format!(
            "{}{:016x}",
            outbox::NEWS,
            u64::from_be_bytes(self.ports.random()?)
        );
        let payload = self.vault.seal_bytes(answer_row(&id), payload)?;
        let answer = outbox::StoredAnswer {
            id,
            chat,
            payload,
            created_at: now,
        };
        Ok(outbox::add(c, &answer, self.replica.id()).await?)
    }

    /// Waits until there is news that cannot wait.
    pub async fn urgent_news(&self) {
        self.news_wake.notified().await;
    }

    /// Takes answers out that were sent or given up.
    pub async fn answered(&self, ids: &[AnswerId]) -> Result<(), AppError> {
        if ids.is_empty() {
            return Ok(());
        }
        let ids: Vec<_> = ids.iter().map(|id| id.0.as_str()).collect();
        Ok(outbox::remove(&mut *self.store.write().await?, &ids).await?)
    }
}

fn answer_row(id: &str) -> Row<'_> {
    Row {
        column: "outbox.payload",
        id,
    }
}
