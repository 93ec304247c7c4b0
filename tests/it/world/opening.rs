//! A bot that offers pages, and how somebody comes to one of them.

use std::time::Duration;

use super::{LIMIT, Page, World};

impl World {
    /// Pages are offered in this story.
    pub async fn has_pages(&mut self) {
        self.stop().await;
        self.options.pages = true;
        self.way_in.webhook = true;
        self.starts_serving().await;
    }

    /// Starts the bot, and waits until its pages can be had.
    pub async fn starts_serving(&mut self) {
        self.start();
        let url = format!("{}/health/live", self.way_in.url());
        for _ in 0..LIMIT.as_millis() / 50 {
            if reqwest::get(&url).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the web server never answers");
    }

    /// Opens the page behind the newest button in somebody's private chat that ends with those words.
    pub async fn opens(&self, person: i64, words: &str) -> Page {
        let seen = self.sandbox.wait_until(LIMIT, words, |sandbox| {
            let messages = sandbox.telegram().messages(person);
            let message = messages.into_iter().rev().find(|message| {
                let button = message.button(words);
                !message.deleted && button.is_some_and(|button| button.web_app.is_some())
            })?;
            let url = sandbox
                .telegram()
                .open_page(person, person, message.id, words);
            url.ok()
        });
        Page::at(&seen.await.unwrap_or_else(|seen| panic!("{seen}")))
    }
}
