//! `/newkey`.

use crate::{
    app::{AppError, Permitted, Turn, UserError, issue_key},
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
        dialogues::Dialogue,
        message::Message,
        view,
    },
    domain::{AccountId, Confirmation, Keys, Label, Right},
    texts::Text,
};

/// `/newkey staging bot`; without a label it asks for one.
pub async fn command(context: &Context, turn: &mut Turn, label: &str) -> Outcome {
    if !context.chat().is_private() {
        return in_group(context, turn, label).await;
    }
    if label.trim().is_empty() {
        return ask_label(context, turn, None).await;
    }
    match Label::parse(label) {
        Ok(label) => labelled(context, turn, None, &label)
            .await
            .map(Answer::send),
        // The next message is to be the label, as the complaint says.
        Err(fault) => {
            let asked = ask_label(context, turn, None).await?;
            if !turn.asks() {
                return Ok(asked);
            }
            let voice = context.voice(turn);
            let complaint = view::error::message(&voice, &UserError::BadLabel(fault));
            Ok(Answer::send(complaint.row([view::link::cancel(&voice)])))
        }
    }
}

/// In a group nothing is asked for that is to be typed: the bot may not even see it.
async fn in_group(context: &Context, turn: &mut Turn, label: &str) -> Outcome {
    Permitted::here(context.app(), turn, Right::Issue).await?;
    if label.trim().is_empty() {
        let voice = context.voice(turn);
        return Ok(Answer::send(voice.message(Text::GroupNewkeyHow)));
    }
    let label = Label::parse(label).map_err(UserError::BadLabel)?;
    labelled(context, turn, None, &label)
        .await
        .map(Answer::send)
}

/// Asks for the label; the account may be known already.
pub async fn ask_label(context: &Context, turn: &mut Turn, account: Option<AccountId>) -> Outcome {
    let accounts = Permitted::here(context.app(), turn, Right::Issue).await?;
    if let Some(message) = nothing_to_create(context, turn, &accounts)? {
        return Ok(Answer::send(message));
    }
    conversation::keep(turn, &Dialogue::NewKeyLabel { account }).await?;
    Ok(Answer::send(view::question::label(&context.voice(turn))))
}

/// The label is known: asks for the account, or to confirm.
pub async fn labelled(
    context: &Context,
    turn: &mut Turn,
    account: Option<AccountId>,
    label: &Label,
) -> Result<Message, AppError> {
    let accounts = Permitted::here(context.app(), turn, Right::Issue).await?;
    if let Some(message) = nothing_to_create(context, turn, &accounts)? {
        return Ok(message);
    }
    let candidates: Vec<_> = accounts.into_iter().filter(has_many_keys).collect();
    let account = match (account, candidates.as_slice()) {
        (Some(account), _) => account,
        (None, [only]) => only.account().id.clone(),
        (None, several) => {
            let question = conversation::question_name(context)?;
            let ids = several.iter().map(|owned| owned.account().id.clone());
            let state = Dialogue::NewKeyAccount {
                question: question.clone(),
                label: label.as_str().to_owned(),
                accounts: ids.collect(),
            };
            conversation::keep(turn, &state).await?;
            let voice = context.voice(turn);
            return Ok(view::question::account_for_key(
                &voice, several, label, &question,
            ));
        }
    };
    let asked = issue_key::ask(context.app(), turn, &account, label.as_str()).await?;
    Ok(view::question::new_key(&context.voice(turn), &asked))
}

fn has_many_keys(owned: &Permitted) -> bool {
    owned.account().provider.capabilities().keys == Keys::Many
}

/// What is said where no account can have a new key; nothing where one can.
fn nothing_to_create(
    context: &Context,
    turn: &Turn,
    accounts: &[Permitted],
) -> Result<Option<Message>, UserError> {
    let voice = context.voice(turn);
    match accounts {
        [] => Err(UserError::NoAccounts),
        several if several.iter().any(has_many_keys) => Ok(None),
        [only] => {
            let asked = issue_key::Asked::OneKey(only.account().clone());
            Ok(Some(view::question::new_key(&voice, &asked)))
        }
        _ => Ok(Some(voice.message(Text::NewKeyOneKeyEach))),
    }
}

/// `Create key`: the card shows from now on how it goes.
pub async fn confirmed(context: &Context, turn: &mut Turn, confirmation: &Confirmation) -> Outcome {
    issue_key::start(
        context.app(),
        turn,
        confirmation,
        conversation::card(context, turn),
    )
    .await?;
    Ok(conversation::under_way())
}
