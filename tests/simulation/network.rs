//! What happens to a request between the process and the sandbox: it may not leave, be lost, arrive late, be answered with
//! rubbish, or be carried out and never answered. It never opens a socket.

use axum::body::{Body, to_bytes};
use keyporter::http::Failure;
use tokio::sync::oneshot;

use crate::{
    life::{Answered, Life, Sent},
    truth,
    world::{ADA, BORIS, World},
};

/// What a request meets on its way, in parts of a hundred; the rest arrives and is answered.
const FAULTS: [(usize, Fate); 8] = [
    (3, Fate::NotSent),
    (3, Fate::LostBefore),
    (4, Fate::LostAfter),
    (3, Fate::Late),
    (2, Fate::Garbled),
    (2, Fate::Unavailable),
    (2, Fate::UnavailableAfter),
    (6, Fate::Slow),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Fine,
    Slow,
    NotSent,
    LostBefore,
    LostAfter,
    Late,
    Garbled,
    Unavailable,
    UnavailableAfter,
}

/// A request under way.
pub struct Travelling {
    pub at_ms: i64,
    pub request: reqwest::Request,
    fate: Fate,
    /// Nobody waits for it any more when its process has died.
    pub answer: Option<oneshot::Sender<Answered>>,
}

pub struct Returning {
    pub at_ms: i64,
    pub answered: Answered,
    pub answer: oneshot::Sender<Answered>,
}

impl World {
    /// Decides what becomes of the requests that have left.
    pub fn take_over_requests(&mut self, life: &Life) {
        let sent = std::mem::take(&mut life.waiting.lock().unwrap().sent);
        for Sent { request, answer } in sent {
            let fate = if self.rough && !is_poll(&request) {
                self.fate()
            } else {
                Fate::Fine
            };
            let slow = match fate {
                Fate::Late => 1_000 + self.chance.ms(29_000),
                Fate::Slow => self.chance.ms(14_000),
                _ => 0,
            };
            if fate != Fate::Fine {
                self.tally.faults += 1;
                self.tell(&format!(
                    "{fate:?}: {} {}",
                    request.method(),
                    last_part(&request)
                ));
            }
            let now = self.now();
            let mut answer = Some(answer);
            if matches!(fate, Fate::NotSent | Fate::LostBefore | Fate::Late) {
                // A revocation may be accepted now and carried out later.
                let accepted = fate == Fate::Late
                    && request.method() == reqwest::Method::DELETE
                    && self.chance.percent(50);
                let answered = match fate {
                    _ if accepted => Ok(response(200, "{}".into())),
                    Fate::NotSent => Err(Failure::NotSent("no connection".to_owned())),
                    _ => Err(Failure::Lost("the connection died".to_owned())),
                };
                self.returning.push(Returning {
                    at_ms: now + self.chance.ms(3_000),
                    answered,
                    answer: answer.take().unwrap(),
                });
            }
            if !matches!(fate, Fate::NotSent | Fate::LostBefore) {
                self.travelling.push(Travelling {
                    at_ms: now + slow,
                    request,
                    fate,
                    answer,
                });
            }
        }
    }

    fn fate(&mut self) -> Fate {
        let mut roll = self.chance.below(100);
        for (chance, fate) in FAULTS {
            if roll < chance {
                return fate;
            }
            roll -= chance;
        }
        Fate::Fine
    }

    pub async fn arrives(&mut self, index: usize) {
        let Travelling {
            request,
            fate,
            answer,
            ..
        } = self.travelling.remove(index);
        if answer.is_none() && is_poll(&request) {
            return;
        }
        let response = if fate == Fate::Unavailable {
            response(503, "{}".into())
        } else {
            let answered = self.deliver(&request).await;
            if ["sendMessage", "editMessageText"].contains(&last_part(&request)) {
                for person in [ADA, BORIS] {
                    truth::of_what_is_said(self, person);
                }
            }
            match fate {
                Fate::Garbled => response(200, "<html>".into()),
                Fate::UnavailableAfter => response(502, "{}".into()),
                _ => answered,
            }
        };
        let answered = match fate {
            Fate::LostAfter => Err(Failure::Lost("the connection died".to_owned())),
            _ => Ok(response),
        };
        if let Some(answer) = answer {
            let at_ms = self.now();
            self.returning.push(Returning {
                at_ms,
                answered,
                answer,
            });
        }
    }

    async fn deliver(&self, request: &reqwest::Request) -> reqwest::Response {
        let port = request.url().port().unwrap_or_default();
        let sandbox = &self.sandbox;
        let services = [
            (sandbox.telegram().url(), sandbox.telegram().service()),
            (
                sandbox.botsubscription().url(),
                sandbox.botsubscription().service(),
            ),
            (
                sandbox.bots_business().url(),
                sandbox.bots_business().service(),
            ),
            (
                sandbox.botanalytics().url(),
                sandbox.botanalytics().service(),
            ),
        ];
        let ending = format!(":{port}");
        let (_, service) = services
            .into_iter()
            .find(|(url, _)| url.ends_with(&ending))
            .unwrap();
        let mut body = request
            .body()
            .and_then(reqwest::Body::as_bytes)
            .unwrap_or_default()
            .to_vec();
        if is_poll(request) {
            // The simulation waits in its place.
            let mut parameters: serde_json::Value = serde_json::from_slice(&body).unwrap();
            parameters["timeout"] = 0.into();
            body = serde_json::to_vec(&parameters).unwrap();
        }
        let mut copy = axum::http::Request::builder()
            .method(request.method())
            .uri(&request.url().as_str()[request.url().origin().ascii_serialization().len()..]);
        for (name, value) in request.headers() {
            copy = copy.header(name, value);
        }
        let answer = service.deliver(copy.body(Body::from(body)).unwrap()).await;
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        axum::http::Response::from_parts(head, body).into()
    }
}

pub fn drop_closed(returning: &mut Vec<Returning>) {
    returning.retain(|returning| !returning.answer.is_closed());
}

pub fn is_poll(request: &reqwest::Request) -> bool {
    request.url().path().ends_with("/getUpdates")
}

fn last_part(request: &reqwest::Request) -> &str {
    request.url().path().rsplit('/').next().unwrap_or_default()
}

fn response(status: u16, body: String) -> reqwest::Response {
    axum::http::Response::builder()
        .status(status)
        .body(body)
        .unwrap()
        .into()
}
