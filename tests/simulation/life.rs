//! What one process lives in: a clock, a gate before the database and a way for requests, all of which wait for the simulation to
//! let exactly one thing happen at a time. A life ends by dropping its runtime, as a process ends by a power failure.

use std::{
    fmt,
    future::poll_fn,
    sync::{Arc, Mutex},
    task::{Poll, Waker},
};

use async_trait::async_trait;
use futures::future::BoxFuture;
use keyporter::{
    domain::Timestamp,
    http::{Failure, Transport},
    ports::Clock,
    sandbox,
    store::{Access, Gate, Pass},
};
use tokio::{sync::oneshot, task::Id};

pub type Answered = Result<reqwest::Response, Failure>;

/// A request that has left the process.
pub struct Sent {
    pub request: reqwest::Request,
    pub answer: oneshot::Sender<Answered>,
}

/// Somebody who wants to do something with the database.
pub struct Wanting {
    access: Access,
    task: Option<Id>,
    leave: oneshot::Sender<Over>,
}

/// Somebody who was let in.
struct Held {
    number: u64,
    access: Access,
    task: Option<Id>,
}

/// What the process waits for.
#[derive(Default)]
pub struct Waiting {
    store: Vec<Wanting>,
    held: Vec<Held>,
    let_in: u64,
    pub sent: Vec<Sent>,
    pub sleepers: Vec<(i64, oneshot::Sender<()>)>,
    quiet: bool,
    waker: Option<Waker>,
}

impl Waiting {
    /// Somebody is at work in the database. Who waits to be let in once more, with an access still open, is not.
    fn is_busy(&self) -> bool {
        let waits = |held: &Held| self.store.iter().any(|wanting| wanting.task == held.task);
        self.held.iter().any(|held| !waits(held))
    }

    /// Who can be let in without having to wait inside for somebody who is outside.
    pub fn can_come_in(&self) -> Vec<usize> {
        let writes = |access: Access| matches!(access, Access::Write | Access::Begin);
        let is_written = self.held.iter().any(|held| writes(held.access));
        (0..self.store.len())
            .filter(|index| !(is_written && writes(self.store[*index].access)))
            .collect()
    }
}

/// Shared by the process and the simulation.
#[derive(Clone)]
pub struct Life {
    pub waiting: Arc<Mutex<Waiting>>,
    pub clock: sandbox::Clock,
}

impl fmt::Debug for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Life")
    }
}

impl Life {
    pub fn new(clock: sandbox::Clock) -> Self {
        Self {
            waiting: Arc::default(),
            clock,
        }
    }

    /// The runtime's thread has nothing to do. While the database works it will have.
    pub fn parked(&self) {
        let mut waiting = self.waiting.lock().unwrap();
        if !waiting.is_busy()
            && let Some(waker) = waiting.waker.take()
        {
            waiting.quiet = true;
            drop(waiting);
            waker.wake();
        }
    }

    /// Who has the database in hand, and who else waits.
    pub fn told(&self) -> String {
        let waiting = self.waiting.lock().unwrap();
        let held: Vec<_> = waiting
            .held
            .iter()
            .map(|held| (held.access, held.task))
            .collect();
        let outside: Vec<_> = waiting
            .store
            .iter()
            .map(|wanting| (wanting.access, wanting.task))
            .collect();
        format!(
            "inside {held:?}, outside {outside:?}, {} requests",
            waiting.sent.len()
        )
    }

    /// Waits until the process waits for us.
    pub async fn quiet(&self) {
        poll_fn(|context| {
            let mut waiting = self.waiting.lock().unwrap();
            if std::mem::take(&mut waiting.quiet) {
                return Poll::Ready(());
            }
            waiting.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Lets one access to the database happen.
    pub fn let_in(&self, index: usize) {
        let mut waiting = self.waiting.lock().unwrap();
        let Wanting {
            access,
            task,
            leave,
        } = waiting.store.remove(index);
        waiting.let_in += 1;
        let number = waiting.let_in;
        waiting.held.push(Held {
            number,
            access,
            task,
        });
        drop(waiting);
        // Whoever has stopped waiting drops it at once.
        drop(leave.send(Over {
            waiting: self.waiting.clone(),
            number,
        }));
    }
}

/// Leave for an access; dropped when it is over.
struct Over {
    waiting: Arc<Mutex<Waiting>>,
    number: u64,
}

impl Drop for Over {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock().unwrap();
        waiting.held.retain(|held| held.number != self.number);
    }
}

#[async_trait]
impl Gate for Life {
    async fn pass(&self, access: Access) -> Pass {
        let (leave, come_in) = oneshot::channel();
        self.waiting.lock().unwrap().store.push(Wanting {
            access,
            task: tokio::task::try_id(),
            leave,
        });
        match come_in.await {
            Ok(over) => Box::new(over),
            Err(_) => std::future::pending().await,
        }
    }
}

#[async_trait]
impl Transport for Life {
    async fn carry(&self, request: reqwest::Request) -> Answered {
        let (answer, answered) = oneshot::channel();
        self.waiting
            .lock()
            .unwrap()
            .sent
            .push(Sent { request, answer });
        match answered.await {
            Ok(answered) => answered,
            Err(_) => std::future::pending().await,
        }
    }
}

impl Clock for Life {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now_ms())
    }

    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let (life, until) = (self.clone(), until.millis());
        Box::pin(async move {
            while life.clock.now_ms() < until {
                let (wake, woken) = oneshot::channel();
                life.waiting.lock().unwrap().sleepers.push((until, wake));
                if woken.await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        })
    }
}
