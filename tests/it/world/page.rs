//! A page of the Mini App, as somebody's client opens it: by HTTP, without a browser.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// What a client knows when it opens a page.
pub struct Page {
    client: Client,
    origin: String,
    /// `link` or `key`.
    pub name: String,
    query: Vec<(String, String)>,
    pub init_data: String,
    pub session: String,
}

impl Page {
    /// The page at an address with what Telegram has put behind its `#`.
    pub fn at(address: &str) -> Self {
        let (url, fragment) = address.split_once('#').unwrap();
        let launch: Vec<(String, String)> = form_urlencoded::parse(fragment.as_bytes())
            .into_owned()
            .collect();
        let init_data = launch
            .iter()
            .find(|(key, _)| key == "tgWebAppData")
            .unwrap()
            .1
            .clone();
        let url = reqwest::Url::parse(url).unwrap();
        Self {
            client: Client::new(),
            origin: url.origin().ascii_serialization(),
            name: url.path().trim_start_matches("/app/").to_owned(),
            query: url.query_pairs().into_owned().collect(),
            init_data,
            session: String::new(),
        }
    }

    /// The file itself, as anybody gets it.
    pub async fn get(&self) -> reqwest::Response {
        let url = format!("{}/app/{}", self.origin, self.name);
        self.client.get(url).send().await.unwrap()
    }

    fn asked(&self, key: &str) -> Value {
        let found = self.query.iter().find(|(name, _)| name == key);
        found.map_or(Value::Null, |(_, value)| json!(value))
    }

    /// Opens a session; what the page is about comes back.
    pub async fn begins(&mut self) -> Value {
        let (status, answer) = self.tries().await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    /// The same, if that is possible.
    pub async fn tries(&mut self) -> (StatusCode, Value) {
        let request = self
            .asked("request")
            .as_str()
            .map(|number| number.parse::<i64>().unwrap());
        let body = json!({ "init_data": self.init_data, "page": self.name, "again": self.asked("again"), "request": request });
        let (status, answer) = self.call("session", &body).await;
        if let Some(session) = answer["session"].as_str() {
            session.clone_into(&mut self.session);
        }
        (status, answer)
    }

    /// One call, as the page's script makes it.
    pub async fn call(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = self.request(path).header("Origin", &self.origin).json(body);
        Self::answered(request).await
    }

    /// A call that is still to be made, without what a browser adds.
    pub fn request(&self, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/app/{path}", self.origin);
        let request = self.client.post(url).header("Accept-Language", "en");
        if self.session.is_empty() {
            return request;
        }
        request.bearer_auth(&self.session)
    }

    pub async fn answered(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
        let answer = request.send().await.unwrap();
        let status = answer.status();
        (
            status,
            serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default(),
        )
    }

    /// Opens the key.
    pub async fn opens_key(&self) -> (StatusCode, Value) {
        let request: i64 = self.asked("request").as_str().unwrap().parse().unwrap();
        self.call("key/open", &json!({ "request": request })).await
    }

    /// `I saved it`.
    pub async fn saves(&self) -> (StatusCode, Value) {
        let request: i64 = self.asked("request").as_str().unwrap().parse().unwrap();
        self.call("key/saved", &json!({ "request": request })).await
    }
}
