//! What was wiped is gone: from the rows, and on SQLite from the bytes of the file and its log.

use std::time::Duration;

use crate::world::{World, database::Engine};

fn sealed(world: &World) -> Vec<String> {
    let hex = match world.database.engine() {
        Engine::Sqlite => "lower(hex(secret))",
        Engine::Postgres => "encode(secret, 'hex')",
    };
    world
        .database
        .find(&format!("SELECT {hex} FROM deliveries"))
}

/// Whether the sealed secret stands anywhere in SQLite's files. PostgreSQL's are not ours to read.
fn stands_in_files(world: &World, sealed: &str) -> bool {
    let bytes: Vec<u8> = (0..sealed.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&sealed[at..at + 2], 16).unwrap())
        .collect();
    ["", "-wal"].iter().any(|ending| {
        let file = format!("{}{ending}", world.database.file().display());
        let content = std::fs::read(file).unwrap_or_default();
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}

story! {
    async fn a_saved_key_leaves_no_bytes_behind(world) {
        world.linked_project().await;
        let ada = world.ada();
        ada.asks("/newkey ci", "Create key ci").await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        let [sealed_key] = sealed(world).try_into().unwrap();
        let on_sqlite = world.database.engine() == Engine::Sqlite;
        assert_eq!(stands_in_files(world, &sealed_key), on_sqlite);
        ada.presses("I saved it", "is created and saved").await;
        assert!(sealed(world).is_empty());
        for _ in 0..100 {
            if !stands_in_files(world, &sealed_key) {
                return;
            }
            world.pass(Duration::from_mins(1));
            ada.asks("/status", "no open requests").await;
        }
        panic!("the sealed key still stands in the files");
    }
}
