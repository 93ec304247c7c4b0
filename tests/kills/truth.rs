//! What must be true when all is told, as somebody sees it who knows both the provider and every press: the promises.

use std::{collections::BTreeSet, fmt};

use keyporter::sandbox::{
    botsubscription::KeyView,
    telegram::{Shown, Version},
};

use crate::{
    database::Database,
    town::{LIMIT, Press, Town},
};

/// Figures, to see that something has happened.
pub struct Told {
    people: usize,
    presses: usize,
    made: usize,
    revoked: usize,
    lost: usize,
    given_up: usize,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            people,
            presses,
            made,
            revoked,
            lost,
            given_up,
        } = self;
        write!(
            f,
            "{people} people pressed {presses} buttons; {made} keys made, {revoked} revoked, {lost} answers lost and looked for, \
             {given_up} updates given up and told; every promise kept"
        )
    }
}

/// Waits until the program has told all that there is to tell.
pub async fn when_all_is_told(database: &Database, town: &Town) {
    let untold = "SELECT 'operation ' || CAST(number AS TEXT) FROM operations WHERE ended_at = 0 OR untold = 1 \
                  UNION ALL SELECT 'answer ' || id FROM outbox \
                  UNION ALL SELECT 'update ' || CAST(update_id AS TEXT) FROM inbox WHERE state = 'waiting'";
    let begun = std::time::Instant::now();
    while !town.sandbox.telegram().pending_updates().is_empty() || !database.find(untold).is_empty()
    {
        assert!(begun.elapsed() < LIMIT, "{:?}", database.find(untold));
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// Looks at everything: with what the program has logged, and what `keyporter check` says.
pub fn at_the_end(database: &Database, town: &Town, log: &str, check: &str) -> Told {
    let presses = town.presses.lock().unwrap().clone();
    let people = town.people.lock().unwrap().clone();
    let mut told = Told {
        people: people.len(),
        presses: presses.len(),
        made: 0,
        revoked: 0,
        lost: database
            .find("SELECT CAST(seq AS TEXT) FROM audit WHERE action = 'outcome_lost'")
            .len(),
        given_up: 0,
    };
    for (person, project) in &people {
        let keys = town.sandbox.botsubscription().keys(&project.id);
        let said = everything_said(town, *person);
        let of_person: Vec<_> = presses
            .iter()
            .filter(|press| press.person == *person)
            .collect();
        for key in &keys {
            assert!(!log.contains(&key.secret), "a secret stands in the log");
            if key.is_first {
                assert!(
                    key.revoked_at_ms.is_none(),
                    "nobody asked for the end of {project:?}"
                );
                continue;
            }
            told.made += 1;
            told.revoked += usize::from(key.revoked_at_ms.is_some());
            a_living_key_is_known(key, &said);
            a_dead_key_was_meant_to_die(key, &of_person);
        }
        never_two_keys_for_one_confirmation(&keys, &of_person);
        told.given_up += said
            .iter()
            .filter(|version| version.text.contains("after three tries"))
            .count();
    }
    assert!(told.made > 0, "nothing has happened");
    the_database_is_in_order(database);
    check_finds_nothing_else(check, &told);
    told
}

/// All `…abcd` of a text.
fn last_fours(text: &str) -> BTreeSet<String> {
    text.split('…')
        .skip(1)
        .map(|rest| rest.chars().take(4).collect())
        .collect()
}

fn everything_said(town: &Town, person: i64) -> Vec<Version> {
    let telegram = town.sandbox.telegram();
    let messages = telegram.messages(person);
    messages
        .iter()
        .filter(|message| Shown::from_bot(message))
        .flat_map(|message| telegram.versions(person, message.id))
        .collect()
}

fn is_about(press: &Press, label: &str) -> bool {
    press
        .text
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| word == label)
}

fn names(press: &Press, key: &KeyView) -> bool {
    last_fours(&format!("{}\n{}", press.text, press.button)).contains(key.last_four())
}

fn a_living_key_is_known(key: &KeyView, said: &[Version]) {
    let known = said.iter().any(|version| {
        version.text.contains(&key.secret) || last_fours(&version.text).contains(key.last_four())
    });
    assert!(
        key.revoked_at_ms.is_some() || known,
        "a living key {} …{} that nobody was given and nobody was told of",
        key.label,
        key.last_four()
    );
}

/// By a press before its end that names it; where it was rotated, only after `I saved it` on the key in its place.
fn a_dead_key_was_meant_to_die(key: &KeyView, presses: &[&Press]) {
    let Some(died_at_ms) = key.revoked_at_ms else {
        return;
    };
    let before = |words: &'static str| {
        presses
            .iter()
            .filter(move |press| press.at_ms <= died_at_ms && press.button.ends_with(words))
    };
    let asked = before("Revoke key")
        .chain(before("create again"))
        .any(|press| names(press, key));
    let rotated_at_ms = before("Rotate key")
        .find(|press| names(press, key))
        .map(|press| press.at_ms);
    let saved = rotated_at_ms.is_some_and(|rotated_at_ms| {
        before("I saved it")
            .any(|press| press.at_ms >= rotated_at_ms && is_about(press, &key.label))
    });
    assert!(
        asked || saved,
        "{} …{} died and nobody wanted that{}",
        key.label,
        key.last_four(),
        if rotated_at_ms.is_some() {
            " before saving the new one"
        } else {
            ""
        }
    );
}

/// A press that is repeated on the same message is one confirmation.
fn never_two_keys_for_one_confirmation(keys: &[KeyView], presses: &[&Press]) {
    let labels: BTreeSet<_> = keys
        .iter()
        .filter(|key| !key.is_first)
        .map(|key| &key.label)
        .collect();
    for label in labels {
        let made = keys.iter().filter(|key| key.label == *label).count();
        let confirmed: BTreeSet<_> = presses
            .iter()
            .filter(|press| {
                let confirms = ["Create key", "Rotate key", "create again"];
                is_about(press, label) && confirms.iter().any(|words| press.button.ends_with(words))
            })
            .map(|press| (press.message, &press.button))
            .collect();
        assert!(
            made <= confirmed.len(),
            "{made} keys {label} for {} confirmations",
            confirmed.len()
        );
    }
}

fn the_database_is_in_order(database: &Database) {
    for (what, rows) in [
        (
            "a sealed secret outlives its operation",
            "SELECT CAST(operation AS TEXT) FROM deliveries",
        ),
        (
            "an operation is open and nobody sees it",
            "SELECT CAST(number AS TEXT) || ' ' || step FROM operations WHERE ended_at = 0",
        ),
        (
            "an operation has not one start in the audit",
            "SELECT CAST(number AS TEXT) FROM operations o WHERE \
             (SELECT COUNT(*) FROM audit WHERE operation = o.number AND action LIKE '%_started') <> 1",
        ),
        (
            "an operation has not one end in the audit",
            "SELECT CAST(number AS TEXT) FROM operations o WHERE \
             (SELECT COUNT(*) FROM audit WHERE operation = o.number AND action = 'ended') <> 1",
        ),
        (
            "an entry of the audit is missing",
            "SELECT id FROM accounts a WHERE audit_count <> (SELECT COUNT(*) FROM audit WHERE account = a.id)",
        ),
        ("an answer was never sent", "SELECT id FROM outbox"),
        (
            "an update was never handled",
            "SELECT CAST(update_id AS TEXT) FROM inbox WHERE state = 'waiting'",
        ),
    ] {
        assert_eq!(database.find(rows), Vec::<String>::new(), "{what}");
    }
}

/// The program's own look: chains are whole, everything opens. An update that was given up was told to its person.
fn check_finds_nothing_else(check: &str, told: &Told) {
    assert!(
        check.contains("accounts are whole") && check.contains("opens all"),
        "{check}"
    );
    let looks = check.lines().filter(|line| line.starts_with("LOOK"));
    let (given_up, others): (Vec<_>, Vec<_>) =
        looks.partition(|line| line.ends_with("was given up"));
    assert!(others.is_empty(), "{check}");
    assert!(
        given_up.len() <= told.given_up,
        "given up and not told: {check}"
    );
}
