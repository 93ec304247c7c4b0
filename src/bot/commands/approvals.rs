//! `Approve` and `Reject` on a request that waits for other people.

use crate::{
    app::{AppError, Turn, UserError, approvals, requests},
    bot::{
        commands::status,
        context::{Answer, Context, Outcome},
        view,
    },
    domain::{Operation, OperationNumber, operation::Objection},
    texts::{Rich, Text},
};

/// `Approve`
pub async fn approve(context: &Context, turn: &mut Turn, number: OperationNumber) -> Outcome {
    let members = context.members();
    let approved = approvals::approve(context.app(), turn, members, number).await;
    let words = match &approved {
        Ok(operation) => view::approval::approved(&context.voice(turn), operation),
        Err(_) => Rich::default(),
    };
    decided(context, turn, number, approved, words).await
}

/// `Reject`
pub async fn reject(context: &Context, turn: &mut Turn, number: OperationNumber) -> Outcome {
    let rejected = approvals::reject(context.app(), turn, number).await;
    let words = context.voice(turn).say(Text::ToastRejected);
    decided(context, turn, number, rejected, words).await
}

/// Why it was rejected.
pub async fn explain(
    context: &Context,
    turn: &mut Turn,
    number: OperationNumber,
    why: Objection,
) -> Outcome {
    let explained = approvals::explain(context.app(), turn, number, why).await;
    let words = context.voice(turn).say(Text::ToastExplained);
    decided(context, turn, number, explained, words).await
}

/// The press is answered with those words, unless it came too late or from the wrong person.
async fn decided(
    context: &Context,
    turn: &mut Turn,
    number: OperationNumber,
    decided: Result<Operation, AppError>,
    words: Rich,
) -> Outcome {
    match decided {
        Err(AppError::User(UserError::NoSuchOperation)) => {
            Ok(Answer::not_yours(&context.voice(turn)))
        }
        Err(AppError::User(UserError::MovedOn)) => {
            let operation = requests::show(context.app(), turn, number).await?;
            status::moved_on(context, turn, &operation).await
        }
        decided => {
            let mut answer = status::redrawn(context, &context.voice(turn), &decided?);
            answer.toast = Answer::toast(words).toast;
            Ok(answer)
        }
    }
}
