//! Our own addresses: taken before anything else is begun, so that a port which is not free stops the start; served once there is
//! something to serve.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::StartError;
use crate::{
    app::App,
    config::Settings,
    intake::{Hook, Intake, WayIn, door},
    web::{self, Pages, Server, Web},
};

pub(super) struct Addresses {
    web: Option<Server>,
    metrics: Option<Server>,
    public_url: Option<String>,
}

impl Addresses {
    /// Takes what the settings name.
    pub(super) async fn take(settings: &Settings, patience: Duration) -> Result<Self, StartError> {
        Ok(Self {
            web: bind("KEYPORTER_LISTEN", settings.listen, patience).await?,
            metrics: bind(
                "KEYPORTER_METRICS_LISTEN",
                settings.metrics_listen,
                patience,
            )
            .await?,
            public_url: settings.public_url.clone(),
        })
    }

    /// Serves until `stop`, and says how updates come.
    pub(super) fn open(
        self,
        app: &App,
        intake: &Intake,
        pages: Option<Pages>,
        stop: &CancellationToken,
        abandon: &CancellationToken,
    ) -> (WayIn, JoinHandle<Vec<()>>) {
        let (way_in, webhook) = match self.public_url {
            None => (WayIn::Poll, None),
            Some(url) => {
                let hook = Arc::new(Hook::new(app.webhook_key(), intake.telegram.bot(), &url));
                let (door, arrivals) = door();
                (WayIn::Webhook(hook.clone(), arrivals), Some((hook, door)))
            }
        };
        let web = Web {
            app: app.clone(),
            pulse: intake.pulse.clone(),
            webhook,
            pages,
        };
        let metrics = web::metrics_router(app.clone(), intake.metrics.clone());
        let serving = [(self.web, web::router(web)), (self.metrics, metrics)]
            .into_iter()
            .filter_map(|(server, router)| Some((server?, router)))
            .map(|(server, router)| {
                let ports = app.ports().clone();
                web::serve(server, router, ports, stop.clone(), abandon.clone())
            });
        let serving = futures::future::join_all(serving.collect::<Vec<_>>());
        (way_in, tokio::spawn(serving))
    }
}

async fn bind(
    variable: &'static str,
    address: Option<SocketAddr>,
    patience: Duration,
) -> Result<Option<Server>, StartError> {
    let Some(address) = address else {
        return Ok(None);
    };
    match Server::bind(address, patience).await {
        Ok(server) => Ok(Some(server)),
        Err(why) => Err(StartError::Listen {
            variable,
            address,
            why,
        }),
    }
}
