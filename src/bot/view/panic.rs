//! `/panic`: what would die, how it goes, and the reminder of what does not want to die. Most revocations are alone and have the
//! card of any request; those that one press has started share one.

use super::{
    Voice, error, key_name, link, name,
    question::{account_arg, yes_no},
    request,
};
use crate::{
    app::{Owned, panic::Asked},
    bot::{
        callback::Callback,
        message::{Button, Colour, Message},
    },
    domain::{
        Account, Operation,
        operation::{Outcome, Step},
    },
    texts::{Arg, Rich, Text},
};

/// More keys than this are counted, not named: a message has an end.
const MOST_NAMED: usize = 20;

/// `/panic`: of which accounts.
pub fn choice(voice: &Voice<'_>, accounts: &[Owned]) -> Message {
    let one = accounts.iter().map(|owned| {
        let account = owned.account();
        let words = voice.fill(
            Text::ButtonAllKeysOf,
            &[("name", account.name.as_str().into())],
        );
        Button::press(&words, &Callback::PanicIn(account.id.clone()))
    });
    let all = voice.button(Text::ButtonAllKeysOfAllAccounts, &Callback::PanicEverywhere);
    one.chain((accounts.len() > 1).then_some(all))
        .chain([link::cancel(voice)])
        .fold(voice.message(Text::PanicChoice), |message, button| {
            message.row([button])
        })
}

/// What would die.
pub fn question(voice: &Voice<'_>, asked: &Asked) -> Message {
    let many: Vec<_> = asked
        .accounts
        .iter()
        .filter(|found| !found.one_key())
        .collect();
    let keys = many.iter().map(|found| found.keys.len()).sum();
    let mut text = match keys {
        0 => voice.say(Text::PanicNothing),
        keys => voice.fill(Text::PanicQuestion, &[("count", count(keys))]),
    };
    for found in many.iter().filter(|found| !found.keys.is_empty()) {
        text.paragraph(&name(&found.account.name));
        if keys > MOST_NAMED {
            text.line(&voice.fill(Text::PanicCount, &[("count", count(found.keys.len()))]));
            continue;
        }
        for key in &found.keys {
            text.line(&key_name(key));
        }
        if found.own {
            text.push_str(" ");
            text.push(&voice.say(Text::KeyOwn));
        }
    }
    if asked.more > 0 {
        text.paragraph(&voice.fill(Text::PanicMore, &[("count", count(asked.more))]));
    }
    let under_way = many.iter().map(|found| found.under_way).sum();
    if under_way > 0 {
        text.paragraph(&voice.fill(Text::PanicUnderWay, &[("count", count(under_way))]));
    }
    let own = many.iter().filter(|found| found.own);
    about(
        voice,
        &mut text,
        Text::PanicOwn,
        own.map(|found| &found.account),
    );
    about(voice, &mut text, Text::PanicOneKey, one_key(asked));
    let mut buttons = Vec::new();
    for found in many {
        if let Some(reason) = &found.unread {
            text.paragraph(&voice.fill(Text::PanicUnread, &[account_arg(&found.account)]));
            buttons.extend(error::words(voice, reason).1);
        }
    }
    let message = match &asked.question {
        Some(question) => Message::new(text).row(yes_no(
            voice,
            Text::ButtonRevokeAll,
            Colour::Destroys,
            question,
        )),
        None => Message::new(text),
    };
    buttons
        .into_iter()
        .fold(message, |message, button| message.row([button]))
}

/// Says something about accounts, if there are any.
fn about<'a>(
    voice: &Voice<'_>,
    text: &mut Rich,
    words: Text,
    accounts: impl Iterator<Item = &'a Account>,
) {
    let names = names(accounts);
    if !names.is_empty() {
        text.paragraph(&voice.fill(words, &[("accounts", names.into())]));
    }
}

fn names<'a>(accounts: impl Iterator<Item = &'a Account>) -> Rich {
    let mut names = Rich::default();
    for account in accounts {
        names.push_str(if names.is_empty() { "" } else { ", " });
        names.push(&name(&account.name));
    }
    names
}

fn one_key(asked: &Asked) -> impl Iterator<Item = &Account> {
    let one_key = asked.accounts.iter().filter(|found| found.one_key());
    one_key.map(|found| &found.account)
}

/// The accounts whose one key can only be replaced, each with the button for that.
pub fn to_replace(voice: &Voice<'_>, asked: &Asked) -> Option<Message> {
    let accounts: Vec<_> = one_key(asked).collect();
    if accounts.is_empty() {
        return None;
    }
    let names = names(accounts.iter().copied());
    let text = voice.fill(Text::PanicReplace, &[("accounts", names.into())]);
    let buttons = accounts.iter().map(|account| {
        let mut words = Rich::default();
        if accounts.len() > 1 {
            words.push_str(&account.name);
            words.push_str(" · ");
        }
        words.push(&voice.say(Text::ButtonRotateKey));
        Button::press(&words, &Callback::RotateOnly(account.id.clone()))
    });
    Some(buttons.fold(Message::new(text), |message, button| message.row([button])))
}

/// The card of requests that were started together: drawn from their rows, like any card.
pub fn card(voice: &Voice<'_>, together: &[Operation]) -> Message {
    let (first, last) = match together {
        [only] => return request::card(voice, only),
        [first, .., last] => (first, last),
        [] => return Message::default(),
    };
    let open: Vec<_> = together.iter().filter(|one| one.is_revoking()).collect();
    let gone = together.iter().filter(|one| is_gone(one)).count();
    let accepted = open.iter().filter(|one| one.detail.accepted).count();
    let heading = match open.len() {
        _ if gone == together.len() => Text::PanicGone,
        0 => Text::PanicStopped,
        _ => Text::PanicUnderWayHeading,
    };
    let mut text = voice.fill(
        heading,
        &[
            ("count", count(together.len())),
            ("first", first.number.to_string().into()),
            ("last", last.number.to_string().into()),
        ],
    );
    text.paragraph(&voice.fill(
        Text::PanicCounts,
        &[
            ("gone", gone.to_string().into()),
            ("accepted", accepted.to_string().into()),
            ("asked", (open.len() - accepted).to_string().into()),
        ],
    ));
    let given_up = together.len() - open.len() - gone;
    if given_up > 0 {
        text.line(&voice.fill(Text::PanicGivenUp, &[("count", count(given_up))]));
    }
    if together.len() <= MOST_NAMED {
        text.paragraph(&marked(together));
    }
    hindrances(voice, &mut text, &open);
    let mut message = Message::new(Rich::default());
    let mut offered = Vec::new();
    for operation in together {
        if is_gone(operation) && operation.detail.own_credential {
            let account = name(&operation.detail.account_name);
            text.paragraph(&voice.fill(Text::EndRevokedOwn, &[("account", account.into())]));
        }
        if request::needs_linking(operation) && !offered.contains(&&operation.account) {
            offered.push(&operation.account);
            message = message.row([link::again(voice, &operation.account)]);
        }
    }
    message.after(&text)
}

fn is_gone(operation: &Operation) -> bool {
    operation.detail.outcome == Some(Outcome::Done)
}

/// Each key with a mark of how it stands.
fn marked(together: &[Operation]) -> Rich {
    let mut text = Rich::default();
    for operation in together {
        let mark = match operation.step {
            Step::Ended if is_gone(operation) => "✅ ",
            Step::Ended => "⚠️ ",
            _ if operation.detail.accepted => "🔍 ",
            _ => "⏳ ",
        };
        let mut line = Rich::plain(mark);
        line.push(&key_name(&operation.subject()));
        line.push_str(" · ");
        line.push(&name(&operation.detail.account_name));
        text.line(&line);
    }
    text
}

/// What hinders, each thing once, and when it goes on.
fn hindrances(voice: &Voice<'_>, text: &mut Rich, open: &[&Operation]) {
    let mut said: Vec<Rich> = Vec::new();
    for operation in open {
        if let Some(hindrance) = operation.detail.hindrance {
            let words = request::hindered(voice, operation, hindrance);
            if !said.contains(&words) {
                said.push(words);
            }
        }
    }
    for words in &said {
        text.paragraph(words);
    }
    let next = open.iter().map(|operation| operation.next_try_at).min();
    if let Some(next) = next.filter(|_| !said.is_empty()) {
        text.line(&voice.fill(Text::NextTry, &[("time", voice.until(next).into())]));
    }
}

/// Reminds of revocations that one press has started and that stay open.
pub fn reminder(voice: &Voice<'_>, first: &Operation, open: &[Operation]) -> Message {
    let mut text = voice.fill(
        Text::Reminder,
        &[("time", first.started_at.to_minute().into())],
    );
    let mut titles = Rich::default();
    for operation in open.iter().take(MOST_NAMED) {
        titles.line(&request::title(voice, operation));
    }
    text.paragraph(&titles);
    if let Some(more) = open.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
        text.line(&voice.fill(Text::KeysMore, &[("count", count(more))]));
    }
    hindrances(voice, &mut text, &open.iter().collect::<Vec<_>>());
    text.paragraph(&voice.say(Text::ReminderChoice));
    let stop = voice.button(Text::ButtonStopTrying, &Callback::StopTrying(first.number));
    let keep = voice.button(Text::ButtonKeepTrying, &Callback::KeepTrying(first.number));
    Message::new(text).row([stop.coloured(Colour::Destroys), keep])
}

fn count(count: usize) -> Arg {
    Arg::Count(i64::try_from(count).unwrap_or(i64::MAX))
}
