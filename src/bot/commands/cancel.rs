//! `/cancel` and `Cancel`.

use crate::{
    app::{Turn, dialogue},
    bot::context::{Answer, Context, Outcome},
    domain::MessageId,
    texts::Text,
};

/// `/cancel`
pub async fn command(context: &Context, turn: &mut Turn) -> Outcome {
    let open = dialogue::open(context.app(), turn).await?;
    let Some(open) = open else {
        return Ok(Answer::send(
            context.voice(turn).message(Text::NothingToCancel),
        ));
    };
    dialogue::end(turn).await?;
    let text = if open.expired {
        Text::NothingToCancel
    } else {
        Text::Cancelled
    };
    Ok(Answer::send(context.voice(turn).message(text)))
}

/// `Cancel` of a dialogue. One under an older question leaves the present dialogue alone.
pub async fn press(context: &Context, turn: &mut Turn) -> Outcome {
    let pressed = context.incoming.message;
    let open = dialogue::open(context.app(), turn).await?;
    if open.is_some_and(|open| open.message == pressed || open.message == MessageId(0)) {
        dialogue::end(turn).await?;
    }
    let message = context.voice(turn).message(Text::Cancelled);
    Ok(Answer::edit(pressed, message))
}
