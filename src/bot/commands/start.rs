//! `/start` and `/help`.

use super::transfer;
use crate::{
    app::{Turn, go_on},
    bot::{
        context::{Answer, Context, Outcome},
        view,
    },
    domain::{ConfirmationId, MoveId},
    texts::Text,
};

/// A link to the private chat that leads no further than there.
const NO_WAY: &str = "group";

/// `/start`; from a group it may bring a request along that goes on now.
pub async fn start(context: &Context, turn: &mut Turn, way: &str, first_name: &str) -> Outcome {
    if let Some(offer) = way.strip_prefix(view::moves::LINK) {
        return transfer::opened(context, turn, &MoveId::new(offer)).await;
    }
    if !way.is_empty() && way != NO_WAY {
        let way = ConfirmationId::new(way);
        let going_on = go_on::go_on(context.app(), turn, context.members(), &way).await?;
        let voice = context.voice(turn);
        let greeting = view::start::greeting(&voice, first_name);
        return Ok(Answer::send(match going_on {
            Some(operation) => view::workspace::taken_up(&voice, &operation),
            None => greeting.then(&voice.say(Text::WayInOver)),
        }));
    }
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
