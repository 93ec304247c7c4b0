//! `/audit`.

use crate::{
    app::{Turn, audit_page},
    bot::{
        context::{Answer, Context, Outcome},
        view,
    },
    domain::MessageId,
};

/// `/audit`: the newest page.
pub async fn command(context: &Context, turn: &mut Turn) -> Outcome {
    page(context, turn, MessageId(0), 0).await
}

/// Another page in the place of that message.
pub async fn page(context: &Context, turn: &mut Turn, place: MessageId, offset: i64) -> Outcome {
    let page = audit_page(context.app(), turn.person.id, offset).await?;
    Ok(Answer::edit(
        place,
        view::audit::list(&context.voice(turn), &page),
    ))
}
