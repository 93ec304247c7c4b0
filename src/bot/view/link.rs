//! Linking: the questions, and what came of them.

use super::{Voice, name};
use crate::{
    app::{link::Linked, pages::LinkedOnPage},
    bot::{
        callback::Callback,
        message::{Button, Colour, Message},
    },
    domain::{Account, AccountId, Keys, ProjectId, ProviderKind},
    texts::{Rich, Style, Text},
};

/// What a project ID looks like; a made-up one.
const EXAMPLE_PROJECT: &str = "f47ac10b-58cc-4372-a567-0e02b2c3d479";

/// The menu of providers.
pub fn providers(voice: &Voice<'_>) -> Message {
    let mut message = voice.message(Text::LinkQuestion);
    if let Some(form) = voice.page(Text::ButtonLinkAccount, "link") {
        message = message.then(&voice.say(Text::LinkForm)).row([form]);
    }
    for provider in ProviderKind::ALL {
        message = message.row([Button::press(
            &Rich::plain(provider.name()),
            &Callback::LinkAt(provider),
        )]);
    }
    message.row([cancel(voice)])
}

/// Asks for the project.
pub fn project(voice: &Voice<'_>, provider: ProviderKind) -> Message {
    let values = [
        ("provider", provider.name().into()),
        ("example", Rich::styled(EXAMPLE_PROJECT, Style::Code).into()),
    ];
    Message::new(voice.fill(Text::LinkProject, &values)).row([cancel(voice)])
}

/// Asks for the credential: of a new account, or of one that is linked again.
pub fn credential(
    voice: &Voice<'_>,
    provider: ProviderKind,
    project: Option<&str>,
    again: Option<&AccountId>,
) -> Message {
    let text = match (provider, project) {
        // Not all of it: it may be a token in the wrong place.
        (_, Some(project)) => {
            let shown = name(ProjectId::from_stored(project.to_owned()).short());
            voice.fill(Text::LinkToken, &[("project", shown.into())])
        }
        (ProviderKind::Botanalytics, None) => voice.say(Text::LinkKeyBotanalytics),
        (_, None) => voice.say(Text::LinkKeyBotsBusiness),
    };
    let path = match again {
        Some(account) => format!("link?again={account}"),
        None => "link".to_owned(),
    };
    match voice.page(Text::ButtonLinkAccount, &path) {
        Some(form) => Message::new(text)
            .then(&voice.say(Text::LinkLeaves))
            .row([form])
            .row([cancel(voice)]),
        None => Message::new(text).row([cancel(voice)]),
    }
}

/// The way out of a dialogue.
pub fn cancel(voice: &Voice<'_>) -> Button {
    voice.button(Text::ButtonCancel, &Callback::Cancel)
}

/// What came of a credential.
pub fn linked(voice: &Voice<'_>, linked: &Linked, new_last_four: &str) -> Message {
    match linked {
        Linked::New {
            account,
            telegram_matches,
        } => {
            let mut text = voice.fill(Text::LinkDone, &[("name", name(&account.name).into())]);
            if *telegram_matches {
                text.line(&voice.say(Text::LinkTelegramMatches));
            }
            text.paragraph(&voice.say(match account.provider.capabilities().keys {
                Keys::Many => Text::LinkDoneHint,
                Keys::One | Keys::Guided => Text::LinkDoneOneKey,
            }));
            with_next_steps(voice, text, account)
        }
        Linked::Replaced(account) => {
            let values = [
                ("name", name(&account.name).into()),
                ("last_four", account.last_four.as_str().into()),
            ];
            with_next_steps(voice, voice.fill(Text::LinkReplaced, &values), account)
        }
        Linked::Ask {
            question,
            account,
            may_be_another,
        } => {
            let text = if *may_be_another {
                Text::LinkReplaceQuestionAnother
            } else {
                Text::LinkReplaceQuestion
            };
            let values = [
                ("name", name(&account.name).into()),
                ("old", account.last_four.as_str().into()),
                ("new", new_last_four.into()),
            ];
            let replace = voice.button(Text::ButtonReplace, &Callback::Yes(question.clone()));
            let mut message =
                Message::new(voice.fill(text, &values)).row([replace.coloured(Colour::Creates)]);
            if *may_be_another {
                message = message.row([voice.button(
                    Text::ButtonLinkAnother,
                    &Callback::Another(question.clone()),
                )]);
            }
            message.row([voice.button(Text::ButtonCancel, &Callback::No(question.clone()))])
        }
    }
}

/// What came of a credential that was brought on a page.
pub fn on_page(voice: &Voice<'_>, on_page: &LinkedOnPage) -> Message {
    let message = linked(voice, &on_page.linked, &on_page.last_four);
    if on_page.hint && on_page.linked.is_new() {
        return message.then(&voice.say(Text::LinkRecoverHint));
    }
    message
}

fn with_next_steps(voice: &Voice<'_>, text: Rich, account: &Account) -> Message {
    Message::new(text).row([
        voice.button(Text::ButtonRename, &Callback::Rename(account.id.clone())),
        voice.button(Text::ButtonMyKeys, &Callback::Keys),
    ])
}

/// The button that mends an account.
pub fn again(voice: &Voice<'_>, account: &AccountId) -> Button {
    voice.button(Text::ButtonLinkAgain, &Callback::LinkAgain(account.clone()))
}
