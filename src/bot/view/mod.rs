//! What people read: one file a verb, each a function from what is true to a message. Nothing here decides or changes anything.

pub mod accounts;
pub mod age;
pub mod approval;
pub mod audit;
mod ending;
pub mod error;
pub mod factor;
pub mod keys;
pub mod leak;
pub mod link;
pub mod moves;
pub mod overlap;
pub mod panic;
pub mod policy;
pub mod question;
pub mod recover;
pub mod request;
pub mod second_owner;
pub mod start;
pub mod unlink;
pub mod watch;
pub mod workspace;

use std::time::Duration;

use super::message::{Button, Message, NAMELESS};
use crate::{
    bot::callback::Callback,
    domain::{KeyRef, Language, Timestamp, plain_line},
    texts::{Arg, Rich, Text, Texts},
};

/// Speaks to one person, now.
#[derive(Clone, Copy)]
pub struct Voice<'a> {
    texts: &'a Texts,
    language: Language,
    now: Timestamp,
}

impl<'a> Voice<'a> {
    /// In a language, at a time.
    pub const fn new(texts: &'a Texts, language: Language, now: Timestamp) -> Self {
        Self {
            texts,
            language,
            now,
        }
    }

    /// A text without values.
    pub fn say(&self, text: Text) -> Rich {
        self.texts.say(self.language, text)
    }

    /// A text with its values.
    pub fn fill(&self, text: Text, values: &[(&'static str, Arg)]) -> Rich {
        self.texts.fill(self.language, text, values)
    }

    /// A message of one text without values.
    pub fn message(&self, text: Text) -> Message {
        Message::new(self.say(text))
    }

    /// A button without values.
    pub fn button(&self, text: Text, callback: &Callback) -> Button {
        Button::press(&self.say(text), callback)
    }

    /// How long ago something was.
    pub fn age(&self, since: Timestamp) -> Rich {
        if since.millis() <= 1 {
            return self.say(Text::AgeUnknown);
        }
        let minutes = self.now.since(since).as_secs() / 60;
        let (text, count) = match minutes {
            0 => return self.say(Text::AgeMoments),
            1..60 => (Text::AgeMinutes, minutes),
            60..1440 => (Text::AgeHours, minutes / 60),
            _ => (Text::AgeDays, minutes / 1440),
        };
        self.fill(text, &[("count", count_arg(count))])
    }

    /// How long it is until then.
    pub fn until(&self, time: Timestamp) -> Rich {
        self.wait(time.since(self.now))
    }

    /// Whole days until then, rounded up; zero when it is past.
    pub fn days_until(&self, time: Timestamp) -> i64 {
        let days = time.since(self.now).as_secs().div_ceil(24 * 3600);
        i64::try_from(days).unwrap_or(i64::MAX)
    }

    /// How long it has been since then.
    pub fn passed(&self, time: Timestamp) -> Rich {
        self.wait(self.now.since(time))
    }

    /// How long to wait; rounded up, so that nobody comes too early.
    pub fn wait(&self, span: Duration) -> Rich {
        let seconds = span.as_secs().max(1);
        let (text, count) = match seconds {
            0..100 => (Text::WaitSeconds, seconds),
            100..3600 | 3601..6000 => (Text::WaitMinutes, seconds.div_ceil(60)),
            3600 | 6000..259_200 => (Text::WaitHours, seconds.div_ceil(3600)),
            _ => (Text::WaitDays, seconds.div_ceil(24 * 3600)),
        };
        self.fill(text, &[("count", count_arg(count))])
    }
}

fn count_arg(count: u64) -> Arg {
    Arg::Count(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A name or label from a person or a provider, in bold.
pub fn name(text: &str) -> Rich {
    Rich::bold(&plain_line(text))
}

/// A key's label and last four characters.
pub fn key_name(key: &KeyRef) -> Rich {
    let mut rich = name(&key.label);
    if !key.last_four.is_empty() {
        rich.push_str(if rich.is_empty() { "" } else { " " });
        rich.push(&last_four(&key.last_four));
    }
    if rich.is_empty() {
        rich.push_str(NAMELESS);
    }
    rich
}

/// `…9a1c`.
pub fn last_four(four: &str) -> Rich {
    Rich::plain(&format!("…{}", plain_line(four)))
}

/// Several keys after each other.
pub fn key_names(keys: &[KeyRef]) -> Rich {
    let mut rich = Rich::default();
    for (index, key) in keys.iter().enumerate() {
        rich.push_str(if index == 0 { "" } else { ", " });
        rich.push(&key_name(key));
    }
    rich
}
