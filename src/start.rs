//! Starts everything in order and ends it in order. Fails only with a sentence for the operator; what is merely away is waited for.

mod addresses;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use backon::{BackoffBuilder, ExponentialBuilder};
use serde::Deserialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::{
    app::{App, AppError, BOT_USERNAME, Keeper, Ledger, Watch},
    bot::{
        self, Bot, Core,
        limits::{self, Limits},
        menu,
        outbox::{Sending, send_leftovers},
        reply::{Sender, Teller},
    },
    config::Settings,
    domain::PersonId,
    http::Way,
    intake::{
        Intake, LONGEST_PAUSE, Leakwatch, Outage, WayIn, leave_webhook, outlast, set_webhook,
    },
    metrics::Metrics,
    ports::Ports,
    providers::{self, Providers},
    store::{self, Store, StoreError, facts, inbox},
    telegram::{Telegram, TelegramError},
    texts::Texts,
    vault::Vault,
    web,
};
use addresses::Addresses;

/// What is under way at the end gets this long; the whole stop takes less than ten seconds.
pub const GRACE: Duration = Duration::from_secs(7);

/// For connections to close.
const CLOSING: Duration = Duration::from_secs(2);

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
    let providers = Providers::new(&at, ports, &options.metrics)
        .map_err(|error| StartError::Http(error.to_string()))?;
    let app = App::open(
        store.clone(),
        vault.clone(),
        providers,
        ports.clone(),
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
    run_with(settings, ports, stop, Options::default()).await
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
    if let Err(error) = app.catch_up_fingerprints().await {
        tracing::warn!(%error, "older accounts are not watched for leaks until the next start");
    }
    let leakwatch = Arc::new(Leakwatch::new(app.fingerprint_key()));
    let texts = Arc::new(Texts::new());
    let commands = rate.saturating_mul(limits::COMMANDS_FOR_RATE);
    let commands = options.commands.unwrap_or(commands);
    let sender = Arc::new(Sender::new(telegram.clone(), ports.clone(), rate));
    let teller = Arc::new(Teller::new(app.clone(), texts.clone(), sender.clone()));
    let ledger = Ledger::new(app.clone(), teller.clone())?;

    let abandon = abandon_after_grace(&ports, &stop);
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
        leakwatch,
        pulse: Arc::default(),
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
    let served = serve(bot, intake, way_in, &stop, &abandon).await;
    // Whatever has ended it: what is under way at the providers is to end in order.
    stop.cancel();
    if let Err(error) = working.await {
        tracing::error!(%error, "the ledger ended early");
    }
    if let Err(error) = watching.await {
        tracing::error!(%error, "the watch ended early");
    }
    if let Err(error) = keeping.await {
        tracing::error!(%error, "the keeper ended early");
    }
    if let Err(error) = serving.await {
        tracing::error!(%error, "the web server ended early");
    }
    abandon.cancel();
    // A connection that does not close has nothing left to say.
    let _ = ports.within(CLOSING, store.close()).await;
    tracing::info!("Keyporter has ended");
    Ok(served?)
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
    let announcing = tokio::spawn(announce(core.clone(), operators));
    tracing::info!(
        bot = me.username,
        version = env!("CARGO_PKG_VERSION"),
        "Keyporter is running"
    );
    let ran = intake
        .run(
            Arc::new(Bot::new(core, slow)),
            way_in,
            stop.clone(),
            abandon.clone(),
        )
        .await;
    end(announcing).await;
    end(leftovers).await;
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

/// A token that is cancelled a while after the other.
fn abandon_after_grace(ports: &Ports, stop: &CancellationToken) -> CancellationToken {
    let abandon = CancellationToken::new();
    tokio::spawn({
        let (ports, stop, abandon) = (ports.clone(), stop.clone(), abandon.clone());
        async move {
            stop.cancelled().await;
            tokio::select! {
                () = ports.sleep(GRACE) => abandon.cancel(),
                () = abandon.cancelled() => {}
            }
        }
    });
    abandon
}

/// Who the bot is.
#[derive(Deserialize)]
struct Me {
    id: i64,
    #[serde(default)]
    username: String,
}

/// Asks Telegram who we are and sets or ends the webhook, however long that takes; nothing when stopped before.
async fn introduce(intake: &Intake, way_in: &WayIn, stop: &CancellationToken) -> Option<Me> {
    let (telegram, ports) = (&intake.telegram, &intake.ports);
    let outage = Outage::default();
    let mut pauses = ExponentialBuilder::default()
        .with_min_delay(Duration::from_secs(1))
        .with_max_delay(Duration::from_secs(30))
        .without_max_times()
        .build();
    loop {
        let asking = async {
            let me: Me = telegram.call("getMe", &json!({})).await?;
            match way_in {
                WayIn::Poll => leave_webhook(telegram).await?,
                WayIn::Webhook(hook, _) => set_webhook(telegram, hook).await?,
            }
            Ok::<_, TelegramError>(me)
        };
        let error = tokio::select! {
            me = asking => match me {
                Ok(me) => {
                    outage.ends("connecting to Telegram");
                    intake.pulse.telegram_is_there(ports.now());
                    return Some(me);
                }
                Err(error) => error,
            },
            () = stop.cancelled() => return None,
        };
        let kind = if error == TelegramError::Unauthorized {
            "unauthorized"
        } else {
            "away"
        };
        outage.begins("connecting to Telegram", kind, &error);
        let pause = match error {
            TelegramError::TooMany { retry_after } => retry_after.min(LONGEST_PAUSE),
            _ => pauses.next().unwrap_or(CLOSING),
        };
        tokio::select! {
            () = ports.sleep(pause) => {}
            () = stop.cancelled() => return None,
        }
    }
}

const BOT: &str = "bot";

/// Update numbers belong to a bot: with another bot's token on the same database the old ones mean nothing.
async fn remember_bot(
    intake: &Intake,
    me: &Me,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let id = me.id.to_string();
    let remembering = || async {
        let mut tx = intake.store.begin().await?;
        facts::set(&mut tx, BOT_USERNAME, &me.username).await?;
        match facts::get(&mut tx, BOT).await? {
            Some(known) if known == id => return tx.commit().await,
            Some(_) => {
                tracing::warn!(
                    "this database was used by another bot; its unfinished updates are dropped"
                );
                inbox::clear(&mut tx).await?;
                facts::set(&mut tx, crate::intake::POLL_OFFSET, "").await?;
            }
            None => {}
        }
        facts::set(&mut tx, BOT, &id).await?;
        tx.commit().await
    };
    outlast(&intake.ports, stop, remembering).await
}

async fn announce(core: Arc<Core>, operators: Vec<PersonId>) {
    if let Err(error) = menu::announce(&core.sender, &core.texts, &operators).await {
        tracing::warn!(%error, "the command menu could not be set");
    }
}
