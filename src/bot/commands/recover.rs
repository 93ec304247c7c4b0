//! `/recover`: a recovery code of a lost Telegram account is taken in, or new ones are made for this one.

use crate::{
    app::{AppError, CodeFault, Turn, UserError, dialogue, recover},
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
        dialogues::Dialogue,
        secrets, view,
    },
    secret::Secret,
    texts::Text,
};

/// `/recover`, also with the code behind it.
pub async fn command(context: &Context, turn: &mut Turn, typed: String) -> Outcome {
    if !typed.is_empty() {
        let deleted = context.delete_incoming().await;
        let answer = match code(context, turn, Secret::new(typed)).await {
            Err(AppError::User(error)) => {
                // In the place of whatever was asked before.
                conversation::keep(turn, &Dialogue::RecoveryCode).await?;
                context.refuse(&context.voice(turn), &error, false)
            }
            answer => answer?,
        };
        return Ok(if deleted {
            answer
        } else {
            secrets::still_there(context, turn, answer)
        });
    }
    recover::check(context.app(), turn).await?;
    let status = recover::status(context.app(), turn).await?;
    conversation::keep(turn, &Dialogue::RecoveryCode).await?;
    Ok(Answer::send(view::recover::question(
        &context.voice(turn),
        &status,
    )))
}

/// A code was typed.
pub async fn code(context: &Context, turn: &mut Turn, typed: Secret) -> Outcome {
    match recover::claim(context.app(), turn, &typed).await {
        Ok((due_at, accounts)) => {
            dialogue::end(turn).await?;
            Ok(Answer::send(view::recover::begun(
                &context.voice(turn),
                due_at,
                &accounts,
            )))
        }
        Err(AppError::User(UserError::Code(CodeFault::WrongRecovery))) => {
            conversation::keep(turn, &Dialogue::RecoveryCode).await?;
            let voice = context.voice(turn);
            let message = view::error::message(&voice, &UserError::Code(CodeFault::WrongRecovery));
            Ok(Answer::send(message.row([view::link::cancel(&voice)])))
        }
        // Whatever else is wrong, the code may be sent once more, and is then deleted too.
        Err(error) => Err(error),
    }
}

/// `Make recovery codes`
pub async fn new_codes(context: &Context, turn: &mut Turn) -> Outcome {
    recover::new_codes(context.app(), turn).await?;
    // The code of a lost account is waited for no more.
    dialogue::end(turn).await?;
    let message = context.voice(turn).message(Text::RecoverNewCodes);
    Ok(Answer::edit(context.incoming.message, message))
}
