//! `answerCallbackQuery`, and the presses that wait for it.

use std::collections::{HashMap, VecDeque};

use serde::Deserialize;
use serde_json::Value;

use crate::sandbox::telegram::{html::is_link, refusal::Refusal, text::units, world::World};

/// How many answers are kept for tests and the page.
const ANSWERS_MAX: usize = 10_000;

/// How the bot answered a press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackAnswer {
    /// The press.
    pub callback_id: String,
    /// Who pressed.
    pub person: i64,
    /// Where, if the press came with a message.
    pub chat: Option<i64>,
    /// When it was answered, milliseconds since 1970.
    pub at_ms: i64,
    /// What is shown; none: only the progress bar goes.
    pub text: Option<String>,
    /// Whether it must be clicked away.
    pub alert: bool,
}

struct Press {
    at_ms: i64,
    person: i64,
    chat: Option<i64>,
}

#[derive(Default)]
pub(in crate::sandbox::telegram) struct Presses {
    made: u64,
    open: HashMap<String, Press>,
    answers: VecDeque<CallbackAnswer>,
}

impl Presses {
    /// Notes a press and gives its id.
    pub(in crate::sandbox::telegram) fn open(
        &mut self,
        person: i64,
        chat: Option<i64>,
        at_ms: i64,
        lasts_ms: i64,
    ) -> String {
        self.open.retain(|_, press| at_ms - press.at_ms < lasts_ms);
        self.made += 1;
        let id = format!("77{:017}", self.made);
        self.open.insert(
            id.clone(),
            Press {
                at_ms,
                person,
                chat,
            },
        );
        id
    }

    pub(in crate::sandbox::telegram) fn answers(&self) -> Vec<CallbackAnswer> {
        self.answers.iter().cloned().collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerCallbackQuery {
    callback_query_id: String,
    text: Option<String>,
    show_alert: Option<bool>,
    url: Option<String>,
    #[serde(rename = "cache_time")]
    _cache_time: Option<u32>,
}

pub(super) fn callback(
    world: &mut World,
    now_ms: i64,
    answer: AnswerCallbackQuery,
) -> Result<Value, Refusal> {
    if answer.text.as_deref().is_some_and(|text| units(text) > 200) {
        return Err(Refusal::bad("MESSAGE_TOO_LONG"));
    }
    // Only links back to the bot; there are no games here.
    let start = format!("https://t.me/{}?start=", world.bot.username);
    if answer
        .url
        .as_deref()
        .is_some_and(|url| !is_link(url) || !url.starts_with(&start))
    {
        return Err(Refusal::bad("URL_INVALID"));
    }
    let lasts_ms = world.limits.answer_ms;
    let press = world.presses.open.remove(&answer.callback_query_id);
    let press = press
        .filter(|press| now_ms - press.at_ms < lasts_ms)
        .ok_or_else(|| {
            let what = "query is too old and response timeout expired or query ID is invalid";
            Refusal::bad(what)
        })?;
    let answers = &mut world.presses.answers;
    if answers.len() == ANSWERS_MAX {
        answers.pop_front();
    }
    answers.push_back(CallbackAnswer {
        callback_id: answer.callback_query_id,
        person: press.person,
        chat: press.chat,
        at_ms: now_ms,
        text: answer.text.filter(|text| !text.is_empty()),
        alert: answer.show_alert.unwrap_or_default(),
    });
    Ok(true.into())
}
