//! What a story happens in: an emulated Telegram, emulated providers, a database of its own, and the bot as `keyporter::run_with` starts it.

pub mod canary;
mod clock;
mod cluster;
pub mod database;
mod dice;
mod factor;
mod group;
mod log;
mod moves;
mod opening;
mod order;
mod page;
mod proxy;
mod talker;
mod way_in;

use std::{collections::HashMap, num::NonZeroUsize, sync::Arc, time::Duration};

use keyporter::{
    Options,
    config::{DatabaseUrl, LogSettings, ProviderUrls, Settings},
    domain::{Allowed, PersonId},
    ports::Ports,
    sandbox::{self, Sandbox, botsubscription::Project, telegram::Person},
    secret::Secret,
    vault::MasterKey,
};
use tokio_util::sync::CancellationToken;

pub use clock::TestClock;
pub use cluster::Cluster;
pub use database::{Database, Engine};
pub use dice::TestDice;
pub use factor::{code, secret_in};
pub use group::VERA;
pub use log::logged_by;
pub use moves::{owners, told};
pub use page::Page;
pub use proxy::Proxy;
pub use talker::Talker;
pub use way_in::WayIn;

/// Nothing in a story takes longer, on the slowest machine.
pub const LIMIT: Duration = Duration::from_mins(1);

/// Ada's id has all the bits that Telegram may use.
pub const ADA: i64 = 4_503_599_627_370_495;
pub const BORIS: i64 = 100_002;

/// Tells a story on both databases, or on the one that is named.
macro_rules! story {
    (sqlite, async fn $name:ident($world:ident) $body:block) => {
        #[test]
        fn $name() {
            async fn story($world: &mut crate::world::World) $body
            crate::world::tell(crate::world::Engine::Sqlite, |world| Box::pin(story(world)));
        }
    };
    (postgres, async fn $name:ident($world:ident) $body:block) => {
        #[test]
        fn $name() {
            async fn story($world: &mut crate::world::World) $body
            crate::world::tell(crate::world::Engine::Postgres, |world| Box::pin(story(world)));
        }
    };
    (async fn $name:ident($world:ident) $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "not every story needs all of its file's names")]
            use super::*;
            use crate::world::{Engine, World, tell};

            async fn story($world: &mut World) $body

            #[test]
            fn sqlite() {
                tell(Engine::Sqlite, |world| Box::pin(story(world)));
            }

            #[test]
            fn postgres() {
                tell(Engine::Postgres, |world| Box::pin(story(world)));
            }
        }
    };
}

type Told<'w> = std::pin::Pin<Box<dyn Future<Output = ()> + 'w>>;

/// Makes a world, tells the story in it, and looks whether it was left in order.
pub fn tell(engine: Engine, story: impl for<'w> FnOnce(&'w mut World) -> Told<'w>) {
    if let Some(database) = Database::make(engine) {
        tell_on(database, story);
    }
}

/// The same on a database that is there already.
pub fn tell_on(database: Database, story: impl for<'w> FnOnce(&'w mut World) -> Told<'w>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut world = World::new(database);
        world.start();
        story(&mut world).await;
        world.end().await;
    });
}

/// See the module's text.
pub struct World {
    pub sandbox: Sandbox,
    pub clock: Arc<TestClock>,
    pub database: Database,
    pub dice: Arc<TestDice>,
    /// What the bot is started with; change it and `restart`.
    pub allowed: Allowed,
    pub operators: Vec<i64>,
    pub master_keys: Vec<String>,
    pub options: Options,
    pub way_in: WayIn,
    /// Refusals of Telegram that the story provokes on purpose.
    pub expected_refusals: Vec<&'static str>,
    talkers: HashMap<i64, Arc<Talker>>,
    bot: Option<Running>,
}

struct Running {
    runtime: tokio::runtime::Runtime,
    stop: CancellationToken,
    done: tokio::task::JoinHandle<Result<(), keyporter::StartError>>,
}

impl World {
    fn new(database: Database) -> Self {
        let sandbox = Sandbox::start(sandbox::Options::default()).unwrap();
        sandbox
            .telegram()
            .add_person(Person::new(ADA, "Ada").language("en"));
        sandbox
            .telegram()
            .add_person(Person::new(BORIS, "Boris").language("en"));
        WayIn::prepare(sandbox.telegram());
        let key = MasterKey::generate(&Ports::system()).unwrap();
        Self {
            way_in: WayIn::usual(database.engine()),
            clock: Arc::new(TestClock::new(sandbox.clock().clone())),
            sandbox,
            database,
            dice: Arc::default(),
            allowed: Allowed::Everybody,
            operators: Vec::new(),
            master_keys: vec![key.expose().to_owned()],
            options: Options {
                call_timeout: Duration::from_secs(4),
                // A story that is about waiting says so; in the others a busy machine is no news.
                slow: LIMIT,
                // Stories about pages turn them on.
                pages: false,
                // One machine types faster than a person.
                commands: Some(1_000_000),
                ..Options::default()
            },
            expected_refusals: Vec::new(),
            talkers: HashMap::new(),
            bot: None,
        }
    }

    /// Settings as an operator would have them.
    pub fn settings(&self) -> Settings {
        let mut keys = self
            .master_keys
            .iter()
            .map(|key| MasterKey::parse(&Secret::new(key.clone())).unwrap());
        Settings {
            token: Secret::new(self.sandbox.telegram().token()),
            telegram_url: self.sandbox.telegram().url(),
            database_url: DatabaseUrl::new(self.database.url()),
            master_key: keys.next().unwrap(),
            old_master_keys: keys.collect(),
            allowed: self.allowed.clone(),
            operators: self.operators.iter().copied().map(PersonId).collect(),
            public_url: self.way_in.public_url(),
            listen: self.way_in.listen(),
            metrics_listen: self.way_in.metrics_listen(),
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

    pub fn ports(&self) -> Ports {
        Ports {
            clock: self.clock.clone(),
            dice: self.dice.clone(),
        }
    }

    /// Starts the bot, on a runtime of its own that can die at any moment.
    pub fn start(&mut self) {
        log::catch();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let stop = CancellationToken::new();
        let work = keyporter::run_with(
            self.settings(),
            self.ports(),
            stop.clone(),
            self.options.clone(),
        );
        let done = runtime.spawn(work);
        self.bot = Some(Running {
            runtime,
            stop,
            done,
        });
    }

    /// Ends the bot as SIGTERM would; it must end in time and in order.
    pub async fn stop(&mut self) {
        let Running {
            runtime,
            stop,
            done,
        } = self.bot.take().expect("the bot runs");
        stop.cancel();
        let ended = tokio::time::timeout(Duration::from_secs(10), done).await;
        ended
            .expect("the bot ends within ten seconds")
            .expect("the bot does not panic")
            .expect("the bot ends in order");
        runtime.shutdown_background();
    }

    /// Ends the bot as a power failure would: in the middle of whatever it does.
    pub async fn crash(&mut self) {
        let Running { runtime, .. } = self.bot.take().expect("the bot runs");
        // Waits until the tasks are gone, so that nothing of the old life acts in the new one.
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(5)))
            .await
            .unwrap();
        if self.database.engine() == Engine::Postgres {
            self.database.is_left_alone().await;
            // Ten seconds pass on the database's own clock, which cannot be pushed.
            self.database.execute("UPDATE leases SET until = 0");
            self.database.execute("UPDATE replicas SET until = 0");
        }
    }

    /// What the bot says when it does not start.
    pub async fn fails_to_start(&mut self) -> String {
        let Running { runtime, done, .. } = self.bot.take().expect("the bot was started");
        let ended = tokio::time::timeout(LIMIT, done)
            .await
            .expect("the bot gives up");
        let error = ended.unwrap().expect_err("the bot does not start");
        runtime.shutdown_background();
        error.to_string()
    }

    pub async fn restart(&mut self) {
        self.stop().await;
        self.start();
    }

    /// Lets time pass, for the bot and for the world.
    pub fn pass(&self, span: Duration) {
        self.clock.push(span);
    }

    pub fn ada(&mut self) -> Arc<Talker> {
        self.talker(ADA)
    }

    pub fn boris(&mut self) -> Arc<Talker> {
        self.talker(BORIS)
    }

    pub fn talker(&mut self, id: i64) -> Arc<Talker> {
        let sandbox = self.sandbox.clone();
        self.talkers
            .entry(id)
            .or_insert_with(|| Arc::new(Talker::new(sandbox, id)))
            .clone()
    }

    /// Ada links a fresh BotSubscription project.
    pub async fn linked_project(&mut self) -> Project {
        let project = self.sandbox.botsubscription().add_project();
        self.ada().links_project(&project).await;
        project
    }

    /// Ada links a fresh Bots.Business account; tells its key.
    pub async fn linked_account(&mut self) -> (i64, String) {
        let account = self.sandbox.bots_business().add_account("ada@example.com");
        let ada = self.ada();
        ada.asks("/link", "Where is the account").await;
        ada.presses("Bots.Business", "API key").await;
        ada.asks(&account.api_key, "Linked").await;
        (account.id, account.api_key)
    }

    /// Waits for a condition on the world.
    pub async fn until<T>(&self, what: &str, condition: impl Fn(&Sandbox) -> Option<T>) -> T {
        match self.sandbox.wait_until(LIMIT, what, condition).await {
            Ok(found) => found,
            Err(seen) => panic!("{seen}"),
        }
    }

    /// Waits until the bot has received and finished all that people did.
    pub async fn settle(&self) {
        self.until("the bot has taken all updates", |sandbox| {
            sandbox
                .telegram()
                .pending_updates()
                .is_empty()
                .then_some(())
        })
        .await;
    }

    /// Lets time pass, a little at a time, until a condition holds: for what waits for the clock again and again.
    pub async fn hurry<T>(&self, what: &str, condition: impl Fn(&Sandbox) -> Option<T>) -> T {
        for _ in 0..200 {
            if let Ok(found) = self
                .sandbox
                .wait_until(Duration::from_millis(100), what, &condition)
                .await
            {
                return found;
            }
            self.pass(Duration::from_secs(5));
        }
        panic!("it never came: {what}");
    }

    async fn end(&mut self) {
        if self.bot.is_some() {
            self.stop().await;
        }
        self.no_call_was_refused();
        canary::look(self);
        self.the_ledger_is_in_order();
        self.sandbox.stop_all().await.unwrap();
        self.database.remove();
    }
}
