//! One world: what people, providers and Telegram do to the program, and when it dies. Everything that happens is chosen by the
//! seed; nothing happens while the process is at work.

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::body::{Body, to_bytes};
use keyporter::{
    Options,
    config::{DatabaseUrl, LogSettings, ProviderUrls, Settings},
    domain::Allowed,
    http::Failure,
    ports::Ports,
    sandbox::{self, Replay, Sandbox, botsubscription::Project, telegram::Person},
    secret::Secret,
    store,
    vault::MasterKey,
};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::{
    life::{Answered, Life, Sent},
    people::People,
    seeded::{Chance, SeededDice},
    truth,
};

pub const ADA: i64 = 1001;
pub const BORIS: i64 = 1002;

/// A world that has not come to an end after so many events never will.
const EVENTS: u64 = 200_000;

/// What a request meets on its way, in parts of a hundred; the rest arrives and is answered.
const FAULTS: [(usize, Fate); 8] = [
    (3, Fate::NotSent),
    (3, Fate::LostBefore),
    (4, Fate::LostAfter),
    (3, Fate::Late),
    (2, Fate::Garbled),
    (2, Fate::Unavailable),
    (2, Fate::UnavailableAfter),
    (6, Fate::Slow),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Fine,
    Slow,
    NotSent,
    LostBefore,
    LostAfter,
    Late,
    Garbled,
    Unavailable,
    UnavailableAfter,
}

/// A request under way.
struct Travelling {
    at_ms: i64,
    request: reqwest::Request,
    fate: Fate,
    /// Nobody waits for it any more when its process has died.
    answer: Option<oneshot::Sender<Answered>>,
}

struct Returning {
    at_ms: i64,
    answered: Answered,
    answer: oneshot::Sender<Answered>,
}

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
    folder: PathBuf,
    servers: tokio::runtime::Runtime,
    travelling: Vec<Travelling>,
    returning: Vec<Returning>,
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
            listen: ([127, 0, 0, 1], 0).into(),
            providers: ProviderUrls {
                botsubscription: self.sandbox.botsubscription().url(),
                bots_business: self.sandbox.bots_business().url(),
                botanalytics: self.sandbox.botanalytics().url(),
            },
            telegram_rate: 30,
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
            if quiet.is_err() {
                panic!(
                    "somebody waits for something with the database in hand: {}",
                    life.told()
                );
            }
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
            if !self.happens(life).await && !people.act(self) && !self.time_passes(life) {
                panic!("nothing can happen any more, and people wait");
            }
            if people.are_done() {
                stop.cancel();
            }
        }
    }

    pub fn plan_death(&mut self) {
        self.dies_in = 5 + self.chance.below(250) as u64;
    }

    /// Decides what becomes of the requests that have left.
    fn take_over_requests(&mut self, life: &Life) {
        let sent = std::mem::take(&mut life.waiting.lock().unwrap().sent);
        for Sent { request, answer } in sent {
            let fate = if self.rough && !is_poll(&request) {
                self.fate()
            } else {
                Fate::Fine
            };
            let slow = match fate {
                Fate::Late => 1_000 + self.chance.ms(29_000),
                Fate::Slow => self.chance.ms(14_000),
                _ => 0,
            };
            if fate != Fate::Fine {
                self.tally.faults += 1;
                self.tell(&format!(
                    "{fate:?}: {} {}",
                    request.method(),
                    last_part(&request)
                ));
            }
            let now = self.now();
            let mut answer = Some(answer);
            if matches!(fate, Fate::NotSent | Fate::LostBefore | Fate::Late) {
                let failure = match fate {
                    Fate::NotSent => Failure::NotSent("no connection".to_owned()),
                    _ => Failure::Lost("the connection died".to_owned()),
                };
                self.returning.push(Returning {
                    at_ms: now + self.chance.ms(3_000),
                    answered: Err(failure),
                    answer: answer.take().unwrap(),
                });
            }
            if !matches!(fate, Fate::NotSent | Fate::LostBefore) {
                self.travelling.push(Travelling {
                    at_ms: now + slow,
                    request,
                    fate,
                    answer,
                });
            }
        }
    }

    fn fate(&mut self) -> Fate {
        let mut roll = self.chance.below(100);
        for (chance, fate) in FAULTS {
            if roll < chance {
                return fate;
            }
            roll -= chance;
        }
        Fate::Fine
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

    async fn arrives(&mut self, index: usize) {
        let Travelling {
            request,
            fate,
            answer,
            ..
        } = self.travelling.remove(index);
        if answer.is_none() && is_poll(&request) {
            return;
        }
        let response = if fate == Fate::Unavailable {
            response(503, "{}".into())
        } else {
            let answered = self.deliver(&request).await;
            if ["sendMessage", "editMessageText"].contains(&last_part(&request)) {
                for person in [ADA, BORIS] {
                    truth::of_what_is_said(self, person);
                }
            }
            match fate {
                Fate::Garbled => response(200, "<html>".into()),
                Fate::UnavailableAfter => response(502, "{}".into()),
                _ => answered,
            }
        };
        let answered = match fate {
            Fate::LostAfter => Err(Failure::Lost("the connection died".to_owned())),
            _ => Ok(response),
        };
        if let Some(answer) = answer {
            let at_ms = self.now();
            self.returning.push(Returning {
                at_ms,
                answered,
                answer,
            });
        }
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

    async fn deliver(&self, request: &reqwest::Request) -> reqwest::Response {
        let port = request.url().port().unwrap_or_default();
        let sandbox = &self.sandbox;
        let services = [
            (sandbox.telegram().url(), sandbox.telegram().service()),
            (
                sandbox.botsubscription().url(),
                sandbox.botsubscription().service(),
            ),
            (
                sandbox.bots_business().url(),
                sandbox.bots_business().service(),
            ),
            (
                sandbox.botanalytics().url(),
                sandbox.botanalytics().service(),
            ),
        ];
        let ending = format!(":{port}");
        let (_, service) = services
            .into_iter()
            .find(|(url, _)| url.ends_with(&ending))
            .unwrap();
        let mut body = request
            .body()
            .and_then(reqwest::Body::as_bytes)
            .unwrap_or_default()
            .to_vec();
        if is_poll(request) {
            // The simulation waits in its place.
            let mut parameters: serde_json::Value = serde_json::from_slice(&body).unwrap();
            parameters["timeout"] = 0.into();
            body = serde_json::to_vec(&parameters).unwrap();
        }
        let mut copy = axum::http::Request::builder()
            .method(request.method())
            .uri(&request.url().as_str()[request.url().origin().ascii_serialization().len()..]);
        for (name, value) in request.headers() {
            copy = copy.header(name, value);
        }
        let answer = service.deliver(copy.body(Body::from(body)).unwrap()).await;
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        axum::http::Response::from_parts(head, body).into()
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

fn drop_closed(returning: &mut Vec<Returning>) {
    returning.retain(|returning| !returning.answer.is_closed());
}

fn is_poll(request: &reqwest::Request) -> bool {
    request.url().path().ends_with("/getUpdates")
}

fn last_part(request: &reqwest::Request) -> &str {
    request.url().path().rsplit('/').next().unwrap_or_default()
}

fn response(status: u16, body: String) -> reqwest::Response {
    axum::http::Response::builder()
        .status(status)
        .body(body)
        .unwrap()
        .into()
}
