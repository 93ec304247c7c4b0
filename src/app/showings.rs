//! What is shown to a person once: the secret of a second factor, recovery codes. It is rolled right before it is shown and counts only
//! once it surely stands there; whatever goes wrong before, the next try rolls anew. So nothing that counts can stand in a message
//! that is not known, and no recovery code is ever stored in the clear.

use std::{sync::Arc, time::Duration};

use super::{App, AppError, Presenter, Turn, Undelivered, factor::secret_row};
use crate::{
    domain::{MessageId, Purpose, Showing, Shows, Timestamp},
    secret::Secret,
    store::{Connection, codes, factors, showings},
    vault::{
        codes::{coded, new_code},
        totp,
    },
};

/// How long the secret of a second factor may be set up: the picture stands there no longer.
const SET_UP_FOR: Duration = Duration::from_mins(10);

/// How long codes that are to be shown wait for Telegram.
const PATIENCE: Duration = Duration::from_hours(1);

/// How long shown codes stay in the chat.
const CODES_FOR: Duration = Duration::from_mins(10);

/// Between two tries.
const AGAIN: Duration = Duration::from_mins(1);

/// What cannot be taken away for so long can no longer be deleted at all.
const HOPELESS: Duration = Duration::from_hours(48);

/// Recovery codes that are made at once.
const CODES: usize = 10;

/// Has something shown, right after the turn's commit.
pub(super) async fn want(app: &App, turn: &mut Turn, shows: Shows) -> Result<(), AppError> {
    let now = turn.now;
    let lasts = match shows {
        Shows::Factor => SET_UP_FOR,
        Shows::FactorCodes | Shows::AccountCodes => PATIENCE,
    };
    let showing = Showing {
        id: format!("{:016x}", u64::from_be_bytes(app.ports.random()?)),
        person: turn.person.id,
        shows,
        message: MessageId(0),
        try_at: now,
        ends_at: now.plus(lasts),
    };
    showings::add(turn.tx().await?, &showing, now).await?;
    turn.wake_keeper();
    Ok(())
}

/// `I saved them`: takes away what stands in that message; false when it does not stand there any more.
pub async fn saved(turn: &mut Turn, message: MessageId) -> Result<bool, AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let saved = showings::end_message(turn.tx().await?, person, message, now).await?;
    turn.wake_keeper();
    Ok(saved)
}

/// Shows what is wanted, and takes away what has stood long enough.
pub(super) async fn look(app: &App, presenter: &Arc<dyn Presenter>) -> Result<(), AppError> {
    let now = app.ports.now();
    let due = showings::due(&mut *app.store.read().await?, now).await?;
    for showing in due {
        let claimed = Showing {
            try_at: now.plus(AGAIN),
            ..showing.clone()
        };
        let mut c = app.store.write().await?;
        let is_ours = showings::claim(&mut c, &showing, claimed.try_at).await?;
        drop(c);
        if !is_ours {
            continue;
        }
        if claimed.ends_at <= now {
            take_away(app, presenter, &claimed, now).await?;
        } else if claimed.message == MessageId(0) {
            show(app, presenter, &claimed).await?;
        }
    }
    Ok(())
}

async fn show(
    app: &App,
    presenter: &Arc<dyn Presenter>,
    showing: &Showing,
) -> Result<(), AppError> {
    if !app.allows(showing.person) {
        return give_up(app, showing).await;
    }
    let mut codes = None;
    let shown = match showing.shows {
        Shows::Factor => {
            let Some(secret) = new_factor(app, showing).await? else {
                return give_up(app, showing).await;
            };
            let username = app.bot_username().await.unwrap_or_default();
            let address = totp::address(&secret, &username);
            presenter
                .show_factor(showing.person, &secret, &address)
                .await
        }
        Shows::FactorCodes | Shows::AccountCodes => {
            let purpose = match showing.shows {
                Shows::AccountCodes => Purpose::Account,
                _ => Purpose::Factor,
            };
            let (plain, hashes) = new_codes(app, purpose)?;
            codes = Some((purpose, hashes));
            presenter.show_codes(showing.person, purpose, &plain).await
        }
    };
    match shown {
        Ok(message) => {
            let ends_at = match showing.shows {
                Shows::Factor => showing.ends_at,
                Shows::FactorCodes | Shows::AccountCodes => app.ports.now().plus(CODES_FOR),
            };
            // Together: codes count from the moment at which it is known where they stand, and those before until then.
            let mut tx = app.store.begin().await?;
            let counts = showings::shown(&mut tx, showing, message, ends_at).await?;
            if let Some((purpose, hashes)) = codes.filter(|_| counts) {
                codes::replace(&mut tx, showing.person, purpose, &hashes).await?;
            }
            tx.commit().await?;
            if !counts && let Err(undelivered) = presenter.take_away(showing.person, message).await
            {
                // What it shows counts for nothing.
                tracing::warn!(?undelivered, "something outdated stays in a chat");
            }
            Ok(())
        }
        // Whoever has closed the chat asks again.
        Err(Undelivered::Closed) => give_up(app, showing).await,
        Err(undelivered) => {
            tracing::warn!(
                ?undelivered,
                "something could not be shown; it is rolled anew"
            );
            Ok(())
        }
    }
}

/// A new secret in the place of one that does not count yet; none when one counts.
async fn new_factor(app: &App, showing: &Showing) -> Result<Option<Secret>, AppError> {
    let (secret, id) = (totp::new_secret(&app.ports)?, showing.person.to_string());
    let sealed = app.vault.seal(secret_row(&id), &secret)?;
    let mut c = app.store.write().await?;
    let prepared = factors::prepare(&mut c, showing.person, &sealed).await?;
    Ok(prepared.then_some(secret))
}

/// New codes, as they are shown and as they are kept.
fn new_codes(app: &App, purpose: Purpose) -> Result<(Vec<Secret>, Vec<[u8; 32]>), AppError> {
    let mut new = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        new.push(new_code(&app.ports)?);
    }
    let hashes: Vec<_> = new
        .iter()
        .filter_map(|code| coded(&app.code_key, purpose, code))
        .collect();
    Ok((new, hashes))
}

async fn take_away(
    app: &App,
    presenter: &Arc<dyn Presenter>,
    showing: &Showing,
    now: Timestamp,
) -> Result<(), AppError> {
    // First of all: Telegram may be away for long.
    let mut tx = app.store.begin().await?;
    discount(&mut tx, showing, now).await?;
    tx.commit().await?;
    if showing.message != MessageId(0) {
        let taken = presenter.take_away(showing.person, showing.message).await;
        let hopeless = now.since(showing.ends_at) > HOPELESS;
        if matches!(taken, Err(undelivered) if undelivered != Undelivered::Gone) && !hopeless {
            return Ok(());
        }
    }
    remove(app, showing).await
}

/// It cannot be shown.
async fn give_up(app: &App, showing: &Showing) -> Result<(), AppError> {
    let over = Showing {
        ends_at: app.ports.now(),
        ..showing.clone()
    };
    let mut tx = app.store.begin().await?;
    showings::remove(&mut tx, &over).await?;
    discount(&mut tx, &over, over.ends_at).await?;
    Ok(tx.commit().await?)
}

/// A second factor that was not set up in time is wiped, unless it is to be shown anew: then it is something else already.
async fn discount(c: &mut Connection, showing: &Showing, now: Timestamp) -> Result<(), AppError> {
    let person = showing.person;
    if showing.shows == Shows::Factor && !showings::is_wanted(c, person, Shows::Factor, now).await?
    {
        factors::remove_unfinished(c, person).await?;
    }
    Ok(())
}

async fn remove(app: &App, showing: &Showing) -> Result<(), AppError> {
    Ok(showings::remove(&mut *app.store.write().await?, showing).await?)
}
