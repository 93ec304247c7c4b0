//! Groups: who may be heard there at all, and what is let through to the commands and presses. Whatever is not let through here does
//! nothing. Nobody is believed to be somebody: Telegram is asked, each time.

use teloxide::types::{CallbackQuery, Message};

use super::{
    callback::Callback,
    command::{self, Command, Read},
    commands,
    context::{Answer, Context, Outcome},
    presses,
    secrets::{self, Kept},
    view,
};
use crate::{
    app::{
        Turn,
        confirm::{self, Press},
        dialogue, workspace,
    },
    domain::{Action, GroupEvent},
    texts::Text,
};

/// The group has another number, or somebody has left it.
pub async fn event(context: Context) -> Outcome {
    let mut turn = context.turn.lock().await;
    let chat = context.chat();
    match context.incoming.event {
        Some(GroupEvent::MigratedTo(new)) => workspace::migrated(&mut turn, chat, new).await?,
        Some(GroupEvent::MigratedFrom(old)) => workspace::migrated(&mut turn, old, chat).await?,
        Some(GroupEvent::Left(person)) => {
            workspace::owners_left(context.app(), &mut turn, chat, &[person]).await?;
        }
        None => {}
    }
    Ok(Answer::nothing())
}

/// A command; nothing else is read in groups.
pub async fn message(message: Message, context: Context) -> Outcome {
    let mut turn = context.turn.lock().await;
    if message.chat.is_channel() {
        // Nobody speaks there as themselves.
        return Ok(Answer::nothing());
    }
    let text = message.text().unwrap_or_default();
    // Only what is surely for us: in a group with several bots everyone would answer otherwise.
    let read = command::read(text, &context.core.username);
    if !matches!(read, Read::Command(_)) {
        return Ok(Answer::nothing());
    }
    let (read, said) = match secrets::look(&context, &turn, &read, text).await {
        Kept::All => (read, None),
        Kept::Named(command, said) => (Read::Command(command), Some(said)),
        Kept::Nothing(answer) => return Ok(answer),
    };
    let Read::Command(command) = read else {
        return Ok(Answer::nothing());
    };
    let say = |text: Text| Ok(Answer::send(context.voice(&turn).message(text)));
    if context.incoming.attachment {
        return say(Text::TextOnly);
    }
    let answer = match message.sender_chat {
        Some(sender) if sender.id == message.chat.id => {
            if !command.place().is_for_groups() {
                return Ok(lead_away(&context, &turn));
            }
            commands::workspace::ask_who_it_is(&context, &mut turn, &command).await
        }
        Some(_) => say(Text::GroupSpeakAsYourself),
        None if !context.allows(context.incoming.person) => {
            let voice = context.voice(&turn);
            let words = voice.message(Text::GroupNotAllowed);
            Ok(Answer::send(view::start::with_private_chat(
                &voice,
                words,
                &context.core.username,
            )))
        }
        None => run(&context, &mut turn, command).await,
    };
    secrets::after(&context, &turn, said, answer)
}

/// Carries a command out for the person of the turn, whoever has shown that it is theirs.
pub async fn run(context: &Context, turn: &mut Turn, command: Command) -> Outcome {
    if !command.place().is_for_groups() {
        return Ok(lead_away(context, turn));
    }
    match command {
        Command::Start(_) => return Ok(welcome(context, turn)),
        Command::Help(_) => {
            return Ok(Answer::send(view::start::group_help(&context.voice(turn))));
        }
        Command::Cancel(_) => {}
        Command::Leakwatch(wanted) => {
            return commands::leakwatch::in_group(context, turn, &wanted).await;
        }
        _ => {
            workspace::enter(context.app(), turn, context.members(), context.chat()).await?;
        }
    }
    let open = dialogue::open(turn);
    let answer = commands::run(context, turn, command, "").await;
    if open.is_some() && !turn.asks() {
        // What was asked before must not be answered to the new question unawares.
        dialogue::end(turn).await?;
    }
    answer
}

/// What is said when the bot comes, and on `/start`.
pub fn welcome(context: &Context, turn: &Turn) -> Answer {
    let voice = context.voice(turn);
    let words = voice.message(Text::GroupWelcome);
    let username = &context.core.username;
    Answer::send(view::start::with_private_chat(&voice, words, username))
}

fn lead_away(context: &Context, turn: &Turn) -> Answer {
    Answer::send(view::start::group(
        &context.voice(turn),
        &context.core.username,
    ))
}

/// A press. Whose it is to make is looked up first, here; only then Telegram is asked who that is.
pub async fn pressed(press: CallbackQuery, context: Context) -> Outcome {
    let mut turn = context.turn.lock().await;
    let data = press.data.unwrap_or_default();
    let in_a_channel = press
        .message
        .is_some_and(|message| message.chat().is_channel());
    if !context.allows(context.incoming.person) {
        let id = context.incoming.person.to_string();
        let voice = context.voice(&turn);
        return Ok(Answer::stray(
            voice.fill(Text::ToastNotAllowed, &[("id", id.into())]),
        ));
    }
    let Some(callback) = Callback::parse(&data) else {
        let words = context.voice(&turn).say(Text::ToastUnknown);
        return Ok(Answer::stray(words));
    };
    if !callback.place().is_for_groups() || in_a_channel {
        return Ok(Answer::not_yours(&context.voice(&turn)));
    }
    match &callback {
        Callback::Me(id) => commands::workspace::me(&context, &mut turn, id).await,
        // Each asks Telegram itself, of the group where the request is from, or changes nothing.
        Callback::Request(..) | Callback::No(_) | Callback::Cancel => {
            presses::act_on(&context, &mut turn, callback).await
        }
        Callback::Yes(id) | Callback::OldKeyDies(id, _) => {
            let confirmation = match confirm::look(context.app(), &turn, id).await? {
                Press::Go(confirmation) => confirmation,
                Press::Stale(stale) => return Ok(presses::stale_answer(&context, &turn, stale)),
            };
            workspace::enter(context.app(), &mut turn, context.members(), context.chat()).await?;
            if let Action::Grant { role, person } = confirmation.action {
                let grant = (role, person);
                return commands::workspace::grant_pressed(
                    &context,
                    &mut turn,
                    confirmation,
                    grant,
                )
                .await;
            }
            presses::act_on(&context, &mut turn, callback).await
        }
        _ => {
            workspace::enter(context.app(), &mut turn, context.members(), context.chat()).await?;
            presses::act_on(&context, &mut turn, callback).await
        }
    }
}
