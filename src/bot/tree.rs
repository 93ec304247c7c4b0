//! The handler tree. Its order is policy: each gate stands before what it protects and says why.

use teloxide::{
    dispatching::{DpHandlerDescription, UpdateFilterExt},
    dptree::{self, Handler},
    types::{CallbackQuery, ChatMemberUpdated, Message, Update, UpdateKind},
};

use super::{
    callback::Callback,
    command::{self, Command, Read},
    commands,
    context::{Answer, Context, Outcome},
    conversation::{self, Open},
    group, leaks, presses,
    secrets::{self, Kept},
    view::start,
};
use crate::{
    app::{AppError, Turn, dialogue, leaks as watched, moves, requests, workspace},
    domain::{MessageId, looks_secret},
    texts::Text,
};

/// Gives what is answered.
pub type Tree = Handler<'static, Outcome, DpHandlerDescription>;

/// The whole tree; what it needs is an [`Update`] and a [`Context`].
pub fn handler_tree() -> Tree {
    dptree::entry()
        // Membership is about the bot and the chat; it asks nothing of anyone.
        .branch(Update::filter_my_chat_member().endpoint(membership_changed))
        // Above all that turns people away: a key that leaks is its owner's matter, whoever has posted it, and wherever.
        .branch(dptree::filter_async(leaks::is_leak).endpoint(leaks::leaked))
        // What happens to a group is told by Telegram itself, whoever caused it.
        .branch(dptree::filter(is_an_event).endpoint(group::event))
        // Other bots cannot be owners, and two bots must never talk to each other for ever.
        .branch(dptree::filter(is_from_a_bot).endpoint(ignore))
        // Before any work is done for them: whoever sends more than a person can type is told so, once.
        .branch(dptree::filter(is_too_fast).endpoint(too_fast))
        // Above everything that does something: what may be done in a group is let through there, one by one.
        .branch(dptree::filter(is_in_a_group).branch(groups()))
        // Whoever is not on the operator's list learns how to get there, and nothing else is done for them.
        .branch(dptree::filter(is_not_allowed).branch(strangers()))
        .branch(Update::filter_callback_query().endpoint(pressed))
        .branch(Update::filter_edited_message().endpoint(edited))
        .branch(Update::filter_message().endpoint(message))
}

fn groups() -> Tree {
    dptree::entry()
        .branch(Update::filter_message().endpoint(group::message))
        .branch(Update::filter_callback_query().endpoint(group::pressed))
        .branch(dptree::endpoint(ignore))
}

fn strangers() -> Tree {
    dptree::entry()
        .branch(Update::filter_message().endpoint(stranger_message))
        .branch(Update::filter_callback_query().endpoint(stranger_press))
        .branch(dptree::endpoint(ignore))
}

fn is_from_a_bot(update: Update) -> bool {
    update.from().is_none_or(|user| user.is_bot) && !is_said_by_a_chat(&update)
}

/// Anonymous administrators and channels speak in a group; Telegram names a bot of its own as the sender.
fn is_said_by_a_chat(update: &Update) -> bool {
    let UpdateKind::Message(message) = &update.kind else {
        return false;
    };
    message.sender_chat.is_some() && !message.chat.is_private()
}

fn is_an_event(context: Context) -> bool {
    context.incoming.event.is_some()
}

/// Only commands count: a dialogue's answers are asked for, and presses are cheap.
fn is_too_fast(update: Update, context: Context) -> bool {
    let UpdateKind::Message(message) = &update.kind else {
        return false;
    };
    let read = command::read(message.text().unwrap_or_default(), &context.core.username);
    let is_ours = matches!(read, Read::Command(_) | Read::Unknown);
    // What stops a leak is done, however much is sent after it.
    let behind = match &read {
        Read::Command(Command::Panic(_)) => 0,
        _ => context.incoming.behind,
    };
    is_ours && !context.core.limits.takes(context.speaker(), behind)
}

async fn too_fast(context: Context) -> Outcome {
    if !context.core.limits.warns(context.speaker()) {
        return Ok(Answer::nothing());
    }
    let turn = context.turn.lock().await;
    Ok(Answer::send(context.voice(&turn).message(Text::TooFast)))
}

fn is_in_a_group(context: Context) -> bool {
    !context.is_private()
}

fn is_not_allowed(context: Context) -> bool {
    !context.allows(context.incoming.person)
}

async fn ignore() -> Outcome {
    Ok(Answer::nothing())
}

async fn membership_changed(change: ChatMemberUpdated, context: Context) -> Outcome {
    let mut turn = context.turn.lock().await;
    if change.chat.is_private() && change.new_chat_member.is_present() {
        // Unblocked: what waited for the chat need not wait for its next try.
        requests::chat_opened(&mut turn).await?;
        moves::tell_again(context.app(), &mut turn).await?;
    }
    // A promotion, or another right, is no arrival; and in a channel nobody could answer.
    let in_group = change.chat.is_group() || change.chat.is_supergroup();
    let joined_group =
        in_group && !change.old_chat_member.is_present() && change.new_chat_member.is_present();
    if in_group && !change.new_chat_member.is_present() {
        watched::left(context.app(), &mut turn).await?;
    }
    tracing::info!(
        present = change.new_chat_member.is_present(),
        "membership changed"
    );
    if !change.chat.is_private() && !change.new_chat_member.is_present() {
        workspace::bot_left(context.app(), &mut turn, context.chat()).await?;
    }
    if !joined_group {
        return Ok(Answer::nothing());
    }
    Ok(group::welcome(&context, &turn))
}

async fn stranger_message(message: Message, context: Context) -> Outcome {
    let turn = context.turn.lock().await;
    let voice = context.voice(&turn);
    let answer = Answer::send(start::not_allowed(&voice, context.incoming.person));
    if !context.is_private() || !looks_secret(message.text().unwrap_or_default()) {
        return Ok(answer);
    }
    Ok(if context.delete_incoming().await {
        answer.after(voice.say(Text::SecretDeleted))
    } else {
        secrets::still_there(&context, &turn, answer)
    })
}

async fn stranger_press(press: CallbackQuery, context: Context) -> Outcome {
    let mut turn = context.turn.lock().await;
    let data = press.data.as_deref().unwrap_or_default();
    if context.is_private() && matches!(Callback::parse(data), Some(Callback::StopMove(_))) {
        // It only keeps what is theirs; whoever is taken off the list must not lose it by that.
        return presses::pressed(&context, &mut turn, data).await;
    }
    let id = context.incoming.person.to_string();
    let voice = context.voice(&turn);
    Ok(Answer::alert(
        voice.fill(Text::ToastNotAllowed, &[("id", id.into())]),
    ))
}

async fn pressed(press: CallbackQuery, context: Context) -> Outcome {
    let mut turn = context.turn.lock().await;
    presses::pressed(
        &context,
        &mut turn,
        press.data.as_deref().unwrap_or_default(),
    )
    .await
}

/// An edit is not read as a new message: a command must not run twice. But it may hold a secret.
async fn edited(message: Message, context: Context) -> Outcome {
    let turn = context.turn.lock().await;
    let open = conversation::open(&turn);
    let (voice, text) = (context.voice(&turn), message.text().unwrap_or_default());
    let read = command::read(text, &context.core.username);
    let is_text = read == Read::Text;
    let asked = |open: &Open| open.expects_secret() || is_text && open.may_be_secret(text);
    let is_asked_for = open.as_ref().is_some_and(asked);
    let is_project = is_text && open.as_ref().is_some_and(Open::asks_for_project);
    let looks_secret = read != Read::NotForUs && context.is_private() && looks_secret(text);
    if !is_asked_for && (is_project || !looks_secret) {
        return Ok(match read {
            Read::Command(_) | Read::Unknown => Answer::send(voice.message(Text::EditedCommand)),
            Read::NotForUs | Read::Text => Answer::nothing(),
        });
    }
    let text = match context.delete_incoming().await {
        true if is_asked_for && open.is_some_and(|open| !open.is_expired()) => Text::LinkEdited,
        true => Text::UnaskedSecret,
        false => Text::LinkNotDeleted,
    };
    Ok(Answer::send(voice.message(text)))
}

async fn message(message: Message, context: Context) -> Outcome {
    let mut turn = context.turn.lock().await;
    let text = message.text().unwrap_or_default().to_owned();
    let first_name = message.from.map(|user| user.first_name).unwrap_or_default();
    let open = conversation::open(&turn);
    let read = if context.incoming.attachment {
        Read::Text
    } else {
        command::read(&text, &context.core.username)
    };
    let is_answer = open.as_ref().is_some_and(Open::expects_secret) && read == Read::Unknown;
    let kept = if is_answer {
        Kept::All
    } else {
        secrets::look(&context, &turn, &read, &text).await
    };
    let (read, said) = match kept {
        Kept::All => (read, None),
        Kept::Named(command, said) => (Read::Command(command), Some(said)),
        Kept::Nothing(answer) => return Ok(answer),
    };
    let answer = answer_to(&context, &mut turn, read, open, text, &first_name).await;
    secrets::after(&context, &turn, said, answer)
}

async fn answer_to(
    context: &Context,
    turn: &mut Turn,
    read: Read,
    open: Option<Open>,
    text: String,
    first_name: &str,
) -> Outcome {
    match (read, open) {
        (Read::Command(command @ Command::Cancel(_)), open) => {
            let question = open.map_or(MessageId(0), |open| open.question);
            let answer = commands::run(context, turn, command, first_name).await;
            answer.map(|answer| answer.stripping(question))
        }
        (Read::Command(command), None) => commands::run(context, turn, command, first_name).await,
        (Read::Command(command), Some(open)) => {
            // The command first: it may ask a provider, and nobody is to wait for that inside a transaction.
            let answer = commands::run(context, turn, command, first_name).await;
            if !turn.asks() {
                dialogue::end(turn).await?;
            }
            let voice = context.voice(turn);
            let mut answer = match answer {
                Err(AppError::User(error)) => context.refuse(&voice, &error, false),
                answer => answer?,
            };
            if !open.is_expired() {
                answer = answer.after(voice.say(Text::CancelledByCommand));
            }
            Ok(answer.stripping(open.question))
        }
        // A credential may begin with a slash.
        (Read::Text, Some(open)) => conversation::message(context, turn, open, text).await,
        (Read::Unknown | Read::NotForUs, Some(open)) if open.expects_secret() => {
            conversation::message(context, turn, open, text).await
        }
        (Read::Unknown, _) => Ok(Answer::send(
            context.voice(turn).message(Text::UnknownCommand),
        )),
        (Read::NotForUs, _) => Ok(Answer::nothing()),
        (Read::Text, None) => secrets::unasked(context, turn, &text).await,
    }
}
