//! Bots.Business API v2: one key per account, replaced in place by a reset that kills the credential it was called with.
//! Source: the provider's page "Reset api key" (October 2025). The credential stands in the URL, so no URL may be shown;
//! failures come as `error` or `errors`, perhaps with a 2xx status.

use async_trait::async_trait;
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Access, Provider, ProviderError, Verified,
    clean::cleaned,
    http::{Answer, Http, SMALL_BODY},
};
use crate::{
    domain::{ProjectId, ProviderKind},
    secret::Secret,
};

/// See the module's text.
pub struct BotsBusiness {
    http: Http,
    origin: String,
}

/// What is used of a user object; everything else is dropped unread.
#[derive(Deserialize)]
struct UserBody {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    api_key: Value,
    #[serde(default)]
    error: Value,
    #[serde(default)]
    errors: Value,
}

impl UserBody {
    fn id(&self) -> Option<u64> {
        self.id.as_u64().or_else(|| self.id.as_str()?.parse().ok())
    }

    fn failed(&self) -> bool {
        let says_something = |value: &Value| match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(list) => !list.is_empty(),
            _ => true,
        };
        says_something(&self.error) || says_something(&self.errors)
    }
}

#[derive(Deserialize)]
struct LinkedAccount {
    id: Option<i64>,
}

impl BotsBusiness {
    pub(super) fn new(http: Http, origin: &str) -> Self {
        Self {
            http,
            origin: origin.to_owned(),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the credential goes to its provider"
    )]
    async fn call(
        &self,
        credential: &Secret,
        method: Method,
        path: &str,
    ) -> Result<Answer, ProviderError> {
        let mut url = Url::parse(&format!("{}/v2/{path}", self.origin))
            .map_err(|_| ProviderError::Unreachable("the origin is no URL".to_owned()))?;
        url.query_pairs_mut()
            .append_pair("api_key", credential.expose());
        let request = self.http.client().request(method, url);
        let answer = self.http.send(request, SMALL_BODY).await?;
        if answer.is_success() {
            Ok(answer)
        } else {
            Err(refusal(answer))
        }
    }

    async fn user(&self, credential: &Secret) -> Result<UserBody, ProviderError> {
        let answer = self.call(credential, Method::GET, "user").await;
        answer.map_err(ProviderError::of_reading_call)?.json()
    }

    /// Only a help for people, so every failure means: nothing to tell.
    async fn linked_telegram_ids(&self, credential: &Secret) -> Vec<i64> {
        let Ok(answer) = self
            .call(credential, Method::GET, "user/linked_accounts")
            .await
        else {
            return Vec::new();
        };
        let accounts: Vec<LinkedAccount> = answer.json().unwrap_or_default();
        accounts
            .into_iter()
            .filter_map(|account| account.id)
            .collect()
    }
}

fn refusal(answer: Answer) -> ProviderError {
    let words = answer.json::<UserBody>().ok().and_then(|body| {
        let first = body.errors.get(0).cloned().unwrap_or(Value::Null);
        [body.error, first]
            .iter()
            .find_map(Value::as_str)
            .map(cleaned)
    });
    answer.into_error(words)
}

#[async_trait]
impl Provider for BotsBusiness {
    fn kind(&self) -> ProviderKind {
        ProviderKind::BotsBusiness
    }

    fn origin(&self) -> &str {
        &self.origin
    }

    async fn verify(&self, access: Access<'_>) -> Result<Verified, ProviderError> {
        let user = self.user(access.credential).await?;
        if user.failed() {
            return Err(ProviderError::Refused);
        }
        let Some(id) = user.id().filter(|_| user.api_key.is_string()) else {
            return Err(ProviderError::Unexpected(
                "a user without an id or a key".to_owned(),
            ));
        };
        Ok(Verified {
            project: ProjectId::from_number(id),
            default_name: self.kind().name().to_owned(),
            telegram_ids: self.linked_telegram_ids(access.credential).await,
        })
    }

    /// Only a status is a verdict on the key: an error beside a success may be about anything.
    async fn probe(&self, access: Access<'_>) -> Result<(), ProviderError> {
        let user = self.user(access.credential).await?;
        if user.failed() || !user.api_key.is_string() {
            return Err(ProviderError::Unexpected(
                "a success without a user".to_owned(),
            ));
        }
        Ok(())
    }

    async fn replace(&self, access: Access<'_>) -> Result<Secret, ProviderError> {
        let answer = self
            .call(access.credential, Method::POST, "user/reset_api_key")
            .await;
        let answer = answer.map_err(ProviderError::of_changing_call)?;
        let user: UserBody = answer.json().map_err(ProviderError::of_changing_call)?;
        let new = match user.api_key {
            Value::String(new) => Some(Secret::new(new)),
            _ => None,
        };
        match new {
            // A new key is a new key, whatever is said beside it.
            Some(new) if new.is_plausible() && !new.is_same(access.credential) => Ok(new),
            // A failure with a 2xx status is not believed blindly: reading tells.
            _ => Err(ProviderError::OutcomeUnknown(
                "a success without a new key".to_owned(),
            )),
        }
    }
}
