//! From a request to its answer: the log, the fault that strikes it, the service itself.
//!
//! A call that has arrived is carried out even if the client hangs up, as a real server would.

use std::{
    future::{Future, pending},
    sync::Arc,
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, State},
    http::Request,
    response::{IntoResponse, Response},
};

use super::{
    Answer, Incoming,
    answer::{huge, respond},
    connection::Cut,
    log::Log,
};
use crate::sandbox::{
    changes::Kept,
    fault::{Fault, ServiceName},
    shared::Shared,
};

/// What a service does with its calls.
pub(crate) trait Emulated: Send + Sync + 'static {
    /// Carries the call out.
    fn answer(&self, incoming: &Incoming) -> impl Future<Output = Answer> + Send;

    /// The service's own way of saying that there were too many calls.
    fn too_many(&self, incoming: &Incoming, retry_after_s: u64) -> Answer;
}

pub(super) struct Server<E> {
    pub(super) name: ServiceName,
    pub(super) shared: Shared,
    pub(super) log: Arc<Kept<Log>>,
    pub(super) emulated: Arc<E>,
}

/// What the client sees in the end.
enum End {
    Answered(Response),
    Cut,
    Hang,
}

impl<E: Emulated> Server<E> {
    pub(super) fn router(self) -> Router {
        Router::new()
            .fallback(handle::<E>)
            .with_state(Arc::new(self))
    }

    /// Lets the service do its work, and notes whether it did.
    async fn work(&self, number: usize, incoming: &Incoming) -> Answer {
        let answer = self.emulated.answer(incoming).await;
        let effect = answer.effect;
        let refusal = (!effect).then(|| answer.body.clone());
        self.log.change(|log| {
            log.complete(number, |call| {
                call.effect = effect;
                call.refusal = refusal;
            });
        });
        answer
    }

    fn say(&self, number: usize, response: Response) -> End {
        let status = response.status().as_u16();
        self.log
            .change(|log| log.complete(number, |call| call.status = Some(status)));
        End::Answered(response)
    }

    async fn end(self: Arc<Self>, number: usize, incoming: Incoming, fault: Option<Fault>) -> End {
        let response = match fault {
            None => self.work(number, &incoming).await.into_response(),
            Some(Fault::Status(status, body)) => {
                let body = body.map(|body| body.to_string()).unwrap_or_default();
                Answer::raw(status, body).into_response()
            }
            Some(Fault::RateLimited { retry_after_s }) => self
                .emulated
                .too_many(&incoming, retry_after_s)
                .into_response(),
            Some(Fault::Delay(time)) => {
                self.shared.clock.sleep(time).await;
                self.work(number, &incoming).await.into_response()
            }
            Some(Fault::CutBefore) => return End::Cut,
            Some(Fault::HangBefore) => return End::Hang,
            Some(Fault::LateEffect(time)) => {
                tokio::spawn(async move {
                    self.shared.clock.sleep(time).await;
                    self.work(number, &incoming).await;
                });
                return End::Cut;
            }
            Some(fault) => {
                let answer = self.work(number, &incoming).await;
                match spoilt(answer, fault) {
                    End::Answered(response) => response,
                    silent => return silent,
                }
            }
        };
        self.say(number, response)
    }
}

/// The faults that strike after the effect.
fn spoilt(answer: Answer, fault: Fault) -> End {
    End::Answered(match fault {
        Fault::CutAfter => return End::Cut,
        Fault::HangAfter => return End::Hang,
        Fault::Garbage => respond(200, "application/json", "\u{1}not json\u{2}{"),
        Fault::Html => {
            let page = "<!doctype html><title>502</title><h1>Bad gateway</h1>";
            respond(200, "text/html; charset=utf-8", page)
        }
        Fault::Truncated => answer.truncated(),
        Fault::Huge(bytes) => huge(bytes),
        Fault::Replace(status, body) => Answer::raw(status, body).into_response(),
        _ => answer.into_response(),
    })
}

async fn handle<E: Emulated>(
    State(server): State<Arc<Server<E>>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request<Body>,
) -> Response {
    let Some(incoming) = Incoming::read(request).await else {
        return Answer::raw(413, String::new()).into_response();
    };
    let now_ms = server.shared.clock.now_ms();
    let number = server.log.change(|log| log.open(now_ms, &incoming));
    let faults = &server.shared.faults;
    let fault = faults.strike(server.name, &incoming.method, &incoming.path);
    let end = tokio::spawn(server.end(number, incoming, fault)).await;
    match end {
        Ok(End::Answered(response)) => response,
        Ok(End::Cut) => {
            cut.now();
            pending().await
        }
        Ok(End::Hang) => pending().await,
        Err(_) => Answer::raw(500, String::new()).into_response(),
    }
}
