//! The watch: looks at every linked account from time to time and tells its owner, once, what has changed there and not through
//! us. What was seen, what is told of it and the time of the next look are recorded together, so a crash doubles and loses nothing.

use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use super::{App, AppError, News, Words, accounts::mark_refused, list_keys::only_key};
use crate::{
    domain::{
        Account, AccountState, Drift, Key, KeyAges, KeyRef, Keys, Operation, Person, PersonId,
        ProviderKind, SeenKey, Timestamp, operation::Outcome,
    },
    providers::{Access, ProviderError},
    store::{Connection, accounts, key_ages, keys, leaks, operations, people, watch},
};

/// Between two looks at an account, give or take a quarter.
const EVERY: Duration = Duration::from_hours(6);

/// A new account is looked at first after that time, give or take a quarter.
const FIRST: Duration = Duration::from_mins(15);

/// What could not be looked at, because its provider is away or a request is open there, is looked at again after that time.
const LATER: Duration = Duration::from_mins(10);

/// Between two calls to one provider. BotSubscription allows 300 calls a minute from one address, and that limit is shared with
/// everything that people ask for: the watch takes 30, a tenth, however many accounts are due.
const PACE: Duration = Duration::from_secs(2);

/// Nothing is due, or the database is away.
const IDLE: Duration = Duration::from_mins(1);

/// The clocks of several processes may differ that much.
const SKEW: Duration = Duration::from_mins(1);

/// Reminders of one look at most: the others come with the next ones.
const REMINDERS: usize = 5;

/// After a night the reminders do not all come in its first minute.
const MORNING: Duration = Duration::from_mins(15);

/// See the module's text.
pub struct Watch {
    app: App,
    words: Arc<dyn Words>,
}

impl Watch {
    /// One that tells in those words.
    pub fn new(app: App, words: Arc<dyn Words>) -> Self {
        Self { app, words }
    }

    /// Watches until `stop`. Provider by provider: one that hangs delays no look at another.
    pub async fn run(&self, stop: CancellationToken) {
        let watching = join_all(ProviderKind::ALL.map(|provider| self.watch(provider)));
        tokio::select! {
            _ = watching => {}
            () = stop.cancelled() => {}
        }
    }

    async fn watch(&self, provider: ProviderKind) {
        loop {
            // Before the first look too: a program that starts again and again keeps the pace.
            self.app.ports.sleep(PACE).await;
            let pause = match self.look_at_next(provider).await {
                Ok(pause) => pause,
                Err(AppError::Store(error)) if error.is_outage() => {
                    tracing::debug!(%error, "the watch cannot read or record");
                    IDLE
                }
                Err(error) => {
                    tracing::error!(provider = provider.code(), %error, "an account cannot be looked at");
                    IDLE
                }
            };
            self.app.ports.sleep(pause).await;
        }
    }

    /// Looks at the account that is due, if there is one; tells how long to wait besides the usual pace.
    async fn look_at_next(&self, provider: ProviderKind) -> Result<Duration, AppError> {
        let next = watch::next(&mut *self.app.store.read().await?, provider).await?;
        let Some((account, look_at)) = next else {
            return Ok(IDLE);
        };
        let now = self.app.ports.now();
        if look_at > now {
            return Ok(look_at.since(now).min(IDLE));
        }
        let is_new = look_at.is_never();
        // Planned before it is looked at: nothing that happens in a look can make it the next again at once,
        // and no other process looks at the same account.
        let later = now.plus(self.about(if is_new { FIRST } else { LATER })?);
        let mut c = self.app.store.write().await?;
        let planned = watch::replan(&mut c, &account.id, look_at, later).await?;
        drop(c);
        if is_new || !planned || !account.owners().any(|owner| self.app.allows(owner)) {
            return Ok(Duration::ZERO);
        }
        self.look_at(&account).await
    }

    async fn look_at(&self, account: &Account) -> Result<Duration, AppError> {
        let began = self.app.ports.now();
        let recent = recent(&mut *self.app.store.read().await?, account, began).await?;
        // What it makes or revokes is not recorded yet.
        if !recent.is_empty() {
            return Ok(Duration::ZERO);
        }
        match self.read(account).await? {
            Ok(listed) => self.record(account, &listed, began).await?,
            Err(ProviderError::Refused) => self.record_refusal(account).await?,
            Err(ProviderError::RateLimited { retry_after }) => return Ok(retry_after.min(LATER)),
            // It may come back, or may be asked for something else: its people are told when they ask.
            Err(error) => tracing::debug!(account = %account.id, %error, "a look in vain"),
        }
        Ok(Duration::ZERO)
    }

    async fn read(&self, account: &Account) -> Result<Result<Vec<Key>, ProviderError>, AppError> {
        let credential = self.app.credential(account)?;
        let access = Access {
            project: &account.project,
            credential: &credential,
        };
        let provider = self.app.providers.get(account.provider);
        Ok(match account.provider.capabilities().keys {
            Keys::Many => provider.list(access).await,
            Keys::One | Keys::Guided => {
                let probed = provider.probe(access).await;
                probed.map(|()| vec![only_key(account)])
            }
        })
    }

    async fn record(
        &self,
        account: &Account,
        listed: &[Key],
        began: Timestamp,
    ) -> Result<(), AppError> {
        let now = self.app.ports.now();
        let mut tx = self.app.store.begin().await?;
        let current = accounts::lock(&mut tx, &account.id).await?;
        // What another credential was told is another look's matter.
        let Some(account) = current.filter(|current| {
            current.state == AccountState::Linked && current.credential == account.credential
        }) else {
            return Ok(());
        };
        // A request has come or gone while the provider was asked: whose key is whose cannot be told.
        if !recent(&mut tx, &account, began).await?.is_empty() {
            return Ok(());
        }
        let looked_at = watch::looked_at(&mut tx, &account.id).await?;
        let before = watch::seen(&mut tx, &account.id).await?;
        let mut seen = SeenKey::living(listed, &before);
        if account.provider.capabilities().keys == Keys::Many && !looked_at.is_never() {
            let ours = ours(&mut tx, &account, looked_at).await?;
            let drift = Drift::between(&before, listed, &ours);
            if !drift.is_none() {
                self.tell(&mut tx, now, News::Drift(account.clone(), drift))
                    .await?;
            }
        }
        let ages = key_ages::of(&mut tx, &account).await?;
        for key in ages.gone(listed, &before) {
            key_ages::remove(&mut tx, &account.id, key).await?;
        }
        if account.provider.capabilities().keys == Keys::Many {
            forget_dead(&mut tx, &account, listed).await?;
        }
        let next = self
            .remind(&mut tx, now, &account, &ages, listed, &mut seen)
            .await?;
        watch::record(&mut tx, &account.id, began, &before, &seen).await?;
        watch::plan(&mut tx, &account.id, next).await?;
        Ok(tx.commit().await?)
    }

    /// Tells of keys that are to be replaced soon, unless it is night; tells when to look again.
    async fn remind(
        &self,
        c: &mut Connection,
        now: Timestamp,
        account: &Account,
        ages: &KeyAges,
        listed: &[Key],
        seen: &mut [SeenKey],
    ) -> Result<Timestamp, AppError> {
        let next = now.plus(self.about(EVERY)?);
        let mut due: Vec<_> = listed
            .iter()
            .filter(|key| key.is_alive())
            .filter_map(|key| {
                let age = ages.of(&key.id);
                let ends_at = age.due(key.created_at)?;
                let reminder = age.reminder(key.created_at, now)?;
                let place = seen
                    .iter()
                    .position(|seen| seen.id == key.id && seen.lacks(reminder))?;
                Some((ends_at, key, reminder, place))
            })
            .collect();
        if due.is_empty() {
            return Ok(next);
        }
        let owner = people::get(c, account.owner).await?;
        let timezone = owner.unwrap_or_else(|| Person::new(account.owner)).timezone;
        if let Some(morning) = timezone.night_ends(now) {
            return Ok(next.min(morning.plus(self.about(MORNING)?)));
        }
        due.sort_by_key(|(ends_at, ..)| *ends_at);
        for (ends_at, key, reminder, place) in due.into_iter().take(REMINDERS) {
            let news = News::Due(account.clone(), key.clone(), ages.clone(), ends_at);
            self.tell(c, now, news).await?;
            seen[place].reminded = reminder;
        }
        Ok(next)
    }

    async fn record_refusal(&self, account: &Account) -> Result<(), AppError> {
        let now = self.app.ports.now();
        let mut tx = self.app.store.begin().await?;
        if mark_refused(&self.app, &mut tx, account, PersonId(0), now).await? {
            self.tell(&mut tx, now, News::Refused(account.clone()))
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Stores what is told together with why.
    async fn tell(&self, c: &mut Connection, now: Timestamp, news: News) -> Result<(), AppError> {
        self.app.tell(self.words.as_ref(), c, now, news).await
    }

    /// That span, give or take a quarter: what was linked or could not be read at one time spreads out.
    fn about(&self, span: Duration) -> Result<Duration, AppError> {
        let roll = u32::from(u16::from_be_bytes(self.app.ports.random()?));
        Ok(span * 3 / 4 + span / 2 * roll / u32::from(u16::MAX))
    }
}

/// After a decision about a lost answer: the call may still be carried out, up to a minute after it was sent. If nobody has
/// looked at the account before, what was listed before the call counts as seen.
pub(super) async fn look_for_late_key(
    c: &mut Connection,
    operation: &Operation,
    now: Timestamp,
) -> Result<(), AppError> {
    let account = &operation.account;
    if watch::looked_at(c, account).await?.is_never() {
        let known = operation.detail.known_before.iter();
        let seen: Vec<_> = known
            .map(|id| SeenKey {
                id: id.clone(),
                last_four: String::new(),
                reminded: 0,
            })
            .collect();
        watch::record(c, account, operation.sent_at, &[], &seen).await?;
    }
    let look_at = now.plus(crate::domain::operation::LOOK_UNTIL);
    Ok(watch::plan(c, account, look_at).await?)
}

/// The requests in an account's project, of whomever, that are open or have ended since that time.
async fn recent(
    c: &mut Connection,
    account: &Account,
    since: Timestamp,
) -> Result<Vec<Operation>, AppError> {
    let mut recent = Vec::new();
    for number in operations::recent_of_scope(c, &account.scope(), since.minus(SKEW)).await? {
        recent.extend(operations::get(c, number).await?);
    }
    Ok(recent)
}

/// A key that is dead or gone need not be looked for any more.
async fn forget_dead(
    c: &mut Connection,
    account: &Account,
    listed: &[Key],
) -> Result<(), AppError> {
    for id in leaks::keys_of(c, &account.id).await? {
        let lives = listed.iter().any(|key| key.id == id && key.is_alive());
        if !lives {
            leaks::forget_key(c, &account.id, &id).await?;
        }
    }
    Ok(())
}

/// The keys in an account's project that Keyporter has made, and those that its requests since then have revoked or named.
async fn ours(
    c: &mut Connection,
    account: &Account,
    since: Timestamp,
) -> Result<Vec<KeyRef>, AppError> {
    let mut ours = keys::of_project(c, &account.id).await?;
    for operation in recent(c, account, since).await? {
        let detail = operation.detail;
        let nothing_done = matches!(detail.outcome, Some(Outcome::NothingDone(_)));
        let revoking = detail.revoking.filter(|_| !nothing_done);
        ours.extend(revoking.map(|(key, _)| key));
        ours.extend(detail.new_key);
        ours.extend(detail.suspects);
        ours.extend(detail.gone);
    }
    Ok(ours)
}
