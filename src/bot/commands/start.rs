//! `/start` and `/help`.

use crate::{
    app::Turn,
    bot::{
        context::{Answer, Context, Outcome},
        view,
    },
};

/// `/start`; what a deep link adds to it is of no meaning yet.
pub fn start(context: &Context, turn: &Turn, first_name: &str) -> Outcome {
    Ok(Answer::send(view::start::greeting(
        &context.voice(turn),
        first_name,
    )))
}

/// `/help`
pub fn help(context: &Context, turn: &Turn) -> Outcome {
    let operator = context.app().is_operator(turn.person.id);
    Ok(Answer::send(view::start::help(
        &context.voice(turn),
        operator,
    )))
}
