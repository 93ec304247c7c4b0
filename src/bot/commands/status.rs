//! `/status`, and the presses on a request's card.

use crate::{
    app::{AppError, Turn, UserError, requests},
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
        message::Reply,
        view,
    },
    domain::{Operation, OperationNumber, operation::Step},
    texts::Text,
};

/// `/status`, `/status 17`; a single open request is shown whole, since nobody wants to ask twice.
pub async fn command(context: &Context, turn: &mut Turn, number: &str) -> Outcome {
    let number = number.trim().trim_start_matches('#');
    if number.is_empty() {
        let open = requests::open(context.app(), turn).await?;
        let voice = context.voice(turn);
        return Ok(Answer::send(match open.readable.as_slice() {
            [only] if open.damaged.is_empty() => view::request::whole(&voice, only),
            _ => view::request::list(&voice, &open, context.chat().is_private()),
        }));
    }
    let Ok(number) = number.parse() else {
        let voice = context.voice(turn);
        return Ok(Answer::send(voice.message(Text::StatusWrongNumber)));
    };
    one(context, turn, OperationNumber(number)).await
}

/// Everything about one request.
pub async fn one(context: &Context, turn: &mut Turn, number: OperationNumber) -> Outcome {
    let operation = requests::show(context.app(), turn, number).await?;
    let voice = context.voice(turn);
    Ok(Answer::send(view::request::whole(&voice, &operation)))
}

/// A press on a card, on a secret, or on a copy of a card that `/status` has shown. The ledger redraws the card; a copy is redrawn here.
pub async fn press(
    context: &Context,
    turn: &mut Turn,
    number: OperationNumber,
    press: &requests::Press,
) -> Outcome {
    let pressing = async {
        // What is one's own can be taken back from anywhere.
        if *press != requests::Press::TakeBack {
            requests::enter(context.app(), turn, context.members(), number).await?;
        }
        requests::press(context.app(), turn, number, press).await
    };
    match pressing.await {
        Err(AppError::User(UserError::NoSuchOperation)) => {
            Ok(Answer::not_yours(&context.voice(turn)))
        }
        Err(AppError::User(UserError::MovedOn)) => {
            let operation = requests::one(context.app(), turn, number).await?;
            moved_on(context, turn, &operation).await
        }
        pressed => {
            let voice = context.voice(turn);
            let mut answer = redrawn(context, &voice, &pressed?);
            if *press == requests::Press::ShowAgain {
                answer.toast = Answer::toast(voice.say(Text::ToastShownBelow)).toast;
            }
            Ok(answer)
        }
    }
}

/// A press that came too late: what is true now is shown instead.
pub(super) async fn moved_on(context: &Context, turn: &mut Turn, operation: &Operation) -> Outcome {
    if is_card(context, operation) {
        requests::redraw(turn, operation).await?;
    }
    let voice = context.voice(turn);
    let mut answer = redrawn(context, &voice, operation);
    answer.toast = Answer::alert(voice.say(Text::ToastMovedOn)).toast;
    Ok(answer)
}

/// `Stop trying`
pub async fn stop_trying(context: &Context, turn: &mut Turn, number: OperationNumber) -> Outcome {
    let stopping = async {
        requests::enter(context.app(), turn, context.members(), number).await?;
        requests::stop_trying(context.app(), turn, number).await
    };
    match stopping.await {
        Err(AppError::User(UserError::MovedOn)) => {
            let together = requests::together(context.app(), turn, number).await?;
            Ok(on_reminder(context, turn, &together, Text::ToastMovedOn))
        }
        stopped => on_own_reminder(context, turn, stopped, Text::ToastStopped),
    }
}

/// `Keep trying`: nothing changes.
pub async fn keep_trying(context: &Context, turn: &mut Turn, number: OperationNumber) -> Outcome {
    let together = requests::together(context.app(), turn, number).await;
    on_own_reminder(context, turn, together, Text::ToastGoingOn)
}

fn on_own_reminder(
    context: &Context,
    turn: &Turn,
    together: Result<Vec<Operation>, AppError>,
    toast: Text,
) -> Outcome {
    match together {
        Err(AppError::User(UserError::NoSuchOperation)) => {
            Ok(Answer::not_yours(&context.voice(turn)))
        }
        together => Ok(on_reminder(context, turn, &together?, toast)),
    }
}

/// The reminder has served: in its place stands how it is now.
fn on_reminder(context: &Context, turn: &Turn, together: &[Operation], toast: Text) -> Answer {
    let voice = context.voice(turn);
    let card = view::panic::card(&voice, together);
    let mut answer = Answer::edit(context.incoming.message, card);
    answer.toast = Answer::toast(voice.say(toast)).toast;
    answer
}

/// Messages of two chats may have the same number.
fn is_card(context: &Context, operation: &Operation) -> bool {
    let card = operation.card;
    card.chat == context.chat() && card.message == context.incoming.message
}

/// The message of this press shows where the request stands now, unless the ledger sees to that.
pub(super) fn redrawn(context: &Context, voice: &view::Voice<'_>, operation: &Operation) -> Answer {
    let pressed = context.incoming.message;
    let detail = &operation.detail;
    let is_place = pressed == detail.place || detail.leaving.contains(&pressed);
    if is_card(context, operation) || (is_place && context.chat().is_private()) {
        return conversation::under_way();
    }
    // Nobody draws this message again: it must not stand for ever at what takes a moment.
    let mut soon = operation.clone();
    if soon.step == Step::Deliver {
        soon.step = Step::Shown;
        soon.detail.hidden = false;
    }
    let message = match soon.step {
        // Its card shows how it goes on; here it would stand for ever at what takes a moment.
        Step::Prove
        | Step::Revoke
        | Step::Verify
        | Step::Reserve
        | Step::Note
        | Step::Ask
        | Step::Asked
        | Step::Unknown => view::request::goes_on(voice, &soon),
        _ => view::request::whole(voice, &soon),
    };
    Answer {
        replies: vec![Reply::Redraw(pressed, message)],
        ..Answer::default()
    }
}
