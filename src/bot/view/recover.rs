//! `/recover`: what is asked for, and what follows. No code passes through here.

use super::{Voice, link, moves};
use crate::{
    app::recover::Status,
    bot::{callback::Callback, message::Message},
    domain::{Account, Timestamp},
    texts::{Arg, Text},
};

/// Asks for a code of a lost account; offers codes for this one.
pub fn question(voice: &Voice<'_>, status: &Status) -> Message {
    let mut text = voice.say(Text::RecoverQuestion);
    let Some(new_codes) = &status.new_codes else {
        return Message::new(text).row([link::cancel(voice)]);
    };
    text.paragraph(&if status.codes == 0 {
        voice.say(Text::RecoverNoCodes)
    } else {
        voice.fill(
            Text::RecoverCodesLeft,
            &[("count", Arg::Count(status.codes))],
        )
    });
    let make = voice.button(Text::ButtonNewCodes, &Callback::Yes(new_codes.clone()));
    Message::new(text).row([make]).row([link::cancel(voice)])
}

/// The code was right.
pub fn begun(voice: &Voice<'_>, due_at: Timestamp, accounts: &[Account]) -> Message {
    let values = [
        ("accounts", moves::names(accounts).into()),
        ("time", voice.until(due_at).into()),
    ];
    Message::new(voice.fill(Text::RecoverBegun, &values))
}
