//! Finds the key that a person means by a label or by its last four characters. It never guesses: what is not exactly one is a choice.

use super::{
    App, AppError, Turn, UserError,
    list_keys::{self, AccountKeys},
};
use crate::domain::{Account, AccountId, Key, Keys, Right};

const QUOTES: [char; 7] = ['"', '\'', '“', '”', '„', '«', '»'];

/// A key and where it is.
#[derive(Clone, Debug)]
pub struct Match {
    /// Where.
    pub account: Account,
    /// Which.
    pub key: Key,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Living keys that are meant: by label or last four exactly, or all of them when nothing was named.
    pub exact: Vec<Match>,
    /// Living keys whose label contains the text, when nothing is meant exactly.
    pub near: Vec<Match>,
    /// Keys that are meant and revoked already.
    pub revoked: Vec<Match>,
    /// Accounts that could not be looked at, with the reason.
    pub unreadable: Vec<(Account, UserError)>,
}

/// Looks in all accounts on which the person may do that, or in one. Case does not count.
pub async fn find(
    app: &App,
    turn: &mut Turn,
    right: Right,
    wanted: &str,
    only: Option<&AccountId>,
) -> Result<Found, AppError> {
    Ok(among(
        list_keys::list(app, turn, right, only).await?,
        wanted,
    ))
}

/// Looks in those lists.
pub(super) fn among(lists: Vec<AccountKeys>, wanted: &str) -> Found {
    let wanted = wanted.trim().trim_start_matches('…').to_lowercase();
    let mut found = Found::default();
    for list in lists {
        let keys = match list.keys {
            Ok(keys) => keys,
            Err(reason) => {
                found.unreadable.push((list.account, reason));
                continue;
            }
        };
        for key in keys {
            let place = match fits(&list.account, &key, &wanted) {
                // As people put a name of several words.
                Fits::Not => fits(&list.account, &key, wanted.trim_matches(QUOTES)),
                place => place,
            };
            let candidate = Match {
                account: list.account.clone(),
                key,
            };
            match (place, candidate.key.is_alive()) {
                (Fits::Exactly, true) => found.exact.push(candidate),
                (Fits::Nearly, true) => found.near.push(candidate),
                (Fits::Exactly, false) if !wanted.is_empty() => found.revoked.push(candidate),
                _ => {}
            }
        }
    }
    if !found.exact.is_empty() {
        found.near.clear();
    }
    found
}

enum Fits {
    Exactly,
    Nearly,
    Not,
}

fn fits(account: &Account, key: &Key, wanted: &str) -> Fits {
    let (label, last_four) = (key.label.to_lowercase(), key.last_four.to_lowercase());
    // The one key of an account is also known by the provider's name.
    let provider = account.provider.name().to_lowercase();
    let one_key = account.provider.capabilities().keys != Keys::Many;
    if wanted.is_empty()
        || label == wanted
        || last_four == wanted
        // As we write it ourselves.
        || wanted.split_once(" …") == Some((label.as_str(), last_four.as_str()))
        || (one_key && provider == wanted)
    {
        Fits::Exactly
    } else if label.contains(wanted) {
        Fits::Nearly
    } else {
        Fits::Not
    }
}
