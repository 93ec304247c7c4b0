//! Delivers updates to the bot's webhook: each line in order, lines side by side, again and again until the bot takes them.
//! Nothing here knows the bot but by its address.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use reqwest::{Client, header::CONTENT_TYPE, redirect::Policy};
use tokio::task::JoinSet;

use super::{
    core::Core,
    methods::webhook::Webhook,
    updates::{Line, PendingUpdate},
};

/// A bot that does not answer in this time has failed.
const ANSWER_TIME: Duration = Duration::from_mins(1);

/// Delivers for ever, whenever there is a webhook.
pub(super) async fn run(core: Arc<Core>) {
    // A redirect is an answer like any other that is not 2xx.
    let Ok(client) = Client::builder()
        .redirect(Policy::none())
        .timeout(ANSWER_TIME)
        .build()
    else {
        return;
    };
    loop {
        core.hooked.notified().await;
        Deliveries::new(&core, &client).run().await;
    }
}

struct Deliveries<'c> {
    core: &'c Core,
    client: &'c Client,
    under_way: JoinSet<(Line, PendingUpdate, Result<(), String>)>,
    busy: HashSet<Line>,
    /// Until when a line waits after a failure, and how long that was.
    paused: HashMap<Line, (i64, i64)>,
}

impl<'c> Deliveries<'c> {
    fn new(core: &'c Core, client: &'c Client) -> Self {
        Self {
            core,
            client,
            under_way: JoinSet::new(),
            busy: HashSet::new(),
            paused: HashMap::new(),
        }
    }

    /// Until there is no webhook.
    async fn run(mut self) {
        let mut changes = self.core.shared.changes.subscribe();
        let mut url = String::new();
        loop {
            changes.mark_unchanged();
            let Some(webhook) = self.core.world.look(|world| world.webhook.clone()) else {
                return;
            };
            if webhook.url != url {
                webhook.url.clone_into(&mut url);
                self.paused.clear();
            }
            self.begin(&webhook);
            let clock = &self.core.shared.clock;
            let retry_ms = self.next_retry_ms(clock.now_ms());
            tokio::select! {
                _ = changes.changed() => {}
                Some(Ok(done)) = self.under_way.join_next() => self.end(done),
                () = clock.wait_until(retry_ms) => {}
            }
        }
    }

    /// Sends the first update of each line that does not wait.
    fn begin(&mut self, webhook: &Webhook) {
        let now_ms = self.core.shared.clock.now_ms();
        let heads = self.core.world.look(|world| world.updates.heads(now_ms));
        for (line, update) in heads {
            let waits = self
                .paused
                .get(&line)
                .is_some_and(|(until, _)| *until > now_ms);
            let full = self.busy.len() >= usize::from(webhook.max_connections);
            if waits || full || !self.busy.insert(line) {
                continue;
            }
            let mut request = self
                .client
                .post(&webhook.url)
                .header(CONTENT_TYPE, "application/json")
                .body(update.json.clone());
            if let Some(token) = &webhook.secret_token {
                request = request.header("X-Telegram-Bot-Api-Secret-Token", token);
            }
            self.under_way.spawn(async move {
                let outcome = match request.send().await {
                    Ok(answer) if answer.status().is_success() => Ok(()),
                    Ok(answer) => Err(format!(
                        "Wrong response from the webhook: {}",
                        answer.status()
                    )),
                    Err(error) if error.is_connect() => Err("Connection refused".to_owned()),
                    Err(_) => Err("Read timeout expired".to_owned()),
                };
                (line, update, outcome)
            });
        }
    }

    fn end(&mut self, (line, update, outcome): (Line, PendingUpdate, Result<(), String>)) {
        self.busy.remove(&line);
        let now_ms = self.core.shared.clock.now_ms();
        match outcome {
            Ok(()) => {
                self.paused.remove(&line);
                self.core
                    .world
                    .change(|world| world.updates.delivered(&update));
            }
            Err(why) => {
                let limits = self.core.world.look(|world| world.limits.clone());
                let before = self.paused.get(&line).map(|(_, pause)| pause * 2);
                let pause = before.unwrap_or(limits.webhook_retry_ms);
                let pause = pause.min(limits.webhook_retry_max_ms);
                self.paused.insert(line, (now_ms + pause, pause));
                self.core.world.change(|world| {
                    if let Some(webhook) = &mut world.webhook {
                        webhook.last_error = Some((now_ms, why));
                    }
                });
            }
        }
    }

    /// When the next line has waited long enough.
    fn next_retry_ms(&self, now_ms: i64) -> i64 {
        let waits = self.paused.values().map(|(until, _)| *until);
        waits
            .filter(|until| *until > now_ms)
            .min()
            .unwrap_or(i64::MAX)
    }
}
