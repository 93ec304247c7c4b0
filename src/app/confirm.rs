//! Questions with buttons: asked by a row, answered once, by one person, in one chat, within their time.

use std::time::Duration;

use super::{App, AppError, Turn};
use crate::{
    domain::{Action, ChatId, Confirmation, ConfirmationId, OperationNumber, PersonId, Sealed},
    secret::Secret,
    store::confirmations,
    vault::Row,
};

/// How long a question can be answered: long enough to read it, short enough to remember it.
pub const CONFIRMATION_FOR: Duration = Duration::from_mins(5);

/// Why a press does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stale {
    /// There is no such question here, or it is somebody else's: the two look the same on purpose.
    NotYours,
    /// It was answered before.
    Used,
    /// Its time is over.
    Expired,
}

/// What a press may do: nothing, or exactly this.
#[derive(Debug)]
pub enum Press {
    /// The question is used up by this turn; act.
    Go(Confirmation),
    /// Nothing.
    Stale(Stale),
}

/// How long the way into the private chat stays open for a request from a group.
pub(super) const WAY_IN_FOR: Duration = Duration::from_mins(15);

/// The person of a question that anyone may answer: who it is about has yet to show themselves.
const ANYONE: PersonId = PersonId(0);

/// Stores a question that whoever presses answers; what they may do is looked up then.
pub(super) async fn ask_anyone(
    app: &App,
    turn: &mut Turn,
    action: Action,
) -> Result<ConfirmationId, AppError> {
    ask_other(app, turn, action, ANYONE).await
}

/// Stores a question that somebody else answers, in the same chat.
pub(super) async fn ask_other(
    app: &App,
    turn: &mut Turn,
    action: Action,
    person: PersonId,
) -> Result<ConfirmationId, AppError> {
    let chat = turn.chat;
    put(app, turn, action, (person, chat, CONFIRMATION_FOR)).await
}

/// Stores the way on for a request whose person has no open private chat: a link that only that person can use, there, once.
pub(super) async fn way_in(
    app: &App,
    turn: &mut Turn,
    person: PersonId,
    number: OperationNumber,
) -> Result<ConfirmationId, AppError> {
    let whom = (person, person.private_chat(), WAY_IN_FOR);
    put(app, turn, Action::GoOn { number }, whom).await
}

async fn put(
    app: &App,
    turn: &mut Turn,
    action: Action,
    (person, chat, lasts): (PersonId, ChatId, Duration),
) -> Result<ConfirmationId, AppError> {
    let id = ConfirmationId::from_random(app.ports.random()?);
    let confirmation = Confirmation {
        id: id.clone(),
        person,
        chat,
        action,
        credential: Sealed::default(),
        update: turn.update,
        ends_at: turn.now.plus(lasts),
        used_at: crate::domain::Timestamp::NEVER,
    };
    confirmations::add(turn.tx().await?, &confirmation).await?;
    Ok(id)
}

/// Stores a question. A credential that waits for the answer is sealed into it.
pub(super) async fn ask(
    app: &App,
    turn: &mut Turn,
    action: Action,
    credential: Option<&Secret>,
) -> Result<ConfirmationId, AppError> {
    let id = ConfirmationId::from_random(app.ports.random()?);
    let credential = match credential {
        Some(secret) => app.vault.seal(credential_row(&id), secret)?,
        None => Sealed::default(),
    };
    let confirmation = Confirmation {
        id: id.clone(),
        person: turn.person.id,
        chat: turn.chat,
        action,
        credential,
        update: turn.update,
        ends_at: turn.now.plus(CONFIRMATION_FOR),
        used_at: crate::domain::Timestamp::NEVER,
    };
    confirmations::add(turn.tx().await?, &confirmation).await?;
    Ok(id)
}

/// Takes a press: at most one ever gets [`Press::Go`] for a question.
pub async fn take(app: &App, turn: &mut Turn, id: &ConfirmationId) -> Result<Press, AppError> {
    match look(app, turn, id).await? {
        Press::Go(confirmation) => use_up(turn, confirmation).await,
        stale @ Press::Stale(_) => Ok(stale),
    }
}

/// Looks at a question without using it up: whether this person could answer it now, here.
pub async fn look(app: &App, turn: &Turn, id: &ConfirmationId) -> Result<Press, AppError> {
    look_as(app, turn, id, turn.person.id).await
}

/// The same for a question that anyone may answer.
pub async fn look_as_anyone(
    app: &App,
    turn: &Turn,
    id: &ConfirmationId,
) -> Result<Press, AppError> {
    look_as(app, turn, id, ANYONE).await
}

async fn look_as(
    app: &App,
    turn: &Turn,
    id: &ConfirmationId,
    person: PersonId,
) -> Result<Press, AppError> {
    let found = confirmations::get(&mut *app.store.read().await?, id).await?;
    let found = found.filter(|found| found.person == person && found.chat == turn.chat);
    Ok(match found {
        None => Press::Stale(Stale::NotYours),
        Some(found) if !found.used_at.is_never() => Press::Stale(Stale::Used),
        Some(found) if found.ends_at <= turn.now => Press::Stale(Stale::Expired),
        Some(found) => Press::Go(found),
    })
}

/// Uses a question up that was looked at in this turn; somebody may have been faster.
pub async fn use_up(turn: &mut Turn, confirmation: Confirmation) -> Result<Press, AppError> {
    let (now, id) = (turn.now, &confirmation.id);
    if !confirmations::consume(turn.tx().await?, id, now).await? {
        turn.undo();
        return Ok(Press::Stale(Stale::Used));
    }
    Ok(Press::Go(confirmation))
}

/// True while a question waits for a press of this person in this chat.
pub async fn asks(app: &App, turn: &Turn) -> Result<bool, AppError> {
    let (now, person, chat) = (turn.now, turn.person.id, turn.chat);
    Ok(confirmations::any_open(&mut *app.store.read().await?, person, chat, now).await?)
}

/// Uses up all questions that this person has open in this chat; true when there were any.
pub async fn cancel_all(app: &App, turn: &mut Turn) -> Result<bool, AppError> {
    let (now, person, chat) = (turn.now, turn.person.id, turn.chat);
    let any = asks(app, turn).await?;
    if any {
        confirmations::consume_all(turn.tx().await?, person, chat, now).await?;
    }
    Ok(any)
}

/// The credential that waited in a question.
pub(super) fn credential(app: &App, confirmation: &Confirmation) -> Result<Secret, AppError> {
    Ok(app
        .vault
        .open(credential_row(&confirmation.id), &confirmation.credential)?)
}

fn credential_row(id: &ConfirmationId) -> Row<'_> {
    Row {
        column: "confirmations.credential",
        id: id.as_str(),
    }
}
