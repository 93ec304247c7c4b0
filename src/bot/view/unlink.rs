//! `/unlink`: what is forgotten, and for each open request what would stay alive without it.

use super::{Voice, key_name, key_names, last_four, name, question::yes_no, request::title};
use crate::{
    app::unlink::Asked,
    bot::message::{Colour, Message},
    domain::{
        Account, KeyRef, Keys, Operation, Verb,
        operation::{Step, Then},
    },
    texts::{Arg, Rich, Text},
};

fn values(account: &Account) -> [(&'static str, Arg); 2] {
    [
        ("name", name(&account.name).into()),
        ("provider", account.provider.name().into()),
    ]
}

/// The question.
pub fn question(voice: &Voice<'_>, asked: &Asked) -> Message {
    let mut text = voice.fill(Text::UnlinkQuestion, &values(&asked.account));
    if !asked.open.is_empty() {
        text.paragraph(&voice.say(Text::UnlinkOpen));
    }
    for operation in &asked.open {
        let mut part = title(voice, operation);
        for line in left_alive(voice, operation) {
            part.line(&line);
        }
        text.paragraph(&part);
    }
    Message::new(text).row(yes_no(
        voice,
        Text::ButtonUnlink,
        Colour::Destroys,
        &asked.question,
    ))
}

/// After it.
pub fn done(voice: &Voice<'_>, account: &Account) -> Message {
    Message::new(voice.fill(Text::UnlinkDone, &values(account)))
}

/// What would stay as it is at the provider if the request ended now.
fn left_alive(voice: &Voice<'_>, operation: &Operation) -> Vec<Rich> {
    let detail = &operation.detail;
    let many = operation.keys() == Keys::Many;
    let about = |text: Text, key: &KeyRef| {
        // The one key of an account has no label of its own.
        let shown = if many {
            key_name(key)
        } else {
            last_four(&key.last_four)
        };
        voice.fill(text, &[("key", shown.into())])
    };
    let made = |text: Text| detail.new_key.iter().map(|key| about(text, key)).collect();
    let mut lines: Vec<Rich> = match operation.step {
        Step::Approval if operation.verb == Verb::Revoke => detail
            .revoking
            .iter()
            .map(|(key, _)| about(Text::UnlinkNotRevoked, key))
            .collect(),
        Step::Approval | Step::Reserve | Step::Note | Step::Ask => {
            vec![voice.say(Text::UnlinkNothingMade)]
        }
        Step::Asked | Step::Unknown if many => vec![voice.say(Text::UnlinkUnknown)],
        Step::Asked | Step::Unknown => vec![voice.say(Text::UnlinkUnknownOneKey)],
        Step::Orphan => {
            let keys = key_names(&detail.suspects).into();
            vec![voice.fill(Text::UnlinkOrphan, &[("keys", keys)])]
        }
        Step::Deliver | Step::Shown => made(Text::UnlinkNotSaved),
        Step::Prove | Step::Overlap => made(Text::UnlinkNewLives),
        Step::Revoke | Step::Verify => match &detail.revoking {
            // The new key of a rotation is saved or not made yet, and the old one is on its way out.
            Some((key, Then::Done | Then::Replace)) => {
                let mut lines: Vec<Rich> = made(Text::UnlinkNewLives);
                lines.push(about(Text::UnlinkNotRevoked, key));
                return lines;
            }
            Some((key, _)) => vec![about(Text::UnlinkNotRevoked, key)],
            None => Vec::new(),
        },
        Step::Ended => Vec::new(),
    };
    // Where there is one key, the old one is dead as soon as there is a new one.
    if let Some(old) = detail
        .old_key
        .as_ref()
        .filter(|_| many && operation.replaces_later())
    {
        lines.push(about(Text::UnlinkOldLives, old));
    }
    lines
}
