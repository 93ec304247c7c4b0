//! `/secondfactor`, and the code that is asked for before what weighs most.

use crate::{
    app::{
        AppError, CodeFault, Turn, UserError,
        confirm::{self, Press, Stale},
        dialogue, factor, showings,
    },
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
        dialogues::Dialogue,
        presses, view,
    },
    domain::{Confirmation, ConfirmationId, MessageId},
    secret::Secret,
    texts::Text,
};

/// `/secondfactor`: how it stands.
pub async fn command(context: &Context, turn: &mut Turn) -> Outcome {
    let status = factor::status(context.app(), turn).await?;
    Ok(Answer::send(view::factor::status(
        &context.voice(turn),
        &status,
    )))
}

/// `Set it up`: the picture comes by itself, and its first code is waited for.
pub async fn set_up(context: &Context, turn: &mut Turn) -> Outcome {
    factor::set_up(context.app(), turn).await?;
    conversation::keep(turn, &Dialogue::FactorFirstCode).await?;
    Ok(Answer::edit(
        context.incoming.message,
        view::factor::set_up(&context.voice(turn)),
    ))
}

/// The first code was typed.
pub async fn first_code(context: &Context, turn: &mut Turn, typed: Secret) -> Outcome {
    match factor::switch_on(context.app(), turn, &typed).await {
        Ok(()) => {
            dialogue::end(turn).await?;
            Ok(Answer::send(context.voice(turn).message(Text::FactorIsOn)))
        }
        Err(AppError::User(
            error @ UserError::Code(CodeFault::WrongFirst | CodeFault::NotShown),
        )) => Ok(again(context, turn, &error)),
        Err(AppError::User(error)) => {
            dialogue::end(turn).await?;
            Err(error.into())
        }
        Err(error) => Err(error),
    }
}

/// A button was pressed before which a code is asked for: it is used up by the right code, not by the press.
pub async fn ask_code(context: &Context, turn: &mut Turn, question: &Confirmation) -> Outcome {
    let state = Dialogue::FactorCode {
        question: question.id.clone(),
        place: context.incoming.message,
    };
    conversation::keep(turn, &state).await?;
    Ok(Answer::send(view::factor::ask_code(
        &context.voice(turn),
        &question.action,
    )))
}

/// A code was typed for a question that stands in that message.
pub async fn code(
    context: &Context,
    turn: &mut Turn,
    question: &ConfirmationId,
    place: MessageId,
    typed: Secret,
) -> Outcome {
    let found = match confirm::look(context.app(), turn, question).await? {
        Press::Go(found) => found,
        Press::Stale(stale) => {
            dialogue::end(turn).await?;
            let words = match stale {
                Stale::Expired => Text::ToastExpired,
                Stale::Used | Stale::NotYours => Text::ToastUsed,
            };
            return Ok(Answer::send(context.voice(turn).message(words)).stripping(place));
        }
    };
    let given = match factor::give(context.app(), turn, &typed).await {
        Err(AppError::User(error @ UserError::Code(CodeFault::Wrong | CodeFault::Used))) => {
            return Ok(again(context, turn, &error));
        }
        given => given?,
    };
    let Press::Go(found) = confirm::use_up(turn, found).await? else {
        return Ok(Answer::send(context.voice(turn).message(Text::ToastUsed)));
    };
    dialogue::end(turn).await?;
    match presses::act(&context.on(place), turn, &found).await {
        Err(AppError::User(error)) => {
            // What was written for it is thrown away; the code counts no more all the same.
            factor::give_again(turn, &given).await?;
            dialogue::end(turn).await?;
            Ok(context.refuse(&context.voice(turn), &error, false))
        }
        outcome => outcome,
    }
}

fn again(context: &Context, turn: &Turn, error: &UserError) -> Answer {
    let voice = context.voice(turn);
    let message = view::error::message(&voice, error);
    Answer::send(message.row([view::link::cancel(&voice)]))
}

/// `Give a code for a group`, and a right one was given.
pub async fn proved(context: &Context, turn: &mut Turn) -> Outcome {
    factor::prove(turn).await?;
    Ok(said(context, turn, Text::FactorProved))
}

/// `New recovery codes`
pub async fn new_codes(context: &Context, turn: &mut Turn) -> Outcome {
    factor::new_codes(context.app(), turn).await?;
    Ok(said(context, turn, Text::FactorNewCodes))
}

/// `Switch it off`
pub async fn drop(context: &Context, turn: &mut Turn) -> Outcome {
    factor::switch_off(turn).await?;
    Ok(said(context, turn, Text::FactorIsOff))
}

fn said(context: &Context, turn: &Turn, text: Text) -> Answer {
    Answer::edit(context.incoming.message, context.voice(turn).message(text))
}

/// `I saved them`, under recovery codes of any kind.
pub async fn saved(context: &Context, turn: &mut Turn) -> Outcome {
    let gone = showings::saved(turn, context.incoming.message).await?;
    let voice = context.voice(turn);
    Ok(if gone {
        Answer::toast(voice.say(Text::ToastCodesSaved))
    } else {
        Answer::stray(voice.say(Text::ToastUsed))
    })
}
