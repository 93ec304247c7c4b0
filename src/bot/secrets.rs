//! Secrets where nobody has asked for one: out of the chat before anything else is done. They must never be repeated or stored, not even
//! as the name of something.

use super::{
    command::{Command, Read},
    context::{Answer, Context, Outcome},
    message::Reply,
};
use crate::{
    app::{AppError, Turn, confirm},
    domain::{likely_last_four, looks_secret},
    texts::Text,
};

/// What is left of a message that is looked through.
pub(super) enum Kept {
    /// All of it: there is no secret in it.
    All,
    /// A command that can do its work with a key's last four characters; the answer begins with that text.
    Named(Command, Text),
    /// Nothing; this is the answer.
    Nothing(Answer),
}

/// Looks through a command and what stands after it.
pub(super) async fn look(context: &Context, turn: &Turn, read: &Read, text: &str) -> Kept {
    let rest = match read {
        // A way in is ours.
        Read::Command(Command::Start(_)) | Read::NotForUs | Read::Text => return Kept::All,
        // In private a recovery code is asked for.
        Read::Command(Command::Recover(_)) if context.is_private() => return Kept::All,
        Read::Command(command) => command.rest(),
        Read::Unknown => text,
    };
    if !looks_secret(rest) {
        return Kept::All;
    }
    let removed = context.remove_incoming().await;
    let four = likely_last_four(rest).to_owned();
    let named = match read {
        Read::Command(Command::Revoke(_)) => Some(Command::Revoke(four)),
        Read::Command(Command::Rotate(_)) => Some(Command::Rotate(four)),
        Read::Command(Command::Panic(_)) => Some(Command::Panic(four)),
        Read::Command(Command::Age(_)) => Some(Command::Age(four)),
        _ => None,
    };
    if let Some(command) = named {
        let text = match removed {
            Ok(()) => Text::SecretDeleted,
            Err(_) => Text::LinkNotDeleted,
        };
        return Kept::Named(command, text);
    }
    let voice = context.voice(turn);
    let mut answer = Answer::send(voice.message(match removed {
        Ok(()) => Text::SecretInCommand,
        Err(_) => Text::LinkNotDeleted,
    }));
    if removed.is_err_and(|error| error.is_passing()) {
        answer.replies.push(Reply::Delete(context.incoming.message));
    }
    Kept::Nothing(answer)
}

/// The answer with that said before everything else, if anything is.
pub(super) fn after(
    context: &Context,
    turn: &Turn,
    said: Option<Text>,
    answer: Outcome,
) -> Outcome {
    let Some(said) = said else { return answer };
    let voice = context.voice(turn);
    let mut answer = match answer {
        Err(AppError::User(error)) => context.refuse(&voice, &error, false),
        answer => answer?,
    };
    if said == Text::LinkNotDeleted && context.is_private() {
        // Telegram may only be away; in a group it is a right that is missing.
        answer.replies.push(Reply::Delete(context.incoming.message));
    }
    Ok(answer.after(voice.say(said)))
}

/// The answer where the message with a secret could not be deleted: it begins with a warning, and the deletion is tried once more, and
/// later again if Telegram is only away.
pub(super) fn still_there(context: &Context, turn: &Turn, mut answer: Answer) -> Answer {
    let warning = context.voice(turn).message(Text::LinkNotDeleted);
    answer.replies.insert(0, Reply::Send(warning));
    answer.replies.push(Reply::Delete(context.incoming.message));
    answer
}

/// A text that is in nobody's conversation.
pub(super) async fn unasked(context: &Context, turn: &Turn, text: &str) -> Outcome {
    let voice = context.voice(turn);
    if !context.is_private() || !looks_secret(text) {
        let text = if confirm::asks(context.app(), turn).await? {
            Text::UseTheButtons
        } else {
            Text::OnlyCommands
        };
        return Ok(Answer::send(voice.message(text)));
    }
    if context.delete_incoming().await {
        return Ok(Answer::send(voice.message(Text::UnaskedSecret)));
    }
    Ok(still_there(context, turn, Answer::nothing()))
}
