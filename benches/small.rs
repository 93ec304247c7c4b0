//! Small pieces of every update: sealing, button data, the handler tree, texts, and what the database takes for a read and a commit.
//! Figures only, no thresholds: `cargo bench --bench small`.

#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use base64::{Engine, prelude::BASE64_STANDARD};
use divan::{Bencher, black_box};
use keyporter::{
    bot::{callback::Callback, tree::handler_tree},
    domain::{AccountId, Language, PersonId},
    ports::Ports,
    secret::Secret,
    store::{Options, Store, facts, people},
    texts::{Text, Texts},
    vault::{MasterKey, Row, Vault},
};
use tokio::runtime::Runtime;

const ROW: Row<'_> = Row {
    column: "accounts.credential",
    id: "a1",
};

fn main() {
    divan::main();
}

fn vault() -> Vault {
    let key = MasterKey::parse(&Secret::new(BASE64_STANDARD.encode([1; 32])));
    Vault::new(key.unwrap(), Vec::new(), Ports::system())
}

#[divan::bench(args = [64, 1024])]
fn seal(bencher: Bencher, bytes: usize) {
    let (vault, plain) = (vault(), vec![7; bytes]);
    bencher.bench(|| vault.seal_bytes(ROW, black_box(&plain)).unwrap());
}

#[divan::bench(args = [64, 1024])]
fn open(bencher: Bencher, bytes: usize) {
    let vault = vault();
    let sealed = vault.seal_bytes(ROW, &vec![7; bytes]).unwrap();
    bencher.bench(|| vault.open_bytes(ROW, black_box(&sealed)).unwrap());
}

#[divan::bench]
fn button_there_and_back() -> Option<Callback> {
    let callback = Callback::NewKeyIn(AccountId::new("0123456789abcdef"));
    Callback::parse(black_box(&callback.encode()))
}

/// Why it is built once.
#[divan::bench]
fn build_the_handler_tree() {
    black_box(handler_tree());
}

#[divan::bench]
fn text_with_values(bencher: Bencher) {
    let texts = Texts::new();
    let values = [("page", 1.into()), ("pages", 3.into())];
    bencher.bench(|| texts.fill(Language::English, Text::KeysPage, black_box(&values)));
}

/// The databases: a file in the system's folder for such, and PostgreSQL if the tests' variable names a server.
fn databases() -> Vec<String> {
    let file = std::env::temp_dir().join(format!("keyporter-small-{}.db", std::process::id()));
    let postgres = std::env::vars().find(|(name, _)| name == "KEYPORTER_TEST_POSTGRES");
    let postgres = postgres.map(|(_, server)| format!("{server}/postgres"));
    std::iter::once(format!("sqlite://{}", file.display()))
        .chain(postgres)
        .collect()
}

fn store(url: &str) -> (Runtime, Store) {
    let runtime = Runtime::new().unwrap();
    let store = runtime.block_on(Store::open(url, Options::default()));
    (runtime, store.unwrap())
}

#[divan::bench(args = databases())]
fn read_a_person(bencher: Bencher, url: &str) {
    let (runtime, store) = store(url);
    bencher.bench(|| {
        runtime.block_on(async {
            let mut connection = store.read().await.unwrap();
            people::get(&mut connection, PersonId(1)).await.unwrap()
        })
    });
    runtime.block_on(store.close());
}

/// Durable: with the disk's own time.
#[divan::bench(args = databases())]
fn commit_one_row(bencher: Bencher, url: &str) {
    let (runtime, store) = store(url);
    bencher.bench(|| {
        runtime.block_on(async {
            let mut tx = store.begin().await.unwrap();
            facts::set(&mut tx, "bench", "1").await.unwrap();
            tx.commit().await.unwrap();
        });
    });
    runtime.block_on(store.close());
}
