//! One world: what people, providers and Telegram do to the program, and when it dies. Everything that happens is chosen by the
//! seed; nothing happens while the process is at work.

use std::{
    fmt,
    num::NonZeroUsize,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use keyporter::{
    Options,
    config::{DatabaseUrl, LogSettings, ProviderUrls, Settings},
    domain::Allowed,
    ports::Ports,
    sandbox::{
        self, Replay, Sandbox, bots_business::Account, botsubscription::Project, telegram::Person,
    },
    secret::Secret,
    store,
    vault::MasterKey,
};
use tokio_util::sync::CancellationToken;

use crate::{
    life::Life,
    network::{Returning, Travelling, drop_closed, is_poll},
    people::People,
    seeded::{Chance, SeededDice},
    truth,
};

pub const ADA: i64 = 1001;
pub const BORIS: i64 = 1002;

/// A world that has not come to an end after so many events never will.
const EVENTS: u64 = 200_000;

/// What has happened, in numbers.
#[derive(Default)]
pub struct Tally {
    pub events: u64,
    pub deaths: u64,
    pub faults: u64,
    pub keys: u64,
    pub presses: u64,
}

impl Tally {
    pub fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.deaths += other.deaths;
        self.faults += other.faults;
        self.keys += other.keys;
        self.presses += other.presses;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} moments at which the process could die, {} deaths, {} faults, {} keys made, {} presses",
            self.events, self.deaths, self.faults, self.keys, self.presses
        )
    }
}

pub struct World {
    seed: u64,
    pub tells: bool,
    pub chance: Chance,
    pub sandbox: Sandbox,
    pub project: Project,
    /// Ada's Bots.Business account.
    pub one_key: Account,
    folder: PathBuf,
    servers: tokio::runtime::Runtime,
    pub travelling: Vec<Travelling>,
    pub returning: Vec<Returning>,
    dice: Arc<SeededDice>,
    /// Faults and deaths happen.
    pub rough: bool,
    deaths_left: u64,
    dies_in: u64,
    pub tally: Tally,
}

impl World {
    pub fn new(seed: u64, tells: bool) -> Self {
        let servers = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let mut chance = Chance::new(seed);
        let sandbox = {
            let _inside = servers.enter();
            Sandbox::start(sandbox::Options {
                replay: Some(Replay {
                    start_ms: 1_795_000_000_000,
                    seed,
                }),
                ..sandbox::Options::default()
            })
            .unwrap()
        };
        for (id, name) in [(ADA, "Ada"), (BORIS, "Boris")] {
            sandbox
                .telegram()
                .add_person(Person::new(id, name).language("en"));
        }
        let project = sandbox.botsubscription().add_project();
        let one_key = sandbox.bots_business().add_account("ada@example.com");
        let shm = PathBuf::from("/dev/shm");
        let base = if shm.is_dir() {
            shm
        } else {
            std::env::temp_dir()
        };
        let folder = base.join(format!("keyporter-sim-{}-{seed}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let deaths_left = chance.below(5) as u64;
        Self {
            seed,
            tells,
            dice: Arc::new(SeededDice(Mutex::new(Chance::new(chance.next())))),
            chance,
            sandbox,
            project,
            one_key,
            folder,
            servers,
            travelling: Vec::new(),
            returning: Vec::new(),
            rough: false,
            deaths_left,
            dies_in: u64::MAX,
            tally: Tally::default(),
        }
    }

    /// Lives it through, and looks whether every promise was kept.
    pub fn run(mut self) -> Tally {
        let mut people = People::new();
        loop {
            let life = Life::new(self.sandbox.clock().clone());
            let parked = life.clone();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .on_thread_park(move || parked.parked())
                .build()
                .unwrap();
            let died = runtime.block_on(self.live(&life, &mut people));
            drop(runtime);
            if !died {
                break;
            }
            self.plan_death();
            self.tally.deaths += 1;
            self.tell("the process dies");
            // What was under way may arrive all the same; nobody hears the answer.
            for travelling in &mut self.travelling {
                travelling.answer = None;
            }
            self.returning.clear();
        }
        truth::at_the_end(&self, &people);
        let keys = self.sandbox.botsubscription().keys(&self.project.id);
        self.tally.keys = keys.len() as u64;
        std::fs::remove_dir_all(&self.folder).unwrap();
        self.servers.shutdown_background();
        self.tally
    }

    pub fn tell(&self, what: &str) {
        if self.tells {
            println!("{:>9} {what}", self.now() - 1_795_000_000_000);
        }
    }

    pub fn now(&self) -> i64 {
        self.sandbox.clock().now_ms()
    }

    pub fn file(&self) -> PathBuf {
        self.folder.join("keyporter.db")
    }

    fn settings(&self) -> Settings {
        Settings {
            token: Secret::new(self.sandbox.telegram().token()),
            telegram_url: self.sandbox.telegram().url(),
            database_url: DatabaseUrl::new(format!("sqlite://{}", self.file().display())),
            master_key: MasterKey::parse(&Secret::new(
                "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned(),
            ))
            .unwrap(),
            old_master_keys: Vec::new(),
            allowed: Allowed::Everybody,
            operators: Vec::new(),
            public_url: None,
            listen: None,
            metrics_listen: None,
            providers: ProviderUrls {
                botsubscription: self.sandbox.botsubscription().url(),
                bots_business: self.sandbox.bots_business().url(),
                botanalytics: self.sandbox.botanalytics().url(),
            },
            telegram_rate: 30,
            cores: NonZeroUsize::MIN,
            log: LogSettings::default(),
            warnings: Vec::new(),
        }
    }

    /// One process, until it dies (true) or everything is over.
    async fn live(&mut self, life: &Life, people: &mut People) -> bool {
        let ports = Ports {
            clock: Arc::new(life.clone()),
            dice: self.dice.clone(),
        };
        let options = Options {
            store: store::Options {
                connections: 4,
                gate: Some(Arc::new(life.clone())),
                ..store::Options::default()
            },
            way: Some(Arc::new(life.clone())),
            // Half of the worlds handle what is new before it is stored, however the last life has ended.
            careful_for: Duration::from_mins(self.seed % 2),
            ..Options::default()
        };
        let stop = CancellationToken::new();
        let mut process = tokio::spawn(keyporter::run_with(
            self.settings(),
            ports,
            stop.clone(),
            options,
        ));
        loop {
            let quiet = tokio::time::timeout(Duration::from_secs(20), life.quiet()).await;
            assert!(
                quiet.is_ok(),
                "somebody waits for something with the database in hand: {}",
                life.told()
            );
            if process.is_finished() {
                self.tell("the process ends");
                (&mut process)
                    .await
                    .unwrap()
                    .expect("the process ends in order");
                return false;
            }
            self.tally.events += 1;
            assert!(self.tally.events < EVENTS, "it never ends: {}", self.seed);
            if self.rough && self.dies_in == 0 && self.deaths_left > 0 {
                self.deaths_left -= 1;
                return true;
            }
            self.dies_in = self.dies_in.saturating_sub(1);
            self.take_over_requests(life);
            let goes_on = self.happens(life).await || people.act(self) || self.time_passes(life);
            assert!(goes_on, "nothing can happen any more, and people wait");
            if people.are_done() {
                stop.cancel();
            }
        }
    }

    pub fn plan_death(&mut self) {
        self.dies_in = 5 + self.chance.below(250) as u64;
    }

    /// One of the things that can happen now happens; false when there is none.
    async fn happens(&mut self, life: &Life) -> bool {
        let now = self.now();
        let pending = !self.sandbox.telegram().pending_updates().is_empty();
        let arriving: Vec<_> = (0..self.travelling.len())
            .filter(|index| {
                let travelling = &self.travelling[*index];
                travelling.at_ms <= now && (pending || !is_poll(&travelling.request))
            })
            .collect();
        let returning: Vec<_> = (0..self.returning.len())
            .filter(|index| self.returning[*index].at_ms <= now)
            .collect();
        let (store, sleepers) = {
            let waiting = life.waiting.lock().unwrap();
            let due = |index: &usize| waiting.sleepers[*index].0 <= now;
            (
                waiting.can_come_in(),
                (0..waiting.sleepers.len()).filter(due).collect::<Vec<_>>(),
            )
        };
        let all = arriving.len() + returning.len() + store.len() + sleepers.len();
        if all == 0 {
            return false;
        }
        let mut chosen = self.chance.below(all);
        if chosen < store.len() {
            life.let_in(store[chosen]);
            return true;
        }
        chosen -= store.len();
        if chosen < arriving.len() {
            self.arrives(arriving[chosen]).await;
            return true;
        }
        chosen -= arriving.len();
        if chosen < returning.len() {
            let Returning {
                answered, answer, ..
            } = self.returning.remove(returning[chosen]);
            drop(answer.send(answered));
            return true;
        }
        chosen -= returning.len();
        let (_, wake) = life
            .waiting
            .lock()
            .unwrap()
            .sleepers
            .remove(sleepers[chosen]);
        // Whoever has stopped waiting needs no waking.
        let _ = wake.send(());
        true
    }

    /// Nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.returning.is_empty()
            && self
                .travelling
                .iter()
                .all(|travelling| is_poll(&travelling.request))
            && self.sandbox.telegram().pending_updates().is_empty()
    }

    /// Nothing can happen now: the clock goes on to the next thing that can.
    fn time_passes(&mut self, life: &Life) -> bool {
        let polls = |travelling: &&Travelling| !is_poll(&travelling.request);
        let mut waiting = life.waiting.lock().unwrap();
        waiting.sleepers.retain(|(_, wake)| !wake.is_closed());
        let sleeping = waiting.sleepers.iter().map(|(until, _)| *until);
        drop_closed(&mut self.returning);
        let next = self
            .travelling
            .iter()
            .filter(polls)
            .map(|travelling| travelling.at_ms)
            .chain(self.returning.iter().map(|returning| returning.at_ms))
            .chain(sleeping)
            .min();
        drop(waiting);
        let Some(next) = next else {
            return false;
        };
        self.push(u64::try_from(next - self.now()).unwrap_or(0).max(1));
        true
    }

    pub fn push(&self, ms: u64) {
        self.sandbox.clock().push(Duration::from_millis(ms));
    }
}
