//! Short sessions of people on a page. Of what opens one and of what stands for it only digests are kept.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::PageFault;
use crate::{
    app::{App, AppError},
    domain::{Language, PersonId, Timestamp},
    secret::Secret,
    store::pages,
};

/// How long a session lasts: enough for somebody who has to look a credential up.
const SESSION_FOR: Duration = Duration::from_mins(15);

/// What Telegram has given a page, checked: who opened it, and when.
#[derive(Debug)]
pub struct Launch {
    /// Who.
    pub person: PersonId,
    /// What they are called at the moment, for them to see whom the page takes them for.
    pub name: String,
    /// The language of their Telegram.
    pub language: Language,
    /// Of all of it, to know it again.
    pub digest: [u8; 32],
    /// When it would be too old.
    pub ends_at: Timestamp,
}

impl App {
    /// Opens a session: once for each launch. What comes back stands for the person until it ends.
    pub async fn open_session(&self, launch: &Launch) -> Result<Secret, AppError> {
        if !self.allows(launch.person) {
            return Err(PageFault::NotAllowed.into());
        }
        let now = self.ports.now();
        let token = token(&self.ports.random::<32>()?);
        let mut tx = self.store.begin().await?;
        if !pages::use_launch(&mut tx, &launch.digest, launch.ends_at).await? {
            return Err(PageFault::LaunchUsed.into());
        }
        let ends_at = now.plus(SESSION_FOR);
        pages::open_session(&mut tx, &digest(&token), launch.person, ends_at).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Who is in that session, and may still use this Keyporter.
    pub async fn in_session(&self, token: &Secret) -> Result<PersonId, AppError> {
        let now = self.ports.now();
        let mut c = self.store.read().await?;
        let person = pages::session(&mut c, &digest(token), now).await?;
        match person {
            Some(person) if self.allows(person) => Ok(person),
            Some(_) => Err(PageFault::NotAllowed.into()),
            None => Err(PageFault::NoSession.into()),
        }
    }

    /// Forgets sessions that are over.
    pub(in crate::app) async fn sweep_sessions(&self) -> Result<(), AppError> {
        let now = self.ports.now();
        Ok(pages::sweep(&mut *self.store.write().await?, now).await?)
    }
}

fn token(random: &[u8; 32]) -> Secret {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    Secret::new(URL_SAFE_NO_PAD.encode(random))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a digest is kept instead of the session's secret"
)]
fn digest(token: &Secret) -> [u8; 32] {
    Sha256::digest(token.expose().as_bytes()).into()
}
