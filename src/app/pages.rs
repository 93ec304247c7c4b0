//! What people do on our own pages (the Mini App) instead of in the chat: bring a credential, and see a new key, so that neither
//! ever stands in the chat. A page is nobody: whoever is on it has a session, and what they may do is checked as for a press.

mod key;
mod lines;
mod session;

pub(super) use key::is_unseen;
pub use key::{Shown, look, open, saved, set_shown_on, usual};
pub(super) use lines::Lines;
pub use session::Launch;

use super::{
    App, AppError, News, Turn, Words, dialogue,
    link::{self, Brought, Linked},
    recover,
};
use crate::domain::{MessageId, PersonId, Timestamp};

/// Why a page does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageFault {
    /// What Telegram has given the page was used before.
    LaunchUsed,
    /// The session is over.
    NoSession,
    /// The person is not on the operator's list.
    NotAllowed,
    /// The key was opened before, at that time.
    Opened(Timestamp),
    /// It was not opened yet, so it cannot be saved.
    NotOpened,
    /// There is no key to be shown, or not any more.
    NoKey,
}

/// A credential that was linked on a page, for the chat: what stood there as a question turns into this.
#[derive(Debug)]
pub struct LinkedOnPage {
    /// Whom it is told.
    pub person: PersonId,
    /// The message with the question; zero for none.
    pub place: MessageId,
    /// What came of it.
    pub linked: Linked,
    /// The credential's last four characters.
    pub last_four: String,
    /// The person has no recovery codes and may want some.
    pub hint: bool,
}

/// Links what was brought on a page; the chat is told in the same transaction. True when it asks there what to do. One person's come
/// one after the other: each is looked at with what the one before has left.
pub async fn link(
    app: &App,
    words: &dyn Words,
    person: PersonId,
    brought: Brought,
) -> Result<(String, bool), AppError> {
    let _alone = app.linking.alone(person).await;
    let mut turn = Turn::on_page(app, person).await?;
    let last_four = brought.credential.last_four();
    let hint = recover::is_worth_a_hint(app, &turn).await?;
    let linked = match link::accept(app, &mut turn, brought).await {
        Ok(linked) => linked,
        Err(error) => {
            if let AppError::User(_) = error {
                // A refused credential counts, even though nothing else is written.
                turn.commit(Vec::new(), words).await?;
            }
            return Err(error);
        }
    };
    // As it stands now: something else may have been begun in the chat meanwhile.
    let open = dialogue::now(&mut turn).await?;
    let question = open.filter(dialogue::Open::is_about_linking);
    if question.is_some() {
        dialogue::end(&mut turn).await?;
    }
    let (name, asks) = match &linked {
        Linked::New { account, .. } | Linked::Replaced(account) => (account.name.clone(), false),
        Linked::Ask { account, .. } => (account.name.clone(), true),
    };
    turn.tell(News::Linked(Box::new(LinkedOnPage {
        person,
        place: question.map_or(MessageId(0), |open| open.message),
        linked,
        last_four,
        hint,
    })));
    turn.commit(Vec::new(), words).await?;
    Ok((name, asks))
}
