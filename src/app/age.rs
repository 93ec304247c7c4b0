//! `/age`: how long the keys of an account may live. The watch reminds; nothing is ever replaced by itself.

use super::{App, AppError, Owned, Turn, audit::Note};
use crate::{
    domain::{Account, AccountId, AuditAction, KeyAge},
    store::{accounts, watch},
};

/// Sets it. What was said about an earlier choice counts no more.
pub async fn set(
    app: &App,
    turn: &mut Turn,
    id: &AccountId,
    age: KeyAge,
) -> Result<Account, AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let tx = turn.tx().await?;
    let owned = Owned::lock(tx, person, id).await?;
    let account = Account {
        key_age: age,
        ..owned.account().clone()
    };
    if owned.account().key_age != age {
        accounts::set_key_age(tx, id, age).await?;
        watch::forget_reminders(tx, id).await?;
        let mut note = Note::account(id, now, person, AuditAction::AgeSet, &account.name);
        note.subject = format!("{}: {}", account.name, age.days());
        app.write_down(tx, note).await?;
    }
    Ok(account)
}
