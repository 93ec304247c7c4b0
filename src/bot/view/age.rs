//! `/age`, and the reminder of a key that is to be replaced.

use super::{Voice, key_name, link, name};
use crate::{
    app::Owned,
    bot::{
        callback::Callback,
        dialogues::Dialogue,
        message::{Button, Message},
    },
    domain::{Account, Key, KeyAge, KeyAges, KeyRef, Keys, Timestamp, plain_line},
    texts::{Arg, Rich, Style, Text},
};

/// Which account?
pub fn accounts(voice: &Voice<'_>, accounts: &[Owned]) -> Message {
    let message = voice.message(Text::AgeWhich);
    accounts.iter().fold(message, |message, owned| {
        let account = owned.account();
        let callback = Callback::Age(account.id.clone());
        message.row([Button::press(&name(&account.name), &callback)])
    })
}

/// How long?
pub fn question(voice: &Voice<'_>, account: &Account) -> Message {
    let text = voice.fill(
        Text::AgeQuestion,
        &[
            ("account", name(&account.name).into()),
            ("age", limit(voice, account.key_age).into()),
        ],
    );
    let choices = KeyAge::CHOICES.map(|age| {
        let callback = Callback::SetAge(account.id.clone(), age);
        Button::press(&limit(voice, age), &callback)
    });
    in_pairs(Message::new(text), &choices)
}

/// How long, for one key?
pub fn key_question(
    voice: &Voice<'_>,
    account: &Account,
    key: &KeyRef,
    ages: &KeyAges,
    question: &str,
) -> Message {
    let text = voice.fill(
        Text::AgeKeyQuestion,
        &[
            ("key", key_name(key).into()),
            ("account", name(&account.name).into()),
            ("age", limit_of(voice, key, ages).into()),
        ],
    );
    let choices: Vec<_> = Dialogue::ages()
        .enumerate()
        .map(|(index, age)| {
            let as_account = || voice.say(Text::ButtonAsAccount);
            let words = age.map_or_else(as_account, |age| limit(voice, age));
            Button::press(&words, &Callback::Choose(question.to_owned(), index))
        })
        .collect();
    in_pairs(Message::new(text), &choices).row([link::cancel(voice)])
}

fn in_pairs(message: Message, buttons: &[Button]) -> Message {
    buttons
        .chunks(2)
        .fold(message, |message, pair| message.row(pair.iter().cloned()))
}

/// It is set for one key.
pub fn key_done(voice: &Voice<'_>, key: &KeyRef, ages: &KeyAges) -> Message {
    let text = match ages.of(&key.id).days() {
        0 => Text::AgeKeyDoneNever,
        _ => Text::AgeKeyDone,
    };
    let values = [
        ("key", key_name(key).into()),
        ("age", limit_of(voice, key, ages).into()),
    ];
    Message::new(voice.fill(text, &values))
}

/// `90 days`, `90 days, as the account`.
fn limit_of(voice: &Voice<'_>, key: &KeyRef, ages: &KeyAges) -> Rich {
    let age = limit(voice, ages.of(&key.id));
    if ages.own.contains_key(&key.id) {
        age
    } else {
        voice.fill(Text::AgeAsAccount, &[("age", age.into())])
    }
}

/// It is set.
pub fn done(voice: &Voice<'_>, account: &Account) -> Message {
    let text = match account.key_age.days() {
        0 => Text::AgeDoneNever,
        _ => Text::AgeDone,
    };
    Message::new(voice.fill(
        text,
        &[
            ("account", name(&account.name).into()),
            ("age", limit(voice, account.key_age).into()),
        ],
    ))
}

fn limit(voice: &Voice<'_>, age: KeyAge) -> Rich {
    match age.days() {
        0 => voice.say(Text::AgeNever),
        days => voice.fill(Text::AgeDays, &[("count", Arg::Count(days))]),
    }
}

/// `due in 6 days`, `overdue`.
pub fn due(voice: &Voice<'_>, due_at: Timestamp) -> Rich {
    match voice.days_until(due_at) {
        0 => voice.say(Text::DueOver),
        days => voice.fill(Text::DueIn, &[("count", Arg::Count(days))]),
    }
}

/// A key is to be replaced soon.
pub fn reminder(
    voice: &Voice<'_>,
    account: &Account,
    key: &Key,
    ages: &KeyAges,
    due_at: Timestamp,
) -> Message {
    let mut shown = key.to_ref();
    let one_key = account.provider.capabilities().keys != Keys::Many;
    if one_key {
        account.provider.name().clone_into(&mut shown.label);
    }
    let mut text = voice.fill(
        Text::DueReminder,
        &[
            ("key", key_name(&shown).into()),
            ("account", name(&account.name).into()),
            ("due", due(voice, due_at).into()),
        ],
    );
    text.paragraph(&hint(voice, key, ages, one_key));
    // What stands in a button comes back as it was sent, and other characters have a meaning there.
    let last_four = &key.last_four;
    let fits = (1..=8).contains(&last_four.len());
    let fits = fits
        && last_four
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b':');
    let callback = if one_key {
        Some(Callback::RotateOnly(account.id.clone()))
    } else {
        fits.then(|| Callback::RotateKey(account.id.clone(), last_four.clone()))
    };
    let rotate = callback.map(|callback| voice.button(Text::ButtonRotate, &callback));
    let later = voice.button(Text::ButtonLater, &Callback::Later);
    Message::new(text).row(rotate.into_iter().chain([later]))
}

/// Which age counts, and what changes it.
fn hint(voice: &Voice<'_>, key: &Key, ages: &KeyAges, one_key: bool) -> Rich {
    let age = limit(voice, ages.of(&key.id));
    let named = [&key.label, &key.last_four];
    let named = named.into_iter().find(|named| !named.is_empty());
    let command = named.map_or_else(String::new, |named| format!("/age {}", plain_line(named)));
    let command = ("command", Rich::styled(&command, Style::Code).into());
    if ages.own.contains_key(&key.id) {
        return voice.fill(Text::DueHintKey, &[("age", age.into()), command]);
    }
    let mut hint = voice.fill(Text::DueHint, &[("age", age.into())]);
    if !one_key && named.is_some() {
        hint.push_str(" ");
        hint.push(&voice.fill(Text::DueHintOwn, &[command]));
    }
    hint
}
