//! `/accounts` and `Rename`.

use crate::{
    app::{Turn, accounts, dialogue, pages},
    bot::{
        context::{Answer, Context, Outcome},
        conversation,
        dialogues::Dialogue,
        message::Message,
        view,
    },
    domain::{AccountId, ShownOn},
    texts::Text,
};

/// `/accounts`
pub async fn list(context: &Context, turn: &mut Turn) -> Outcome {
    let accounts = context.app().accounts(turn.person.id).await?;
    let voice = context.voice(turn);
    let list = view::accounts::list(&voice, &accounts, turn.person.id);
    Ok(Answer::send(list))
}

/// Chooses where new keys are shown.
pub async fn show_on(
    context: &Context,
    turn: &mut Turn,
    account: &AccountId,
    place: ShownOn,
) -> Outcome {
    let account = pages::set_shown_on(context.app(), turn, account, place).await?;
    let voice = context.voice(turn);
    let text = match place {
        ShownOn::Page => Text::ShownOnPage,
        ShownOn::Chat => Text::ShownInChat,
    };
    let values = [("name", view::name(&account.name).into())];
    Ok(Answer::send(Message::new(voice.fill(text, &values))))
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
