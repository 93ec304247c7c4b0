//! How updates come to the bot in a story: stories on SQLite are told over a webhook, those on PostgreSQL over long polling, unless
//! `KEYPORTER_TEST_INTAKE` says `webhook` or `poll` for all. A story that is about one of them says so.

use std::net::{Ipv4Addr, SocketAddr};

use keyporter::sandbox::telegram::Telegram;
use tokio::net::TcpSocket;

use super::{Engine, World};

/// See the module's text; change it and `restart`.
pub struct WayIn {
    pub webhook: bool,
    /// The web server runs although nobody set a public address.
    pub serves: bool,
    pub measures: bool,
    web: Port,
    metrics: Port,
}

/// A port that nobody else gets, whether the bot listens on it or not.
struct Port(TcpSocket);

impl Port {
    fn hold() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        Self(socket)
    }

    fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }
}

impl WayIn {
    pub fn usual(engine: Engine) -> Self {
        let webhook = match std::env::var("KEYPORTER_TEST_INTAKE").as_deref() {
            Ok("webhook") => true,
            Ok("poll") => false,
            _ => engine == Engine::Sqlite,
        };
        Self {
            webhook,
            serves: false,
            measures: false,
            web: Port::hold(),
            metrics: Port::hold(),
        }
    }

    /// Failed deliveries come again soon: nobody in a story waits for a minute.
    pub fn prepare(telegram: &Telegram) {
        telegram.limit(|limits| (limits.webhook_retry_ms, limits.webhook_retry_max_ms) = (50, 400));
    }

    /// The next start is at another address.
    pub fn moves(&mut self) {
        self.web = Port::hold();
    }

    /// Where the web server is.
    pub fn url(&self) -> String {
        format!("http://{}", self.web.address())
    }

    /// Where the metrics are.
    pub fn metrics_url(&self) -> String {
        format!("http://{}/metrics", self.metrics.address())
    }

    pub fn public_url(&self) -> Option<String> {
        self.webhook.then(|| self.url())
    }

    pub fn listen(&self) -> Option<SocketAddr> {
        (self.webhook || self.serves).then(|| self.web.address())
    }

    pub fn metrics_listen(&self) -> Option<SocketAddr> {
        self.measures.then(|| self.metrics.address())
    }
}

impl World {
    /// This story is about long polling.
    pub async fn polls(&mut self) {
        self.comes_by(false).await;
    }

    /// This story is about the webhook.
    pub async fn by_webhook(&mut self) {
        self.comes_by(true).await;
    }

    async fn comes_by(&mut self, webhook: bool) {
        if self.way_in.webhook != webhook {
            self.way_in.webhook = webhook;
            self.restart().await;
        }
    }
}
