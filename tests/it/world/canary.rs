//! After every story: no secret that was in play stands where it must not, in any of the ways in which it could be written.

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use keyporter::sandbox::Sandbox;

use super::{World, log::logged};

/// Everything that must stay in its box: the bot's token, credentials, keys, dead ones too, and the master keys.
fn secrets(world: &World) -> Vec<String> {
    let sandbox: &Sandbox = &world.sandbox;
    let mut secrets = vec![sandbox.telegram().token()];
    for project in sandbox.botsubscription().projects() {
        secrets.extend(
            sandbox
                .botsubscription()
                .keys(&project)
                .into_iter()
                .map(|key| key.secret),
        );
    }
    secrets.extend(
        sandbox
            .bots_business()
            .accounts()
            .into_iter()
            .map(|account| account.api_key),
    );
    secrets.extend(
        sandbox
            .botanalytics()
            .channels()
            .into_iter()
            .map(|channel| channel.key),
    );
    // What people typed and was taken for a credential.
    let deleted = sandbox
        .telegram()
        .chats()
        .into_iter()
        .flat_map(|chat| sandbox.telegram().messages(chat.id));
    secrets.extend(
        deleted
            .filter(|message| message.deleted && !message.from_bot() && message.text.len() > 20)
            .map(|message| message.text),
    );
    // The secret part of the webhook's address, and its signature.
    if let Some(hook) = sandbox.telegram().webhook() {
        secrets.extend(hook.url.rsplit('/').next().map(str::to_owned));
        secrets.extend(hook.secret_token);
    }
    secrets.extend(world.master_keys.iter().cloned());
    secrets
}

/// The ways in which a secret could be written by accident.
pub fn spellings(secret: &str) -> Vec<String> {
    let percent = secret.bytes().map(|byte| match byte {
        byte if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    });
    let hex = secret.bytes().map(|byte| format!("{byte:02x}"));
    let json = serde_json::to_string(secret).unwrap();
    vec![
        secret.to_owned(),
        percent.collect(),
        hex.collect(),
        BASE64_STANDARD_NO_PAD.encode(secret),
        json.trim_matches('"').to_owned(),
    ]
}

/// Looks everywhere.
pub fn look(world: &World) {
    let places = [
        ("the log", logged()),
        (
            "the database",
            String::from_utf8_lossy(&world.database.dump()).into_owned(),
        ),
        ("a group", groups(&world.sandbox)),
        ("an address", addresses(&world.sandbox)),
    ];
    for secret in secrets(world) {
        for spelling in spellings(&secret) {
            for (place, content) in &places {
                let stands = content.contains(&spelling);
                assert!(!stands, "a secret stands in {place}, spelt {spelling}");
            }
        }
    }
}

fn groups(sandbox: &Sandbox) -> String {
    let groups = sandbox
        .telegram()
        .chats()
        .into_iter()
        .filter(|chat| chat.id < 0);
    let messages = groups.flat_map(|chat| sandbox.telegram().messages(chat.id));
    messages
        .filter(keyporter::sandbox::telegram::Shown::from_bot)
        .map(|message| message.text)
        .collect()
}

/// Where we called, as far as an address may hold nothing: at Telegram it holds the token and at Bots.Business the key, by their design.
fn addresses(sandbox: &Sandbox) -> String {
    let (one, two) = (
        sandbox.botsubscription().calls(),
        sandbox.botanalytics().calls(),
    );
    one.into_iter().chain(two).map(|call| call.path).collect()
}
