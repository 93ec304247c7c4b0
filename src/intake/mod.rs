//! The way in: updates are stored before they are acknowledged, handled in order per chat and person, and wiped when done.
//! It must never acknowledge what is not stored, never let one chat delay another, and never log an update's content.

mod ahead;
mod completions;
mod entry;
mod gather;
mod held_lanes;
mod hook;
mod in_hand;
mod inbox;
mod lanes;
mod lead;
mod leakwatch;
mod outage;
mod poll;
mod projection;
mod pulse;
mod webhook;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{ChatId, GroupEvent, MessageId, Named, PersonId, UpdateId},
    metrics::Metrics,
    ports::Ports,
    replica::Replica,
    store::{Store, StoreError},
    telegram::Telegram,
    vault::Vault,
};

pub use ahead::CAREFUL_FOR;
pub use hook::{Hook, MAX_CONNECTIONS, PREFIX, leave_webhook, set_webhook};
pub use inbox::{POLL_OFFSET, TOMBSTONES_FOR};
pub use lanes::ATTEMPTS;
pub use leakwatch::{Finding, Leakwatch};
pub use outage::{Outage, outlast};
pub use poll::{ALLOWED_UPDATES, LONGEST_PAUSE};
pub use pulse::Pulse;
pub use webhook::{Arrivals, Door, NotStored, door};

/// An update on its way to the bot, reduced to the fields that are used.
#[derive(Clone)]
pub struct Incoming {
    /// Telegram's number; the same for every delivery of the same update.
    pub id: UpdateId,
    /// The chat that it came from.
    pub chat: ChatId,
    /// Who caused it.
    pub person: PersonId,
    /// The message that it is about, with all of its 64 bits; zero when there is none.
    pub message: MessageId,
    /// So many updates of the same person in this chat waited behind it when it had its turn.
    pub behind: usize,
    /// The message carries something besides text: a photo, a file, a voice.
    pub attachment: bool,
    /// The known keys that its message holds, and where it stands.
    pub leak: Option<Arc<Finding>>,
    /// Somebody whom a command in a group is about.
    pub about: Option<Named>,
    /// What has happened to the group itself.
    pub event: Option<GroupEvent>,
    /// What the group is called now; empty for other chats.
    pub title: Arc<str>,
    /// What kind of update it is, as Telegram calls it.
    pub kind: &'static str,
    /// The update as teloxide's types read it, in JSON. May hold a pasted credential.
    pub update: Arc<str>,
}

/// What became of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handled {
    /// A transaction has written what it changed and wiped the update.
    Committed,
    /// Nothing was written; the update may be wiped.
    Unchanged,
    /// Nothing was done, since the database is away: the same update again later, without counting it as an attempt.
    Later,
}

impl Handled {
    /// For the metrics.
    const fn code(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::Unchanged => "unchanged",
            Self::Later => "later",
        }
    }
}

/// Handles updates; implemented by the bot.
#[async_trait]
pub trait Handle: Send + Sync + 'static {
    /// Handles one update. May be called again for the same one after a crash or a panic.
    async fn handle(&self, update: Incoming) -> Handled;

    /// Processes that are dead have not sent those answers, named as they are stored: this one is to.
    fn left_behind(&self, answers: Vec<String>);

    /// Sends what was left behind for a chat, before an update is handled there that was left behind too.
    async fn catch_up(&self, chat: ChatId);

    /// An update has to wait behind an earlier one of its person: whoever can see that it waits is to be told.
    async fn waits(&self, update: Incoming);

    /// Tells the person that an update was given up after too many attempts.
    async fn gave_up(&self, update: Incoming);

    /// Tells a chat, once per outage, that nothing can be done for it now.
    async fn cannot_store(&self, chat: ChatId, person: PersonId);
}

/// What the intake works with; cheap to clone.
#[derive(Clone)]
pub struct Intake {
    /// The tables.
    pub store: Store,
    /// Seals what is stored.
    pub vault: Arc<Vault>,
    /// The clock.
    pub ports: Ports,
    /// Where updates come from.
    pub telegram: Telegram,
    /// What this process is among others.
    pub replica: Arc<Replica>,
    /// Looks for leaked keys in them.
    pub leakwatch: Arc<Leakwatch>,
    /// When they came.
    pub pulse: Arc<Pulse>,
    /// See [`CAREFUL_FOR`].
    pub careful_for: Duration,
    /// Counts them.
    pub metrics: Metrics,
}

/// How updates come.
pub enum WayIn {
    /// We ask for them.
    Poll,
    /// Telegram brings them to our web server.
    Webhook(Arc<Hook>, Arrivals),
}

impl Intake {
    /// Takes up what an earlier run left, then receives until `stop`. Handlers that are at work then get until `abandon`;
    /// what they have not finished is handled again after the next start.
    pub async fn run(
        self,
        handler: Arc<dyn Handle>,
        way_in: WayIn,
        stop: CancellationToken,
        abandon: CancellationToken,
    ) -> Result<(), StoreError> {
        let in_hand = Arc::new(in_hand::InHand::new(self.store.is_shared()));
        let completions = completions::Completions::new(self.clone(), in_hand.clone());
        let end = CancellationToken::new();
        let completing = completions.write_all(end.clone());
        let lanes = lanes::Lanes::new(
            self.clone(),
            handler.clone(),
            completions,
            in_hand,
            abandon.clone(),
        );
        outlast(&self.ports, &stop, || gather::look(&self, &handler, &lanes)).await?;
        let gathering = gather::gather(self.clone(), handler.clone(), lanes.clone(), stop.clone());
        let gathering = tokio::spawn(gathering);
        let sweeping = tokio::spawn(inbox::sweep(self.clone(), stop.clone()));
        let ahead = || ahead::Ahead::begin(&self, self.careful_for);
        let ahead = outlast(&self.ports, &stop, ahead).await?;
        let entry = entry::Entry::new(self.clone(), handler, lanes.clone(), ahead);
        match way_in {
            WayIn::Poll => lead::poll_in_turn(&entry, &stop).await?,
            WayIn::Webhook(hook, arrivals) => {
                webhook::receive(&entry, arrivals, hook, &stop).await?;
            }
        }
        if let Err(error) = gathering.await {
            tracing::error!(%error, "looking for waiting updates ended early");
        }
        lanes.drain(&abandon).await;
        end.cancel();
        let completed = tokio::select! {
            completed = completing => completed.is_ok(),
            () = abandon.cancelled() => false,
        };
        if completed && let Err(error) = ahead::end(&self).await {
            tracing::debug!(%error, "the next start takes this end for a crash");
        }
        sweeping.abort();
        // Ends as cancelled; whoever is still sweeping holds the database's file.
        let _ = sweeping.await;
        Ok(())
    }
}
