//! Leaked keys: the alert to an owner, what the others read, and `/leakwatch`. None of it quotes a key.

use super::{Voice, key_name, name};
use crate::{
    app::leaks::{Leaked, Sighting},
    bot::{callback::Callback, message::Message},
    domain::{Account, KeyRef, Keys, plain_line},
    texts::Text,
};

/// To the owner of a key that stood in a message.
pub fn alert(voice: &Voice<'_>, leaked: &Leaked) -> Message {
    let Leaked {
        account,
        key,
        sighting,
        ..
    } = leaked;
    let mut shown = key.clone();
    let is_credential = key.id.as_str().is_empty();
    if is_credential && account.provider.capabilities().keys != Keys::Many {
        account.provider.name().clone_into(&mut shown.label);
    }
    let heading = if is_credential {
        Text::LeakCredential
    } else {
        Text::LeakKey
    };
    let mut text = voice.fill(
        heading,
        &[
            ("key", key_name(&shown).into()),
            ("account", name(&account.name).into()),
        ],
    );
    let place = match (leaked.by_owner, sighting.group.as_str()) {
        (true, "") => Text::LeakByYouHere,
        (false, "") => Text::LeakInPrivate,
        (true, _) => Text::LeakByYou,
        (false, _) => Text::LeakInGroup,
    };
    text.paragraph(&voice.fill(
        place,
        &[
            ("person", name(&sighting.poster).into()),
            ("group", name(&sighting.group).into()),
        ],
    ));
    text.push_str(" ");
    text.push(&voice.say(if sighting.deleted {
        Text::LeakDeleted
    } else {
        Text::LeakNotDeleted
    }));
    text.paragraph(&voice.say(Text::LeakHint));
    let (rotate, revoke) = buttons(account, key);
    Message::new(text).row([
        voice.button(Text::ButtonRotate, &rotate),
        voice.button(Text::ButtonRevoke, &revoke),
    ])
}

/// A key is found again by its last four characters: they are key characters, so nothing else can be meant by them.
fn buttons(account: &Account, key: &KeyRef) -> (Callback, Callback) {
    let (id, four) = (account.id.clone(), key.last_four.clone());
    let rotate = match account.provider.capabilities().keys {
        Keys::Many => Callback::RotateKey(id.clone(), four.clone()),
        Keys::One | Keys::Guided => Callback::RotateOnly(id.clone()),
    };
    (rotate, Callback::RevokeKey(id, four))
}

/// In the chat where the key stood.
pub fn removed(voice: &Voice<'_>, sighting: &Sighting, private: bool) -> Message {
    let text = match (sighting.deleted, private) {
        (true, true) => return voice.message(Text::LeakRemovedPrivate),
        (true, false) => Text::LeakRemoved,
        (false, _) => Text::LeakToRemove,
    };
    let person = plain_line(&sighting.poster);
    Message::new(voice.fill(text, &[("person", name(&person).into())]))
}

/// `/leakwatch` alone.
pub fn state(voice: &Voice<'_>, on: bool) -> Message {
    let mut text = voice.say(if on {
        Text::LeakwatchIsOn
    } else {
        Text::LeakwatchIsOff
    });
    text.paragraph(&voice.say(Text::LeakwatchHow));
    Message::new(text)
}

/// It was turned on or off.
pub fn set(voice: &Voice<'_>, on: bool, sees_all: bool) -> Message {
    if !on {
        return voice.message(Text::LeakwatchOff);
    }
    let mut text = voice.say(Text::LeakwatchOn);
    if !sees_all {
        text.paragraph(&voice.say(Text::LeakwatchBlind));
    }
    Message::new(text)
}
