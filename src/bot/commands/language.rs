//! `/language`.

use crate::{
    app::{Turn, people},
    bot::{
        context::{Answer, Context, Outcome},
        view,
    },
    domain::Language,
    texts::Text,
};

/// Shows the choice.
pub fn ask(context: &Context, turn: &Turn) -> Outcome {
    Ok(Answer::send(view::start::languages(&context.voice(turn))))
}

/// Takes the choice; `None` follows Telegram.
pub async fn choose(context: &Context, turn: &mut Turn, language: Option<Language>) -> Outcome {
    people::speak(turn, language).await?;
    let text = if language.is_some() {
        Text::LanguageChosen
    } else {
        Text::LanguageAsTelegram
    };
    Ok(Answer::edit(
        context.incoming.message,
        context.voice(turn).message(text),
    ))
}
