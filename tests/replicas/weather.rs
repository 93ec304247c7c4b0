//! Bad moments, one after another while people go on: a replica is killed, ended in order, or stopped for so long that the others
//! take it for dead; the database's server dies and comes back. Remembers when, since only then an answer may come twice.

use std::{
    fmt,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use crate::{
    chance::Chance,
    cluster::Cluster,
    fleet::{Fleet, REPLICAS},
    town::Town,
};

/// Between two bad moments at least; and at most so much more.
const PAUSE_MS: i64 = 2000;
const MORE_MS: i64 = 3000;

/// A stopped replica wakes after this: its signs of life have ended five seconds before.
const SLEEP_MS: i64 = 15_000;

/// From and to, by the sandbox's clock.
pub type Moment = (i64, i64);

pub struct Weather {
    chance: Chance,
    /// Moments in which a receipt may be lost. An end in order is none.
    pub moments: Vec<Moment>,
    /// Who is stopped, since when.
    asleep: Option<(usize, i64)>,
    server_died: bool,
    pub seen: Seen,
}

/// Figures, to see that something has happened.
#[derive(Default)]
pub struct Seen {
    killed: usize,
    ended: usize,
    stopped: usize,
    server_restarts: usize,
    longest_end: Duration,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            killed,
            ended,
            stopped,
            server_restarts,
            longest_end,
        } = self;
        write!(
            f,
            "{killed} replicas killed, {ended} ended in order in {:.1} s at most, {stopped} stopped for 15 s, PostgreSQL restarted {server_restarts} times",
            longest_end.as_secs_f64()
        )
    }
}

impl Weather {
    pub fn new(seed: u64) -> Self {
        Self {
            chance: Chance::new(seed),
            moments: Vec::new(),
            asleep: None,
            server_died: false,
            seen: Seen::default(),
        }
    }

    /// Goes on until so many people have told their stories.
    pub async fn rages(
        &mut self,
        fleet: &mut Fleet<'_>,
        cluster: &Cluster,
        town: &Town,
        done: &AtomicUsize,
        people: usize,
    ) {
        while done.load(Ordering::SeqCst) < people {
            let until = town.sandbox.clock().now_ms() + PAUSE_MS + self.chance.ms(MORE_MS);
            while town.sandbox.clock().now_ms() < until && done.load(Ordering::SeqCst) < people {
                self.wakes_who_sleeps(fleet, town, SLEEP_MS);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            if !self.server_died && done.load(Ordering::SeqCst) * 3 > people {
                self.server_restarts(cluster, town);
            } else {
                self.strikes(fleet, town).await;
            }
        }
        self.wakes_who_sleeps(fleet, town, 0);
    }

    async fn strikes(&mut self, fleet: &mut Fleet<'_>, town: &Town) {
        let mut replica = self.chance.below(REPLICAS);
        if self.asleep.is_some_and(|(asleep, _)| asleep == replica) {
            replica = (replica + 1) % REPLICAS;
        }
        let from = town.sandbox.clock().now_ms();
        match self.chance.below(10) {
            0 | 1 => {
                let took = fleet.ends(replica).await;
                self.seen.ended += 1;
                self.seen.longest_end = self.seen.longest_end.max(took);
                fleet.begins(replica);
            }
            2 if self.asleep.is_none() => {
                fleet.lives(replica);
                fleet.signal(replica, "-STOP");
                self.seen.stopped += 1;
                self.asleep = Some((replica, from));
            }
            _ => {
                fleet.is_killed(replica);
                self.seen.killed += 1;
                fleet.begins(replica);
                self.moments.push((from, town.sandbox.clock().now_ms()));
            }
        }
    }

    fn wakes_who_sleeps(&mut self, fleet: &Fleet<'_>, town: &Town, after_ms: i64) {
        let now = town.sandbox.clock().now_ms();
        if let Some((replica, since)) = self.asleep.filter(|(_, since)| now - since >= after_ms) {
            fleet.signal(replica, "-CONT");
            self.moments.push((since, now));
            self.asleep = None;
        }
    }

    fn server_restarts(&mut self, cluster: &Cluster, town: &Town) {
        let from = town.sandbox.clock().now_ms();
        tokio::task::block_in_place(|| {
            cluster.stop();
            cluster.start();
        });
        self.server_died = true;
        self.seen.server_restarts += 1;
        self.moments.push((from, town.sandbox.clock().now_ms()));
    }
}
