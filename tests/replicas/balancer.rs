//! A small load balancer: takes requests at one address and hands them to the replicas in turn, leaving out for a moment those that
//! have just failed. It never repeats a request that may have arrived: the answer is then a failure, as real balancers give it.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use reqwest::{Client, redirect::Policy};
use tokio::net::TcpListener;

/// A replica that takes longer has failed.
const ANSWER_TIME: Duration = Duration::from_secs(3);

/// One that has failed is left out for this long.
const REST: Duration = Duration::from_secs(2);

const LARGEST: usize = 1024 * 1024;

pub struct Balancer {
    client: Client,
    replicas: Vec<String>,
    /// When each has failed.
    failed: Mutex<Vec<Option<Instant>>>,
    next: AtomicUsize,
}

impl Balancer {
    /// Serves at a free port for as long as the runtime lives; gives its address.
    pub async fn serve(replicas: Vec<String>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let client = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(ANSWER_TIME)
            .timeout(ANSWER_TIME);
        let balancer = Self {
            client: client.build().unwrap(),
            failed: Mutex::new(vec![None; replicas.len()]),
            replicas,
            next: AtomicUsize::new(0),
        };
        let router = Router::new()
            .fallback(hand_on)
            .with_state(Arc::new(balancer));
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    /// The replicas to try, the next one first. All of them when all have failed.
    fn turns(&self) -> Vec<usize> {
        let count = self.replicas.len();
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let turns = (0..count).map(|turn| (first + turn) % count);
        let failed = self.failed.lock().unwrap();
        let rests = |replica: &usize| failed[*replica].is_some_and(|at| at.elapsed() < REST);
        let (resting, up): (Vec<_>, Vec<_>) = turns.partition(rests);
        if up.is_empty() { resting } else { up }
    }
}

async fn hand_on(State(balancer): State<Arc<Balancer>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    for replica in balancer.turns() {
        let url = format!("{}{}", balancer.replicas[replica], parts.uri);
        let asked = balancer.client.request(parts.method.clone(), url);
        let asked = asked.headers(parts.headers.clone()).body(body.clone());
        match asked.send().await {
            Ok(answer) => {
                let status = answer.status();
                return match answer.bytes().await {
                    Ok(body) => (status, Body::from(body)).into_response(),
                    Err(_) => StatusCode::BAD_GATEWAY.into_response(),
                };
            }
            Err(error) => {
                balancer.failed.lock().unwrap()[replica] = Some(Instant::now());
                if !error.is_connect() {
                    // It may have arrived.
                    return StatusCode::BAD_GATEWAY.into_response();
                }
            }
        }
    }
    StatusCode::BAD_GATEWAY.into_response()
}
