//! Linked accounts of other people, straight into the tables: how much there is must not be felt by anybody.

use crate::database::{Engine, run};

/// Their owners are counted from here: no person of the sandbox is among them.
const FIRST_OWNER: i64 = 5_000_000_000;

/// So many people, each with a linked account and a key on record. Their credentials open with no key, and nobody ever tries.
pub async fn seed(engine: Engine, url: &str, accounts: usize) {
    let sealed = match engine {
        Engine::Sqlite => "randomblob(130)",
        Engine::Postgres => "decode(repeat(md5(CAST(i AS TEXT)), 8), 'hex')",
    };
    let numbers = format!(
        "WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {accounts})"
    );
    let owner = format!("{FIRST_OWNER} + i");
    run(url, &format!(
        "INSERT INTO people (id, chosen_language, telegram_language, refused_since, refused_count) \
         {numbers} SELECT {owner}, '', 'en', 0, 0 FROM numbers"
    ))
    .await;
    run(url, &format!(
        "INSERT INTO accounts (id, owner, provider, project, name, credential, last_four, state, linked_at, credential_at, look_at, \
         audit_count, audit_head) {numbers} SELECT 'seed-' || i, {owner}, 'botsubscription', 'project-' || i, 'Seed ' || i, \
         {sealed}, 'abcd', 'linked', 1, 1, 9000000000000, 0, {sealed} FROM numbers"
    ))
    .await;
    run(
        url,
        &format!(
            "INSERT INTO keys (account, key_id, label, last_four, operation, created_at) \
         {numbers} SELECT 'seed-' || i, 'key-' || i, 'staging', 'abcd', 0, 1 FROM numbers"
        ),
    )
    .await;
    // Without its fingerprint each account would be caught up on at the start.
    let code = match engine {
        Engine::Sqlite => "randomblob(16)",
        Engine::Postgres => "decode(md5(CAST(i AS TEXT)), 'hex')",
    };
    run(
        url,
        &format!(
            "INSERT INTO fingerprints (account, key_id, label, code, length, last_four, added, told_at, told_chat) \
             {numbers} SELECT 'seed-' || i, '', '', {code}, 45, 'abcd', i, 0, 0 FROM numbers"
        ),
    )
    .await;
    let counted = format!("UPDATE counters SET value = {accounts} WHERE name = 'leaks'");
    run(url, &counted).await;
}
