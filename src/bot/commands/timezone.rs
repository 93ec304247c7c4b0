//! `/timezone`.

use crate::{
    app::{Turn, people},
    bot::{
        context::{Answer, Context, Outcome},
        message::Message,
    },
    domain::Timezone,
    texts::Text,
};

/// `/timezone +3`; without one, or with what is none, it says how.
pub async fn command(context: &Context, turn: &mut Turn, wanted: &str) -> Outcome {
    let text = match Timezone::parse(wanted) {
        Some(timezone) => {
            people::live_in(turn, timezone).await?;
            Text::TimezoneSet
        }
        None if wanted.trim().is_empty() => Text::TimezoneHow,
        None => Text::TimezoneUnknown,
    };
    let timezone = turn.person.timezone;
    let words = context.voice(turn).fill(
        text,
        &[
            ("zone", timezone.to_string().as_str().into()),
            ("time", timezone.time(turn.now).as_str().into()),
        ],
    );
    Ok(Answer::send(Message::new(words)))
}
