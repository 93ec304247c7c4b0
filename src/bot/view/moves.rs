//! Accounts that move to another person: the questions, the offer's link, and what is told to both.

use super::{Voice, key_name, name, question, start, workspace};
use crate::{
    app::{
        moves::{Happened, Told, Why},
        transfer::Asked,
    },
    bot::{
        callback::Callback,
        message::{Button, Colour, Message},
    },
    domain::{Account, AccountId, KeyRef, Keys, Move, MoveId, MoveKind, Timestamp},
    texts::{Arg, Rich, Text},
};

/// Begins what stands behind `/start` in an offer's link.
pub const LINK: &str = "move-";

/// Keys that get a button; the others are seen in the account's list.
const BUTTONS: usize = 10;

/// Names of accounts after each other.
pub fn names(accounts: &[Account]) -> Rich {
    let mut rich = Rich::default();
    for (index, account) in accounts.iter().enumerate() {
        rich.push_str(if index == 0 { "" } else { ", " });
        rich.push(&name(&account.name));
    }
    rich
}

fn stop(voice: &Voice<'_>, id: &MoveId) -> Button {
    voice
        .button(Text::ButtonStopMove, &Callback::StopMove(id.clone()))
        .coloured(Colour::Destroys)
}

/// A button for each account, and one for all.
pub fn which(voice: &Voice<'_>, accounts: &[impl AsRef<Account>], asked: &str) -> Message {
    let all = voice.say(Text::ButtonAllAccounts);
    let choices = accounts
        .iter()
        .map(|account| Rich::plain(&account.as_ref().name));
    question::choose(
        voice,
        voice.say(Text::TransferWhich),
        choices.chain([all]).collect(),
        asked,
    )
}

/// Asks the owner.
pub fn question(voice: &Voice<'_>, asked: &Asked) -> Message {
    let values = [("accounts", names(&asked.accounts).into())];
    Message::new(voice.fill(Text::TransferQuestion, &values)).row(question::yes_no(
        voice,
        Text::ButtonMakeLink,
        Colour::Creates,
        &asked.question,
    ))
}

/// One text for accounts that change hands, one for a second owner.
const fn by_kind(kind: MoveKind, moving: Text, sharing: Text) -> Text {
    match kind {
        MoveKind::Transfer | MoveKind::Recovery | MoveKind::TakeOver => moving,
        MoveKind::Share => sharing,
    }
}

/// The link.
pub fn offered(
    voice: &Voice<'_>,
    bot_username: &str,
    offer: &Move,
    accounts: &[Account],
) -> Message {
    let link = start::private_link(bot_username, &format!("{LINK}{}", offer.id));
    let values = [
        ("accounts", names(accounts).into()),
        ("link", link.into()),
        ("time", voice.until(offer.ends_at).into()),
    ];
    let text = by_kind(offer.kind, Text::TransferOffered, Text::ShareOffered);
    Message::new(voice.fill(text, &values)).row([stop(voice, &offer.id)])
}

/// Asks whoever has opened the link.
pub fn offer(voice: &Voice<'_>, asked: &Asked) -> Message {
    let (giver, called) = &asked.giver;
    let values = [
        ("person", workspace::person(*giver, called).into()),
        ("accounts", names(&asked.accounts).into()),
    ];
    let text = by_kind(asked.kind, Text::TransferOffer, Text::ShareOffer);
    Message::new(voice.fill(text, &values)).row(question::yes_no(
        voice,
        Text::ButtonAccept,
        Colour::Creates,
        &asked.question,
    ))
}

/// Accepted; now the time runs in which the owner can stop it.
pub fn accepted(voice: &Voice<'_>, offer: &Move, accounts: &[Account]) -> Message {
    let values = [
        ("accounts", names(accounts).into()),
        ("time", voice.until(offer.due_at).into()),
    ];
    let text = by_kind(offer.kind, Text::TransferAccepted, Text::ShareAccepted);
    Message::new(voice.fill(text, &values))
}

/// What is offered or on its way, for its owner.
pub fn open(voice: &Voice<'_>, found: &Move, accounts: &[Account]) -> Message {
    let accounts = ("accounts", names(accounts).into());
    let text = if found.is_waiting() {
        let taker = workspace::person(found.taker, &found.taker_name);
        let time = voice.until(found.due_at);
        let values = [accounts, ("person", taker.into()), ("time", time.into())];
        let text = by_kind(found.kind, Text::TransferWaiting, Text::ShareWaiting);
        voice.fill(text, &values)
    } else {
        let values = [accounts, ("time", voice.until(found.ends_at).into())];
        let text = by_kind(found.kind, Text::TransferOpen, Text::ShareOpen);
        voice.fill(text, &values)
    };
    Message::new(text).row([stop(voice, &found.id)])
}

/// What is told without having been asked for.
pub fn told(voice: &Voice<'_>, told: &Told) -> Message {
    let taker = workspace::person(told.taker.0, &told.taker.1);
    let with = |text: Text, time: Option<Timestamp>| {
        let mut values = vec![
            ("accounts", Arg::from(names(&told.accounts))),
            ("person", taker.clone().into()),
        ];
        values.extend(time.map(|time| ("time", voice.until(time).into())));
        Message::new(voice.fill(text, &values))
    };
    match &told.what {
        Happened::Began(id, due_at) => {
            let text = match told.kind {
                MoveKind::Transfer => Text::NewsTransferBegan,
                MoveKind::Recovery => Text::NewsRecoveryBegan,
                MoveKind::Share => Text::NewsShareBegan,
                MoveKind::TakeOver => Text::NewsTakeOverBegan,
            };
            with(text, Some(*due_at)).row([stop(voice, id)])
        }
        Happened::BeganElsewhere(due_at) => with(Text::NewsBeganElsewhere, Some(*due_at)),
        Happened::Stopped => {
            let text = by_kind(told.kind, Text::NewsMoveStopped, Text::NewsShareStopped);
            with(text, None)
        }
        Happened::Left => {
            let text = by_kind(told.kind, Text::NewsMoveLeft, Text::NewsShareDone);
            with(text, None)
        }
        Happened::Arrived(_) if told.kind == MoveKind::Share => with(Text::NewsShareArrived, None)
            .row([voice.button(Text::ButtonMyKeys, &Callback::Keys)]),
        Happened::Arrived(keys) => arrived(voice, &told.accounts, keys),
        Happened::Stayed(why) => {
            let text = match why {
                Why::NotAllowed => Text::NewsStayedNotAllowed,
                Why::NoRoom => Text::NewsStayedNoRoom,
                Why::NothingLeft => Text::NewsStayedNothingLeft,
            };
            with(text, None)
        }
        Happened::StayedElsewhere => with(Text::NewsStayedElsewhere, None),
        Happened::SecondOwnerGone => with(Text::NewsSecondOwnerGone, None),
        Happened::SecondOwnerLeft => with(Text::NewsSecondOwnerLeft, None),
    }
}

/// The new owner's: what the one before has seen, with a way to replace each.
fn arrived(voice: &Voice<'_>, accounts: &[Account], keys: &[(AccountId, KeyRef)]) -> Message {
    let mut text = voice.fill(
        Text::NewsMoveArrived,
        &[("accounts", names(accounts).into())],
    );
    let mut rows = Vec::new();
    for account in accounts {
        if account.provider.capabilities().keys != Keys::Many {
            rows.push((
                rotate(voice, &name(&account.name)),
                Callback::RotateOnly(account.id.clone()),
            ));
        }
    }
    for (account, key) in keys.iter().take(BUTTONS) {
        text.line(&key_name(key));
        let callback = Callback::RotateKey(account.clone(), key.last_four.clone());
        rows.push((rotate(voice, &key_name(key)), callback));
    }
    if keys.len() > BUTTONS {
        let more = i64::try_from(keys.len() - BUTTONS).unwrap_or(i64::MAX);
        text.line(&voice.fill(Text::KeysMore, &[("count", Arg::Count(more))]));
    }
    let mut message = Message::new(text);
    for (words, callback) in rows {
        message = message.row([Button::press(&words, &callback)]);
    }
    message.row([voice.button(Text::ButtonMyKeys, &Callback::Keys)])
}

fn rotate(voice: &Voice<'_>, what: &Rich) -> Rich {
    let what = Rich::plain(what.text());
    voice.fill(Text::ButtonRotateThis, &[("key", what.into())])
}
