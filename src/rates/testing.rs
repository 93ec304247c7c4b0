//! A clock that a test pushes, for what waits.

use std::{sync::Arc, time::Duration};

use futures::future::BoxFuture;
use tokio::sync::watch;

use crate::{
    domain::Timestamp,
    ports::{Clock, Ports},
};

pub(crate) struct Pushed(watch::Sender<Timestamp>);

impl Clock for Pushed {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let mut pushes = self.0.subscribe();
        Box::pin(async move {
            let _ended = pushes.wait_for(|now| *now >= until).await;
        })
    }
}

impl Pushed {
    pub(crate) fn new() -> (Arc<Self>, Ports) {
        let clock = Arc::new(Self(watch::Sender::new(Timestamp::from_millis(1_000_000))));
        let ports = Ports {
            clock: clock.clone(),
            ..Ports::system()
        };
        (clock, ports)
    }

    /// Lets time pass in small steps, and everybody act in between.
    pub(crate) async fn pass(&self, span: Duration) {
        for _ in 0..span.as_millis() / 10 {
            settle().await;
            self.0
                .send_modify(|now| *now = now.plus(Duration::from_millis(10)));
        }
        settle().await;
    }

    pub(crate) fn back(&self, span: Duration) {
        self.0.send_modify(|now| *now = now.minus(span));
    }
}

async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}
