//! `/cancel` and `Cancel`.

use crate::{
    app::{Turn, confirm, dialogue},
    bot::context::{Answer, Context, Outcome},
    domain::MessageId,
    texts::Text,
};

/// `/cancel`
pub async fn command(context: &Context, turn: &mut Turn) -> Outcome {
    let open = dialogue::open(context.app(), turn).await?;
    if open.is_some() {
        dialogue::end(turn).await?;
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
    let open = dialogue::open(context.app(), turn).await?;
    let is_asked = |open: &dialogue::Open| [MessageId(0), pressed].contains(&open.message);
    if !context.chat().is_private() && !open.as_ref().is_some_and(is_asked) {
        return Ok(Answer::not_yours(&context.voice(turn)));
    }
    // Where the question stands may not be known yet; messages of a chat are numbered in their order.
    if open.is_some_and(|open| open.message <= pressed) {
        dialogue::end(turn).await?;
    }
    let message = context.voice(turn).message(Text::Cancelled);
    Ok(Answer::edit(pressed, message))
}
