//! The ledger: every operation goes its way step by step, each step recorded before and after it is carried out, by one
//! worker at a time, and is taken up again wherever a crash has left it. What is not known is never told as known.

mod deliver;
mod provider_steps;
mod record;
mod recording;
mod tell;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{App, AppError, Messenger, News, Permitted, Turn, UserError, audit::Note, confirm};
use crate::{
    domain::{
        Account, AuditAction, ChatId, Operation, OperationNumber, Place, Timestamp, Verb,
        operation::{Approval, Detail, Step},
    },
    store::{
        StoreError,
        leases::{self, Lease},
        operations, policies, workspaces,
    },
};

pub(super) use record::record;

/// The ledger looks at least this often, should a wake-up be lost.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// After the database was away.
const PAUSE: Duration = Duration::from_secs(1);

/// While somebody else works in the same scope.
const BUSY_PAUSE: Duration = Duration::from_millis(250);

/// Work that takes longer is shown on the card; most is over before.
const PROGRESS_AFTER: Duration = Duration::from_secs(1);

/// An operation that fails for a reason of its own is left alone for this long.
const COOL_DOWN: Duration = Duration::from_secs(30);

/// A sign of life for the held leases, well within their ten seconds.
const HEARTBEAT: Duration = Duration::from_secs(3);

/// Operations at work at once at most.
const AT_WORK: usize = 256;

/// Requests of one group that wait for other people at most.
const MOST_WAITING: i64 = 50;

/// Due operations looked at together: more than can be at work already, so that none is overlooked for ever.
const LOOK_AT: i64 = 512;

/// Writes a new operation down, in the turn that confirmed it. It is carried out after the commit.
pub(super) async fn begin(
    app: &App,
    turn: &mut Turn,
    allowed: &Permitted,
    verb: Verb,
    detail: Detail,
    card: Place,
) -> Result<OperationNumber, AppError> {
    let (now, person, update) = (turn.now, turn.person.id, turn.update);
    let account = allowed.account();
    let number = operations::next_number(turn.tx().await?).await?;
    let detail = match allowed.workspace() {
        Some(chat) => from_group(app, turn, account, chat, (number, verb), detail).await?,
        None => detail,
    };
    let tx = turn.tx().await?;
    let step = Operation::first_step(&detail);
    let waits = detail.approval.as_ref().map(|approval| approval.ends_at);
    let operation = Operation {
        number,
        person,
        card,
        account: account.id.clone(),
        provider: account.provider,
        scope: account.scope(),
        verb,
        step,
        // The first one's card tells of the others: they have nothing to tell yet.
        untold: i64::from(detail.part_of.is_none()),
        detail: Detail {
            account_name: account.name.clone(),
            ..detail
        },
        update,
        started_at: now,
        sent_at: Timestamp::NEVER,
        next_try_at: waits.filter(|_| step == Step::Approval).unwrap_or(now),
        tries: 0,
        ended_at: Timestamp::NEVER,
    };
    operations::insert(tx, &operation).await?;
    let action = match verb {
        Verb::Issue => AuditAction::IssueStarted,
        Verb::Rotate => AuditAction::RotateStarted,
        Verb::Revoke => AuditAction::RevokeStarted,
    };
    app.write_down(tx, Note::operation(&operation, now, person, action))
        .await?;
    turn.wake_ledger();
    Ok(operation.number)
}

/// What is added where a request comes from a group: who asked, for its card; who has to approve; a way on for whoever has not opened the private
/// chat into which a secret goes; and a word to the account's owner about somebody who acts there for the first time.
async fn from_group(
    app: &App,
    turn: &mut Turn,
    account: &Account,
    chat: ChatId,
    (number, verb): (OperationNumber, Verb),
    detail: Detail,
) -> Result<Detail, AppError> {
    let person = turn.person.id;
    // What goes on after it was approved does not wait again.
    let approval = match detail.approval {
        None => asked_of_others(turn, chat, verb).await?,
        approval => approval,
    };
    let waits = approval
        .as_ref()
        .is_some_and(|approval| !approval.is_enough());
    let tx = turn.tx().await?;
    if workspaces::acts(tx, chat, &account.id, person).await? && !account.is_owned_by(person) {
        let title = workspaces::title(tx, chat).await?.unwrap_or_default();
        let name = turn.name.clone();
        turn.tell(News::FirstAction(account.clone(), person, name, title));
    }
    let way_in = match verb {
        Verb::Issue | Verb::Rotate if !waits => {
            Some(confirm::way_in(app, turn, person, number).await?)
        }
        Verb::Issue | Verb::Rotate | Verb::Revoke => None,
    };
    Ok(Detail {
        asked_by: turn.name.clone(),
        approval,
        way_in,
        ..detail
    })
}

/// What other people are to say, as the group's policy of now has it.
async fn asked_of_others(
    turn: &mut Turn,
    chat: ChatId,
    verb: Verb,
) -> Result<Option<Approval>, AppError> {
    let now = turn.now;
    let tx = turn.tx().await?;
    let policy = policies::get(tx, chat).await?;
    // Read after it: a group that has got another number meanwhile has taken its policy along.
    if workspaces::title(tx, chat).await?.is_none() {
        return Err(UserError::NothingBound.into());
    }
    let approval = Approval::asked_by(policy, verb, now);
    if approval.is_some() && policies::waiting_in(tx, chat).await? >= MOST_WAITING {
        return Err(UserError::TooManyWaiting.into());
    }
    Ok(approval)
}

/// Carries operations out; cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    app: App,
    messenger: Arc<dyn Messenger>,
    /// Names this process in the leases.
    holder: Arc<str>,
    /// Operations at work, with the leases that their workers hold.
    at_work: Arc<Mutex<HashMap<OperationNumber, Option<Lease>>>>,
    tasks: TaskTracker,
}

impl Ledger {
    /// A ledger that tells people through that messenger.
    pub fn new(app: App, messenger: Arc<dyn Messenger>) -> Result<Self, AppError> {
        let holder: [u8; 8] = app.ports.random()?;
        Ok(Self {
            holder: format!("{:016x}", u64::from_be_bytes(holder)).into(),
            app,
            messenger,
            at_work: Arc::default(),
            tasks: TaskTracker::new(),
        })
    }

    /// Works until `stop`; what is then under way may go on until `abandon`, and is otherwise taken up by the next start.
    pub async fn run(&self, stop: CancellationToken, abandon: CancellationToken) {
        let beating = tokio::spawn(self.clone().heartbeat(abandon.clone()));
        while !stop.is_cancelled() {
            // Counted from the look, not from its end: what has become due meanwhile is not slept through.
            let looked_at = self.app.ports.now();
            let pause = self.start_due(&stop, &abandon).await;
            tokio::select! {
                () = self.app.ledger_wake.notified() => {}
                () = self.app.ports.clock.sleep_until(looked_at.plus(pause)) => {}
                () = stop.cancelled() => {}
            }
        }
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => {}
            () = abandon.cancelled() => {}
        }
        beating.abort();
        // Ends as cancelled; whoever is still beating holds the database's file.
        let _ = beating.await;
    }

    /// Starts a worker for each operation that is due; tells how long until the next is.
    async fn start_due(&self, stop: &CancellationToken, abandon: &CancellationToken) -> Duration {
        match self.due().await {
            Ok((due, pause)) => {
                for number in due {
                    self.start(number, stop.clone(), abandon.clone());
                }
                pause
            }
            Err(error) => {
                tracing::debug!(%error, "the ledger cannot read");
                PAUSE
            }
        }
    }

    async fn due(&self) -> Result<(Vec<OperationNumber>, Duration), StoreError> {
        let mut c = self.app.store.read().await?;
        let now = self.app.ports.now();
        let due = operations::due(&mut c, now, LOOK_AT).await?;
        let next = operations::next_due(&mut c).await?;
        let pause = next.map_or(LOOK_EVERY, |next| next.since(now).clamp(PAUSE, LOOK_EVERY));
        Ok((due, pause))
    }

    fn start(&self, number: OperationNumber, stop: CancellationToken, abandon: CancellationToken) {
        let mut at_work = self.at_work();
        if at_work.len() >= AT_WORK || at_work.contains_key(&number) {
            return;
        }
        at_work.insert(number, None);
        drop(at_work);
        let (ledger, stopped) = (self.clone(), stop.clone());
        self.tasks.spawn(async move {
            let ledger_at_work = ledger.clone();
            // A task of its own: a panic ends there, and the operation stays where it is recorded.
            let work = tokio::spawn(async move {
                tokio::select! {
                    worked = ledger_at_work.work(number, &stop) => worked,
                    () = abandon.cancelled() => Ok(Duration::ZERO),
                }
            });
            let rest = match work.await {
                Ok(Ok(rest)) => rest,
                // Somebody else moved it on.
                Ok(Err(AppError::User(_))) => Duration::ZERO,
                Ok(Err(AppError::Store(error))) if error.is_outage() => PAUSE,
                Ok(Err(error)) => {
                    tracing::error!(operation = number.0, %error, "an operation cannot go on");
                    COOL_DOWN
                }
                Err(_panic) => {
                    tracing::error!(operation = number.0, "an operation's worker has panicked");
                    COOL_DOWN
                }
            };
            while let Err(error) = ledger.let_go(number).await {
                tracing::debug!(operation = number.0, %error, "a lease cannot be given back yet");
                tokio::select! {
                    () = ledger.app.ports.sleep(PAUSE) => {}
                    () = stopped.cancelled() => break,
                }
            }
            tokio::select! {
                () = ledger.app.ports.sleep(rest) => {}
                () = stopped.cancelled() => {}
            }
            ledger.at_work().remove(&number);
            // What was asked for meanwhile found it at work.
            ledger.app.ledger_wake.notify_one();
        });
    }

    /// Carries one operation as far as it goes now; tells how long it is to be left alone.
    async fn work(
        &self,
        number: OperationNumber,
        stop: &CancellationToken,
    ) -> Result<Duration, AppError> {
        let Some(operation) = self.read(number).await? else {
            return Ok(Duration::ZERO);
        };
        if operation.step == Step::Ended || operation.next_try_at > self.app.ports.now() {
            return self.tell(number).await;
        }
        let lease = leases::take(
            &mut *self.app.store.write().await?,
            &operation.scope,
            &self.holder,
        )
        .await?;
        let Some(lease) = lease else {
            // Whoever waits in line can still tell of those that do not.
            if operation.untold != 0 {
                self.tell(number).await?;
            }
            return Ok(BUSY_PAUSE);
        };
        self.at_work().insert(number, Some(lease.clone()));
        let mut walking = Box::pin(self.walk(number, &lease, stop));
        let walked = if let Some(walked) = self.app.ports.within(PROGRESS_AFTER, &mut walking).await
        {
            walked
        } else {
            // Together: an answer that arrives meanwhile must be taken in at once.
            tokio::join!(walking, self.show_progress(number)).0
        };
        self.let_go(number).await?;
        walked?;
        self.tell(number).await
    }

    fn at_work(&self) -> MutexGuard<'_, HashMap<OperationNumber, Option<Lease>>> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a worker's lease back, if it still holds one: it gets no more signs of life either way.
    async fn let_go(&self, number: OperationNumber) -> Result<(), StoreError> {
        let lease = self.at_work().get(&number).cloned().flatten();
        if let Some(lease) = lease {
            leases::release(&mut *self.app.store.write().await?, &lease).await?;
            if let Some(held) = self.at_work().get_mut(&number) {
                *held = None;
            }
        }
        Ok(())
    }

    async fn read(&self, number: OperationNumber) -> Result<Option<Operation>, StoreError> {
        operations::get(&mut *self.app.store.read().await?, number).await
    }

    /// Step after step, until it has to wait or is over.
    async fn walk(
        &self,
        number: OperationNumber,
        lease: &Lease,
        stop: &CancellationToken,
    ) -> Result<(), AppError> {
        // Read again under the lease: it may have moved on since.
        let Some(mut operation) = self.read(number).await? else {
            return Ok(());
        };
        while operation.step != Step::Ended
            && operation.next_try_at <= self.app.ports.now()
            && !stop.is_cancelled()
        {
            self.carry_out(&mut operation, lease).await?;
        }
        self.remind(&mut operation, lease).await
    }

    async fn heartbeat(self, abandon: CancellationToken) {
        while !abandon.is_cancelled() {
            self.app.ports.sleep(HEARTBEAT).await;
            let held: Vec<_> = self.at_work().values().flatten().cloned().collect();
            if !held.is_empty()
                && let Ok(mut c) = self.app.store.write().await
                && let Err(error) = leases::renew(&mut c, &held).await
            {
                tracing::debug!(%error, "cannot renew the leases");
            }
        }
    }
}
