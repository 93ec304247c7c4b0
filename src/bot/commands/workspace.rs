//! `/bind`, `/unbind`, `/grant`, `/ungrant`, `/roles`, and `This is me`: what belongs to a group alone.

use crate::{
    app::{
        AppError, Turn, UserError,
        confirm::{self, Press},
        roles::{self, Changed},
        workspace,
    },
    bot::{
        command::{self, Command, Read},
        context::{Answer, Context, Outcome},
        group,
        message::{Message, Reply},
        presses,
        view::{self, workspace::Button},
    },
    domain::{Action, Confirmation, ConfirmationId, MessageId, Named, PersonId, Role},
    texts::Text,
};

/// `/bind`
pub async fn bind(context: &Context, turn: &mut Turn) -> Outcome {
    let free = workspace::bindable(context.app(), turn).await?;
    let accounts: Vec<_> = free.iter().map(|owned| owned.account().clone()).collect();
    let actions = accounts.iter().map(|account| Action::Bind {
        account: account.id.clone(),
    });
    let questions = workspace::ask(context.app(), turn, actions.collect()).await?;
    let voice = context.voice(turn);
    Ok(Answer::send(view::workspace::accounts(
        &voice,
        Button::Bind,
        &accounts,
        &questions,
    )))
}

/// `/unbind`
pub async fn unbind(context: &Context, turn: &mut Turn) -> Outcome {
    let accounts = workspace::unbindable(context.app(), turn).await?;
    let actions = accounts.iter().map(|account| Action::Unbind {
        account: account.id.clone(),
    });
    let questions = workspace::ask(context.app(), turn, actions.collect()).await?;
    let voice = context.voice(turn);
    Ok(Answer::send(view::workspace::accounts(
        &voice,
        Button::Unbind,
        &accounts,
        &questions,
    )))
}

/// An account was chosen to be bound.
pub async fn bound(context: &Context, turn: &mut Turn, confirmation: &Confirmation) -> Outcome {
    let title = &context.incoming.title;
    let account = workspace::bind(context.app(), turn, confirmation, title).await?;
    let voice = context.voice(turn);
    Ok(Answer::edit(
        context.incoming.message,
        view::workspace::about(&voice, Text::BindDone, &account),
    ))
}

/// An account was chosen to be taken back.
pub async fn unbound(context: &Context, turn: &mut Turn, confirmation: &Confirmation) -> Outcome {
    let account = workspace::unbind(context.app(), turn, confirmation).await?;
    let voice = context.voice(turn);
    Ok(Answer::edit(
        context.incoming.message,
        view::workspace::about(&voice, Text::UnbindDone, &account),
    ))
}

/// `/grant issuer`, as a reply, with a mention that carries an id, or with the id itself.
pub async fn grant(context: &Context, turn: &mut Turn, words: &str) -> Outcome {
    roles::may_manage(context.app(), turn).await?;
    let (role, rest) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let Some(role) = Role::from_code(&role.to_lowercase()) else {
        return Ok(Answer::send(context.voice(turn).message(Text::GrantHow)));
    };
    let Some(named) = whom(context, rest) else {
        let by = turn.person.id;
        let question = roles::ask_who(context.app(), turn, Action::Claim { role, by }).await?;
        let voice = context.voice(turn);
        return Ok(Answer::send(view::workspace::who(
            &voice, role, by, &turn.name, &question,
        )));
    };
    if named.is_bot {
        return Err(UserError::GrantBot.into());
    }
    let named = roles::check_target(context.app(), turn, context.members(), named.id).await?;
    let changed = roles::grant(context.app(), turn, role, named).await?;
    Ok(Answer::send(granted(context, turn, role, &changed)))
}

/// `/ungrant`, `/ungrant issuer`, as a reply, with a mention, or with an id.
pub async fn ungrant(context: &Context, turn: &mut Turn, words: &str) -> Outcome {
    roles::may_manage(context.app(), turn).await?;
    let role = words
        .split_whitespace()
        .find_map(|word| Role::from_code(&word.to_lowercase()));
    let Some(named) = whom(context, words) else {
        return Ok(Answer::send(context.voice(turn).message(Text::UngrantHow)));
    };
    let changed = roles::take_away(context.app(), turn, role, named).await?;
    let voice = context.voice(turn);
    Ok(Answer::send(view::workspace::ungranted(&voice, &changed)))
}

/// `/roles`
pub async fn list(context: &Context, turn: &mut Turn) -> Outcome {
    let listed = roles::list(context.app(), turn, context.members()).await?;
    Ok(Answer::send(view::workspace::roles(
        &context.voice(turn),
        &listed,
    )))
}

/// Whom a command is about. A `@name` is nobody: it can be anybody's tomorrow, and Telegram does not tell whose it is.
fn whom(context: &Context, words: &str) -> Option<Named> {
    context.incoming.about.clone().or_else(|| {
        let id = words.split_whitespace().find_map(|word| word.parse().ok());
        id.filter(|id| *id > 0).map(|id: i64| Named {
            id: PersonId(id),
            is_bot: false,
            name: id.to_string(),
        })
    })
}

fn granted(context: &Context, turn: &Turn, role: Role, changed: &Changed) -> Message {
    let on_list = context.allows(changed.person);
    view::workspace::granted(&context.voice(turn), role, changed, on_list)
}

/// `Grant`: the manager has decided that whoever said `This is me` is the right one.
pub async fn grant_pressed(
    context: &Context,
    turn: &mut Turn,
    confirmation: Confirmation,
    (role, person): (Role, PersonId),
) -> Outcome {
    let named = roles::check_target(context.app(), turn, context.members(), person).await?;
    if let Press::Stale(stale) = confirm::use_up(turn, confirmation).await? {
        return Ok(presses::stale_answer(context, turn, stale));
    }
    let changed = roles::grant(context.app(), turn, role, named).await?;
    let message = granted(context, turn, role, &changed);
    Ok(Answer::edit(context.incoming.message, message))
}

/// An anonymous administrator has given a command: whoever presses goes on with it, as themselves.
pub async fn ask_who_it_is(context: &Context, turn: &mut Turn, command: &Command) -> Outcome {
    let about = match &context.incoming.about {
        Some(about) => {
            serde_json::to_string(about).map_err(|error| AppError::Broken(error.to_string()))?
        }
        None => String::new(),
    };
    let action = Action::ShowYourself {
        command: command.typed(),
        about,
    };
    let question = roles::ask_who(context.app(), turn, action).await?;
    let voice = context.voice(turn);
    Ok(Answer::send(view::workspace::anonymous(
        &voice, command, &question,
    )))
}

/// `This is me`
pub async fn me(context: &Context, turn: &mut Turn, id: &ConfirmationId) -> Outcome {
    let confirmation = match confirm::look_as_anyone(context.app(), turn, id).await? {
        Press::Go(confirmation) => confirmation,
        Press::Stale(stale) => return Ok(presses::stale_answer(context, turn, stale)),
    };
    workspace::enter(context.app(), turn, context.members(), context.chat()).await?;
    let answer = match &confirmation.action {
        Action::ShowYourself { command, about } => {
            if !workspace::is_administrator(turn) {
                return Ok(Answer::not_yours(&context.voice(turn)));
            }
            go_on(context, turn, command, about).await?
        }
        Action::Claim { .. } => claimed(context, turn, &confirmation).await?,
        _ => return Ok(Answer::stray(context.voice(turn).say(Text::ToastUnknown))),
    };
    match confirm::use_up(turn, confirmation).await? {
        Press::Go(_) => Ok(answer),
        Press::Stale(stale) => Ok(presses::stale_answer(context, turn, stale)),
    }
}

/// The command of somebody who has shown who they are; its answer takes the place of the question.
async fn go_on(context: &Context, turn: &mut Turn, command: &str, about: &str) -> Outcome {
    let Read::Command(command) = command::read(command, &context.core.username) else {
        return Ok(Answer::stray(context.voice(turn).say(Text::ToastUnknown)));
    };
    let mut context = context.clone();
    context.incoming.about = serde_json::from_str(about).ok();
    let answered = match Box::pin(group::run(&context, turn, command)).await {
        Err(AppError::User(error)) => {
            Answer::send(view::error::message(&context.voice(turn), &error))
        }
        answer => answer?,
    };
    Ok(in_place_of(context.incoming.message, answered))
}

fn in_place_of(place: MessageId, mut answer: Answer) -> Answer {
    for reply in &mut answer.replies {
        if let Reply::Send(message) = reply {
            *reply = Reply::Edit(place, std::mem::take(message));
            break;
        }
    }
    answer
}

async fn claimed(context: &Context, turn: &mut Turn, confirmation: &Confirmation) -> Outcome {
    let (role, by, question) = roles::claimed(context.app(), turn, confirmation).await?;
    let voice = context.voice(turn);
    Ok(Answer::edit(
        context.incoming.message,
        view::workspace::claim(&voice, role, (turn.person.id, &turn.name), by, &question),
    ))
}
