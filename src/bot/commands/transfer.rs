//! `/transfer`: accounts are offered by a link, taken by whoever opens it, and kept by `Stop it`.

use crate::{
    app::{AppError, MoveFault, Turn, UserError, moves, transfer},
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
        dialogues::Dialogue,
        message::{Message, Reply},
        view,
    },
    domain::{AccountId, Confirmation, MoveId, MoveKind},
    texts::Text,
};

/// What of the person's is on its way, each with a way to stop it.
pub(super) async fn on_their_way(context: &Context, turn: &Turn) -> Result<Vec<Reply>, AppError> {
    let open = moves::open(context.app(), turn.person.id).await?;
    let voice = context.voice(turn);
    let shown = |(found, accounts): &(_, Vec<_>)| view::moves::open(&voice, found, accounts);
    Ok(open.iter().map(shown).map(Reply::Send).collect())
}

/// `/transfer`: what is on its way, then the accounts to choose from.
pub async fn command(context: &Context, turn: &mut Turn) -> Outcome {
    let app = context.app();
    let accounts = app.accounts_decided_by(turn.person.id).await?;
    let mut replies = on_their_way(context, turn).await?;
    let question = match accounts.as_slice() {
        [] if replies.is_empty() => return Err(UserError::NoAccounts.into()),
        [] => None,
        [only] => Some(ask(context, turn, &[only.account().id.clone()]).await?),
        several => {
            let question = conversation::question_name(context)?;
            let state = Dialogue::TransferWhich {
                question: question.clone(),
                accounts: several
                    .iter()
                    .map(|owned| owned.account().id.clone())
                    .collect(),
            };
            conversation::keep(turn, &state).await?;
            let voice = context.voice(turn);
            Some(view::moves::which(&voice, several, &question))
        }
    };
    replies.extend(question.map(Reply::Send));
    Ok(Answer {
        replies,
        ..Answer::nothing()
    })
}

/// The accounts are known.
pub async fn ask(
    context: &Context,
    turn: &mut Turn,
    accounts: &[AccountId],
) -> Result<Message, AppError> {
    let asked = transfer::ask(context.app(), turn, accounts).await?;
    Ok(view::moves::question(&context.voice(turn), &asked))
}

/// `Make a link`
pub async fn offered(context: &Context, turn: &mut Turn, confirmation: &Confirmation) -> Outcome {
    let (offer, accounts) = transfer::offer(context.app(), turn, confirmation).await?;
    let voice = context.voice(turn);
    let message = view::moves::offered(&voice, &context.core.username, &offer, &accounts);
    Ok(Answer::edit(context.incoming.message, message))
}

/// The link was opened.
pub async fn opened(context: &Context, turn: &mut Turn, id: &MoveId) -> Outcome {
    let asked = transfer::open(context.app(), turn, id).await?;
    let asked = asked.ok_or(MoveFault::OfferOver)?;
    Ok(Answer::send(view::moves::offer(
        &context.voice(turn),
        &asked,
    )))
}

/// `Accept`
pub async fn accepted(context: &Context, turn: &mut Turn, confirmation: &Confirmation) -> Outcome {
    let (offer, accounts) = transfer::accept(context.app(), turn, confirmation).await?;
    let message = view::moves::accepted(&context.voice(turn), &offer, &accounts);
    Ok(Answer::edit(context.incoming.message, message))
}

/// `Stop it`
pub async fn stop(context: &Context, turn: &mut Turn, id: &MoveId) -> Outcome {
    let stopped = moves::stop(context.app(), turn, id).await?;
    let text = match stopped.kind {
        MoveKind::Transfer | MoveKind::Share | MoveKind::TakeOver => Text::MoveStopped,
        MoveKind::Recovery => Text::RecoveryStopped,
    };
    let message = context.voice(turn).message(text);
    Ok(Answer::edit(context.incoming.message, message))
}
