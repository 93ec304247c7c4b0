//! `/pause`: an operator stops issuing for everyone; revoking goes on.

use super::{App, AppError, Turn, UserError, confirm};
use crate::{
    domain::{Action, ConfirmationId},
    store::{Connection, facts},
};

const PAUSED: &str = "paused";

/// Asks an operator whether to change it; tells how it is now.
pub async fn ask(app: &App, turn: &mut Turn) -> Result<(bool, ConfirmationId), AppError> {
    require_operator(app, turn)?;
    let paused = is_paused(&mut *app.store.read().await?).await?;
    let question = confirm::ask(app, turn, Action::Pause { on: !paused }, None).await?;
    Ok((paused, question))
}

/// Changes it.
pub async fn set(app: &App, turn: &mut Turn, on: bool) -> Result<(), AppError> {
    require_operator(app, turn)?;
    facts::set(turn.tx().await?, PAUSED, if on { "1" } else { "" }).await?;
    tracing::warn!(operator = turn.person.id.0, on, "issuing is switched");
    Ok(())
}

fn require_operator(app: &App, turn: &Turn) -> Result<(), UserError> {
    if app.is_operator(turn.person.id) {
        Ok(())
    } else {
        Err(UserError::OperatorsOnly)
    }
}

pub(super) async fn is_paused(c: &mut Connection) -> Result<bool, AppError> {
    Ok(facts::get(c, PAUSED)
        .await?
        .is_some_and(|value| !value.is_empty()))
}

pub(super) async fn check(app: &App) -> Result<(), AppError> {
    check_in(&mut *app.store.read().await?).await
}

pub(super) async fn check_in(c: &mut Connection) -> Result<(), AppError> {
    if is_paused(c).await? {
        Err(UserError::Paused.into())
    } else {
        Ok(())
    }
}
