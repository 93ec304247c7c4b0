//! `/audit`.

use crate::{
    app::{Turn, audit_page},
    bot::{
        context::{Answer, Context, Outcome},
        view,
    },
    domain::MessageId,
};

/// A page of the history; the first is sent, the older ones take its place.
pub async fn page(context: &Context, turn: &mut Turn, offset: i64) -> Outcome {
    let page = audit_page(context.app(), turn.person.id, offset).await?;
    let place = if offset == 0 {
        MessageId(0)
    } else {
        context.incoming.message
    };
    Ok(Answer::edit(
        place,
        view::audit::list(&context.voice(turn), &page),
    ))
}
