//! Looks for updates that wait for this process and that it has not in hand: those of an earlier life, those that others have stored
//! for it, and those of replicas that are dead, with the answers that those have not sent. It must never take one from a replica that lives.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use tokio_util::sync::CancellationToken;

use super::{Handle, Intake, inbox::load, lanes::Lanes};
use crate::{
    domain::{Timestamp, UpdateId},
    store::{
        StoreError,
        inbox::{self, Held},
        outbox, replicas,
    },
};

/// Between two looks, should nobody call.
const EVERY: Duration = Duration::from_secs(2);

/// Updates whose lanes are taken over in one transaction; each lane takes a lock.
const PORTION: i64 = 200;

/// A process of an older version names nobody: what it has not done after so long it will not do.
const NOBODYS_FOR: Duration = Duration::from_mins(1);

/// Looks until `stop`; where there is one process, once is enough.
pub(super) async fn gather(
    intake: Intake,
    handler: Arc<dyn Handle>,
    lanes: Lanes,
    stop: CancellationToken,
) {
    while intake.store.is_shared() {
        tokio::select! {
            () = intake.replica.called() => {}
            () = intake.ports.sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = look(&intake, &handler, &lanes).await {
            tracing::debug!(%error, "cannot look for waiting updates now");
        }
    }
}

/// Takes up what waits for us, in Telegram's order.
pub(super) async fn look(
    intake: &Intake,
    handler: &Arc<dyn Handle>,
    lanes: &Lanes,
) -> Result<(), StoreError> {
    if intake.replica.may_adopt() {
        while adopt(intake, handler).await? {}
    }
    lanes.in_hand().look_begins();
    let mut c = intake.store.read().await?;
    let waiting = inbox::of_holder(&mut c, intake.replica.id()).await?;
    drop(c);
    for id in waiting {
        if !lanes.in_hand().holds(id)
            && let Some(waiting) = load(intake, id).await?
        {
            lanes.push(waiting).await;
        }
    }
    Ok(())
}

/// Takes over some of what the dead have left; true when there may be more. A lane in which a replica that lives has something goes
/// on there.
async fn adopt(intake: &Intake, handler: &Arc<dyn Handle>) -> Result<bool, StoreError> {
    let since = if intake.store.is_shared() {
        intake.ports.now().minus(NOBODYS_FOR)
    } else {
        Timestamp::from_millis(i64::MAX)
    };
    let mut c = intake.store.read().await?;
    let orphans = inbox::orphans(&mut c, since, PORTION).await?;
    let left = outbox::has_orphans(&mut c, since).await?;
    drop(c);
    if orphans.is_empty() && !left {
        return Ok(false);
    }
    let me = intake.replica.id();
    let mut tx = intake.store.begin().await?;
    let lanes: BTreeSet<_> = orphans
        .iter()
        .map(|held| (held.chat, held.person))
        .collect();
    inbox::lock_lanes(&mut tx, &lanes).await?;
    let chats = orphans.iter().map(|orphan| orphan.chat).collect();
    let waiting = inbox::waiting_in(&mut tx, &chats).await?;
    let answers = outbox::adopt(&mut tx, me, since).await?;
    let senders = outbox::holders_in(&mut tx, &chats).await?;
    // As they are now, under the lock: a lane moves as a whole, or its replica may live again with a part of it.
    let named = |held: &&Held| !held.holder.is_empty() || orphans.contains(held);
    let mut heirs: BTreeMap<&str, Vec<UpdateId>> = BTreeMap::new();
    for orphan in waiting.iter().filter(|held| !held.alive).filter(named) {
        let lane = (orphan.chat, orphan.person);
        let mut others = waiting
            .iter()
            .filter(|held| (held.chat, held.person) == lane);
        let holder = others.find(|held| held.alive).map(|held| &held.holder);
        let sender = senders.get(&orphan.chat).filter(|sender| sender.alive);
        let heir = holder.or(sender.map(|sender| &sender.holder));
        if lanes.contains(&lane) {
            heirs
                .entry(heir.map_or(me, String::as_str))
                .or_default()
                .push(orphan.id);
        }
    }
    let mut adopted = 0;
    for (heir, ids) in &heirs {
        adopted += inbox::adopt(&mut tx, ids, heir).await?;
    }
    let heirs = heirs
        .into_keys()
        .filter(|heir| *heir != me)
        .map(str::to_owned);
    let heirs: BTreeSet<_> = heirs.collect();
    replicas::wake(&mut tx, &heirs).await?;
    tx.commit().await?;
    if adopted > 0 {
        tracing::info!(count = adopted, "taking up unfinished updates");
    }
    if !answers.is_empty() {
        handler.left_behind(answers);
    }
    Ok(adopted > 0)
}
