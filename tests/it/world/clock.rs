//! A clock that flows and can be pushed, together with the sandbox's.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use futures::future::BoxFuture;
use keyporter::{domain::Timestamp, ports::Clock, sandbox};
use tokio::sync::watch;

pub struct TestClock {
    sandbox: sandbox::Clock,
    pushes: watch::Sender<u64>,
    /// How far the bot's machine is ahead of the world, in milliseconds.
    ahead: AtomicI64,
}

impl TestClock {
    pub fn new(sandbox: sandbox::Clock) -> Self {
        Self {
            sandbox,
            pushes: watch::Sender::new(0),
            ahead: AtomicI64::new(0),
        }
    }

    /// The next machine on which the bot starts has a clock that is wrong by so much.
    pub fn is_ahead(&self, ms: i64) {
        self.ahead.store(ms, Ordering::SeqCst);
    }

    pub fn push(&self, span: Duration) {
        self.sandbox.push(span);
        self.pushes.send_modify(|pushes| *pushes += 1);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.sandbox.now_ms() + self.ahead.load(Ordering::SeqCst))
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let (sandbox, mut pushes) = (self.sandbox.clone(), self.pushes.subscribe());
        let ahead = self.ahead.load(Ordering::SeqCst);
        Box::pin(async move {
            loop {
                let now = Timestamp::from_millis(sandbox.now_ms() + ahead);
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
