//! One run: a fresh world and database, everyone links an account, then all cells of one bot and one way in.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::net::{TcpListener, TcpStream};

use crate::{
    Arguments, Intake,
    balancer::balance,
    cell,
    database::{Database, Engine},
    people::People,
    process::Bot,
    report::{self, Line},
    seed::seed,
};

/// A bot that has not called by then never will.
const START: Duration = Duration::from_mins(1);

/// Linking is not measured.
const LINKED_AT_ONCE: usize = 16;

const MASTER_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// Whom a run is about.
struct Contender {
    name: String,
    command: String,
    engine: Engine,
    replicas: usize,
    is_keyporter: bool,
}

/// All runs, told as they go.
pub async fn all(arguments: &Arguments) -> Vec<Line> {
    let folder = std::env::temp_dir().join(format!("keyporter-load-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    println!("{}", report::head());
    let mut lines = Vec::new();
    for intake in &arguments.intake {
        for contender in contenders(arguments) {
            lines.extend(one(arguments, &contender, *intake, &folder).await);
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
    lines
}

fn contenders(arguments: &Arguments) -> Vec<Contender> {
    let keyporter = (!arguments.only_others).then(|| Contender {
        name: "keyporter".to_owned(),
        command: env!("CARGO_BIN_EXE_keyporter").to_owned(),
        engine: arguments.database,
        replicas: arguments.replicas,
        is_keyporter: true,
    });
    let others = arguments.bot.iter().map(|bot| {
        let (name, command) = bot.split_once('=').expect("NAME=COMMAND");
        Contender {
            name: name.to_owned(),
            command: command.to_owned(),
            engine: Engine::Sqlite,
            replicas: 1,
            is_keyporter: false,
        }
    });
    keyporter.into_iter().chain(others).collect()
}

async fn one(
    arguments: &Arguments,
    contender: &Contender,
    intake: Intake,
    folder: &Path,
) -> Vec<Line> {
    let people = Arc::new(People::new(arguments.people));
    let name = format!("{}_{intake:?}", contender.name).to_lowercase();
    let database = Database::make(contender.engine, &arguments.server, folder, &name).await;
    let place = Place {
        people: &people,
        command: &contender.command,
        database: &database.url,
        log: folder.join(format!("{name}.log")),
    };
    // Linking always goes by polling: where there is a public address, a bot may offer a page for it.
    let (bot, _) = place.start(1, Intake::Poll).await;
    people.link(LINKED_AT_ONCE).await;
    stop(bot).await;
    if contender.is_keyporter && arguments.accounts > 0 {
        seed(contender.engine, &database.url, arguments.accounts).await;
    }
    // What the stopped one had still sent must not be taken for the new one's first call.
    tokio::time::sleep(Duration::from_millis(100)).await;

    let (bots, first_call) = place.start(contender.replicas, intake).await;
    if intake == Intake::Webhook {
        people.want_keys_in_the_chat().await;
    }
    let mut lines = Vec::new();
    for story in &arguments.story {
        for in_flight in &arguments.in_flight {
            let figures =
                cell::measure(&people, &bots, *story, *in_flight, arguments.updates).await;
            let line = Line {
                bot: contender.name.clone(),
                database: format!("{:?}", contender.engine).to_lowercase(),
                replicas: contender.replicas,
                intake: format!("{intake:?}").to_lowercase(),
                story: format!("{story:?}").to_lowercase(),
                in_flight: *in_flight,
                first_call_ms: first_call.as_secs_f64() * 1000.0,
                figures,
            };
            println!("{}", line.text());
            lines.push(line);
        }
    }
    stop(bots).await;
    database.drop().await;
    lines
}

async fn stop(bots: Vec<Bot>) {
    for bot in bots {
        bot.stop().await;
    }
}

/// Where bots are started.
struct Place<'p> {
    people: &'p People,
    command: &'p str,
    database: &'p str,
    log: PathBuf,
}

impl Place<'_> {
    /// Starts so many, waits until the last takes updates; tells how long the first took to its first call.
    async fn start(&self, replicas: usize, intake: Intake) -> (Vec<Bot>, Duration) {
        let start_ms = self.people.sandbox.clock().now_ms();
        let front = free_port().await;
        let addresses = match (intake, replicas) {
            (Intake::Webhook, 2..) => {
                let listener = TcpListener::bind(front).await.unwrap();
                let mut addresses = Vec::new();
                for _ in 0..replicas {
                    addresses.push(free_port().await);
                }
                // Ends with the program.
                drop(balance(listener, addresses.clone()));
                addresses
            }
            _ => vec![front; replicas],
        };
        let (mut bots, mut first_call) = (Vec::new(), None);
        for address in &addresses {
            let variables = self.variables(intake, front, *address);
            let bot = Bot::start(self.command, &variables, &self.log);
            if first_call.is_none() {
                self.called_since(start_ms, "").await;
                first_call = Some(bot.begun.elapsed());
            }
            bots.push(bot);
        }
        let taking = match intake {
            Intake::Poll => "getUpdates",
            Intake::Webhook => "setWebhook",
        };
        self.called_since(start_ms, taking).await;
        if intake == Intake::Webhook {
            for address in addresses {
                while TcpStream::connect(address).await.is_err() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        }
        (bots, first_call.unwrap_or_default())
    }

    /// Waits for a call of that method.
    async fn called_since(&self, start_ms: i64, method: &str) {
        let called = self
            .people
            .sandbox
            .wait_until(START, "the bot calls", |sandbox| {
                let calls = sandbox.telegram().calls();
                let found = |call| call_fits(call, start_ms, method);
                calls.iter().rev().any(found).then_some(())
            });
        if called.await.is_err() {
            let said = std::fs::read_to_string(&self.log).unwrap_or_default();
            panic!("{} did not call {method}:\n{said}", self.command);
        }
    }

    fn variables(
        &self,
        intake: Intake,
        front: SocketAddr,
        address: SocketAddr,
    ) -> Vec<(&'static str, String)> {
        let sandbox = &self.people.sandbox;
        let mut variables = vec![
            ("TELOXIDE_TOKEN", sandbox.telegram().token()),
            ("TELOXIDE_API_URL", sandbox.telegram().url()),
            ("DATABASE_URL", self.database.to_owned()),
            ("KEYPORTER_MASTER_KEY", MASTER_KEY.to_owned()),
            ("KEYPORTER_ALLOWED_USERS", "*".to_owned()),
            ("KEYPORTER_TELEGRAM_RATE", "1000000".to_owned()),
            ("KEYPORTER_LISTEN", address.to_string()),
            ("BOTSUBSCRIPTION_API_URL", sandbox.botsubscription().url()),
            ("BOTS_BUSINESS_API_URL", sandbox.bots_business().url()),
            ("BOTANALYTICS_API_URL", sandbox.botanalytics().url()),
            ("RUST_LOG", "warn".to_owned()),
        ];
        if intake == Intake::Webhook {
            variables.push(("KEYPORTER_PUBLIC_URL", format!("http://{front}")));
        }
        variables
    }
}

fn call_fits(call: &keyporter::sandbox::service::Call, start_ms: i64, method: &str) -> bool {
    call.at_ms >= start_ms && (method.is_empty() || call.path.contains(method))
}

/// A port of this machine that nobody listens on.
async fn free_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}
