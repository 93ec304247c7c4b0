//! Accounts that change hands: whose they are, and what people are told of it.

use keyporter::sandbox::telegram::Shown;

use super::World;

/// Who owns the accounts, by id.
pub fn owners(world: &World) -> Vec<String> {
    let rows = "SELECT CAST(owner AS TEXT) FROM accounts WHERE state <> 'unlinked' ORDER BY id";
    world.database.find(rows)
}

/// What somebody is told without having asked.
pub async fn told(world: &World, person: i64, words: &str) -> Shown {
    let what = format!("{person} is told {words:?}");
    world
        .hurry(&what, |sandbox| {
            let messages = sandbox.telegram().messages(person);
            messages
                .into_iter()
                .rev()
                .find(|message| message.from_bot() && message.text.contains(words))
        })
        .await
}
