//! Starts everything in order and ends it in order. Fails only with a sentence for the operator; what is merely away is waited for.

mod addresses;
mod introduce;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use crate::{
    app::{App, AppError, Keeper, Ledger, Watch},
    bot::{
        self, Bot, Core,
        limits::{self, Limits},
        menu,
        outbox::{Sending, forget_once, forget_sent, send_leftovers},
        reply::{Sender, Teller},
    },
    config::Settings,
    domain::PersonId,
    http::Way,
    intake::{CAREFUL_FOR, Intake, Leakwatch, WayIn},
    metrics::Metrics,
    ports::Ports,
    providers::{self, Providers},
    replica::{Replica, database_clock},
    store::{self, Store, StoreError},
    telegram::Telegram,
    texts::Texts,
    vault::Vault,
    web,
};
use addresses::Addresses;
use introduce::{introduce, remember_bot};

/// What is under way at the end gets this long; the whole stop takes less than ten seconds.
pub const GRACE: Duration = Duration::from_secs(6);

/// For each of the last things: what hangs, our row among the replicas, connections.
const CLOSING: Duration = Duration::from_secs(1);

/// What tests and benches choose; operators have the settings.
#[derive(Clone, Debug)]
pub struct Options {
    /// See [`store::Options`].
    pub store: store::Options,
    /// See [`providers::CALL_TIMEOUT`].
    pub call_timeout: Duration,
    /// See [`bot::SLOW`].
    pub slow: Duration,
    /// Messages a second overall in place of the setting's; the limits per chat grow with it.
    pub telegram_rate: Option<u32>,
    /// Commands a minute of one person in place of [`bot::limits::COMMANDS_FOR_RATE`] times the rate.
    pub commands: Option<u32>,
    /// Our own pages are offered where there is a public address.
    pub pages: bool,
    /// See [`CAREFUL_FOR`].
    pub careful_for: Duration,
    /// The time is the database's where several processes share it. Tests choose the time themselves.
    pub database_clock: bool,
    /// How requests go out.
    pub way: Way,
    /// See [`web::PATIENCE`].
    pub patience: Duration,
    /// Where is counted; each run has its own, unless it is given on.
    pub metrics: Metrics,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            store: store::Options::default(),
            call_timeout: providers::CALL_TIMEOUT,
            slow: bot::SLOW,
            telegram_rate: None,
            commands: None,
            pages: true,
            careful_for: CAREFUL_FOR,
            database_clock: false,
            way: None,
            patience: web::PATIENCE,
            metrics: Metrics::default(),
        }
    }
}

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database, or what is sealed in it.
    #[error("{0}")]
    App(#[from] AppError),
    /// The HTTP clients cannot be made: the machine's TLS is broken.
    #[error("no HTTP client: {0}")]
    Http(String),
    /// An address of ours cannot be had.
    #[error("{variable}: the web server cannot listen on {address}: {why}")]
    Listen {
        /// The setting that names it.
        variable: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        why: std::io::Error,
    },
    /// The demo's own parts.
    #[error("the demo cannot start: {0}")]
    Demo(String),
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// Opens the database and what works on it.
pub async fn open_app(
    settings: Settings,
    ports: &Ports,
    options: &Options,
) -> Result<(App, Store, Arc<Vault>), StartError> {
    let store = Store::open(settings.database_url.as_str(), options.store.clone()).await?;
    let (ports, clock) = database_clock(ports.clone());
    let replica = Replica::new(store.clone(), ports.clone()).map_err(AppError::from)?;
    let replica = Arc::new(if options.database_clock {
        replica.with_clock(clock)
    } else {
        replica
    });
    let vault = Arc::new(Vault::new(
        settings.master_key,
        settings.old_master_keys,
        ports.clone(),
    ));
    let at = providers::Options {
        botsubscription: settings.providers.botsubscription,
        bots_business: settings.providers.bots_business,
        botanalytics: settings.providers.botanalytics,
        call_timeout: options.call_timeout,
        way: options.way.clone(),
    };
    let providers = Providers::new(&at, &ports, &options.metrics)
        .map_err(|error| StartError::Http(error.to_string()))?;
    let app = App::open(
        store.clone(),
        vault.clone(),
        providers,
        ports,
        replica,
        settings.allowed,
        settings.operators,
    )
    .await?;
    let public_url = settings.public_url.filter(|_| options.pages);
    Ok((app.with_pages(public_url.as_deref()), store, vault))
}

/// Runs until `stop`; then ends within ten seconds, and nothing is lost.
pub async fn run(
    settings: Settings,
    ports: Ports,
    stop: CancellationToken,
) -> Result<(), StartError> {
    let options = Options {
        database_clock: true,
        ..Options::default()
    };
    run_with(settings, ports, stop, options).await
}

/// The same with other limits.
pub async fn run_with(
    settings: Settings,
    ports: Ports,
    stop: CancellationToken,
    options: Options,
) -> Result<(), StartError> {
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    let addresses = Addresses::take(&settings, options.patience).await?;
    let telegram = Telegram::new(&settings.telegram_url, &settings.token, options.way.clone())
        .map_err(|error| StartError::Http(error.to_string()))?
        .measured(&options.metrics);
    let (operators, rate) = (
        settings.operators.clone(),
        options.telegram_rate.unwrap_or(settings.telegram_rate),
    );
    let checker = web::Checker::new(&settings.token);
    let (app, store, vault) = open_app(settings, &ports, &options).await?;
    // From here on the time is the one that all replicas share.
    let (ports, replica) = (app.ports().clone(), app.replica().clone());
    replica.join().await?;
    if let Err(error) = app.catch_up_fingerprints().await {
        tracing::warn!(%error, "older accounts are not watched for leaks until the next start");
    }
    let leakwatch = Arc::new(Leakwatch::new(app.fingerprint_key()));
    let texts = Arc::new(Texts::new());
    let commands = rate.saturating_mul(limits::COMMANDS_FOR_RATE);
    let commands = options.commands.unwrap_or(commands);
    let shared = app.shared_rates();
    let sender = Arc::new(Sender::new(telegram.clone(), ports.clone(), rate, shared));
    let teller = Arc::new(Teller::new(app.clone(), texts.clone(), sender.clone()));
    let ledger = Ledger::new(app.clone(), teller.clone());

    let abandon = after(&ports, &stop, GRACE);
    let living = tokio::spawn({
        let (replica, abandon) = (replica.clone(), abandon.clone());
        async move { replica.live(abandon).await }
    });
    // Revocations go on even while Telegram is away.
    let working = tokio::spawn({
        let (ledger, stop, abandon) = (ledger, stop.clone(), abandon.clone());
        async move { ledger.run(stop, abandon).await }
    });
    let watch = Watch::new(app.clone(), texts.clone());
    let watching = tokio::spawn({
        let stop = stop.clone();
        async move { watch.run(stop).await }
    });
    let keeper = Keeper::new(app.clone(), teller, texts.clone());
    let keeping = tokio::spawn({
        let stop = stop.clone();
        async move { keeper.run(stop).await }
    });
    let intake = Intake {
        store: store.clone(),
        vault,
        ports: ports.clone(),
        telegram,
        replica: replica.clone(),
        leakwatch,
        pulse: Arc::default(),
        careful_for: options.careful_for,
        metrics: options.metrics,
    };
    let pages = checker
        .and_then(|checker| web::Pages::new(app.clone(), checker, texts.clone(), sender.clone()));
    let (way_in, serving) = addresses.open(&app, &intake, pages, &stop, &abandon);
    let core = Core {
        app,
        texts,
        sender,
        username: String::new(),
        limits: Limits::new(commands),
        sending: Sending::default(),
    };
    let bot = (core, operators, options.slow);
    let serving_updates = serve(bot, intake, way_in, &stop, &abandon);
    let over = after(&ports, &abandon, CLOSING);
    let served = tokio::select! {
        served = serving_updates => served,
        () = over.cancelled() => Ok(()),
    };
    // Whatever has ended it: what is under way at the providers is to end in order.
    stop.cancel();
    let tasks = [
        ("the ledger", working),
        ("the watch", watching),
        ("the keeper", keeping),
    ];
    let ending = async {
        end_in_order(tasks).await;
        if let Err(error) = serving.await {
            tracing::error!(%error, "the web server ended early");
        }
        abandon.cancel();
        end_in_order([("the signs of life", living)]).await;
    };
    tokio::select! {
        () = ending => {}
        // Somebody waits for a database that does not answer: as after a crash, others take over.
        () = over.cancelled() => tracing::warn!("not everything has ended in time; it is left as it stands"),
    }
    let _ = ports.within(CLOSING, replica.leave()).await;
    // A connection that does not close has nothing left to say.
    let _ = ports.within(CLOSING, store.close()).await;
    tracing::info!("Keyporter has ended");
    Ok(served?)
}

/// Waits for tasks that have been told to end.
async fn end_in_order<const N: usize>(tasks: [(&'static str, tokio::task::JoinHandle<()>); N]) {
    for (what, task) in tasks {
        if let Err(error) = task.await {
            tracing::error!(%error, "{what} ended early");
        }
    }
}

/// Handles updates until `stop`.
async fn serve(
    (core, operators, slow): (Core, Vec<PersonId>, Duration),
    intake: Intake,
    way_in: WayIn,
    stop: &CancellationToken,
    abandon: &CancellationToken,
) -> Result<(), StoreError> {
    let Some(me) = introduce(&intake, &way_in, stop).await else {
        return Ok(());
    };
    remember_bot(&intake, &me, stop).await?;
    let core = Arc::new(Core {
        username: me.username.clone(),
        ..core
    });
    let leftovers = tokio::spawn(send_leftovers(core.clone(), stop.clone()));
    let over = CancellationToken::new();
    let _over = over.clone().drop_guard();
    let forgetting = tokio::spawn(forget_sent(core.clone(), over));
    let announcing = tokio::spawn(announce(core.clone(), operators));
    tracing::info!(
        bot = me.username,
        version = env!("CARGO_PKG_VERSION"),
        "Keyporter is running"
    );
    let ran = intake
        .run(
            Arc::new(Bot::new(core.clone(), slow)),
            way_in,
            stop.clone(),
            abandon.clone(),
        )
        .await;
    end(announcing).await;
    end(leftovers).await;
    end(forgetting).await;
    if let Err(error) = forget_once(&core).await {
        tracing::debug!(%error, "what was sent last is sent again after the next start");
    }
    ran
}

/// Ends a task, and waits until it has let go of the database: the file stays locked for as long as anybody holds it.
async fn end(task: tokio::task::JoinHandle<()>) {
    task.abort();
    if let Err(error) = task.await
        && !error.is_cancelled()
    {
        tracing::error!(%error, "a task ended early");
    }
}

/// A token that is cancelled that long after the other.
fn after(ports: &Ports, first: &CancellationToken, span: Duration) -> CancellationToken {
    let later = CancellationToken::new();
    tokio::spawn({
        let (ports, first, later) = (ports.clone(), first.clone(), later.clone());
        async move {
            first.cancelled().await;
            tokio::select! {
                () = ports.sleep(span) => later.cancel(),
                () = later.cancelled() => {}
            }
        }
    });
    later
}

async fn announce(core: Arc<Core>, operators: Vec<PersonId>) {
    if let Err(error) = menu::announce(&core.sender, &core.texts, &operators).await {
        tracing::warn!(%error, "the command menu could not be set");
    }
}
