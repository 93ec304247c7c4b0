//! The server itself: so many connections and no more, each with little time for its headers, and an end in order.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::sync::CancellationToken;

use crate::ports::Ports;

/// Connections at once; more wait in the system's queue.
const CONNECTIONS: usize = 512;

/// After an accept that failed, as when there are too many open files.
const PAUSE: Duration = Duration::from_secs(1);

/// Whoever takes longer for the headers of a request, or is silent for longer between two, is hung up on.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Who has connected.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// A bound address that nobody else can take.
pub struct Server {
    listener: TcpListener,
    patience: Duration,
}

impl Server {
    /// Binds; the connections that come wait for [`serve`]. `patience` is [`PATIENCE`], except in a story about it.
    pub async fn bind(address: SocketAddr, patience: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener, patience })
    }
}

/// Serves until `stop`; what is then under way may go on until `abandon`.
pub async fn serve(
    server: Server,
    router: Router,
    ports: Ports,
    stop: CancellationToken,
    abandon: CancellationToken,
) {
    let (places, open) = (
        Arc::new(Semaphore::new(CONNECTIONS)),
        GracefulShutdown::new(),
    );
    while let Some(next) = until(&stop, places.clone().acquire_owned()).await {
        // The semaphore is never closed.
        let Ok(place) = next else { break };
        let (stream, peer) = match until(&stop, server.listener.accept()).await {
            Some(Ok((stream, address))) => (stream, Peer(address.ip())),
            Some(Err(error)) => {
                tracing::debug!(%error, "a connection cannot be accepted");
                until(&stop, ports.sleep(PAUSE)).await;
                continue;
            }
            None => break,
        };
        let talk = open.watch(connection(stream, peer, &router, server.patience));
        tokio::spawn(async move {
            // Whoever hangs up, or is hung up on, is no news.
            let _ = talk.await;
            drop(place);
        });
    }
    drop(server);
    until(&abandon, open.shutdown()).await;
}

fn connection(
    stream: TcpStream,
    peer: Peer,
    router: &Router,
    patience: Duration,
) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<Router>> {
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .serve_connection(
            TokioIo::new(stream),
            TowerToHyperService::new(router.clone().layer(Extension(peer))),
        )
}

/// What the work gives, unless `end` comes first.
async fn until<T>(end: &CancellationToken, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = end.cancelled() => None,
        done = work => Some(done),
    }
}
