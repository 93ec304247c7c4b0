//! `/audit`, `/audit export`, `/audit verify`, and the buttons below them.

use crate::{
    app::{Turn, audit},
    bot::{
        context::{Answer, Context, Outcome},
        message::Reply,
        view,
    },
    domain::{AuditFilter, MessageId},
    texts::Text,
};

/// `/audit`: the newest page; or what was asked for.
pub async fn command(context: &Context, turn: &mut Turn, wanted: &str) -> Outcome {
    match wanted.trim().to_lowercase().as_str() {
        "" => page(context, turn, MessageId(0), 0, AuditFilter::default()).await,
        "export" => export(context, turn).await,
        "verify" => verify(context, turn).await,
        _ => Ok(Answer::send(context.voice(turn).message(Text::AuditHow))),
    }
}

/// Another page in the place of that message.
pub async fn page(
    context: &Context,
    turn: &mut Turn,
    place: MessageId,
    offset: i64,
    filter: AuditFilter,
) -> Outcome {
    let page = audit::page(context.app(), turn.person.id, filter, offset).await?;
    Ok(Answer::edit(
        place,
        view::audit::list(&context.voice(turn), &page),
    ))
}

/// The accounts to choose from.
pub async fn accounts(context: &Context, turn: &mut Turn, filter: &AuditFilter) -> Outcome {
    let accounts = context.app().accounts(turn.person.id).await?;
    Ok(Answer::edit(
        context.incoming.message,
        view::audit::accounts(&context.voice(turn), &accounts, filter),
    ))
}

/// `/audit export`: two files. They go out like every answer: what Telegram cannot take now is kept and sent later.
pub async fn export(context: &Context, turn: &mut Turn) -> Outcome {
    let exported = audit::export(context.app(), turn.person.id).await?;
    let voice = context.voice(turn);
    if exported.entries == 0 {
        return Ok(Answer::send(voice.message(Text::AuditNone)));
    }
    let files = view::audit::files(&voice, exported, turn.now);
    Ok(Answer {
        replies: files.map(Reply::File).into(),
        ..Answer::nothing()
    })
}

/// `/audit verify`
pub async fn verify(context: &Context, turn: &mut Turn) -> Outcome {
    let proofs = audit::prove(context.app(), turn.person.id).await?;
    Ok(Answer::send(view::audit::proofs(
        &context.voice(turn),
        &proofs,
    )))
}
