//! The watch for leaked keys: what Keyporter has handed out or holds leaves a fingerprint, and a message that holds such a key is told
//! to the key's owner. It must never learn, keep or tell a key from a message: it sees codes only.

use std::{collections::BTreeMap, time::Duration};

use super::{App, AppError, News, Turn, Words, audit::Note};
use crate::{
    domain::{Account, AccountId, AuditAction, ChatId, KeyCode, KeyId, KeyRef, Person, plain_line},
    secret::Secret,
    store::{Connection, accounts, leaks, people},
};

/// The same key in the same chat is told once in that time: whoever posts it again and again tells nothing new.
const TOLD_AGAIN: Duration = Duration::from_hours(1);

/// The same for messages that stand there still: each of them is to be deleted by somebody.
const STANDS_AGAIN: Duration = Duration::from_mins(1);

/// Accounts read at once for what an older version has linked.
const PAGE: i64 = 100;

/// A name from a chat in the audit, in characters.
const NAME_CHARS: usize = 64;

/// A message that holds known keys, with nothing of its text.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// The codes of the keys.
    pub codes: Vec<KeyCode>,
    /// The group's title; empty in a private chat.
    pub group: String,
    /// The name of who posted it.
    pub poster: String,
    /// The message is gone from the chat.
    pub deleted: bool,
}

/// A leak, for a key's owner.
#[derive(Debug)]
pub struct Leaked {
    /// Where the key belongs.
    pub account: Account,
    /// The key; without an id it is the account's own credential.
    pub key: KeyRef,
    /// How it was seen.
    pub sighting: Sighting,
    /// Its owner has posted it.
    pub by_owner: bool,
}

/// Whether any of these is the code of a key that still matters.
pub async fn any_known(app: &App, codes: &[KeyCode]) -> Result<bool, AppError> {
    let mut c = app.store.read().await?;
    for code in codes {
        if !leaks::with_code(&mut c, code).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes down and tells the owners, all in the turn's transaction. True when whoever posted it is told as an owner.
pub async fn report(
    app: &App,
    turn: &mut Turn,
    words: &dyn Words,
    sighting: &Sighting,
) -> Result<bool, AppError> {
    let (now, chat, poster) = (turn.now, turn.chat, turn.person.id);
    // By account: accounts are locked in one order, whatever the order of the keys in the message.
    let mut found = BTreeMap::new();
    for code in &sighting.codes {
        for known in leaks::with_code(turn.tx().await?, code).await? {
            found.insert((known.account.id.clone(), *code), known);
        }
    }
    let mut told = Vec::new();
    for ((_, code), known) in found {
        let last = known.told;
        let quiet = if sighting.deleted {
            TOLD_AGAIN
        } else if last.stands {
            STANDS_AGAIN
        } else {
            // The owner believes it gone.
            Duration::ZERO
        };
        if last.chat == chat && now.since(last.at) < quiet {
            continue;
        }
        let note = note(&known.account, &known.key, turn, sighting);
        let tx = turn.tx().await?;
        app.write_down(tx, note).await?;
        let telling = leaks::Told {
            at: now,
            chat,
            stands: !sighting.deleted,
        };
        leaks::told(tx, &known, &telling).await?;
        for owner in known.account.owners().filter(|owner| app.allows(*owner)) {
            // Who has linked the same key twice need not read of it twice.
            if told.contains(&(owner, code)) {
                continue;
            }
            told.push((owner, code));
            let person = people::get(turn.tx().await?, owner).await?;
            let news = News::Leaked(Leaked {
                account: known.account.clone(),
                key: known.key.clone(),
                sighting: sighting.clone(),
                by_owner: owner == poster,
            });
            let person = person.unwrap_or_else(|| Person::new(owner));
            let payload = words.of(&person, now, &news)?;
            turn.add_urgent_news(owner.private_chat(), &payload).await?;
        }
    }
    Ok(told.iter().any(|(owner, _)| *owner == poster))
}

fn note<'a>(account: &'a Account, key: &KeyRef, turn: &Turn, sighting: &Sighting) -> Note<'a> {
    let group: String = plain_line(&sighting.group)
        .chars()
        .take(NAME_CHARS)
        .collect();
    let key = super::audit::subject(key);
    Note {
        subject: match group.as_str() {
            "" => key,
            group => format!("{key} · {group}"),
        },
        outcome: if sighting.deleted {
            "deleted"
        } else {
            "not_deleted"
        },
        ..Note::account(
            &account.id,
            turn.now,
            turn.person.id,
            AuditAction::KeyLeaked,
            "",
        )
    }
}

/// Whether the messages of that group are looked at.
pub async fn is_watched(app: &App, chat: ChatId) -> Result<bool, AppError> {
    Ok(leaks::is_watched(&mut *app.store.read().await?, chat).await?)
}

/// Whether the messages of this group are looked at from now on. Whoever calls it has asked Telegram whether the person may decide that.
pub async fn set_watched(turn: &mut Turn, on: bool) -> Result<(), AppError> {
    let (chat, person, now) = (turn.chat, turn.person.id, turn.now);
    let tx = turn.tx().await?;
    if on {
        leaks::watch_group(tx, chat, person, now).await?;
    } else {
        leaks::leave_group(tx, chat).await?;
    }
    Ok(())
}

/// The bot is no longer in this group: whoever brings it back decides anew.
pub async fn left(app: &App, turn: &mut Turn) -> Result<(), AppError> {
    if is_watched(app, turn.chat).await? {
        set_watched(turn, false).await?;
    }
    Ok(())
}

impl App {
    /// Remembers a new key's fingerprint.
    pub(super) async fn watch_key(
        &self,
        c: &mut Connection,
        account: &AccountId,
        key: KeyRef,
        secret: &Secret,
    ) -> Result<(), AppError> {
        if let Some(fingerprint) = self.fingerprint_key.fingerprint(secret) {
            leaks::put(c, account, &key, &fingerprint).await?;
        }
        Ok(())
    }

    /// Remembers the fingerprint of an account's credential, in the place of the one before.
    pub(super) async fn watch_credential(
        &self,
        c: &mut Connection,
        account: &AccountId,
        secret: &Secret,
    ) -> Result<(), AppError> {
        let key = KeyRef {
            id: KeyId::new(""),
            label: String::new(),
            last_four: secret.last_four(),
        };
        self.watch_key(c, account, key, secret).await
    }

    /// Remembers the fingerprints of credentials that an older version has linked. One that does not open is left out.
    pub async fn catch_up_fingerprints(&self) -> Result<(), AppError> {
        let mut after = AccountId::new("");
        loop {
            let accounts = leaks::without(&mut *self.store.read().await?, &after, PAGE).await?;
            let Some(last) = accounts.last() else {
                return Ok(());
            };
            after = last.clone();
            for id in &accounts {
                let mut tx = self.store.begin().await?;
                let account = accounts::lock(&mut tx, id).await?;
                let opened = account.map(|account| self.credential(&account));
                if let Some(Ok(secret)) = opened {
                    self.watch_credential(&mut tx, id, &secret).await?;
                    tx.commit().await?;
                }
            }
        }
    }
}
