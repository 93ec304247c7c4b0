//! `/cancel` and `Cancel`.

use crate::{
    app::{AppError, Turn, confirm, dialogue, factor},
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
    },
    domain::MessageId,
    texts::Text,
};

/// `/cancel`
pub async fn command(context: &Context, turn: &mut Turn) -> Outcome {
    let open = dialogue::open(turn);
    if open.is_some() {
        end(turn).await?;
    }
    let questions = confirm::cancel_all(context.app(), turn).await?;
    let text = if questions || open.is_some_and(|open| !open.expired) {
        Text::Cancelled
    } else {
        Text::NothingToCancel
    };
    Ok(Answer::send(context.voice(turn).message(text)))
}

/// `Cancel` of a dialogue. One under an older question leaves the present dialogue alone.
pub async fn press(context: &Context, turn: &mut Turn) -> Outcome {
    let pressed = context.incoming.message;
    let open = dialogue::open(turn);
    let is_asked = |open: &dialogue::Open| [MessageId(0), pressed].contains(&open.message);
    if !context.chat().is_private() && !open.as_ref().is_some_and(is_asked) {
        return Ok(Answer::not_yours(&context.voice(turn)));
    }
    // Where the question stands may not be known yet; messages of a chat are numbered in their order.
    let text = if open.is_some_and(|open| open.message <= pressed) {
        end(turn).await?;
        Text::Cancelled
    } else {
        Text::QuestionOver
    };
    Ok(Answer::edit(pressed, context.voice(turn).message(text)))
}

/// What was shown for its sake goes with it.
async fn end(turn: &mut Turn) -> Result<(), AppError> {
    if conversation::open(turn).is_some_and(|open| open.sets_up_factor()) {
        factor::give_up(turn).await?;
    }
    dialogue::end(turn).await
}
