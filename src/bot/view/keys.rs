//! `/keys`.

use super::{Voice, age, error, key_name, name};
use crate::{
    app::list_keys::AccountKeys,
    bot::{
        callback::Callback,
        message::{Button, Message, TEXT_LIMIT},
    },
    domain::{Account, Key, Keys},
    texts::{Arg, Rich, Text},
};

/// Keys on a page of one account.
pub const PAGE: usize = 10;

/// Keys of each account where several are shown.
const FEW: usize = 5;

/// So many days before its end it is shown.
const DUE_SHOWN: i64 = 30;

/// The keys of several accounts, the first few of each; of one account its first page.
pub fn all(voice: &Voice<'_>, lists: &[AccountKeys]) -> Message {
    if let [list] = lists {
        return page(voice, list, 0);
    }
    let (mut text, mut rows) = (Rich::default(), Vec::new());
    for list in lists {
        let mut part = name(&list.account.name);
        match &list.keys {
            Ok(keys) => {
                part.line(&lines(voice, list, keys.iter().take(FEW)));
                if let Some(more) = keys.len().checked_sub(FEW).filter(|more| *more > 0) {
                    part.line(&voice.fill(Text::KeysMore, &[("count", count(more))]));
                    rows.push(all_of(voice, &list.account));
                }
            }
            Err(reason) => {
                let (words, button) = error::words(voice, reason);
                part.line(&words);
                rows.extend(button);
            }
        }
        // What does not fit any more is a press away.
        if text.utf16_len() + part.utf16_len() + 2 > TEXT_LIMIT {
            rows.push(all_of(voice, &list.account));
        } else {
            text.paragraph(&part);
        }
    }
    rows.into_iter()
        .fold(Message::new(text), |message, button| message.row([button]))
}

fn all_of(voice: &Voice<'_>, account: &Account) -> Button {
    let words = voice.fill(
        Text::ButtonAllKeysOf,
        &[("name", account.name.as_str().into())],
    );
    Button::press(&words, &Callback::KeysOf(account.id.clone(), 0))
}

/// One page of one account's keys.
pub fn page(voice: &Voice<'_>, list: &AccountKeys, wanted: usize) -> Message {
    let account = &list.account;
    let keys = match &list.keys {
        Ok(keys) => keys,
        Err(reason) => return error::message(voice, reason).after(&name(&account.name)),
    };
    let pages = keys.len().div_ceil(PAGE).max(1);
    let number = wanted.min(pages - 1);
    let mut text = name(&account.name);
    text.line(&lines(
        voice,
        list,
        keys.iter().skip(number * PAGE).take(PAGE),
    ));
    let turn =
        |text: Text, to: usize| voice.button(text, &Callback::KeysOf(account.id.clone(), to));
    let mut turns = Vec::new();
    if pages > 1 {
        text.paragraph(&voice.fill(
            Text::KeysPage,
            &[("page", count(number + 1)), ("pages", count(pages))],
        ));
        if number > 0 {
            turns.push(turn(Text::ButtonPrevious, number - 1));
        }
        if number + 1 < pages {
            turns.push(turn(Text::ButtonNext, number + 1));
        }
    }
    Message::new(text)
        .row(turns)
        .row([next_step(voice, account)])
}

fn next_step(voice: &Voice<'_>, account: &Account) -> Button {
    match account.provider.capabilities().keys {
        Keys::Many => voice.button(Text::ButtonNewKey, &Callback::NewKeyIn(account.id.clone())),
        Keys::One | Keys::Guided => voice.button(
            Text::ButtonRotateKey,
            &Callback::RotateOnly(account.id.clone()),
        ),
    }
}

fn lines<'k>(voice: &Voice<'_>, list: &AccountKeys, keys: impl Iterator<Item = &'k Key>) -> Rich {
    let mut text = Rich::default();
    for key in keys {
        text.line(&line(voice, list, key));
    }
    if text.is_empty() {
        voice.say(Text::KeysNone)
    } else {
        text
    }
}

fn line(voice: &Voice<'_>, list: &AccountKeys, key: &Key) -> Rich {
    let account = &list.account;
    let mut shown = key.to_ref();
    let many = account.provider.capabilities().keys == Keys::Many;
    if !many {
        // The account's name stands above; the key has none of its own.
        account.provider.name().clone_into(&mut shown.label);
    }
    let key_arg = ("key", key_name(&shown).into());
    let mut line = Rich::plain("• ");
    if !key.is_alive() {
        line.push(&voice.fill(Text::KeyLineRevoked, &[key_arg]));
        return line;
    }
    line.push(&voice.fill(
        Text::KeyLine,
        &[key_arg, ("age", voice.age(key.created_at).into())],
    ));
    let due_at = list.ages.of(&key.id).due(key.created_at);
    if let Some(due_at) = due_at.filter(|due_at| voice.days_until(*due_at) <= DUE_SHOWN) {
        line.push_str(" · ");
        line.push(&age::due(voice, due_at));
    }
    if many && account.seems_own(&key.last_four) {
        line.push_str(" ");
        line.push(&voice.say(Text::KeyOwn));
    }
    line
}

fn count(number: usize) -> Arg {
    Arg::Count(i64::try_from(number).unwrap_or(i64::MAX))
}
