//! A way to a PostgreSQL server that can become slow, and can break: between the bot and the server, on a thread of its own.

use std::{net::Ipv4Addr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
};

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Open,
    /// What the bot sends arrives so much later.
    Slow(Duration),
    /// Connections are cut, and new ones too.
    Broken,
}

pub struct Proxy {
    url: String,
    way: watch::Sender<Way>,
}

impl Proxy {
    /// To the server at that address, which is `postgres://user@host:port`.
    pub fn to(server: &str) -> Self {
        let (user, server) = server.rsplit_once('@').unwrap();
        let (sender, way) = watch::channel(Way::Open);
        let (tell, told) = std::sync::mpsc::channel();
        let server = server.to_owned();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                accept(listener, server, way).await;
            });
        });
        Self {
            url: format!("{user}@{}", told.recv().unwrap()),
            way: sender,
        }
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    pub fn is_slow(&self, by: Duration) {
        self.way.send_replace(Way::Slow(by));
    }

    pub fn breaks(&self) {
        self.way.send_replace(Way::Broken);
    }

    pub fn is_open(&self) {
        self.way.send_replace(Way::Open);
    }
}

/// Until the proxy is dropped.
async fn accept(listener: TcpListener, server: String, mut way: watch::Receiver<Way>) {
    loop {
        let client = tokio::select! {
            client = listener.accept() => client.unwrap().0,
            changed = way.changed() => if changed.is_err() { return } else { continue },
        };
        if *way.borrow() == Way::Broken {
            continue;
        }
        let server = TcpStream::connect(&server).await.unwrap();
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::spawn(carry(from_client, to_server, way.clone(), true));
        tokio::spawn(carry(from_server, to_client, way.clone(), false));
    }
}

async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut way: watch::Receiver<Way>,
    is_asking: bool,
) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut bytes) => read,
            broken = way.wait_for(|way| *way == Way::Broken) => { drop(broken); return },
        };
        let Ok(count @ 1..) = read else {
            return;
        };
        let present = *way.borrow();
        if let Way::Slow(by) = present
            && is_asking
        {
            tokio::time::sleep(by).await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
