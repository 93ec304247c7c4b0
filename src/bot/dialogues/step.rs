//! The rules of the conversations: state and input in, what comes next out. No Telegram, no database, no time.

use super::Dialogue;
use crate::{
    app::link::Brought,
    domain::{
        AccountId, ConfirmationId, KeyAge, KeyRef, Label, MessageId, ProjectId, TextFault,
        looks_secret,
    },
    secret::Secret,
};

/// What a person does in a conversation.
#[derive(Debug)]
pub enum Input {
    /// Sends a text.
    Text(String),
    /// Presses a choice: of which question, and which.
    Choice(String, usize),
    /// Sends something that is no text.
    Attachment,
}

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// The next question.
    Ask(Dialogue),
    /// The same question, since the answer does not fit.
    Again(Complaint),
    /// All is known.
    Done(Request),
}

/// Why an answer does not fit.
#[derive(Debug, PartialEq, Eq)]
pub enum Complaint {
    /// It is no project ID.
    BadProject,
    /// It looks like a key, and names are shown to everybody.
    LooksSecret,
    /// It is no label.
    BadLabel(TextFault),
    /// It is to be chosen, not typed.
    UseTheButtons,
    /// It is to be typed as text.
    TextOnly,
    /// That choice belongs to another question.
    OtherQuestion,
}

/// What a conversation has found out.
#[derive(Debug)]
pub enum Request {
    /// Try and link a credential.
    Link(Brought),
    /// Create a key of that label; the account is still to be chosen if there are several.
    NewKey(Option<AccountId>, Label),
    /// Ask about revoking that key.
    Revoke(AccountId, KeyRef),
    /// Ask about revoking that key after a leak.
    Panic(AccountId, KeyRef),
    /// Ask about rotating that key.
    Rotate(AccountId, KeyRef),
    /// Ask how old that key may become.
    AskAge(AccountId, KeyRef),
    /// Give that key an age of its own, or let it live as its account says.
    SetAge(AccountId, KeyRef, Option<KeyAge>),
    /// Ask about unlinking that account.
    Unlink(AccountId),
    /// Ask about offering those accounts.
    Transfer(Vec<AccountId>),
    /// Switch the second factor on, if that is its code.
    FirstCode(Secret),
    /// Do what was confirmed, there, if that is a code of the second factor.
    Code(ConfirmationId, MessageId, Secret),
    /// Take accounts over, if that is a recovery code.
    Recover(Secret),
    /// Give an account that name.
    Rename(AccountId, String),
    /// Take in the key that the dashboard has made.
    TakeIn(AccountId, Secret),
}

impl Dialogue {
    /// How old a key may become, in the order of the buttons; the last one: as its account says.
    pub fn ages() -> impl Iterator<Item = Option<KeyAge>> {
        KeyAge::CHOICES.into_iter().map(Some).chain([None])
    }

    /// One step.
    pub fn step(self, input: Input) -> Step {
        match (self, input) {
            (Self::LinkProject { provider, again }, Input::Text(text)) => {
                match ProjectId::parse(&text) {
                    Some(project) => Step::Ask(Self::LinkCredential {
                        provider,
                        project: Some(project.as_str().to_owned()),
                        again,
                    }),
                    None => Step::Again(Complaint::BadProject),
                }
            }
            (
                Self::LinkCredential {
                    provider,
                    project,
                    again,
                },
                Input::Text(text),
            ) => Step::Done(Request::Link(Brought {
                provider,
                project: project.map(ProjectId::from_stored),
                again,
                credential: typed_secret(text),
            })),
            (Self::NewKeyLabel { .. } | Self::Rename { .. }, Input::Text(text))
                if looks_secret(&text) =>
            {
                Step::Again(Complaint::LooksSecret)
            }
            (Self::NewKeyLabel { account }, Input::Text(text)) => match Label::parse(&text) {
                Ok(label) => Step::Done(Request::NewKey(account, label)),
                Err(fault) => Step::Again(Complaint::BadLabel(fault)),
            },
            (Self::Rename { account }, Input::Text(text)) => match Label::parse(&text) {
                Ok(label) => Step::Done(Request::Rename(account, label.as_str().to_owned())),
                Err(fault) => Step::Again(Complaint::BadLabel(fault)),
            },
            (Self::RotateGuided { account }, Input::Text(text)) => {
                Step::Done(Request::TakeIn(account, typed_secret(text)))
            }
            (Self::FactorFirstCode, Input::Text(text)) => {
                Step::Done(Request::FirstCode(typed_secret(text)))
            }
            (Self::FactorCode { question, place }, Input::Text(text)) => {
                Step::Done(Request::Code(question, place, typed_secret(text)))
            }
            (Self::RecoveryCode, Input::Text(text)) => {
                Step::Done(Request::Recover(typed_secret(text)))
            }
            (dialogue, Input::Choice(question, index)) => dialogue.choose(&question, index),
            (dialogue, Input::Attachment) if !dialogue.offers_buttons() => {
                Step::Again(Complaint::TextOnly)
            }
            (_, Input::Text(_) | Input::Attachment) => Step::Again(Complaint::UseTheButtons),
        }
    }

    fn choose(self, pressed: &str, index: usize) -> Step {
        let other = Step::Again(Complaint::OtherQuestion);
        match self {
            Self::NewKeyAccount {
                question,
                label,
                accounts,
            } if question == pressed => {
                match (accounts.into_iter().nth(index), Label::parse(&label)) {
                    (Some(account), Ok(label)) => Step::Done(Request::NewKey(Some(account), label)),
                    _ => other,
                }
            }
            Self::RevokeWhich { question, keys } if question == pressed => {
                let chosen = keys.into_iter().nth(index);
                chosen.map_or(other, |(account, key)| {
                    Step::Done(Request::Revoke(account, key))
                })
            }
            Self::PanicWhich { question, keys } if question == pressed => {
                let chosen = keys.into_iter().nth(index);
                chosen.map_or(other, |(account, key)| {
                    Step::Done(Request::Panic(account, key))
                })
            }
            Self::RotateWhich { question, keys } if question == pressed => {
                let chosen = keys.into_iter().nth(index);
                chosen.map_or(other, |(account, key)| {
                    Step::Done(Request::Rotate(account, key))
                })
            }
            Self::AgeWhich { question, keys } if question == pressed => {
                let chosen = keys.into_iter().nth(index);
                chosen.map_or(other, |(account, key)| {
                    Step::Done(Request::AskAge(account, key))
                })
            }
            Self::KeyAge {
                question,
                account,
                key,
            } if question == pressed => {
                let chosen = Self::ages().nth(index);
                chosen.map_or(other, |age| Step::Done(Request::SetAge(account, key, age)))
            }
            Self::UnlinkWhich { question, accounts } if question == pressed => {
                let chosen = accounts.into_iter().nth(index);
                chosen.map_or(other, |account| Step::Done(Request::Unlink(account)))
            }
            Self::TransferWhich { question, accounts } if question == pressed => {
                if index == accounts.len() {
                    return Step::Done(Request::Transfer(accounts));
                }
                let chosen = accounts.into_iter().nth(index);
                chosen.map_or(other, |account| {
                    Step::Done(Request::Transfer(vec![account]))
                })
            }
            _ => other,
        }
    }
}

/// Spaces and line breaks around a pasted credential are the clipboard's, not its own.
fn typed_secret(text: String) -> Secret {
    let pasted = Secret::new(text);
    pasted.trimmed()
}

#[cfg(test)]
mod tests;
