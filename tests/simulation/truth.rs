//! What must be true at any moment, and at the end: the promises, as somebody sees them who knows everything.

use std::collections::BTreeSet;

use keyporter::{
    domain::Timestamp,
    sandbox::{botsubscription::KeyView, telegram::Shown},
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};

use crate::{
    people::{People, Press},
    world::{ADA, BORIS, World},
};

fn keys(world: &World) -> Vec<KeyView> {
    world.sandbox.botsubscription().keys(&world.project.id)
}

/// All `…abcd` of a text.
fn last_fours(text: &str) -> BTreeSet<String> {
    text.split('…')
        .skip(1)
        .map(|rest| rest.chars().take(4).collect())
        .collect()
}

/// Nobody is told what is not so. Looked at whenever the bot has said something.
pub fn of_what_is_said(world: &World, chat: i64) {
    let keys = keys(world);
    for message in world.sandbox.telegram().messages(chat) {
        if !message.from_bot() {
            continue;
        }
        let text = &message.text;
        let mut dead = BTreeSet::new();
        if text.contains("✅ Revoked:") {
            dead = last_fours(text);
        }
        if let Some((_, old)) = text
            .split_once("the old one (")
            .filter(|_| text.contains("✅ Rotated:"))
        {
            dead.extend(last_fours(old));
        }
        for last_four in dead {
            let living = keys
                .iter()
                .any(|key| key.last_four() == last_four && key.revoked_at_ms.is_none());
            assert!(!living, "said to be dead and alive: {text}");
        }
    }
}

/// Looks at everything when all is over.
pub fn at_the_end(world: &World, people: &People) {
    let keys = keys(world);
    for person in [ADA, BORIS] {
        of_what_is_said(world, person);
    }
    let said = everything_said(world);
    assert!(
        !said
            .iter()
            .any(|text| text.contains("was changed by somebody else")),
        "a chain of the audit does not hold"
    );
    for key in keys
        .iter()
        .filter(|key| !key.is_first && !people.outside.contains(&key.id))
    {
        let known = said
            .iter()
            .any(|text| text.contains(&key.secret) || last_fours(text).contains(key.last_four()));
        assert!(
            key.revoked_at_ms.is_some() || known,
            "a living key {} …{} that nobody was given and nobody was told of",
            key.label,
            key.last_four()
        );
    }
    never_two_keys_for_one_confirmation(&keys, people);
    nobody_elses_key_is_revoked(&keys, people, &said);
    the_one_key_is_known_or_told_to_be_lost(world, people, &said);
    the_ledger_is_in_order(world);
}

fn everything_said(world: &World) -> Vec<String> {
    let telegram = world.sandbox.telegram();
    let from_bot = |chat: i64| {
        telegram
            .messages(chat)
            .into_iter()
            .filter(Shown::from_bot)
            .map(move |message| (chat, message.id))
    };
    [ADA, BORIS]
        .into_iter()
        .flat_map(from_bot)
        .flat_map(|(chat, id)| telegram.versions(chat, id))
        .map(|version| version.text)
        .collect()
}

fn is_about(press: &Press, label: &str) -> bool {
    press
        .text
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| word == label)
}

fn never_two_keys_for_one_confirmation(keys: &[KeyView], people: &People) {
    let labels: BTreeSet<_> = keys.iter().map(|key| key.label.as_str()).collect();
    for label in labels {
        let made = keys
            .iter()
            .filter(|key| key.label == label && !key.is_first && !people.outside.contains(&key.id))
            .count();
        let about = |press: &&Press| is_about(press, label);
        let confirmed: BTreeSet<_> = people
            .presses
            .iter()
            .filter(about)
            .filter(|press| {
                ["Create key", "Rotate key"]
                    .iter()
                    .any(|words| press.button.ends_with(words))
            })
            .map(|press| (press.person, press.message))
            .collect();
        let again = people
            .presses
            .iter()
            .filter(about)
            .filter(|press| press.button.ends_with("create again"))
            .count();
        assert!(
            made <= confirmed.len() + again,
            "{made} keys {label} for {} confirmations",
            confirmed.len() + again
        );
    }
}

fn nobody_elses_key_is_revoked(keys: &[KeyView], people: &People, said: &[String]) {
    for key in keys {
        let Some(revoked_at) = key.revoked_at_ms else {
            continue;
        };
        let names_it = |press: &Press| {
            last_fours(&press.text).contains(key.last_four())
                || last_fours(&press.button).contains(key.last_four())
        };
        let by = |words: &'static str| {
            people
                .presses
                .iter()
                .filter(move |press| press.button.ends_with(words))
        };
        let asked = by("Revoke key")
            .chain(by("create again"))
            .chain(by("Revoke old now"))
            .any(names_it)
            || by("I lost it").any(|press| is_about(press, &key.label));
        let rotated = |words: &'static str| {
            by("Rotate key").any(move |press| names_it(press) && press.text.contains(words))
        };
        let saved =
            by("I saved it").any(|press| is_about(press, &key.label) && press.at_ms <= revoked_at);
        let as_told = rotated("before there is a new one")
            || (saved && rotated("dies only after"))
            || (saved
                && rotated("lives on for")
                && told_end(said, key.last_four()).is_none_or(|end| minute(revoked_at) >= end));
        assert!(
            asked || as_told,
            "{} …{} was revoked at {} and nobody wanted that so",
            key.label,
            key.last_four(),
            minute(revoked_at)
        );
    }
}

/// When both keys lived: the first end of the old one that was told.
fn told_end(said: &[String], last_four: &str) -> Option<String> {
    let ends = said.iter().filter_map(|text| {
        let (_, rest) = text.split_once(&format!("(…{last_four}) lives on until "))?;
        rest.split_once(',').map(|(end, _)| end.to_owned())
    });
    ends.min()
}

fn minute(ms: i64) -> String {
    Timestamp::from_millis(ms).to_minute()
}

fn the_one_key_is_known_or_told_to_be_lost(world: &World, people: &People, said: &[String]) {
    let provider = world.sandbox.bots_business();
    let calls = provider.calls();
    let resets = calls.iter().filter(|call| call.method == "POST").count();
    let confirmed: BTreeSet<_> = people
        .presses
        .iter()
        .filter(|press| press.button.ends_with("Rotate key"))
        .filter(|press| press.text.contains("Rotate the key of Bots.Business"))
        .map(|press| press.message)
        .collect();
    assert!(
        resets <= confirmed.len(),
        "{resets} resets for {} confirmations",
        confirmed.len()
    );
    let key = provider
        .account(world.one_key.id)
        .map(|account| account.api_key)
        .unwrap_or_default();
    let stored = world
        .find("SELECT last_four || ' ' || state FROM accounts WHERE provider = 'bots_business'");
    for stored in stored {
        let works = key.ends_with(stored.split(' ').next().unwrap_or_default());
        let told = said
            .iter()
            .any(|text| text.contains("You find the new key in the Bots.Business app"));
        assert!(
            if stored.ends_with("linked") {
                works
            } else {
                told
            },
            "the account works with …{stored}, its key is …{}",
            &key[key.len() - 4..]
        );
    }
}

fn the_ledger_is_in_order(world: &World) {
    for (what, rows) in [
        (
            "a sealed secret outlives its operation",
            "SELECT CAST(d.operation AS TEXT) FROM deliveries d JOIN operations o ON o.number = d.operation WHERE o.ended_at <> 0",
        ),
        (
            "an operation is open and nobody sees it",
            "SELECT CAST(number AS TEXT) || ' ' || step FROM operations WHERE ended_at = 0",
        ),
        (
            "an operation has no start in the audit",
            "SELECT CAST(number AS TEXT) FROM operations WHERE number NOT IN (SELECT operation FROM audit WHERE action LIKE '%_started')",
        ),
        (
            "an operation has no end in the audit",
            "SELECT CAST(number AS TEXT) FROM operations WHERE ended_at <> 0 AND number NOT IN (SELECT operation FROM audit WHERE action = 'ended')",
        ),
        (
            "an entry of the audit is missing",
            "SELECT id FROM accounts a WHERE audit_count <> (SELECT COUNT(*) FROM audit WHERE account = a.id)",
        ),
        (
            "a card was not brought up to date",
            "SELECT CAST(number AS TEXT) FROM operations WHERE untold <> 0",
        ),
    ] {
        let found = world.find(rows);
        assert!(found.is_empty(), "{what}: {found:?}");
    }
}

impl World {
    /// The first column of what a statement finds, as text.
    fn find(&self, statement: &str) -> Vec<String> {
        let url = format!("sqlite://{}", self.file().display());
        find(&url, statement)
    }
}

fn find(url: &str, statement: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        sqlx::any::install_default_drivers();
        let mut connection = AnyConnection::connect(url).await.unwrap();
        let rows = sqlx::query(AssertSqlSafe(statement.to_owned()))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    })
}
