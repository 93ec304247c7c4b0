//! What people may ask of their clients, and why it may be refused.

use super::{
    keyboard::Button,
    message::{Content, Message},
};

/// Why a person can't do that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// Nobody has this number.
    #[error("there is no person {0}")]
    UnknownPerson(i64),
    /// No chat has this number, or it has become another one.
    #[error("there is no chat {0}")]
    UnknownChat(i64),
    /// The person isn't there, or may not speak or decide there.
    #[error("person {person} may not do that in chat {chat}")]
    NotAllowed {
        /// Who.
        person: i64,
        /// Where.
        chat: i64,
    },
    /// Who has blocked the bot must unblock it first.
    #[error("the bot is blocked")]
    Blocked,
    /// It was never there, is deleted, or is somebody else's.
    #[error("there is no message {0} for that")]
    NoSuchMessage(i64),
    /// No button ends with these words, or several do.
    #[error("not exactly one button ends with {wanted:?} among {shown:?}")]
    NoSuchButton {
        /// The words.
        wanted: String,
        /// The texts of the buttons that are there.
        shown: Vec<String>,
    },
    /// The button opens or copies something, or is dead: the bot hears nothing of a press.
    #[error("a press on {0:?} sends nothing to the bot")]
    SendsNothing(String),
}

/// Something that a person sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saying {
    pub(super) text: String,
    pub(super) content: Content,
    pub(super) topic: Option<i64>,
    pub(super) reply_to: Option<i64>,
    pub(super) forwarded: bool,
    pub(super) anonymous: bool,
    pub(super) mention: Option<i64>,
}

impl Saying {
    /// A text message, or with a file its caption.
    pub fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::default()
        }
    }

    /// A photo with the text as its caption.
    #[must_use]
    pub fn photo(mut self) -> Self {
        self.content = Content::Photo;
        self
    }

    /// A document with the text as its caption.
    #[must_use]
    pub fn document(mut self, file_name: &str) -> Self {
        self.content = Content::Document(file_name.to_owned());
        self
    }

    /// In a topic of a forum, which is made if it isn't there.
    #[must_use]
    pub fn topic(mut self, topic: i64) -> Self {
        self.topic = Some(topic);
        self
    }

    /// As an answer to a message.
    #[must_use]
    pub fn reply_to(mut self, message_id: i64) -> Self {
        self.reply_to = Some(message_id);
        self
    }

    /// Forwarded from someone who hides behind a name.
    #[must_use]
    pub fn forwarded(mut self) -> Self {
        self.forwarded = true;
        self
    }

    /// With the last word as a mention of that person, chosen from the list that clients offer for people without a username.
    #[must_use]
    pub fn mention(mut self, person: i64) -> Self {
        self.mention = Some(person);
        self
    }

    /// As an administrator who is hidden behind the group.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.anonymous = true;
        self
    }
}

/// Which button is meant.
pub(super) enum Which<'a> {
    /// The only one whose whole text these words are, else the only one whose text ends with them.
    Words(&'a str),
    /// Row and column, from 0.
    At(usize, usize),
}

impl Which<'_> {
    pub(super) fn find<'a>(&self, message: &'a Message) -> Result<&'a Button, ActError> {
        let keyboard = &message.newest().keyboard;
        let (found, wanted) = match self {
            Self::At(row, column) => {
                let row_buttons = keyboard.inline_keyboard.get(*row);
                let button = row_buttons.and_then(|buttons| buttons.get(*column));
                (button, format!("row {row}, column {column}"))
            }
            Self::Words(words) => {
                let only = |fits: &dyn Fn(&str) -> bool| {
                    let mut fitting = keyboard.buttons().filter(|button| fits(&button.text));
                    fitting.next().filter(|_| fitting.next().is_none())
                };
                let whole = only(&|text| text == *words);
                let found = whole.or_else(|| only(&|text| text.ends_with(words)));
                (found, (*words).to_owned())
            }
        };
        found.ok_or_else(|| ActError::NoSuchButton {
            wanted,
            shown: keyboard
                .buttons()
                .map(|button| button.text.clone())
                .collect(),
        })
    }
}
