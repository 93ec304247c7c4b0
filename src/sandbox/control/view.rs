//! The world as the page sees it.
//!
//! What a person could no longer see is left out: the words of deleted messages, the secrets of keys but the first.

use serde_json::{Value, json};

use crate::sandbox::{
    Sandbox,
    botsubscription::KeyView,
    service::Call,
    telegram::{Author, Content, Shown},
};

/// How many answers to presses are told.
const ANSWERS: usize = 20;
/// How many calls of each provider are told.
const CALLS: usize = 8;

pub(super) fn world(sandbox: &Sandbox) -> Value {
    // Read first: what changes meanwhile is told again rather than missed.
    let version = sandbox.version();
    let (telegram, clock) = (sandbox.telegram(), sandbox.clock());
    let bot = telegram.bot();
    let answers = telegram.answers();
    let late = answers.len().saturating_sub(ANSWERS);
    let answers = answers[late..].iter().map(|answer| {
        json!({
            "callback_id": answer.callback_id,
            "person": answer.person,
            "chat": answer.chat,
            "at_ms": answer.at_ms,
            "text": answer.text,
            "alert": answer.alert,
        })
    });
    let commands = telegram.commands();
    let commands = commands.iter().map(|list| {
        json!({
            "scope": list.scope,
            "language_code": list.language_code,
            "commands": list.commands,
        })
    });
    json!({
        "version": version,
        "clock": {"now_ms": clock.now_ms(), "pushed_ms": clock.pushed_ms()},
        "bot": {"id": bot.id(), "username": bot.username, "first_name": bot.first_name},
        "commands": commands.collect::<Vec<_>>(),
        "people": telegram.people(),
        "chats": chats(sandbox),
        "answers": answers.collect::<Vec<_>>(),
        "botsubscription": projects(sandbox),
        "bots_business": accounts(sandbox),
        "botanalytics": channels(sandbox),
        "faults": sandbox.faults().pending(),
    })
}

fn chats(sandbox: &Sandbox) -> Vec<Value> {
    let telegram = sandbox.telegram();
    let chats = telegram.chats().into_iter().map(|chat| {
        let messages = telegram.messages(chat.id);
        let messages: Vec<Value> = messages.iter().map(message).collect();
        let mut chat = json!(chat);
        chat["messages"] = json!(messages);
        chat
    });
    chats.collect()
}

fn message(shown: &Shown) -> Value {
    let (author, anonymous) = match shown.author {
        Author::Bot => (None, false),
        Author::Person(id) => (Some(id), false),
        Author::Anonymous(id) => (Some(id), true),
    };
    let mut message = json!({
        "id": shown.id,
        "from_bot": shown.from_bot(),
        "person": author,
        "anonymous": anonymous,
        "sent_ms": shown.sent_ms,
        "deleted": shown.deleted,
    });
    if shown.deleted {
        return message;
    }
    let file = match &shown.content {
        Content::Text | Content::Service(_) => Value::Null,
        Content::Photo => json!("photo"),
        Content::Document(name) => json!(name),
    };
    let service = match &shown.content {
        Content::Service(fields) => fields.clone(),
        _ => Value::Null,
    };
    let words = json!({
        "text": shown.text,
        "entities": shown.entities,
        "keyboard": shown.keyboard.inline_keyboard,
        "reply_markup": shown.reply_markup,
        "file": file,
        "file_text": shown.file.as_ref().filter(|_| shown.content != Content::Photo).map(|bytes| String::from_utf8_lossy(bytes)),
        "service": service,
        "protected": shown.protected,
        "silent": shown.silent,
        "topic": shown.topic,
        "reply_to": shown.reply_to,
        "edits": shown.edits,
    });
    for (name, value) in words.as_object().into_iter().flatten() {
        message[name] = value.clone();
    }
    message
}

fn projects(sandbox: &Sandbox) -> Value {
    let service = sandbox.botsubscription();
    let projects = service.projects().into_iter().map(|id| {
        let keys = service.keys(&id);
        let first = keys.iter().find(|key| key.is_first);
        json!({
            "id": id,
            "token": first.map(|key| &key.secret),
            "keys": keys.iter().map(key).collect::<Vec<_>>(),
        })
    });
    json!({
        "url": service.url(),
        "projects": projects.collect::<Vec<_>>(),
        "calls": calls(&service.calls()),
    })
}

fn key(key: &KeyView) -> Value {
    json!({
        "id": key.id,
        "label": key.label,
        "last_four": key.last_four(),
        "created_at_ms": key.created_at_ms,
        "revoked_at_ms": key.revoked_at_ms,
        "is_first": key.is_first,
    })
}

fn accounts(sandbox: &Sandbox) -> Value {
    let service = sandbox.bots_business();
    let accounts = service.accounts().into_iter().map(|account| {
        json!({
            "id": account.id,
            "email": account.email,
            "api_key": account.api_key,
            "linked_accounts": account.linked_accounts,
        })
    });
    json!({
        "url": service.url(),
        "accounts": accounts.collect::<Vec<_>>(),
        "calls": calls(&service.calls()),
    })
}

fn channels(sandbox: &Sandbox) -> Value {
    let service = sandbox.botanalytics();
    let channels = service.channels().into_iter().map(|channel| {
        json!({
            "id": channel.id,
            "claim": channel.claim,
            "key": channel.key,
        })
    });
    json!({
        "url": service.url(),
        "channels": channels.collect::<Vec<_>>(),
        "messages": service.messages().len(),
        "calls": calls(&service.calls()),
    })
}

/// The last calls, without queries: keys stand in them.
fn calls(calls: &[Call]) -> Vec<Value> {
    let late = calls.len().saturating_sub(CALLS);
    let calls = calls[late..].iter().map(|call| {
        let path = call.path.split('?').next();
        json!({
            "at_ms": call.at_ms,
            "method": call.method,
            "path": path,
            "status": call.status,
            "effect": call.effect,
        })
    });
    calls.collect()
}
