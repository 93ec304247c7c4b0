//! What the bot says: a text with buttons, and what is to be done with it. It becomes Bot API calls here and nowhere else.
//! It must never hold a secret: answers are stored until they are sent.

mod button;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::callback::Callback;
use crate::{
    domain::{ChatId, MessageId, ThreadId},
    texts::{Rich, Style},
};

pub use button::{Button, Colour, NAMELESS};

/// Telegram's limit for a text, in UTF-16 units.
pub const TEXT_LIMIT: usize = 4096;

/// A text with buttons.
#[derive(Clone, Debug, Default)]
pub struct Message {
    text: Rich,
    rows: Vec<Vec<Button>>,
}

impl Message {
    /// A text alone.
    pub fn new(text: Rich) -> Self {
        Self {
            text,
            rows: Vec::new(),
        }
    }

    /// With one more row of buttons.
    #[must_use]
    pub fn row(mut self, row: impl IntoIterator<Item = Button>) -> Self {
        let row: Vec<_> = row.into_iter().collect();
        if !row.is_empty() {
            self.rows.push(row);
        }
        self
    }

    /// With something said before it.
    #[must_use]
    pub fn after(mut self, before: &Rich) -> Self {
        let mut text = before.clone();
        text.paragraph(&self.text);
        self.text = text;
        self
    }

    /// With something said after it.
    #[must_use]
    pub fn then(mut self, after: &Rich) -> Self {
        self.text.paragraph(after);
        self
    }

    /// Its text.
    pub const fn text(&self) -> &Rich {
        &self.text
    }

    /// The fields that `sendMessage` and `editMessageText` share, for that chat.
    fn fields(&self, chat: ChatId) -> Value {
        let text = self.text.cut(TEXT_LIMIT);
        let mut fields = json!({
            "text": text.text(),
            "link_preview_options": { "is_disabled": true },
        });
        if !text.marks().is_empty() {
            fields["entities"] = entities(&text);
        }
        let shown = |button: &&Button| button.place.includes(chat);
        let rows = self.rows.iter().map(|row| {
            let row = row.iter().filter(shown).map(Button::json);
            row.collect::<Vec<Value>>()
        });
        let rows: Vec<_> = rows.filter(|row| !row.is_empty()).collect();
        if !rows.is_empty() {
            fields["reply_markup"] = json!({ "inline_keyboard": rows });
        }
        fields
    }
}

/// Entities instead of markup: nothing that a person typed can be read as markup.
pub fn entities(text: &Rich) -> Value {
    let entities = text.marks().iter().map(|mark| {
        let mut entity = json!({ "offset": mark.offset, "length": mark.length });
        entity["type"] = json!(match mark.style {
            Style::Bold => "bold",
            Style::Code => "code",
            Style::Spoiler => "spoiler",
            Style::Mention(_) => "text_mention",
        });
        if let Style::Mention(person) = mark.style {
            // Telegram reads the id only, and shows the text.
            entity["user"] = json!({ "id": person, "is_bot": false, "first_name": "·" });
        }
        entity
    });
    Value::Array(entities.collect())
}

/// What is done with a message.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Said anew.
    Send(Message),
    /// A file is sent.
    File(File),
    /// Put in the place of another one.
    Edit(MessageId, Message),
    /// The same, of no use once that one is gone.
    Redraw(MessageId, Message),
    /// The text of another one is wiped, and it is deleted.
    Withdraw(MessageId, Message),
    /// Another one loses its buttons: they have served.
    Strip(MessageId),
    /// Another one goes, sooner or later: it may hold a secret.
    Delete(MessageId),
}

/// A call to the Bot API, ready to be made or stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// Its parameters.
    pub parameters: Value,
    /// An edit that is said anew when its message is gone or cannot be edited: it must not be lost.
    #[serde(default)]
    pub or_anew: bool,
    /// The file that goes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<File>,
}

impl Call {
    const fn new(method: Method, parameters: Value) -> Self {
        Self {
            method,
            parameters,
            or_anew: false,
            file: None,
        }
    }

    /// The same words as a message of their own.
    #[must_use]
    pub fn anew(&self) -> Self {
        let mut parameters = self.parameters.clone();
        if let Some(fields) = parameters.as_object_mut() {
            fields.remove("message_id");
        }
        Self::new(Method::SendMessage, parameters)
    }

    /// What is said when Telegram does not take the file, in its place.
    pub fn without_file(&self) -> Option<Self> {
        let file = self.file.as_ref()?;
        let mut parameters = json!({ "chat_id": self.parameters["chat_id"] });
        if let Some(thread) = self.parameters.get("message_thread_id") {
            parameters["message_thread_id"] = thread.clone();
        }
        parameters["text"] = json!(file.refused);
        Some(Self::new(Method::SendMessage, parameters))
    }

    /// The same for a Telegram that takes no button to our pages, as with plain http: the form gives way to the question in the chat.
    pub fn without_pages(&self) -> Option<Self> {
        let mut call = self.clone();
        let rows = call.parameters.pointer_mut("/reply_markup/inline_keyboard");
        let rows = rows?.as_array_mut()?;
        let mut changed = false;
        for row in rows.iter_mut() {
            row.as_array_mut()?.retain_mut(|button| {
                let Some(page) = button.get("web_app").cloned() else {
                    return true;
                };
                changed = true;
                // Where the question is asked already, nothing more is offered.
                let is_form = page["url"]
                    .as_str()
                    .is_some_and(|url| url.ends_with("/app/link"));
                let text =
                    json!({ "text": button["text"], "callback_data": Callback::Link.encode() });
                *button = text;
                is_form && !self.is_a_question()
            });
        }
        rows.retain(|row| row.as_array().is_none_or(|row| !row.is_empty()));
        changed.then_some(call)
    }

    /// It can be cancelled.
    fn is_a_question(&self) -> bool {
        let rows = self.parameters.pointer("/reply_markup/inline_keyboard");
        let rows = rows.and_then(Value::as_array).into_iter().flatten();
        let mut buttons = rows.filter_map(Value::as_array).flatten();
        buttons.any(|button| button["callback_data"] == Callback::Cancel.encode())
    }

    /// A new message for a topic.
    pub fn is_in_a_topic(&self) -> bool {
        self.method.is_new() && self.parameters.get("message_thread_id").is_some()
    }

    /// The same for the chat as a whole.
    #[must_use]
    pub fn outside_of_topics(&self) -> Self {
        let mut call = self.clone();
        if let Some(fields) = call.parameters.as_object_mut() {
            fields.remove("message_thread_id");
        }
        call
    }

    /// The message whose text it replaces, if it does that.
    pub fn edited(&self) -> Option<MessageId> {
        let id = self
            .parameters
            .get("message_id")
            .filter(|_| self.method == Method::EditMessageText);
        id.and_then(Value::as_i64).map(MessageId)
    }
}

/// The methods by which answers are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// `sendMessage`
    SendMessage,
    /// `sendDocument`
    SendDocument,
    /// `editMessageText`
    EditMessageText,
    /// `editMessageReplyMarkup`
    EditMessageReplyMarkup,
    /// `deleteMessage`
    DeleteMessage,
}

impl Method {
    /// As the Bot API spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendMessage => "sendMessage",
            Self::SendDocument => "sendDocument",
            Self::EditMessageText => "editMessageText",
            Self::EditMessageReplyMarkup => "editMessageReplyMarkup",
            Self::DeleteMessage => "deleteMessage",
        }
    }

    /// It makes a new message: done twice, there are two.
    pub const fn is_new(self) -> bool {
        matches!(self, Self::SendMessage | Self::SendDocument)
    }
}

/// A text file with a caption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// As the person saves it.
    pub name: String,
    /// Such as `text/csv`.
    pub media_type: String,
    /// What stands in it.
    pub content: String,
    /// What is said below it; at most 1024 UTF-16 units.
    pub caption: String,
    /// What is said when Telegram does not take it.
    pub refused: String,
}

impl Reply {
    /// The calls for a chat and topic, in order.
    pub fn calls(&self, chat: ChatId, thread: ThreadId) -> Vec<Call> {
        match self {
            Self::Send(message) => vec![send(chat, thread, message)],
            Self::File(file) => vec![send_file(chat, thread, file.clone())],
            Self::Edit(id, message) => vec![Call {
                or_anew: true,
                ..edit(chat, *id, message)
            }],
            Self::Redraw(id, message) => vec![edit(chat, *id, message)],
            Self::Withdraw(id, empty) => vec![edit(chat, *id, empty), delete(chat, *id)],
            Self::Strip(id) => vec![strip(chat, *id)],
            Self::Delete(id) => vec![delete(chat, *id)],
        }
    }
}

/// Makes the first new message an answer to that one, as long as it stands there.
pub fn answer(calls: &mut [Call], asked: MessageId) {
    if let Some(first) = calls.iter_mut().find(|call| call.method.is_new()) {
        first.parameters["reply_parameters"] =
            json!({ "message_id": asked, "allow_sending_without_reply": true });
    }
}

/// Says a message.
pub fn send(chat: ChatId, thread: ThreadId, message: &Message) -> Call {
    let mut parameters = message.fields(chat);
    parameters["chat_id"] = json!(chat);
    if thread != ThreadId(0) {
        parameters["message_thread_id"] = json!(thread);
    }
    Call::new(Method::SendMessage, parameters)
}

/// Sends a file.
fn send_file(chat: ChatId, thread: ThreadId, file: File) -> Call {
    let mut parameters = json!({ "chat_id": chat, "caption": file.caption });
    if thread != ThreadId(0) {
        parameters["message_thread_id"] = json!(thread);
    }
    Call {
        file: Some(file),
        ..Call::new(Method::SendDocument, parameters)
    }
}

/// Puts a message in the place of another one.
pub fn edit(chat: ChatId, id: MessageId, message: &Message) -> Call {
    let mut parameters = message.fields(chat);
    parameters["chat_id"] = json!(chat);
    parameters["message_id"] = json!(id);
    Call::new(Method::EditMessageText, parameters)
}

/// Takes the buttons from a message.
fn strip(chat: ChatId, id: MessageId) -> Call {
    let parameters = json!({ "chat_id": chat, "message_id": id });
    Call::new(Method::EditMessageReplyMarkup, parameters)
}

/// Deletes a message.
pub fn delete(chat: ChatId, id: MessageId) -> Call {
    let parameters = json!({ "chat_id": chat, "message_id": id });
    Call::new(Method::DeleteMessage, parameters)
}
