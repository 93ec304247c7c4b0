//! One emulated service: a server on its own loopback port that can go down and come back, with faults and a log.
//!
//! Knows nothing of what the services do.

mod answer;
mod connection;
mod incoming;
mod log;
mod server;
#[cfg(test)]
mod tests;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, Response},
};
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::Mutex,
    task::JoinHandle,
};
use tower::ServiceExt;

pub use self::log::Call;
pub(crate) use self::{
    answer::Answer,
    incoming::{Incoming, form_pairs},
    server::Emulated,
};
use self::{
    connection::{Connections, Cut, CuttableListener},
    log::Log,
    server::Server,
};
use super::{changes::Kept, fault::ServiceName, shared::Shared};

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// A running service. Cheap to clone; ends when the last clone is dropped.
#[derive(Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

struct Inner {
    address: SocketAddr,
    router: Router,
    log: Arc<Kept<Log>>,
    door: Mutex<Door>,
}

/// Open, or shut with the port kept for us.
#[derive(Default)]
struct Door {
    open: Option<Open>,
    /// Bound but not listening: clients are refused, and nobody else gets the port.
    held: Option<TcpSocket>,
}

struct Open {
    task: JoinHandle<()>,
    connections: Connections,
}

impl Service {
    /// Starts a server on a free port.
    pub(crate) fn start<E: Emulated>(
        name: ServiceName,
        shared: &Shared,
        emulated: Arc<E>,
    ) -> io::Result<Self> {
        let listener = bind(0)?.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        let log = Arc::new(Kept::new(Log::default(), &shared.changes));
        let server = Server {
            name,
            shared: shared.clone(),
            log: Arc::clone(&log),
            emulated,
        };
        let router = server.router();
        let door = Door {
            open: Some(open(listener, router.clone())),
            held: None,
        };
        let inner = Inner {
            address,
            router,
            log,
            door: Mutex::new(door),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.inner.address)
    }

    /// Goes down: open connections are dropped, new ones refused. Calls that have arrived still have their effect.
    pub async fn stop(&self) -> io::Result<()> {
        let mut door = self.inner.door.lock().await;
        let Some(open) = door.open.take() else {
            return Ok(());
        };
        // Before the listener is closed: nobody else is to get the port in between.
        door.held = Some(bind(self.inner.address.port())?);
        open.task.abort();
        // Ends as cancelled; the listener is closed once it has ended.
        let _ = open.task.await;
        open.connections.cut_all();
        Ok(())
    }

    /// Comes back on the same port.
    pub async fn resume(&self) -> io::Result<()> {
        let mut door = self.inner.door.lock().await;
        if door.open.is_some() {
            return Ok(());
        }
        let socket = match door.held.take() {
            Some(socket) => socket,
            None => bind(self.inner.address.port())?,
        };
        door.open = Some(open(socket.listen(BACKLOG)?, self.inner.router.clone()));
        Ok(())
    }

    /// Carries a call out as if it had come over a connection, for a simulation that stands in for the network.
    pub async fn deliver(&self, mut request: Request<Body>) -> Response<Body> {
        request.extensions_mut().insert(ConnectInfo(Cut::default()));
        match self.inner.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    /// What it was asked so far, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.inner.log.look(Log::calls)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(open) = self.door.get_mut().open.take() {
            open.task.abort();
            open.connections.cut_all();
        }
    }
}

fn bind(port: u16) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Connections of the past on this port must not stand in the way.
    socket.set_reuseaddr(true)?;
    // Nor one of our own, which is about to be closed or listens next.
    socket.set_reuseport(true)?;
    socket.bind((Ipv4Addr::LOCALHOST, port).into())?;
    Ok(socket)
}

fn open(listener: TcpListener, router: Router) -> Open {
    let connections = Connections::default();
    let listener = CuttableListener {
        listener,
        connections: connections.clone(),
    };
    let make_service = router.into_make_service_with_connect_info::<Cut>();
    let task = tokio::spawn(async move {
        // Never returns by itself: a failed accept is tried again.
        let _ = axum::serve(listener, make_service).await;
    });
    Open { task, connections }
}
