//! Our own addresses: taken before anything else is begun, so that a port which is not free stops the start; served once there is
//! something to serve.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::StartError;
use crate::{
    app::App,
    config::Settings,
    intake::{Hook, Pulse, WayIn, door},
    telegram::Telegram,
    web::{self, Server, Web},
};

pub(super) struct Addresses {
    web: Option<Server>,
    public_url: Option<String>,
}

impl Addresses {
    /// Takes what the settings name.
    pub(super) async fn take(settings: &Settings, patience: Duration) -> Result<Self, StartError> {
        Ok(Self {
            web: bind("KEYPORTER_LISTEN", settings.listen, patience).await?,
            public_url: settings.public_url.clone(),
        })
    }

    /// Serves until `stop`, and says how updates come.
    pub(super) fn open(
        self,
        app: &App,
        telegram: &Telegram,
        pulse: &Arc<Pulse>,
        stop: &CancellationToken,
        abandon: &CancellationToken,
    ) -> (WayIn, JoinHandle<()>) {
        let (way_in, webhook) = match self.public_url {
            None => (WayIn::Poll, None),
            Some(url) => {
                let hook = Arc::new(Hook::new(app.webhook_key(), telegram.bot(), &url));
                let (door, arrivals) = door();
                (WayIn::Webhook(hook.clone(), arrivals), Some((hook, door)))
            }
        };
        let web = Web {
            app: app.clone(),
            pulse: pulse.clone(),
            webhook,
        };
        let (ports, stop, abandon) = (app.ports().clone(), stop.clone(), abandon.clone());
        let serving = tokio::spawn(async move {
            if let Some(server) = self.web {
                web::serve(server, web::router(web), ports, stop, abandon).await;
            }
        });
        (way_in, serving)
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
