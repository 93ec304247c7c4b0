//! When the old key of a rotation dies: the choice before it, the wait while both keys live, and the reminder of the end.
//! What is said here of the end is what the ledger does.

use super::{
    Voice, key_name, last_four,
    question::{account_arg, yes_no},
    request,
};
use crate::{
    app::{requests::Press, rotate_key::may_choose},
    bot::{
        callback::Callback,
        message::{Button, Colour, Message},
    },
    domain::{Account, ConfirmationId, KeyRef, Keys, Operation, operation::OldKeyDies},
    texts::{Arg, Rich, Text},
};

/// Choices in a row of buttons.
const IN_A_ROW: usize = 3;

/// `/rotate` for one key.
pub fn question(
    voice: &Voice<'_>,
    question: &ConfirmationId,
    (account, key): (&Account, &KeyRef),
    dies: OldKeyDies,
) -> Message {
    if account.provider.capabilities().keys != Keys::Many {
        let values = [
            ("key", last_four(&key.last_four).into()),
            account_arg(account),
        ];
        let text = voice.fill(Text::RotateQuestionOneKey, &values);
        return Message::new(text).row(yes_no(
            voice,
            Text::ButtonRotateKey,
            Colour::Destroys,
            question,
        ));
    }
    let values = [("key", key_name(key).into()), account_arg(account)];
    let mut text = voice.fill(Text::RotateQuestion, &values);
    text.paragraph(&end(voice, dies));
    if account.seems_own(&key.last_four) {
        text.paragraph(&voice.say(Text::RotateOwn));
    }
    let colour = if dies == OldKeyDies::AtOnce {
        Colour::Destroys
    } else {
        Colour::Creates
    };
    let offered: Vec<_> = OldKeyDies::ALL
        .into_iter()
        .filter(|choice| may_choose(account, key, *choice))
        .map(|choice| choice_button(voice, question, choice, choice == dies))
        .collect();
    let message = Message::new(text).row(yes_no(voice, Text::ButtonRotateKey, colour, question));
    offered
        .chunks(IN_A_ROW)
        .fold(message, |message, row| message.row(row.iter().cloned()))
}

/// When the old key dies.
pub(super) fn end(voice: &Voice<'_>, dies: OldKeyDies) -> Rich {
    match dies {
        OldKeyDies::Saved => voice.say(Text::RotateOldSaved),
        OldKeyDies::AtOnce => voice.say(Text::RotateOldAtOnce),
        _ => voice.fill(
            Text::RotateOldLater,
            &[("time", voice.wait(dies.grace()).into())],
        ),
    }
}

fn choice_button(
    voice: &Voice<'_>,
    question: &ConfirmationId,
    choice: OldKeyDies,
    chosen: bool,
) -> Button {
    let mut words = Rich::plain(if chosen { "✓ " } else { "" });
    words.push(&match choice {
        OldKeyDies::Saved => voice.say(Text::ButtonOldSaved),
        OldKeyDies::AtOnce => voice.say(Text::ButtonOldAtOnce),
        _ => voice.fill(
            Text::ButtonOldLater,
            &[("time", voice.wait(choice.grace()).into())],
        ),
    });
    Button::press(&words, &Callback::OldKeyDies(question.clone(), choice))
}

/// Both keys live.
pub(super) fn standing(voice: &Voice<'_>, operation: &Operation) -> Rich {
    voice.fill(Text::StepOverlap, &values(voice, operation))
}

/// Under the card, and under the reminder.
pub(super) fn buttons(voice: &Voice<'_>, operation: &Operation) -> Vec<Vec<Button>> {
    let press =
        |text: Text, press: Press| voice.button(text, &Callback::Request(operation.number, press));
    let longer = Press::KeepOld(operation.detail.old_dies_at);
    vec![vec![
        press(Text::ButtonRevokeOldNow, Press::RevokeOld).coloured(Colour::Destroys),
        press(Text::ButtonKeepLonger, longer),
    ]]
}

/// Reminds of the old key's end.
pub fn reminder(voice: &Voice<'_>, operation: &Operation) -> Message {
    let mut text = voice.fill(Text::OverlapReminder, &values(voice, operation));
    text.paragraph(&request::title(voice, operation));
    buttons(voice, operation)
        .into_iter()
        .fold(Message::new(text), Message::row)
}

fn values(voice: &Voice<'_>, operation: &Operation) -> [(&'static str, Arg); 4] {
    let detail = &operation.detail;
    let old = detail.old_key.as_ref();
    let end = detail.old_dies_at;
    [
        ("key", key_name(&operation.subject()).into()),
        (
            "old",
            old.map_or_else(Rich::default, |old| last_four(&old.last_four))
                .into(),
        ),
        ("end", end.to_minute().into()),
        ("time", voice.until(end).into()),
    ]
}
