//! `/leakwatch on`, `/leakwatch off`: in a group, by its administrators.

use crate::{
    app::{Turn, leaks},
    bot::{
        context::{Answer, Context, Outcome},
        rights, view,
    },
    domain::ChatId,
    texts::Text,
};

/// In a private chat: there it is always on.
pub fn in_private(context: &Context, turn: &Turn) -> Outcome {
    Ok(Answer::send(
        context.voice(turn).message(Text::LeakwatchPrivate),
    ))
}

/// In a group.
pub async fn in_group(context: &Context, turn: &mut Turn, wanted: &str) -> Outcome {
    let say = |turn: &Turn, text| Ok(Answer::send(context.voice(turn).message(text)));
    let on = match wanted.trim().to_lowercase().as_str() {
        "on" => true,
        "off" => false,
        _ => {
            let on = leaks::is_watched(context.app(), turn.chat).await?;
            let message = view::leak::state(&context.voice(turn), on);
            return Ok(Answer::send(message));
        }
    };
    if !context.allows(turn.person.id) {
        return Ok(Answer::send(view::start::not_allowed(
            &context.voice(turn),
            turn.person.id,
        )));
    }
    // Before the first write: nobody waits for Telegram inside a transaction.
    match rights::member(&context.core.sender, turn.chat, turn.person.id).await {
        Ok(member) if member.is_administrator() => {}
        Ok(_) => return say(turn, Text::LeakwatchNotYours),
        Err(error) => {
            tracing::debug!(%error, "a right cannot be asked for");
            return say(turn, Text::LeakwatchUnknown);
        }
    }
    let sees_all = !on || sees_all(context, turn.chat).await;
    leaks::set_watched(turn, on).await?;
    let message = view::leak::set(&context.voice(turn), on, sees_all);
    Ok(Answer::send(message))
}

/// Whether we are shown all messages of the group and may delete them.
async fn sees_all(context: &Context, chat: ChatId) -> bool {
    let own = rights::own(&context.core.sender, chat).await;
    own.is_ok_and(|member| member.can_delete())
}
