//! The format: what is noticed, and what an older or a newer program has written.

use std::path::PathBuf;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{
    chunks::Writer,
    lines::{Line, LineWriter},
    *,
};
use crate::{
    domain::Timestamp,
    ports::Ports,
    secret::Secret,
    store::{
        Store,
        copy::{Counts, Row, Value},
        newest_schema,
    },
    vault::{MasterKey, Vault},
};

fn key(byte: u8) -> MasterKey {
    MasterKey::parse(&Secret::new(BASE64_STANDARD.encode([byte; 32]))).unwrap()
}

fn vault(current: u8, older: &[u8]) -> Vault {
    let older = older.iter().copied().map(key).collect();
    Vault::new(key(current), older, Ports::system())
}

fn start(schema: i64) -> Line {
    Line::Start(Start {
        schema,
        program: "9.9.9".to_owned(),
        made_at: Timestamp::from_millis(1_739_179_812_000),
    })
}

fn row<const N: usize>(table: &str, values: [(&str, Value); N]) -> Line {
    let values = values.map(|(column, value)| (column.to_owned(), value));
    Line::Row(table.to_owned(), Row::from(values))
}

fn fact(name: &str) -> Line {
    let text = |text: &str| Value::Text(text.to_owned());
    row("facts", [("name", text(name)), ("value", text("17"))])
}

fn end<const N: usize>(counts: [(&str, u64); N]) -> Line {
    Line::End(Counts::from(
        counts.map(|(table, count)| (table.to_owned(), count)),
    ))
}

/// A backup with these lines, each in a part of its own.
fn written(vault: &Vault, lines: &[Line]) -> Vec<u8> {
    let mut parts = Writer::begin(Vec::new(), PathBuf::new(), vault, &Ports::system()).unwrap();
    for line in lines {
        parts.part(&serde_json::to_vec(line).unwrap()).unwrap();
    }
    parts.end().unwrap()
}

fn whole(vault: &Vault) -> Vec<u8> {
    let lines = [
        start(newest_schema()),
        fact("a"),
        fact("b"),
        end([("facts", 2), ("people", 0)]),
    ];
    written(vault, &lines)
}

/// How it begins, and each part with its length.
fn taken_apart(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (head, mut rest) = bytes.split_at("keyporter backup 1\n".len() + 16);
    let mut parts = vec![head.to_vec()];
    while let Some(length) = rest.first_chunk() {
        let (part, after) = rest.split_at(4 + u32::from_be_bytes(*length) as usize);
        parts.push(part.to_vec());
        rest = after;
    }
    parts
}

fn proved(bytes: &[u8], vault: &Vault) -> Result<(Start, Counts), BackupError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    Backup::prove(file.path(), vault).map(|(_, start, counts)| (start, counts))
}

#[test]
fn what_was_written_is_read() {
    let (start, counts) = proved(&whole(&vault(1, &[])), &vault(2, &[1])).unwrap();
    assert_eq!(start.made_at.to_minute(), "2025-02-10 09:30 UTC");
    assert_eq!(counts, Counts::from([("facts".to_owned(), 2)]));
}

#[test]
fn lines_are_gathered_and_come_back_one_by_one() {
    let vault = vault(1, &[]);
    let writer = Writer::begin(Vec::new(), PathBuf::new(), &vault, &Ports::system()).unwrap();
    let mut lines = LineWriter::new(writer);
    lines.line(&start(newest_schema())).unwrap();
    for number in 0..5000 {
        lines.line(&fact(&number.to_string())).unwrap();
    }
    lines.line(&end([("facts", 5000)])).unwrap();
    let bytes = lines.end().unwrap();
    assert!((4..20).contains(&taken_apart(&bytes).len()));
    assert_eq!(proved(&bytes, &vault).unwrap().1["facts"], 5000);
}

#[test]
fn every_changed_byte_and_every_cut_is_noticed() {
    let vault = vault(1, &[]);
    let bytes = whole(&vault);
    for position in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[position] ^= 1;
        assert!(proved(&changed, &vault).is_err(), "byte {position}");
        assert!(
            proved(&bytes[..position], &vault).is_err(),
            "cut {position}"
        );
    }
    let longer = [bytes.as_slice(), b"x"].concat();
    assert!(proved(&longer, &vault).is_err());
}

#[test]
fn parts_stay_in_their_place_and_in_their_file() {
    let vault = vault(1, &[]);
    let (one, other) = (taken_apart(&whole(&vault)), taken_apart(&whole(&vault)));
    assert!(proved(&one.concat(), &vault).is_ok());
    for first in 1..one.len() {
        let (mut left_out, mut doubled, mut foreign) = (one.clone(), one.clone(), one.clone());
        left_out.remove(first);
        doubled.insert(first, one[first].clone());
        foreign[first].clone_from(&other[first]);
        for changed in [left_out, doubled, foreign] {
            assert!(proved(&changed.concat(), &vault).is_err(), "part {first}");
        }
        for second in first + 1..one.len() {
            let mut swapped = one.clone();
            swapped.swap(first, second);
            assert!(
                proved(&swapped.concat(), &vault).is_err(),
                "parts {first} and {second}"
            );
        }
    }
}

#[test]
fn what_does_not_add_up_is_no_backup() {
    let (vault, schema) = (vault(1, &[]), newest_schema());
    for lines in [
        vec![],
        vec![fact("a"), end([("facts", 1)])],
        vec![start(schema), fact("a"), end([("facts", 2)])],
        vec![start(schema), fact("a"), end([])],
        vec![start(schema), end([]), fact("a")],
        vec![start(schema), start(schema), end([])],
        vec![start(schema), fact("a")],
    ] {
        assert!(
            proved(&written(&vault, &lines), &vault).is_err(),
            "{lines:?}"
        );
    }
}

#[test]
fn the_key_that_it_needs_is_named() {
    let refused = proved(&whole(&vault(1, &[])), &vault(2, &[]));
    let told = refused.err().unwrap().to_string();
    assert!(told.contains(&key(1).id().to_string()), "{told}");
}

#[test]
fn a_newer_schema_is_refused_and_the_program_is_named() {
    let vault = vault(1, &[]);
    let newer = written(&vault, &[start(newest_schema() + 1), end([])]);
    let told = proved(&newer, &vault).err().unwrap().to_string();
    assert!(told.contains("Keyporter 9.9.9 or newer"), "{told}");
}

/// Restores these lines into a fresh SQLite file, and tells what a statement finds there.
async fn restored(lines: &[Line], statement: &'static str) -> Result<Vec<i64>, BackupError> {
    let (folder, vault) = (tempfile::tempdir().unwrap(), vault(1, &[]));
    let file = folder.path().join("backup");
    std::fs::write(&file, written(&vault, lines)).unwrap();
    let (backup, ..) = Backup::prove(&file, &vault)?;
    let url = format!("sqlite://{}", folder.path().join("db").display());
    let store = Store::open_empty(&url).await?;
    restore(&backup, &store).await?;
    let found: Vec<(i64,)> = sqlx::query_as(statement)
        .fetch_all(&mut *store.read().await?)
        .await
        .unwrap();
    store.close().await;
    Ok(found.into_iter().map(|(number,)| number).collect())
}

#[tokio::test]
async fn an_older_schema_is_restored_and_brought_up_to_date() {
    let number = Value::Number;
    let person = row(
        "people",
        [
            ("id", number(7)),
            ("chosen_language", Value::Text("en".to_owned())),
            ("telegram_language", Value::Text(String::new())),
            ("refused_since", number(0)),
            ("refused_count", number(0)),
        ],
    );
    let counter = row(
        "counters",
        [
            ("name", Value::Text("operation".to_owned())),
            ("value", number(41)),
        ],
    );
    let lines = [
        start(1),
        person,
        counter,
        end([("people", 1), ("counters", 1), ("audit", 0)]),
    ];
    // The time zone came with the second version, the counter of leaks with the fifth.
    let people = restored(&lines, "SELECT timezone FROM people").await;
    assert_eq!(people.unwrap(), [0]);
    let counters = restored(&lines, "SELECT value FROM counters ORDER BY name").await;
    assert_eq!(counters.unwrap(), [0, 41]);
}

#[tokio::test]
async fn a_foreign_table_or_column_is_refused() {
    let schema = newest_schema();
    let odd = row("facts", [("name) VALUES ('x', 'y'); --", Value::Number(1))]);
    for (line, table) in [
        (
            row("_sqlx_migrations", [("version", Value::Number(1))]),
            "_sqlx_migrations",
        ),
        (odd, "facts"),
    ] {
        let lines = [start(schema), line, end([(table, 1)])];
        assert!(restored(&lines, "SELECT 1").await.is_err(), "{table}");
    }
}
