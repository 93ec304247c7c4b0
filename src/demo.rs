//! `keyporter demo`: the sandbox and a bot on loopback, with a temporary database, and one page to try it on.
//! Nothing here is for real use: the keys are made up and forgotten at the end.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    num::NonZeroUsize,
    path::PathBuf,
    sync::Arc,
};

use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::{
    config::{DatabaseUrl, LogSettings, ProviderUrls, Settings},
    domain::{Allowed, PersonId, Timestamp},
    ports::{Clock, Ports},
    sandbox::{self, Options, Sandbox, control::Control, demo_world},
    secret::Secret,
    start::{StartError, run},
    vault::MasterKey,
};

/// The page's port when nobody asks for another.
const USUAL_PORT: u16 = 8099;

/// A running demo.
pub struct Demo {
    /// The page to open.
    pub url: String,
    settings: Settings,
    sandbox: Sandbox,
    // Ends the page's server when dropped.
    control: Control,
    folder: TemporaryFolder,
}

impl Demo {
    /// Starts the sandbox. Without a port for the page it is the usual one, or any free one while that is taken.
    pub async fn prepare(ports: &Ports, page_port: Option<u16>) -> Result<Self, StartError> {
        let failed = |error: std::io::Error| StartError::Demo(error.to_string());
        let sandbox = Sandbox::start(Options::default()).map_err(failed)?;
        demo_world(&sandbox);
        let control = match (
            Control::start(&sandbox, page_port.unwrap_or(USUAL_PORT)).await,
            page_port,
        ) {
            (Err(_), None) => Control::start(&sandbox, 0).await,
            (started, _) => started,
        }
        .map_err(|error| cannot_listen(&error, page_port))?;
        let folder = TemporaryFolder::make(ports)?;
        Ok(Self {
            url: control.url(),
            settings: settings(&sandbox, ports, &folder)?,
            sandbox,
            control,
            folder,
        })
    }

    /// Runs the bot until `stop`, then puts everything away.
    pub async fn run(self, ports: Ports, stop: CancellationToken) -> Result<(), StartError> {
        let clock = Arc::new(DemoClock(self.sandbox.clock().clone()));
        let ended = run(self.settings, Ports { clock, ..ports }, stop).await;
        drop(self.control);
        if let Err(error) = self.sandbox.stop_all().await {
            tracing::debug!(%error, "the sandbox did not end cleanly");
        }
        drop(self.folder);
        ended
    }
}

/// The page's port cannot be had: which one, why, and what to do instead.
fn cannot_listen(error: &std::io::Error, port: Option<u16>) -> StartError {
    let port = port.unwrap_or(USUAL_PORT);
    let why = match error.kind() {
        ErrorKind::AddrInUse => "another program uses it".to_owned(),
        _ => error.to_string(),
    };
    StartError::Demo(format!(
        "port {port} of this machine cannot be used for the page: {why}. \
         Choose another with --port, or leave it out and take the one that is found"
    ))
}

fn settings(
    sandbox: &Sandbox,
    ports: &Ports,
    folder: &TemporaryFolder,
) -> Result<Settings, StartError> {
    let broken = |what: &str| StartError::Demo(what.to_owned());
    let web = free_address()?;
    let key = MasterKey::generate(ports).map_err(|error| StartError::Demo(error.to_string()))?;
    Ok(Settings {
        token: Secret::new(sandbox.telegram().token().clone()),
        telegram_url: sandbox.telegram().url(),
        database_url: DatabaseUrl::new(format!("sqlite://{}", folder.0.join("demo.db").display())),
        master_key: MasterKey::parse(&key).ok_or_else(|| broken("a fresh master key is none"))?,
        old_master_keys: Vec::new(),
        allowed: Allowed::Everybody,
        // Whoever plays here may pause too.
        operators: sandbox
            .telegram()
            .people()
            .iter()
            .map(|person| PersonId(person.person.id))
            .collect(),
        // Updates come by webhook, and the Mini App has its place.
        public_url: Some(format!("http://{web}")),
        listen: Some(web),
        metrics_listen: None,
        providers: ProviderUrls {
            botsubscription: sandbox.botsubscription().url(),
            bots_business: sandbox.bots_business().url(),
            botanalytics: sandbox.botanalytics().url(),
        },
        telegram_rate: 30,
        cores: NonZeroUsize::MIN,
        log: LogSettings::default(),
        warnings: Vec::new(),
    })
}

/// An address on this machine that nobody uses now.
fn free_address() -> Result<SocketAddr, StartError> {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr());
    free.map_err(|error| StartError::Demo(format!("no port is free on this machine: {error}")))
}

/// A folder of our own, removed at the end.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn make(ports: &Ports) -> Result<Self, StartError> {
        let name: [u8; 8] = ports
            .random()
            .map_err(|error| StartError::Demo(error.to_string()))?;
        let folder =
            std::env::temp_dir().join(format!("keyporter-demo-{:016x}", u64::from_be_bytes(name)));
        std::fs::create_dir(&folder)
            .map_err(|error| StartError::Demo(format!("{}: {error}", folder.display())))?;
        Ok(Self(folder))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // What cannot be removed is a demo's and harmless.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The sandbox's time, so that whoever plays can let it pass for the bot as well.
struct DemoClock(sandbox::Clock);

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.now_ms())
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let clock = self.0.clone();
        Box::pin(async move { clock.wait_until(until.millis()).await })
    }
}
