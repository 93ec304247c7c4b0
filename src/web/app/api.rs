//! The pages' calls. Each answers with words in the person's language; an error says what happened and what is true now.

use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Pages;
use crate::{
    app::{
        AppError, UserError,
        link::Brought,
        pages::{self, Launch, PageFault, Shown},
    },
    domain::{
        AccountId, Keys, Language, OperationNumber, PersonId, ProjectId, ProviderKind, plain_line,
    },
    secret::Secret,
    texts::Text,
};

/// How long a key stays on the page.
const SHOWN_SECONDS: u32 = 60;

/// The words of the pages, by the names under which their scripts look for them.
const WORDS: [(&str, Text); 24] = [
    ("title_link", Text::PageTitleLink),
    ("title_key", Text::PageTitleKey),
    ("provider", Text::PageProvider),
    ("account", Text::PageAccount),
    ("key_label", Text::PageKeyLabel),
    ("show_credential", Text::PageShowCredential),
    ("hide_credential", Text::PageHideCredential),
    ("submit", Text::PageSubmit),
    ("checking", Text::PageChecking),
    ("close", Text::PageClose),
    ("try_again", Text::PageTryAgain),
    ("fill_in", Text::PageFillIn),
    ("no_answer", Text::PageNoAnswer),
    ("show", Text::PageShow),
    ("copy", Text::PageCopy),
    ("copied", Text::PageCopied),
    ("copy_by_hand", Text::PageCopyByHand),
    ("hide", Text::PageHide),
    ("hidden", Text::PageHidden),
    ("hides_in", Text::PageHidesIn),
    ("saved", Text::PageSaved),
    ("saving", Text::PageSaving),
    ("only_once", Text::PageOnlyOnce),
    ("leaves_nothing", Text::PageLeavesNothing),
];

#[derive(Deserialize)]
pub(super) struct Opening {
    init_data: String,
    page: Page,
    again: Option<String>,
    request: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Page {
    Link,
    Key,
}

#[derive(Deserialize)]
pub(super) struct Form {
    provider: String,
    project: Option<String>,
    credential: String,
    again: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct OfRequest {
    request: i64,
}

type Body<T> = Result<Json<T>, JsonRejection>;

/// A refusal with its words.
pub(super) struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

/// Opens a session: what the page is about comes with it.
#[expect(
    clippy::disallowed_methods,
    reason = "the page gets its own session's secret"
)]
pub(super) async fn session(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Body<Opening>,
) -> Result<Json<Value>, Refusal> {
    let Json(opening) = body.map_err(unread)?;
    let launch = pages
        .checker
        .check(&opening.init_data, pages.app.ports().now());
    let Some(launch) = launch else {
        let words = pages.texts.say(language_of(&headers), Text::PageForged);
        return Err(Refusal(StatusCode::UNAUTHORIZED, words.text().to_owned()));
    };
    if !pages.app.allows(launch.person) {
        let error = PageFault::NotAllowed.into();
        return Err(pages.refusal(launch.language, error));
    }
    let language = pages.app.language(launch.person).await;
    // First what can fail by itself: the launch counts once.
    let told = pages.about(launch.person, language, &opening).await;
    let mut answer = told.map_err(|error| pages.refusal(language, error))?;
    let opened = pages.app.open_session(&launch).await;
    let session = opened.map_err(|error| pages.refusal(language, error))?;
    answer["who"] = json!(pages.who(language, &launch));
    answer["session"] = json!(session.expose());
    answer["language"] = json!(language.code());
    answer["words"] = pages.words(language);
    Ok(Json(answer))
}

/// Takes a credential in.
pub(super) async fn link(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Body<Form>,
) -> Result<Json<Value>, Refusal> {
    let (person, language, body) = pages.called(&headers, body).await?;
    pages.slow_down(person, language)?;
    let brought = brought(body).map_err(|error| pages.refusal(language, error.into()))?;
    // Apart: whoever closes the page does not end what is being tried, and the chat says what came of it.
    let (app, words) = (pages.app.clone(), pages.words.clone());
    let linking = tokio::spawn(async move { pages::link(&app, &*words, person, brought).await });
    let linked = match linking.await {
        Ok(linked) => linked,
        Err(broken) => Err(AppError::Broken(broken.to_string())),
    };
    let (name, asks) = linked.map_err(|error| pages.refusal(language, error))?;
    let (title, text) = if asks {
        (Text::PageAsked, Text::PageAskedText)
    } else {
        (Text::PageLinked, Text::PageLinkedText)
    };
    let text = pages.texts.fill(language, text, &[("name", name.into())]);
    Ok(Json(
        json!({ "title": pages.say(language, title), "text": text.text() }),
    ))
}

fn brought(body: Form) -> Result<Brought, UserError> {
    let provider = ProviderKind::from_code(&body.provider).ok_or(UserError::BadProject)?;
    let project = match body.project.as_deref() {
        _ if !provider.capabilities().needs_project => None,
        text => {
            let project = ProjectId::parse(text.unwrap_or_default());
            Some(project.ok_or(UserError::BadProject)?)
        }
    };
    Ok(Brought {
        provider,
        project,
        again: body.again.map(AccountId::new),
        credential: Secret::new(body.credential).trimmed(),
    })
}

/// Shows a key, once.
#[expect(
    clippy::disallowed_methods,
    reason = "the secret is put in front of its person"
)]
pub(super) async fn open_key(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Body<OfRequest>,
) -> Result<Json<Value>, Refusal> {
    let (person, language, body) = pages.called(&headers, body).await?;
    pages.slow_down(person, language)?;
    let number = OperationNumber(body.request);
    let (app, members) = (&pages.app, &*pages.members);
    let secret = pages::open(app, members, &*pages.words, person, number).await;
    let secret = secret.map_err(|error| pages.refusal(language, error))?;
    Ok(Json(
        json!({ "secret": secret.expose(), "seconds": SHOWN_SECONDS }),
    ))
}

/// `I saved it`.
pub(super) async fn saved(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Body<OfRequest>,
) -> Result<Json<Value>, Refusal> {
    let (person, language, body) = pages.called(&headers, body).await?;
    let number = OperationNumber(body.request);
    let (app, members) = (&pages.app, &*pages.members);
    let saved = pages::saved(app, members, &*pages.words, person, number).await;
    saved.map_err(|error| pages.refusal(language, error))?;
    let (title, text) = (Text::PageSavedTitle, Text::PageSavedText);
    Ok(Json(
        json!({ "title": pages.say(language, title), "text": pages.say(language, text) }),
    ))
}

/// A body that no page of ours sends.
fn unread(refused: JsonRejection) -> Refusal {
    Refusal(
        refused.status(),
        "this is no call of a page of ours".to_owned(),
    )
}

/// Too many calls.
pub(super) fn too_fast(pages: &Pages, headers: &HeaderMap) -> Response {
    let words = pages.say(language_of(headers), Text::PageTooFast);
    Refusal(StatusCode::TOO_MANY_REQUESTS, words).into_response()
}

/// The language that a browser asks for, while nobody knows who it is.
fn language_of(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE);
    let wanted = wanted.and_then(|wanted| wanted.to_str().ok());
    let first = wanted.and_then(|wanted| wanted.split([',', ';']).next());
    Language::from_telegram(first.unwrap_or_default().trim())
}

impl Pages {
    fn say(&self, language: Language, text: Text) -> String {
        self.texts.say(language, text).text().to_owned()
    }

    /// Whom the page takes its visitor for: somebody else may have sent them its address.
    fn who(&self, language: Language, launch: &Launch) -> String {
        let name = match plain_line(&launch.name) {
            name if name.is_empty() => launch.person.to_string(),
            name => name,
        };
        let values = [
            ("name", name.into()),
            ("id", launch.person.to_string().into()),
        ];
        let text = self.texts.fill(language, Text::PageWho, &values);
        text.text().to_owned()
    }

    fn words(&self, language: Language) -> Value {
        let words = WORDS.map(|(name, text)| (name.to_owned(), json!(self.say(language, text))));
        Value::Object(Map::from_iter(words))
    }

    /// Who calls, by their session, and with what.
    async fn called<T>(
        &self,
        headers: &HeaderMap,
        body: Body<T>,
    ) -> Result<(PersonId, Language, T), Refusal> {
        let (person, language) = self.person(headers).await?;
        let Json(body) = body.map_err(unread)?;
        Ok((person, language, body))
    }

    async fn person(&self, headers: &HeaderMap) -> Result<(PersonId, Language), Refusal> {
        let sent = headers.get(header::AUTHORIZATION);
        let sent = sent.and_then(|sent| sent.to_str().ok()?.strip_prefix("Bearer "));
        let token = Secret::new(sent.unwrap_or_default().to_owned());
        match self.app.in_session(&token).await {
            Ok(person) => Ok((person, self.app.language(person).await)),
            Err(error) => Err(self.refusal(language_of(headers), error)),
        }
    }

    fn slow_down(&self, person: PersonId, language: Language) -> Result<(), Refusal> {
        if self.limits.lets(person) {
            return Ok(());
        }
        let words = self.say(language, Text::PageTooFast);
        Err(Refusal(StatusCode::TOO_MANY_REQUESTS, words))
    }

    fn refusal(&self, language: Language, error: AppError) -> Refusal {
        let AppError::User(error) = error else {
            tracing::error!(%error, "a page could not be served");
            let words = self.say(language, Text::PageBroken);
            return Refusal(StatusCode::INTERNAL_SERVER_ERROR, words);
        };
        let status = match &error {
            UserError::Page(PageFault::LaunchUsed | PageFault::NoSession) => {
                StatusCode::UNAUTHORIZED
            }
            UserError::Page(PageFault::NotAllowed) => StatusCode::FORBIDDEN,
            UserError::Page(PageFault::Opened(_)) => StatusCode::CONFLICT,
            UserError::Page(PageFault::NoKey) | UserError::NoSuchOperation => StatusCode::GONE,
            UserError::TooManyRefusals(_) => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let now = self.app.ports().now();
        Refusal(status, self.words.of_error(language, now, &error))
    }

    /// What the page is about, for that person.
    async fn about(
        &self,
        person: PersonId,
        language: Language,
        opening: &Opening,
    ) -> Result<Value, AppError> {
        match (&opening.page, opening.request) {
            (Page::Link, _) => {
                let again = opening.again.clone().map(AccountId::new);
                let again = match again {
                    Some(id) => Some(self.app.account(person, &id).await?),
                    None => None,
                };
                let again = again.map(|owned| {
                    let account = owned.account();
                    let project = account.provider.capabilities().needs_project;
                    let project = project.then(|| account.project.as_str());
                    json!({ "account": account.id, "name": account.name, "provider": account.provider.code(), "project": project })
                });
                Ok(json!({ "link": { "providers": self.providers(language), "again": again } }))
            }
            (Page::Key, None) => Err(UserError::NoSuchOperation.into()),
            (Page::Key, Some(request)) => {
                let (app, members) = (&self.app, &*self.members);
                let shown = pages::look(app, members, person, OperationNumber(request)).await?;
                Ok(json!({ "key": self.key(language, &shown) }))
            }
        }
    }

    fn providers(&self, language: Language) -> Vec<Value> {
        let providers = ProviderKind::ALL.into_iter().map(|provider| {
            let needs_project = provider.capabilities().needs_project;
            let (credential, hint) = match provider {
                ProviderKind::BotSubscription => (Text::PageToken, Text::PageHintBotsubscription),
                ProviderKind::BotsBusiness => (Text::PageApiKey, Text::PageHintBotsBusiness),
                ProviderKind::Botanalytics => (Text::PageApiKey, Text::PageHintBotanalytics),
            };
            json!({
                "code": provider.code(),
                "name": provider.name(),
                "project": needs_project.then(|| self.say(language, Text::PageProject)),
                "credential": self.say(language, credential),
                "hint": self.say(language, hint),
            })
        });
        providers.collect()
    }

    fn key(&self, language: Language, shown: &Shown) -> Value {
        let operation = &shown.operation;
        let error = |fault| {
            let now = self.app.ports().now();
            self.words.of_error(language, now, &UserError::Page(fault))
        };
        let (state, text) = match shown.opened_at {
            Some(at) if at.is_never() => ("ready", self.say(language, Text::PageKeyReady)),
            Some(at) => ("opened", error(PageFault::Opened(at))),
            None => ("over", error(PageFault::NoKey)),
        };
        let label = match operation.keys() {
            Keys::Many => operation.detail.label.as_str(),
            Keys::One | Keys::Guided => operation.provider.name(),
        };
        json!({ "label": label, "account": operation.detail.account_name, "state": state, "text": text })
    }
}
