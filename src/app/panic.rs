//! `/panic`: after a leak, one question about all keys of an account or of all accounts, and after its answer a revocation of each,
//! all begun at once. It only takes away, so a pause does not stop it; a list that cannot be read now does not stop it either.

use super::{
    App, AppError, Owned, Permitted, Turn, UserError, confirm,
    find_key::{self, Found},
    ledger,
    list_keys::{self, AccountKeys},
    revoke_key,
};
use crate::{
    domain::{
        Account, AccountId, Action, Confirmation, ConfirmationId, Key, KeyRef, Keys, Operation,
        Place, Right, Verb, operation::Detail,
    },
    store::{StoreError, accounts, keys, operations},
};

/// Keys that one press revokes at most. The ledger has more places than that, so that nobody else waits for all of them.
const MOST_KEYS: usize = 200;

/// What `/panic` leads to.
#[derive(Debug)]
pub struct Asked {
    /// The question's row; none when there is nothing to revoke.
    pub question: Option<ConfirmationId>,
    /// What would die, account by account.
    pub accounts: Vec<InAccount>,
    /// Keys that are too many for one press.
    pub more: usize,
}

/// What would die in an account.
#[derive(Debug)]
pub struct InAccount {
    /// The account.
    pub account: Account,
    /// The keys; none where there is one key, which can only be replaced.
    pub keys: Vec<KeyRef>,
    /// The last of them seems to be the credential that Keyporter itself uses there.
    pub own: bool,
    /// Keys that are being revoked already.
    pub under_way: usize,
    /// Why its list cannot be read now: the keys are those that were made here, as far as they are not known to be dead.
    pub unread: Option<UserError>,
}

impl InAccount {
    /// Its one key can only be replaced.
    pub fn one_key(&self) -> bool {
        self.account.provider.capabilities().keys != Keys::Many
    }
}

/// Finds a key as [`find_key::find`] does, also among those that were made here where a list cannot be read now.
pub async fn find(app: &App, turn: &mut Turn, wanted: &str) -> Result<Found, AppError> {
    let mut lists = list_keys::list_anew(app, turn, Right::Revoke, None).await?;
    let mut known = Vec::new();
    for list in lists.iter().filter(|list| list.keys.is_err()) {
        known.push(AccountKeys {
            account: list.account.clone(),
            keys: Ok(known_keys(app, &list.account).await?),
            ages: list.ages.clone(),
        });
    }
    lists.extend(known);
    Ok(find_key::among(lists, wanted))
}

/// Asks whether to revoke all keys, of all accounts or of one.
pub async fn ask(app: &App, turn: &mut Turn, only: Option<&AccountId>) -> Result<Asked, AppError> {
    let mut accounts = Vec::new();
    for AccountKeys { account, keys, .. } in
        list_keys::list_anew(app, turn, Right::Revoke, only).await?
    {
        let (keys, unread) = match keys {
            Ok(keys) => (keys, None),
            Err(reason) => (known_keys(app, &account).await?, Some(reason)),
        };
        let living = keys.iter().filter(|key| key.is_alive());
        let living = living.map(Key::to_ref).collect();
        accounts.push(in_account(app, account, living, unread).await?);
    }
    question(app, turn, accounts, true).await
}

/// Asks whether to revoke one key.
pub async fn ask_one(
    app: &App,
    turn: &mut Turn,
    account: &AccountId,
    key: KeyRef,
) -> Result<Asked, AppError> {
    let owned = app.account(turn.person.id, account).await?;
    let found = in_account(app, owned.account().clone(), vec![key], None).await?;
    question(app, turn, vec![found], false).await
}

async fn known_keys(app: &App, account: &Account) -> Result<Vec<Key>, StoreError> {
    let mut c = app.store.read().await?;
    let dead = operations::revoked_keys(&mut c, &account.id).await?;
    let mut known = keys::of_account(&mut c, &account.id).await?;
    known.retain(|key| !dead.contains(&key.id));
    Ok(known)
}

async fn in_account(
    app: &App,
    account: Account,
    mut keys: Vec<KeyRef>,
    unread: Option<UserError>,
) -> Result<InAccount, AppError> {
    let mut found = InAccount {
        account,
        keys: Vec::new(),
        own: false,
        under_way: 0,
        unread,
    };
    if found.one_key() {
        return Ok(found);
    }
    let mut c = app.store.read().await?;
    for number in operations::open_of_account(&mut c, &found.account.id).await? {
        let open = operations::get(&mut c, number).await?;
        let open = open.filter(Operation::is_revoking);
        if let Some((dying, _)) = open.and_then(|operation| operation.detail.revoking) {
            let before = keys.len();
            keys.retain(|key| key.id != dying.id);
            found.under_way += before - keys.len();
        }
    }
    // Without it the others could not be revoked.
    keys.sort_by_key(|key| found.account.seems_own(&key.last_four));
    found.keys = keys;
    Ok(found)
}

async fn question(
    app: &App,
    turn: &mut Turn,
    mut accounts: Vec<InAccount>,
    all: bool,
) -> Result<Asked, AppError> {
    let (mut left, mut more) = (MOST_KEYS, 0);
    for found in &mut accounts {
        // What comes too late is cut from the end: never a key without which another one could not be revoked.
        more += found.keys.len().saturating_sub(left);
        found.keys.truncate(left);
        left -= found.keys.len();
        let last = found.keys.last();
        found.own = last.is_some_and(|key| found.account.seems_own(&key.last_four));
    }
    let keys: Vec<_> = accounts
        .iter()
        .flat_map(|found| found.keys.iter().map(|key| (&found.account.id, key)))
        .map(|(account, key)| (account.clone(), key.clone()))
        .collect();
    let question = if keys.is_empty() {
        None
    } else {
        Some(confirm::ask(app, turn, Action::Panic { keys, all }, None).await?)
    };
    Ok(Asked {
        question,
        accounts,
        more,
    })
}

/// Starts what was confirmed: all of it, or nothing. A pause does not stop it: taking away is always allowed.
pub async fn start(
    app: &App,
    turn: &mut Turn,
    confirmation: &Confirmation,
    card: Place,
) -> Result<(), AppError> {
    let Action::Panic { keys, .. } = &confirmation.action else {
        return Err(AppError::Broken("not a question of /panic".to_owned()));
    };
    let person = turn.person.id;
    // All of them before the first number is taken, in one order: two owners may press at the same moment.
    let mut wanted: Vec<_> = keys.iter().map(|(account, _)| account).collect();
    wanted.sort_unstable();
    wanted.dedup();
    for account in wanted {
        accounts::lock(turn.tx().await?, account).await?;
    }
    let mut first = None;
    for (account, key) in keys {
        let owned = match Owned::lock(turn.tx().await?, person, account).await {
            // Unlinked since it was asked: that must not keep the others alive.
            Err(AppError::User(UserError::NoSuchAccount)) => continue,
            owned => Permitted::from(owned?),
        };
        let detail = Detail {
            part_of: first,
            ..revoke_key::detail(&owned, key)
        };
        let number = ledger::begin(app, turn, &owned, Verb::Revoke, detail, card).await?;
        first = first.or(Some(number));
    }
    match first {
        Some(_) => Ok(()),
        None => Err(UserError::NoSuchAccount.into()),
    }
}
