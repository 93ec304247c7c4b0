//! What the watch over an account has seen.

use super::{Voice, age, approval, error, key_names, leak, link, moves, name, policy, workspace};
use crate::{
    app::{Alert, News, UserError, workspace::Asleep},
    bot::{callback::Callback, message::Message},
    domain::{Account, Drift, KeyRef},
    texts::{Arg, Rich, Text},
};

/// Keys that are named; the others are counted.
const NAMED: usize = 10;

/// Said without having been asked for.
pub fn news(voice: &Voice<'_>, news: &News) -> Message {
    match news {
        News::Drift(account, drift) => changed(voice, account, drift),
        News::Refused(account) => error::message(
            voice,
            &UserError::LinkAgain {
                account: account.id.clone(),
                name: account.name.clone(),
                provider: account.provider,
            },
        ),
        News::Move(told) => moves::told(voice, told),
        News::Linked(linked) => link::on_page(voice, linked),
        News::Leaked(leaked) => leak::alert(voice, leaked),
        News::Due(account, key, ages, due_at) => age::reminder(voice, account, key, ages, *due_at),
        News::FirstAction(account, person, called, group) => {
            let values = [
                ("person", workspace::person(*person, called).into()),
                ("account", name(&account.name).into()),
                ("group", name(group).into()),
            ];
            Message::new(voice.fill(Text::NewsFirstAction, &values))
        }
        News::Asleep(account, group, why) => {
            let text = match why {
                Asleep::BotGone => Text::NewsAsleepBot,
                Asleep::OwnerGone => Text::NewsAsleepOwner,
            };
            let values = [
                ("account", name(&account.name).into()),
                ("group", name(group).into()),
            ];
            Message::new(voice.fill(text, &values))
        }
        News::Alert(alert) => self::alert(voice, alert),
        News::Decided(operation) => approval::decided(voice, operation),
        News::PolicyChanged {
            by, group, rule, ..
        } => policy::changed(voice, by, group, *rule),
    }
}

fn alert(voice: &Voice<'_>, alert: &Alert) -> Message {
    let text = match alert {
        Alert::InboxStuck(waiting, age) => {
            let minutes = (age.as_secs() / 60).to_string();
            let values = [("count", Arg::Count(*waiting)), ("minutes", minutes.into())];
            voice.fill(Text::AlertInboxStuck, &values)
        }
        Alert::RevokesOpen(open) => {
            voice.fill(Text::AlertRevokesOpen, &[("count", Arg::Count(*open))])
        }
        Alert::CredentialUnreadable(account) => {
            let account = account.to_string();
            voice.fill(Text::AlertCredential, &[("account", account.into())])
        }
    };
    Message::new(text)
}

fn changed(voice: &Voice<'_>, account: &Account, drift: &Drift) -> Message {
    let mut text = voice.fill(Text::WatchDrift, &[("account", name(&account.name).into())]);
    for (words, keys) in [
        (Text::WatchAppeared, &drift.appeared),
        (Text::WatchVanished, &drift.vanished),
    ] {
        if !keys.is_empty() {
            text.paragraph(&voice.fill(words, &[("keys", few(voice, keys).into())]));
        }
    }
    text.paragraph(&voice.say(Text::WatchUnexpected));
    let list = Callback::KeysOf(account.id.clone(), 0);
    Message::new(text).row([voice.button(Text::ButtonShowKeys, &list)])
}

fn few(voice: &Voice<'_>, keys: &[KeyRef]) -> Rich {
    let (named, counted) = keys.split_at(keys.len().min(NAMED));
    let mut text = key_names(named);
    if !counted.is_empty() {
        let count = i64::try_from(counted.len()).unwrap_or(i64::MAX);
        text.push_str(" ");
        text.push(&voice.fill(Text::KeysMore, &[("count", Arg::Count(count))]));
    }
    text
}
