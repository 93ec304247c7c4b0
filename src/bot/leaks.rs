//! A message that holds a key: away with it, its owner is told, and who posted it is told no more than that.

use teloxide::types::{Update, UpdateKind};

use super::{
    command::{self, Read},
    context::{Answer, Context, Outcome},
    conversation,
    message::Reply,
    view,
};
use crate::app::leaks::{self, Sighting};

/// Whether this update's message holds a key that matters, and was not asked for. What cannot be looked up counts as one: then
/// nothing is done, and the update is handled again.
pub async fn is_leak(update: Update, context: Context) -> bool {
    let Some(finding) = &context.incoming.leak else {
        return false;
    };
    if context.is_private() && is_asked_for(&update, &context).await {
        return false;
    }
    leaks::any_known(context.app(), &finding.codes)
        .await
        .unwrap_or(true)
}

/// Whoever links an account is asked for just that, and the conversation deletes it; but no command is an answer.
async fn is_asked_for(update: &Update, context: &Context) -> bool {
    let text = match &update.kind {
        UpdateKind::Message(message) | UpdateKind::EditedMessage(message) => message.text(),
        _ => None,
    };
    let text = text.unwrap_or_default();
    if matches!(
        command::read(text, &context.core.username),
        Read::Command(_)
    ) {
        return false;
    }
    let turn = context.turn.lock().await;
    let open = conversation::open(&turn);
    open.is_some_and(|open| open.may_be_secret(text))
}

/// Deletes the message where that is allowed, and tells of it.
pub async fn leaked(context: Context) -> Outcome {
    let Some(finding) = context.incoming.leak.clone() else {
        return Ok(Answer::nothing());
    };
    let removed = context.remove_incoming().await;
    let sighting = Sighting {
        codes: finding.codes.clone(),
        group: finding.group.clone(),
        poster: finding.poster.clone(),
        deleted: removed.is_ok(),
    };
    let mut turn = context.turn.lock().await;
    let texts = &*context.core.texts;
    let told = leaks::report(context.app(), &mut turn, texts, &sighting).await?;
    let voice = context.voice(&turn);
    // In a group everyone may wonder where it went; in a private chat an owner reads the alert itself.
    let mut answer = if context.is_private() && told {
        Answer::nothing()
    } else {
        Answer::send(view::leak::removed(&voice, &sighting, context.is_private()))
    };
    if removed.is_err_and(|error| error.is_passing()) {
        answer.replies.push(Reply::Delete(context.incoming.message));
    }
    Ok(answer)
}
