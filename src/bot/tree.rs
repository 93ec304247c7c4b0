//! The handler tree. Its order is policy: each gate stands before what it protects and says why.

use teloxide::{
    dispatching::{DpHandlerDescription, UpdateFilterExt},
    dptree::{self, Handler},
    types::{CallbackQuery, ChatMemberUpdated, Message, Update, UpdateKind},
};

use super::{
    command::{self, Read},
    commands,
    context::{Answer, Context, Outcome},
    conversation, presses,
    view::start,
};
use crate::{
    app::{AppError, dialogue, requests},
    domain::MessageId,
    texts::Text,
};

type Tree = Handler<'static, Outcome, DpHandlerDescription>;

/// The whole tree; what it needs is an [`Update`] and a [`Context`].
pub fn handler_tree() -> Tree {
    dptree::entry()
        // Membership is about the bot and the chat; it asks nothing of anyone.
        .branch(Update::filter_my_chat_member().endpoint(membership_changed))
        // Other bots cannot be owners, and two bots must never talk to each other for ever.
        .branch(dptree::filter(is_from_a_bot).endpoint(ignore))
        // Above everything that does something: groups are only shown the way, so that no secret and no list gets there.
        .branch(dptree::filter(is_in_a_group).branch(group()))
        // Whoever is not on the operator's list learns how to get there, and nothing else is done for them.
        .branch(dptree::filter(is_not_allowed).branch(strangers()))
        .branch(Update::filter_callback_query().endpoint(pressed))
        .branch(Update::filter_edited_message().endpoint(edited))
        .branch(Update::filter_message().endpoint(message))
}

fn group() -> Tree {
    dptree::entry()
        .branch(Update::filter_message().endpoint(group_message))
        .branch(Update::filter_callback_query().endpoint(group_press))
        .branch(dptree::endpoint(ignore))
}

fn strangers() -> Tree {
    dptree::entry()
        .branch(Update::filter_message().endpoint(stranger_message))
        .branch(Update::filter_callback_query().endpoint(stranger_press))
        .branch(dptree::endpoint(ignore))
}

fn is_from_a_bot(update: Update) -> bool {
    update.from().is_none_or(|user| user.is_bot) && !is_said_by_its_group(&update)
}

/// An anonymous administrator speaks as the group; Telegram names a bot of its own as the sender.
fn is_said_by_its_group(update: &Update) -> bool {
    let UpdateKind::Message(message) = &update.kind else {
        return false;
    };
    let sender = message.sender_chat.as_ref();
    sender.is_some_and(|sender| sender.id == message.chat.id)
}

fn is_in_a_group(context: Context) -> bool {
    context.chat() != context.incoming.person.private_chat()
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
        requests::wake_deliveries(&mut turn).await?;
    }
    // A promotion, or another right, is no arrival; and in a channel nobody could answer.
    let joined_group = (change.chat.is_group() || change.chat.is_supergroup())
        && !change.old_chat_member.is_present()
        && change.new_chat_member.is_present();
    tracing::info!(
        present = change.new_chat_member.is_present(),
        "membership changed"
    );
    if !joined_group {
        return Ok(Answer::nothing());
    }
    Ok(Answer::send(start::group(
        &context.voice(&turn),
        &context.core.username,
    )))
}

async fn group_message(message: Message, context: Context) -> Outcome {
    let turn = context.turn.lock().await;
    // Only what is surely for us: in a group with several bots everyone would answer otherwise.
    match command::read(message.text().unwrap_or_default(), &context.core.username) {
        Read::Command(_) => Ok(Answer::send(start::group(
            &context.voice(&turn),
            &context.core.username,
        ))),
        Read::Unknown | Read::NotForUs | Read::Text => Ok(Answer::nothing()),
    }
}

async fn group_press(context: Context) -> Outcome {
    let turn = context.turn.lock().await;
    Ok(Answer::alert(context.voice(&turn).say(Text::ToastNotYours)))
}

async fn stranger_message(context: Context) -> Outcome {
    let turn = context.turn.lock().await;
    Ok(Answer::send(start::not_allowed(
        &context.voice(&turn),
        context.incoming.person,
    )))
}

async fn stranger_press(context: Context) -> Outcome {
    let turn = context.turn.lock().await;
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
    let open = conversation::open(&context, &turn).await?;
    let (voice, text) = (context.voice(&turn), message.text().unwrap_or_default());
    let read = command::read(text, &context.core.username);
    let may_be_secret = open.is_some_and(|open| {
        open.expects_secret() || (read == Read::Text && open.may_be_secret(text))
    });
    if !may_be_secret {
        return Ok(match read {
            Read::Command(_) | Read::Unknown => Answer::send(voice.message(Text::EditedCommand)),
            Read::NotForUs | Read::Text => Answer::nothing(),
        });
    }
    let text = if context.delete_incoming().await {
        Text::LinkEdited
    } else {
        Text::LinkNotDeleted
    };
    Ok(Answer::send(voice.message(text)))
}

async fn message(message: Message, context: Context) -> Outcome {
    let mut turn = context.turn.lock().await;
    let text = message.text().unwrap_or_default().to_owned();
    let first_name = message.from.map(|user| user.first_name).unwrap_or_default();
    let open = conversation::open(&context, &turn).await?;
    let read = if context.incoming.attachment {
        Read::Text
    } else {
        command::read(&text, &context.core.username)
    };
    match (read, open) {
        (Read::Command(command @ command::Command::Cancel(_)), open) => {
            let question = open.map_or(MessageId(0), |open| open.question);
            let answer = commands::run(&context, &mut turn, command, &first_name).await;
            answer.map(|answer| answer.stripping(question))
        }
        (Read::Command(command), None) => {
            commands::run(&context, &mut turn, command, &first_name).await
        }
        (Read::Command(command), Some(open)) => {
            // The command first: it may ask a provider, and nobody is to wait for that inside a transaction.
            let answer = commands::run(&context, &mut turn, command, &first_name).await;
            if !turn.asks() {
                dialogue::end(&mut turn).await?;
            }
            let voice = context.voice(&turn);
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
        (Read::Text, Some(open)) => conversation::message(&context, &mut turn, open, text).await,
        (Read::Unknown | Read::NotForUs, Some(open)) if open.expects_secret() => {
            conversation::message(&context, &mut turn, open, text).await
        }
        (Read::Unknown, _) => Ok(Answer::send(
            context.voice(&turn).message(Text::UnknownCommand),
        )),
        (Read::NotForUs, _) => Ok(Answer::nothing()),
        (Read::Text, None) => Ok(Answer::send(
            context.voice(&turn).message(Text::OnlyCommands),
        )),
    }
}
