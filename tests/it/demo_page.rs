//! The demo's page in a real browser: a stranger links an account, gets a key, uncovers it, saves it, revokes it; then three people work
//! in their group.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element, key::Key, wd::WindowHandle};
use hyper_util::client::legacy::connect::HttpConnector;
use keyporter::{demo::Demo, ports::Ports};
use serde_json::json;
use tokio_util::sync::CancellationToken;

/// `none` leaves this story out, which `scripts/test` says aloud.
const BROWSER_VARIABLE: &str = "KEYPORTER_TEST_BROWSER";

/// A browser may take its time on a loaded machine.
const LIMIT: Duration = Duration::from_mins(1);

struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn browser() -> (Driver, Client) {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let driver = Command::new("chromedriver")
        .arg(format!("--port={port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver can be started; scripts/test installs it, and KEYPORTER_TEST_BROWSER=none leaves this story out");
    let driver = Driver(driver);
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1400,900",
    ];
    let capabilities = json!({ "goog:chromeOptions": { "args": arguments } });
    let started = async {
        loop {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(capabilities.as_object().unwrap().clone());
            if let Ok(client) = builder.connect(&format!("http://127.0.0.1:{port}")).await {
                return client;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let client = tokio::time::timeout(LIMIT, started)
        .await
        .expect("the browser starts");
    (driver, client)
}

/// The page as somebody sees it.
struct Page(Client);

impl Page {
    async fn find(&self, css: &str) -> Element {
        self.0
            .wait()
            .at_most(LIMIT)
            .for_element(Locator::Css(css))
            .await
            .unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    /// Waits for a message of the bot with those words, the newest one.
    async fn message(&self, words: &str) -> Element {
        let path = format!(
            "(//*[@data-testid='message'][@data-from='bot'][contains(., \"{words}\")])[last()]"
        );
        let found = self
            .0
            .wait()
            .at_most(LIMIT)
            .for_element(Locator::XPath(&path))
            .await;
        found.unwrap_or_else(|error| panic!("{words}: {error}"))
    }

    async fn says(&self, text: &str) {
        let composer = self.find("[data-testid=composer]").await;
        composer.send_keys(text).await.unwrap();
        composer
            .send_keys(&String::from(char::from(Key::Enter)))
            .await
            .unwrap();
    }

    /// Presses the newest button that ends with those words.
    async fn presses(&self, words: &str) {
        let path = format!("(//*[@data-testid='inline-button'][contains(., \"{words}\")])[last()]");
        let button = self
            .0
            .wait()
            .at_most(LIMIT)
            .for_element(Locator::XPath(&path))
            .await;
        button
            .unwrap_or_else(|error| panic!("{words}: {error}"))
            .click()
            .await
            .unwrap();
    }

    /// Presses a button that opens a page of the Mini App, and goes on in its window.
    async fn opens(&self, words: &str) -> WindowHandle {
        let chat = self.0.window().await.unwrap();
        self.presses(words).await;
        let opened = async {
            loop {
                let windows = self.0.windows().await.unwrap();
                if let Some(window) = windows.into_iter().find(|window| *window != chat) {
                    return window;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let window = tokio::time::timeout(LIMIT, opened)
            .await
            .expect("a window opens");
        self.0.switch_to_window(window).await.unwrap();
        chat
    }

    /// Closes the page, and goes on in the chat.
    async fn closes(&self, chat: WindowHandle) {
        self.clicks("#close").await;
        self.0.switch_to_window(chat).await.unwrap();
    }

    /// The background of the page, as it is drawn.
    async fn background(&self) -> serde_json::Value {
        let script = "return getComputedStyle(document.body).backgroundColor";
        self.0.execute(script, Vec::new()).await.unwrap()
    }

    async fn clicks(&self, css: &str) {
        self.find(css).await.click().await.unwrap();
    }

    /// Waits until a part of the Mini App's page says those words.
    async fn says_on_page(&self, id: &str, words: &str) {
        let path = format!("//*[@id='{id}'][contains(., \"{words}\")]");
        let found = self
            .0
            .wait()
            .at_most(LIMIT)
            .for_element(Locator::XPath(&path));
        found
            .await
            .unwrap_or_else(|error| panic!("{id}: {words}: {error}"));
    }

    async fn value(&self, name: &str) -> String {
        self.find(&format!("[data-testid={name}]"))
            .await
            .text()
            .await
            .unwrap()
            .trim()
            .to_owned()
    }
}

async fn story(page: &Page) {
    let (project, token) = (
        page.value("project-id").await,
        page.value("project-token").await,
    );
    page.says("/start").await;
    page.message("Hello, Ada!").await;
    // In the chat, as where there is no page.
    page.says("/link").await;
    page.presses("BotSubscription").await;
    page.message("project ID").await;
    page.says(&project).await;
    page.message("may stay in notifications").await;
    page.says(&token).await;
    page.message("Linked").await;
    page.find("[data-testid=message][data-from=me][data-deleted=true]")
        .await;
    page.says("/accounts").await;
    page.presses("Show new keys in the chat").await;
    page.message("are shown in the private chat").await;
    page.says("/newkey from a browser").await;
    page.message("Create key").await;
    page.presses("Create key").await;
    page.message("It disappears after ten minutes").await;
    let spoiler = page.find("[data-testid=spoiler]").await;
    spoiler.click().await.unwrap();
    let secret = spoiler.text().await.unwrap();
    assert!(secret.starts_with("bsub_"), "the spoiler opens: {secret}");
    page.presses("I saved it").await;
    page.message("is created and saved").await;
    page.says("/revoke from a browser").await;
    page.presses("Revoke key").await;
    page.message("Revoked: from a browser").await;
    page.clicks("[data-testid=person-boris]").await;
    page.says("/start").await;
    page.message("Здравствуйте, Boris!").await;
}

/// The Mini App: a form for the credential, and a page that shows a key once.
async fn mini_app(page: &Page) {
    let (project, token) = (
        page.value("project-id").await,
        page.value("project-token").await,
    );
    page.clicks("[data-testid=person-ada]").await;
    page.says("/unlink").await;
    page.message("Unlink BotSubscription").await;
    page.presses("Unlink").await;
    page.message("Unlinked").await;
    page.says("/link").await;
    page.message("never stands in this chat").await;
    let chat = page.opens("Link account").await;
    let light = page.background().await;
    page.clicks("input[value=botsubscription]").await;
    page.find("#project")
        .await
        .send_keys(&project)
        .await
        .unwrap();
    let credential = page.find("#credential").await;
    credential
        .send_keys("wrong-token-0123456789")
        .await
        .unwrap();
    page.clicks("#submit").await;
    page.says_on_page("credential-error", "refused").await;
    assert_eq!(credential.prop("value").await.unwrap().as_deref(), Some(""));
    credential.send_keys(&token).await.unwrap();
    page.clicks("#submit").await;
    page.says_on_page("result-title", "Linked").await;
    page.closes(chat).await;
    page.message("Linked").await;
    // The other theme.
    for _ in ["light", "dark"] {
        page.clicks("#theme").await;
    }
    page.says("/newkey on a page").await;
    page.message("Create key on a page").await;
    page.presses("Create key").await;
    page.message("shown once, on a page").await;
    let chat = page.opens("Show key").await;
    assert_ne!(page.background().await, light);
    page.clicks("#show").await;
    page.says_on_page("secret", "bsub_").await;
    page.clicks("#hide").await;
    page.says_on_page("result-text", "Hidden").await;
    page.clicks("#saved").await;
    page.says_on_page("result-title", "Saved").await;
    page.closes(chat).await;
    page.message("is created and saved").await;
}

/// Three people in their group: one asks, another one approves, and rights that were taken are gone.
async fn crew(page: &Page) {
    page.clicks("[data-testid=person-vera]").await;
    page.says("/start").await;
    page.message("Hello, Vera!").await;
    page.clicks("[data-testid=person-ada]").await;
    page.clicks("[data-testid=chat-group]").await;
    page.says("/bind").await;
    page.presses("Bind").await;
    page.message("Bound").await;
    page.says("/policy").await;
    page.presses("New keys").await;
    page.presses("1 person").await;
    page.message("New keys: one").await;
    page.clicks("[data-testid=person-vera]").await;
    page.says("/newkey crew").await;
    page.presses("Create key").await;
    page.message("0 of 1").await;
    page.clicks("[data-testid=person-ada]").await;
    page.presses("Approve").await;
    page.message("Approved by Ada").await;
    page.clicks("[data-testid=person-vera]").await;
    page.clicks("[data-testid=chat-private]").await;
    page.message("shown once, on a page").await;
    page.clicks("[data-testid=person-ada]").await;
    page.clicks("[data-testid=chat-group]").await;
    page.clicks("[data-testid=member-vera] [data-testid=role-member]")
        .await;
    page.find("[data-testid=member-vera] [data-testid=role-administrator]")
        .await;
    page.clicks("[data-testid=anonymous]").await;
    page.says("/keys").await;
    page.message("I cannot see who you are").await;
    page.clicks("[data-testid=person-vera]").await;
    page.clicks("[data-testid=chat-group]").await;
    page.says("/newkey more").await;
    page.message("You may not create keys here").await;
}

#[test]
fn a_stranger_can_live_the_main_story_on_the_page() {
    if std::env::var(BROWSER_VARIABLE).is_ok_and(|value| value == "none") {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let (ports, stop) = (Ports::system(), CancellationToken::new());
        let demo = Demo::prepare(&ports, Some(0)).await.unwrap();
        let url = demo.url.clone();
        let running = tokio::spawn(demo.run(ports, stop.clone()));
        let (_driver, client) = browser().await;
        client.goto(&url).await.unwrap();
        let page = Page(client);
        story(&page).await;
        mini_app(&page).await;
        crew(&page).await;
        page.0.close().await.unwrap();
        stop.cancel();
        running.await.unwrap().unwrap();
    });
}
