//! `/age`, and the reminder of a key that is to be replaced.

use super::{Voice, key_name, name};
use crate::{
    app::Owned,
    bot::{
        callback::Callback,
        message::{Button, Message},
    },
    domain::{Account, Key, KeyAge, Keys, Timestamp},
    texts::{Arg, Rich, Text},
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
    let button = |age: KeyAge| {
        let callback = Callback::SetAge(account.id.clone(), age);
        Button::press(&limit(voice, age), &callback)
    };
    let (days, never): (Vec<_>, Vec<_>) =
        KeyAge::CHOICES.into_iter().partition(|age| age.days() > 0);
    let message = Message::new(text);
    let message = days.chunks(2).fold(message, |message, pair| {
        message.row(pair.iter().copied().map(button))
    });
    message.row(never.into_iter().map(button))
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
pub fn reminder(voice: &Voice<'_>, account: &Account, key: &Key, due_at: Timestamp) -> Message {
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
    text.paragraph(&voice.fill(
        Text::DueHint,
        &[("age", limit(voice, account.key_age).into())],
    ));
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
