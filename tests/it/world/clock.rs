//! A clock that flows and can be pushed, together with the sandbox's.

use std::time::Duration;

use futures::future::BoxFuture;
use keyporter::{domain::Timestamp, ports::Clock, sandbox};
use tokio::sync::watch;

pub struct TestClock {
    sandbox: sandbox::Clock,
    pushes: watch::Sender<u64>,
}

impl TestClock {
    pub fn new(sandbox: sandbox::Clock) -> Self {
        Self {
            sandbox,
            pushes: watch::Sender::new(0),
        }
    }

    pub fn push(&self, span: Duration) {
        self.sandbox.push(span);
        self.pushes.send_modify(|pushes| *pushes += 1);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.sandbox.now_ms())
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let (sandbox, mut pushes) = (self.sandbox.clone(), self.pushes.subscribe());
        Box::pin(async move {
            loop {
                let now = Timestamp::from_millis(sandbox.now_ms());
                if now >= until {
                    return;
                }
                tokio::select! {
                    () = tokio::time::sleep(until.since(now)) => {}
                    _ = pushes.changed() => {}
                }
            }
        })
    }
}
