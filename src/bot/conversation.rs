//! Runs the conversations: reads the open one, takes the next step, carries out what it has found out, keeps or ends it.

use super::{
    commands,
    context::{Answer, Context, Outcome},
    dialogues::{Complaint, Dialogue, Input, Request, Step},
    message::Message,
    secrets,
    view::{self, Voice, question::MAX_CHOICES},
};
use crate::{
    app::{
        AppError, Turn, UserError, dialogue,
        find_key::{Found, Match},
    },
    domain::{AccountId, KeyRef, MessageId, Place, looks_secret},
    texts::{Rich, Text},
};

/// The open conversation of this person here.
pub struct Open {
    dialogue: Dialogue,
    /// Where its question stands; zero while unknown.
    pub question: MessageId,
    expired: bool,
}

/// Reads it. One that cannot be read any more (an older version wrote it) is none.
pub fn open(turn: &Turn) -> Option<Open> {
    let open = dialogue::open(turn)?;
    let dialogue = serde_json::from_str(&open.state).ok()?;
    Some(Open {
        dialogue,
        question: open.message,
        expired: open.expired,
    })
}

impl Open {
    /// What is sent now may be a secret.
    pub const fn expects_secret(&self) -> bool {
        self.dialogue.expects_secret()
    }

    /// That text may be a secret, and was asked for.
    pub fn may_be_secret(&self, text: &str) -> bool {
        self.dialogue.may_be_secret(text)
    }

    /// The first code of a second factor is waited for, whose secret stands in the chat.
    pub const fn sets_up_factor(&self) -> bool {
        matches!(self.dialogue, Dialogue::FactorFirstCode)
    }

    /// A project's ID is no secret, however it looks.
    pub const fn asks_for_project(&self) -> bool {
        self.dialogue.asks_for_project()
    }

    /// Nothing has been said in it yet.
    pub const fn is_a_menu(&self) -> bool {
        matches!(self.dialogue, Dialogue::LinkProvider)
    }

    /// Its time is over.
    pub const fn is_expired(&self) -> bool {
        self.expired
    }
}

/// Opens a conversation or moves it on.
pub async fn keep(turn: &mut Turn, state: &Dialogue) -> Result<(), AppError> {
    let state =
        serde_json::to_string(state).map_err(|error| AppError::Broken(error.to_string()))?;
    dialogue::keep(turn, &state).await
}

/// A message from a person who is in a conversation.
pub async fn message(context: &Context, turn: &mut Turn, open: Open, text: String) -> Outcome {
    let Open {
        dialogue,
        question,
        expired,
    } = open;
    // First of all: whatever it is, it must not stay in the chat.
    let secret =
        dialogue.may_be_secret(&text) || !dialogue.asks_for_project() && looks_secret(&text);
    let deleted = secret && context.delete_incoming().await;
    let still_asked = !expired && dialogue.offers_buttons();
    let outcome = if expired {
        dialogue::end(turn).await?;
        Ok(Answer::send(
            context.voice(turn).message(Text::DialogueExpired),
        ))
    } else {
        let input = if context.incoming.attachment {
            Input::Attachment
        } else {
            Input::Text(text)
        };
        step(context, turn, dialogue, input, deleted).await
    };
    let answer = match outcome {
        Err(AppError::User(error)) => {
            if error == UserError::NoSuchAccount {
                // Nothing that is sent next could be about it.
                dialogue::end(turn).await?;
            }
            context.refuse(&context.voice(turn), &error, false)
        }
        outcome => outcome?,
    };
    let mut answer = if still_asked {
        answer
    } else {
        turn.still_asks();
        answer.stripping(question)
    };
    if secret && !deleted {
        answer = secrets::still_there(context, turn, answer);
    }
    Ok(answer)
}

/// A choice was pressed.
pub async fn choice(context: &Context, turn: &mut Turn, question: String, index: usize) -> Outcome {
    let outdated = |turn: &Turn| Ok(Answer::stray(context.voice(turn).say(Text::ToastUnknown)));
    match open(turn) {
        Some(open) if !open.expired => {
            let input = Input::Choice(question, index);
            step(context, turn, open.dialogue, input, false).await
        }
        _ => outdated(turn),
    }
}

/// One step; `deleted` tells whether the message that made it is gone from the chat.
async fn step(
    context: &Context,
    turn: &mut Turn,
    dialogue: Dialogue,
    input: Input,
    deleted: bool,
) -> Outcome {
    let place = match input {
        Input::Choice(..) => context.incoming.message,
        Input::Text(_) | Input::Attachment => MessageId(0),
    };
    match dialogue.clone().step(input) {
        Step::Ask(next) => {
            keep(turn, &next).await?;
            Ok(Answer::send(question(context, turn, &next)))
        }
        Step::Again(Complaint::OtherQuestion) => {
            Ok(Answer::stray(context.voice(turn).say(Text::ToastUnknown)))
        }
        // The question stays open where it stands.
        Step::Again(complaint @ Complaint::UseTheButtons) => Ok(Answer::send(complain(
            &context.voice(turn),
            &complaint,
            deleted,
        ))),
        Step::Again(complaint) => {
            keep(turn, &dialogue).await?;
            let voice = context.voice(turn);
            Ok(Answer::send(
                complain(&voice, &complaint, deleted).row([view::link::cancel(&voice)]),
            ))
        }
        Step::Done(request) => carry_out(context, turn, request, place).await,
    }
}

/// What a conversation has found out. Choices turn their message into the answer; typed ones are answered below.
async fn carry_out(
    context: &Context,
    turn: &mut Turn,
    request: Request,
    place: MessageId,
) -> Outcome {
    let message = match request {
        Request::Link(brought) => return commands::link::accept(context, turn, brought).await,
        Request::TakeIn(account, new) => {
            return commands::rotate::take_in(context, turn, &account, new).await;
        }
        Request::FirstCode(typed) => {
            return commands::factor::first_code(context, turn, typed).await;
        }
        Request::Code(asked, stands, typed) => {
            return commands::factor::code(context, turn, &asked, stands, typed).await;
        }
        Request::Recover(typed) => return commands::recover::code(context, turn, typed).await,
        Request::Rename(account, name) => {
            return commands::accounts::rename(context, turn, &account, &name).await;
        }
        Request::NewKey(account, label) => {
            // First: it may ask the provider, for which no transaction waits.
            let asked = commands::newkey::labelled(context, turn, account, &label).await;
            if !turn.asks() {
                dialogue::end(turn).await?;
            }
            asked?
        }
        Request::Revoke(account, key) => {
            dialogue::end(turn).await?;
            commands::revoke::ask(context, turn, &account, key).await?
        }
        Request::Panic(account, key) => {
            dialogue::end(turn).await?;
            commands::panic::ask_one(context, turn, &account, key).await?
        }
        Request::Rotate(account, key) => {
            dialogue::end(turn).await?;
            commands::rotate::ask(context, turn, &account, key).await?
        }
        Request::AskAge(account, key) => {
            dialogue::end(turn).await?;
            commands::age::ask_key(context, turn, &account, key).await?
        }
        Request::SetAge(account, key, age) => {
            dialogue::end(turn).await?;
            commands::age::choose_key(context, turn, &account, &key, age).await?
        }
        Request::Transfer(accounts) => {
            dialogue::end(turn).await?;
            commands::transfer::ask(context, turn, &accounts).await?
        }
        Request::Unlink(account) => {
            dialogue::end(turn).await?;
            commands::unlink::ask(context, turn, &account).await?
        }
    };
    Ok(Answer::edit(place, message))
}

/// The words of a question that a state waits for.
pub fn question(context: &Context, turn: &Turn, state: &Dialogue) -> Message {
    let voice = context.voice(turn);
    match state {
        Dialogue::LinkProject { provider, .. } => view::link::project(&voice, *provider),
        Dialogue::LinkCredential {
            provider,
            project,
            again,
        } => view::link::credential(&voice, *provider, project.as_deref(), again.as_ref()),
        // The others are asked where their choices are known.
        _ => view::question::label(&voice),
    }
}

fn complain(voice: &Voice<'_>, complaint: &Complaint, deleted: bool) -> Message {
    match complaint {
        Complaint::BadProject => view::error::message(voice, &UserError::BadProject),
        Complaint::LooksSecret if deleted => voice.message(Text::NameLooksSecret),
        Complaint::LooksSecret => voice.message(Text::NameLooksSecretStill),
        Complaint::BadLabel(fault) => view::error::message(voice, &UserError::BadLabel(*fault)),
        Complaint::TextOnly if deleted => voice.message(Text::TextOnlySecret),
        Complaint::TextOnly => voice.message(Text::TextOnly),
        Complaint::UseTheButtons if deleted => voice.message(Text::UseTheButtonsSecret),
        Complaint::UseTheButtons | Complaint::OtherQuestion => voice.message(Text::UseTheButtons),
    }
}

/// A name for a question with choices, so that its buttons cannot be taken for another one's.
pub fn question_name(context: &Context) -> Result<String, AppError> {
    let bytes: [u8; 4] = context.app().ports().random()?;
    Ok(format!("{:08x}", u32::from_be_bytes(bytes)))
}

/// What a search for a key leads to.
pub enum Pick {
    /// Exactly one.
    One(AccountId, KeyRef),
    /// A choice.
    Several {
        /// Its name.
        question: String,
        /// The choices, in the order of the buttons.
        keys: Vec<(AccountId, KeyRef)>,
        /// The message with the buttons.
        message: Message,
    },
    /// Nothing to choose from, and why.
    None(Message),
}

/// Decides without guessing.
pub fn pick(
    context: &Context,
    turn: &Turn,
    wanted: &str,
    found: Found,
    text: Text,
) -> Result<Pick, AppError> {
    let voice = context.voice(turn);
    let Found {
        exact,
        near,
        revoked,
        unreadable,
    } = found;
    if let [only] = exact.as_slice() {
        return Ok(Pick::One(only.account.id.clone(), only.key.to_ref()));
    }
    let mut unread = Rich::default();
    let mut mend = None;
    for (account, reason) in &unreadable {
        let (words, button) = view::error::words(&voice, reason);
        let mut line = view::name(&account.name);
        line.push_str(": ");
        line.push(&words);
        unread.paragraph(&line);
        mend = mend.or(button);
    }
    let (matches, heading): (Vec<Match>, Rich) = if exact.is_empty() {
        (
            near,
            voice.fill(
                Text::ChooseKeyNear,
                &[("wanted", view::name(wanted).into())],
            ),
        )
    } else {
        (exact, voice.say(text))
    };
    if matches.is_empty() {
        if unreadable.is_empty() {
            return Ok(Pick::None(view::question::nothing_found(
                &voice, wanted, &revoked,
            )));
        }
        // What could not be looked at may hold what is meant.
        return Ok(Pick::None(Message::new(unread).row(mend)));
    }
    let mut heading = heading;
    if !unread.is_empty() {
        heading.paragraph(&unread);
    }
    let question = question_name(context)?;
    let several = matches
        .iter()
        .any(|found| found.account.id != matches[0].account.id);
    let message = view::question::keys_to_choose(&voice, heading, &matches, several, &question);
    let keys = matches
        .into_iter()
        .take(MAX_CHOICES)
        .map(|found| (found.account.id, found.key.to_ref()))
        .collect();
    Ok(Pick::Several {
        question,
        keys,
        message,
    })
}

/// The message of this press, which becomes the card of what it starts.
pub fn card(context: &Context, turn: &Turn) -> Place {
    Place {
        chat: turn.chat,
        thread: turn.thread,
        message: context.incoming.message,
    }
}

/// Something was started; its card tells how it goes, and a word on the press would only lie over it.
pub fn under_way() -> Answer {
    Answer::nothing()
}
