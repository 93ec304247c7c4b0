//! The way on for a request from a group whose person had no open private chat: they have pressed Start there, so it goes on. Nothing
//! was created before; all that is checked of whoever asked is checked again; what others have approved stays approved.

use super::{
    App, AppError, Members, Permitted, Turn, UserError,
    confirm::{self, Press},
    issue_key, ledger, pause, rotate_key, workspace,
};
use crate::{
    domain::{
        Action, ConfirmationId, Operation,
        operation::{Detail, OldKeyDies, Outcome, Reason},
    },
    store::operations,
};

/// Takes what stands behind `/start`; nothing when it is no such way, is used or over, or somebody else's.
pub async fn go_on(
    app: &App,
    turn: &mut Turn,
    members: &dyn Members,
    way: &ConfirmationId,
) -> Result<Option<Operation>, AppError> {
    let Press::Go(found) = confirm::look(app, turn, way).await? else {
        return Ok(None);
    };
    let Action::GoOn { number } = found.action else {
        return Ok(None);
    };
    let before = operations::get(&mut *app.store.read().await?, number).await?;
    let stopped = Some(Outcome::NothingDone(Reason::ChatClosed));
    let Some(before) = before.filter(|before| before.detail.outcome == stopped) else {
        return Ok(None);
    };
    workspace::enter(app, turn, members, before.card.chat).await?;
    let Press::Go(_) = confirm::use_up(turn, found).await? else {
        return Ok(None);
    };
    let who = turn.who();
    let tx = turn.tx().await?;
    pause::check_in(tx).await?;
    let allowed = Permitted::lock(tx, &who, &before.account, before.right()).await?;
    let account = allowed.usable()?;
    if let Some(old) = &before.detail.old_key {
        rotate_key::still_to_rotate(turn, account, old).await?;
    }
    let detail = Detail {
        approval: before.detail.approval.clone(),
        ..anew(&allowed, &before)
    };
    let number = ledger::begin(app, turn, &allowed, before.verb, detail, before.card).await?;
    let begun = operations::get(turn.tx().await?, number).await?;
    begun
        .map(Some)
        .ok_or_else(|| UserError::NoSuchOperation.into())
}

/// The same request, for the account as it is now. A key that was to die at once is dead by now.
fn anew(allowed: &Permitted, before: &Operation) -> Detail {
    let detail = &before.detail;
    let Some(old) = &detail.old_key else {
        return issue_key::detail(&detail.label);
    };
    let dies = match detail.old_key_dies {
        OldKeyDies::AtOnce => OldKeyDies::default(),
        dies => dies,
    };
    rotate_key::detail(allowed, old, dies)
}
