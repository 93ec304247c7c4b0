//! What people are told without having asked: stored in the transaction of what it tells of, so that neither exists without the other.

use super::{
    Alert, App, AppError, UserError, leaks::Leaked, moves::Told, pages::LinkedOnPage,
    workspace::Asleep,
};
use crate::{
    domain::{
        Account, Drift, Key, KeyAges, Language, Operation, Person, PersonId, Rule, Timestamp,
    },
    store::{Connection, people},
};

/// What is told of an account without having been asked for.
#[derive(Debug)]
pub enum News {
    /// Its keys have changed, and not through us.
    Drift(Account, Drift),
    /// Its provider refuses its credential.
    Refused(Account),
    /// A key is to be replaced by then, as these ages say.
    Due(Account, Key, KeyAges, Timestamp),
    /// A key stood in a message.
    Leaked(Leaked),
    /// Somebody has acted on it from a group for the first time: who, by their present name, and the group's title.
    FirstAction(Account, PersonId, String, String),
    /// A group with that title does not work with it any more.
    Asleep(Account, String, Asleep),
    /// For the operators: something does not go on by itself.
    Alert(Alert),
    /// Accounts go to another person, or stay.
    Move(Told),
    /// A credential was brought on a page.
    Linked(Box<LinkedOnPage>),
    /// Somebody has rejected a request, or said why; for whoever asked.
    Decided(Box<Operation>),
    /// A group works under another rule: for an owner of one of its accounts.
    PolicyChanged {
        /// Whom it is told.
        owner: PersonId,
        /// Who has changed it, by their present name.
        by: (PersonId, String),
        /// The group's title.
        group: String,
        /// What it says now.
        rule: Rule,
    },
}

impl News {
    /// Whom it is told.
    fn people(&self, app: &App) -> Vec<PersonId> {
        match self {
            Self::Drift(account, _)
            | Self::Refused(account)
            | Self::Due(account, ..)
            | Self::Leaked(Leaked { account, .. }) => {
                let owners = account.owners();
                owners.filter(|owner| app.allows(*owner)).collect()
            }
            // Its owner is told of groups even when taken off the list.
            Self::FirstAction(account, ..) | Self::Asleep(account, ..) => {
                let second = account.second_owner.filter(|person| app.allows(*person));
                [Some(account.owner), second]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Self::Alert(_) => app.operators().to_vec(),
            Self::Move(told) => vec![told.to],
            Self::Linked(linked) => vec![linked.person],
            Self::Decided(operation) => vec![operation.person],
            Self::PolicyChanged { owner, .. } => vec![*owner],
        }
    }
}

/// Puts news into words: what comes back goes into the outbox, together with what it tells of.
pub trait Words: Send + Sync {
    /// For that person, now.
    fn of(&self, person: &Person, now: Timestamp, news: &News) -> Result<Vec<u8>, AppError>;

    /// What somebody did that cannot be done so, for a page.
    fn of_error(&self, language: Language, now: Timestamp, error: &UserError) -> String;
}

impl App {
    /// Stores news together with what it tells of.
    pub(super) async fn tell(
        &self,
        words: &dyn Words,
        c: &mut Connection,
        now: Timestamp,
        news: News,
    ) -> Result<(), AppError> {
        self.tell_since(words, c, now, now, news).await
    }

    /// The same as if it had been stored at another time.
    pub(super) async fn tell_since(
        &self,
        words: &dyn Words,
        c: &mut Connection,
        now: Timestamp,
        stored_at: Timestamp,
        news: News,
    ) -> Result<(), AppError> {
        for to in news.people(self) {
            let person = people::get(c, to).await?;
            let person = person.unwrap_or_else(|| Person::new(to));
            let payload = words.of(&person, now, &news)?;
            self.store_news(c, to.private_chat(), stored_at, &payload)
                .await?;
        }
        Ok(())
    }
}
