//! `/pause`, for operators.

use crate::{
    app::{Turn, pause},
    bot::{
        context::{Answer, Context, Outcome},
        view,
    },
    texts::Text,
};

/// Tells how it is and asks whether to change it.
pub async fn command(context: &Context, turn: &mut Turn) -> Outcome {
    let (paused, question) = pause::ask(context.app(), turn).await?;
    Ok(Answer::send(view::question::pause(
        &context.voice(turn),
        paused,
        &question,
    )))
}

/// Changes it.
pub async fn confirmed(context: &Context, turn: &mut Turn, on: bool) -> Outcome {
    pause::set(context.app(), turn, on).await?;
    let text = if on {
        Text::PausePaused
    } else {
        Text::PauseResumed
    };
    Ok(Answer::edit(
        context.incoming.message,
        context.voice(turn).message(text),
    ))
}
