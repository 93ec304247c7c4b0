//! `/accounts` and `Rename`.

use crate::{
    app::{Turn, accounts, dialogue},
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
        dialogues::Dialogue,
        message::Message,
        view,
    },
    domain::AccountId,
    texts::Text,
};

/// `/accounts`
pub async fn list(context: &Context, turn: &mut Turn) -> Outcome {
    let accounts = context.app().accounts(turn.person.id).await?;
    Ok(Answer::send(view::accounts::list(
        &context.voice(turn),
        &accounts,
        turn.person.id,
    )))
}

/// `Rename`: asks for the name.
pub async fn ask_name(context: &Context, turn: &mut Turn, account: AccountId) -> Outcome {
    let owned = context.app().account(turn.person.id, &account).await?;
    conversation::keep(turn, &Dialogue::Rename { account }).await?;
    Ok(Answer::send(view::question::new_name(
        &context.voice(turn),
        owned.account(),
    )))
}

/// The name was sent.
pub async fn rename(
    context: &Context,
    turn: &mut Turn,
    account: &AccountId,
    name: &str,
) -> Outcome {
    let name = accounts::rename(context.app(), turn, account, name).await?;
    dialogue::end(turn).await?;
    let text = context
        .voice(turn)
        .fill(Text::RenameDone, &[("name", view::name(&name).into())]);
    Ok(Answer::send(Message::new(text)))
}
