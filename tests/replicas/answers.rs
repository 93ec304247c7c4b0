//! Whether everybody was answered: everything once, in the order in which it was said.
//!
//! One repetition is permitted. Whoever sends an answer and dies before it is written down that Telegram has taken it leaves somebody
//! behind who cannot know, and says it again; so the same words may come twice if a replica was killed or stopped, or the server
//! died, between the two. What the answer tells of has happened once all the same: that is looked at elsewhere.

use keyporter::sandbox::telegram::{Shown, Version};

use crate::{
    people::{SERIES, Told},
    town::Town,
    weather::Moment,
};

/// What was said, how much of it twice, and what is not as it should be, each with its chat.
#[derive(Default)]
pub struct Count {
    pub answers: usize,
    pub repeated: usize,
    pub faults: Vec<String>,
}

pub fn look(town: &Town, told: &[Told], moments: &[Moment]) -> Count {
    let mut count = Count::default();
    for told in told {
        let chat = Chat::of(town, told.person, moments);
        for words in &told.answers {
            chat.says_once(words, 0, told.series, &mut count);
        }
        let said = |(_, words): &(&str, &'static str)| {
            chat.says_once(words, told.series, i64::MAX, &mut count)
        };
        let places: Vec<_> = SERIES.iter().map(said).collect();
        if !places.is_sorted() {
            count
                .faults
                .push(chat.shows("its answers are out of order"));
        }
        chat.nothing_is_left_over(told.series, &mut count);
    }
    count
}

struct Chat<'m> {
    /// What the bot has said, with all that each message ever said.
    messages: Vec<(Shown, Vec<Version>)>,
    transcript: String,
    moments: &'m [Moment],
}

impl<'m> Chat<'m> {
    fn of(town: &Town, person: i64, moments: &'m [Moment]) -> Self {
        let telegram = town.sandbox.telegram();
        let messages = telegram.messages(person).into_iter();
        let with_versions = |message: Shown| {
            let versions = telegram.versions(person, message.id);
            (message, versions)
        };
        Self {
            messages: messages
                .filter(Shown::from_bot)
                .map(with_versions)
                .collect(),
            transcript: telegram.transcript(person),
            moments,
        }
    }

    fn shows(&self, what: &str) -> String {
        format!("{what}:\n{}", self.transcript)
    }

    /// Between those messages; gives where first.
    fn says_once(&self, words: &str, after: i64, before: i64, count: &mut Count) -> i64 {
        let mut first = None;
        for (message, versions) in &self.messages {
            let said = versions.iter().find(|version| version.text.contains(words));
            let Some(said) = said.filter(|_| after < message.id && message.id < before) else {
                continue;
            };
            count.answers += 1;
            let Some((_, since)) = first else {
                first = Some((message.id, said.at_ms));
                continue;
            };
            count.repeated += 1;
            if !self.somebody_died(since, said.at_ms) {
                count
                    .faults
                    .push(self.shows(&format!("{words:?} twice, and nobody had died")));
            }
        }
        first.map_or_else(
            || {
                count
                    .faults
                    .push(self.shows(&format!("{words:?} was never said")));
                0
            },
            |(first, _)| first,
        )
    }

    /// Between those times, as the sandbox's clock has them.
    fn somebody_died(&self, since: i64, until: i64) -> bool {
        let between = |(from, to): &Moment| since <= *to && *from <= until;
        self.moments.iter().any(between)
    }

    /// Of what was said after that only the answers stand there, and nothing that was to be replaced by one.
    fn nothing_is_left_over(&self, series: i64, count: &mut Count) {
        for (message, versions) in &self.messages {
            let is_answer = SERIES.iter().any(|(_, words)| message.text.contains(words));
            // Said once in a chat while the server is away.
            let is_answer = is_answer || message.text.contains("I cannot write anything down");
            // An answer that was sent right before a death is sent again.
            let said_at = |versions: &[Version]| versions.first().map_or(0, |first| first.at_ms);
            let again = self.messages.iter().any(|(other, earlier)| {
                let mut texts = earlier.iter().map(|version| &version.text);
                let same = other.id < message.id && texts.any(|text| *text == message.text);
                same && self.somebody_died(said_at(earlier), said_at(versions))
            });
            if message.id > series && !message.deleted && !is_answer && !again {
                count
                    .faults
                    .push(self.shows(&format!("left over: {:?}", message.text)));
            }
        }
    }
}
