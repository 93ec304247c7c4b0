//! Questions: what exactly will happen, on which key, in which account, before the button that does it.

use super::{Voice, approval, key_name, link, name, overlap};
use crate::{
    app::{find_key::Match, issue_key, revoke_key, rotate_key},
    bot::{
        callback::Callback,
        message::{Button, Colour, Message},
    },
    domain::{Account, ConfirmationId, Label},
    texts::{Arg, Rich, Text},
};

/// More choices than this are too many to read.
pub const MAX_CHOICES: usize = 20;

pub(super) fn account_arg(account: &Account) -> (&'static str, Arg) {
    ("account", name(&account.name).into())
}

pub(super) fn yes_no(
    voice: &Voice<'_>,
    yes: Text,
    colour: Colour,
    question: &ConfirmationId,
) -> [Button; 2] {
    [
        voice
            .button(yes, &Callback::Yes(question.clone()))
            .coloured(colour),
        voice.button(Text::ButtonCancel, &Callback::No(question.clone())),
    ]
}

/// `/newkey` with everything known.
pub fn new_key(voice: &Voice<'_>, asked: &issue_key::Asked) -> Message {
    match asked {
        issue_key::Asked::Question {
            question,
            account,
            label,
            approvals,
        } => {
            let text = voice.fill(
                Text::NewKeyQuestion,
                &[("label", name(label.as_str()).into()), account_arg(account)],
            );
            let buttons = yes_no(voice, Text::ButtonCreateKey, Colour::Creates, question);
            approval::with_approvals(voice, Message::new(text).row(buttons), *approvals)
        }
        issue_key::Asked::OneKey(account) => one_key(voice, Text::NewKeyOneKey, account),
    }
}

/// What cannot be done where there is one key, and what can.
fn one_key(voice: &Voice<'_>, text: Text, account: &Account) -> Message {
    Message::new(voice.fill(text, &[account_arg(account)])).row([voice.button(
        Text::ButtonRotateKey,
        &Callback::RotateOnly(account.id.clone()),
    )])
}

/// `/revoke` for one key.
pub fn revoke(voice: &Voice<'_>, asked: &revoke_key::Asked) -> Message {
    match asked {
        revoke_key::Asked::Question {
            question,
            account,
            key,
            own,
            approvals,
        } => {
            let mut text = voice.fill(
                Text::RevokeQuestion,
                &[("key", key_name(key).into()), account_arg(account)],
            );
            if *own {
                text.paragraph(&voice.say(Text::RevokeOwn));
            }
            let buttons = yes_no(voice, Text::ButtonRevokeKey, Colour::Destroys, question);
            approval::with_approvals(voice, Message::new(text).row(buttons), *approvals)
        }
        revoke_key::Asked::OneKey(account) => one_key(voice, Text::RevokeOneKey, account),
    }
}

/// `/rotate` for one key.
pub fn rotate(voice: &Voice<'_>, asked: &rotate_key::Asked) -> Message {
    match asked {
        rotate_key::Asked::Question {
            question,
            account,
            key,
            dies,
            approvals,
        } => {
            let asked = overlap::question(voice, question, (account, key), *dies);
            approval::with_approvals(voice, asked, *approvals)
        }
        rotate_key::Asked::Guided(account) => {
            let have = voice.button(
                Text::ButtonIHaveTheNewKey,
                &Callback::HaveNewKey(account.id.clone()),
            );
            Message::new(voice.fill(Text::RotateGuided, &[account_arg(account)]))
                .row([have.coloured(Colour::Creates)])
                .row([link::cancel(voice)])
        }
    }
}

/// Asks for the key that the dashboard has made.
pub fn guided_key(voice: &Voice<'_>, account: &Account) -> Message {
    Message::new(voice.fill(Text::RotateGuidedSend, &[account_arg(account)]))
        .row([link::cancel(voice)])
}

/// What came of it.
pub fn guided_done(voice: &Voice<'_>, taken: &rotate_key::TakenIn) -> Message {
    let account = &taken.account;
    let values = [
        account_arg(account),
        ("last_four", account.last_four.as_str().into()),
    ];
    let mut text = voice.fill(Text::RotateGuidedDone, &values);
    text.line(&voice.say(match taken.old_key {
        rotate_key::OldKey::Dead => Text::RotateGuidedOldDead,
        rotate_key::OldKey::NotRefused => Text::RotateGuidedOldLives,
        rotate_key::OldKey::NotAsked => Text::RotateGuidedOldUnknown,
    }));
    Message::new(text)
}

/// Why a key from the dashboard was not taken.
pub fn guided_not_taken(
    voice: &Voice<'_>,
    why: rotate_key::NotTaken,
    account: &Account,
) -> Message {
    Message::new(match why {
        rotate_key::NotTaken::Same => voice.say(Text::RotateGuidedSame),
        rotate_key::NotTaken::OtherChannel => {
            voice.fill(Text::RotateGuidedOtherChannel, &[account_arg(account)])
        }
    })
}

/// Asks for a label.
pub fn label(voice: &Voice<'_>) -> Message {
    voice
        .message(Text::NewKeyLabelQuestion)
        .row([link::cancel(voice)])
}

/// Asks for an account's new name.
pub fn new_name(voice: &Voice<'_>, account: &Account) -> Message {
    Message::new(voice.fill(
        Text::RenameQuestion,
        &[("name", name(&account.name).into())],
    ))
    .row([link::cancel(voice)])
}

/// Which account a new key is for.
pub fn account_for_key(
    voice: &Voice<'_>,
    accounts: &[impl AsRef<Account>],
    label: &Label,
    question: &str,
) -> Message {
    let text = voice.fill(
        Text::ChooseAccountNewKey,
        &[("label", name(label.as_str()).into())],
    );
    accounts_to_choose(voice, text, accounts, question)
}

/// A button for each account.
pub fn accounts_to_choose(
    voice: &Voice<'_>,
    text: Rich,
    accounts: &[impl AsRef<Account>],
    question: &str,
) -> Message {
    let choices = accounts
        .iter()
        .map(|account| Rich::plain(&account.as_ref().name))
        .collect();
    choose(voice, text, choices, question)
}

/// A button for each key that may be meant.
pub fn keys_to_choose(
    voice: &Voice<'_>,
    text: Rich,
    matches: &[Match],
    several_accounts: bool,
    question: &str,
) -> Message {
    let mut text = text;
    if matches.len() > MAX_CHOICES {
        text.paragraph(&voice.say(Text::ChooseKeyTooMany));
    }
    let choices = matches
        .iter()
        .take(MAX_CHOICES)
        .map(|found| {
            let mut choice = Rich::plain(key_name(&found.key.to_ref()).text());
            if several_accounts && found.account.name != found.key.label {
                choice.push_str(&format!(" · {}", found.account.name));
            }
            choice
        })
        .collect();
    choose(voice, text, choices, question)
}

pub(super) fn choose(voice: &Voice<'_>, text: Rich, choices: Vec<Rich>, question: &str) -> Message {
    let mut message = Message::new(text);
    for (index, choice) in choices.into_iter().enumerate() {
        message = message.row([Button::press(
            &choice,
            &Callback::Choose(question.to_owned(), index),
        )]);
    }
    message.row([link::cancel(voice)])
}

/// No key is meant: revoked ones of that name, or none at all.
pub fn nothing_found(voice: &Voice<'_>, wanted: &str, revoked: &[Match]) -> Message {
    let text = match revoked.first() {
        Some(found) => voice.fill(
            Text::KeyRevokedAlready,
            &[("key", key_name(&found.key.to_ref()).into())],
        ),
        None if wanted.trim().is_empty() => voice.say(Text::KeysNothingAlive),
        None => voice.fill(Text::KeyNotFound, &[("wanted", name(wanted).into())]),
    };
    Message::new(text).row([voice.button(Text::ButtonMyKeys, &Callback::Keys)])
}

/// `/pause`.
pub fn pause(voice: &Voice<'_>, paused: bool, question: &ConfirmationId) -> Message {
    let (text, button, colour) = if paused {
        (
            Text::PauseQuestionResume,
            Text::ButtonResume,
            Colour::Creates,
        )
    } else {
        (
            Text::PauseQuestionPause,
            Text::ButtonPause,
            Colour::Destroys,
        )
    };
    voice
        .message(text)
        .row(yes_no(voice, button, colour, question))
}
