//! Botanalytics v2: one key (a JWT) per channel, made and replaced only in its dashboard. There is no call to manage keys,
//! so a key is read locally and tried with a message that is deliberately none; only a 401 to that is a verdict.
//! Source: the provider's OpenAPI file (2024) and its page "Re-generate API Key".

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{
    Access, Provider, ProviderError, Verified,
    http::{Http, SMALL_BODY},
};
use crate::{
    domain::{ProjectId, ProviderKind, plain_line},
    secret::Secret,
};

/// See the module's text.
pub struct Botanalytics {
    http: Http,
    origin: String,
}

#[derive(Deserialize)]
struct Claims {
    channel: Option<String>,
}

/// The channel that a key is for, read from the key itself; the signature is the provider's to check.
#[expect(clippy::disallowed_methods, reason = "the key's own claims are read")]
fn channel_of(credential: &Secret) -> Option<String> {
    let parts: Vec<_> = credential.expose().split('.').collect();
    let [_, payload, ..] = parts[..] else {
        return None;
    };
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    let payload = Zeroizing::new(
        BASE64_URL_SAFE_NO_PAD
            .decode(payload.trim_end_matches('='))
            .ok()?,
    );
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    claims
        .channel
        .map(|channel| plain_line(&channel))
        .filter(|channel| !channel.is_empty())
}

impl Botanalytics {
    pub(super) fn new(http: Http, origin: &str) -> Self {
        Self {
            http,
            origin: origin.to_owned(),
        }
    }
}

#[async_trait]
impl Provider for Botanalytics {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Botanalytics
    }

    fn origin(&self) -> &str {
        &self.origin
    }

    async fn verify(&self, access: Access<'_>) -> Result<Verified, ProviderError> {
        let Some(channel) = channel_of(access.credential) else {
            return Err(ProviderError::Invalid(String::new()));
        };
        self.probe(access).await?;
        Ok(Verified {
            default_name: format!("{} {channel}", self.kind().name()),
            project: ProjectId::from_stored(channel),
            telegram_ids: Vec::new(),
        })
    }

    /// `Refused` on a 401. Any other answer about the request lets the key pass: nothing else is documented to say that it is dead. A
    /// failing or redirecting server has not looked at the key.
    #[expect(
        clippy::disallowed_methods,
        reason = "the credential goes to its provider"
    )]
    async fn probe(&self, access: Access<'_>) -> Result<(), ProviderError> {
        let request = self
            .http
            .client()
            .post(format!("{}/v2/messages", self.origin))
            .bearer_auth(access.credential.expose())
            // No message in it: nothing may enter the owner's analytics.
            .json(&serde_json::json!({}));
        let answer = self.http.send(request, SMALL_BODY).await;
        let answer = answer.map_err(ProviderError::of_reading_call)?;
        match answer.status {
            401 => Err(ProviderError::Refused),
            300..=399 | 429 | 500.. => Err(answer.into_error(None).of_reading_call()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(payload: &str) -> Secret {
        let middle = BASE64_URL_SAFE_NO_PAD.encode(payload);
        Secret::new(format!("eyJhbGciOiJIUzI1NiJ9.{middle}.c2lnbmF0dXJl"))
    }

    #[test]
    fn a_key_names_its_channel() {
        assert_eq!(
            channel_of(&key(r#"{"channel":"universal"}"#)).as_deref(),
            Some("universal")
        );
        for wrong in [r#"{"channel":""}"#, r#"{"channel":7}"#, r"{}", "[]", "text"] {
            assert_eq!(channel_of(&key(wrong)), None, "{wrong}");
        }
        for wrong in ["", "no-dots", "a.b", "a.%%.c", "a.b.c.d"] {
            assert_eq!(channel_of(&Secret::new(wrong.to_owned())), None, "{wrong}");
        }
    }
}
