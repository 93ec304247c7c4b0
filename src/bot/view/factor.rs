//! `/secondfactor`: how it stands, and what is asked for. No secret and no code pass through here.

use super::{Voice, question::yes_no};
use crate::{
    app::factor::Status,
    bot::{
        callback::Callback,
        message::{Colour, Message},
    },
    domain::{Action, ConfirmationId, Sharing},
    texts::{Arg, Text},
};

/// How it stands, with the buttons that lead on.
pub fn status(voice: &Voice<'_>, status: &Status) -> Message {
    match status {
        Status::Off { set_up } => voice.message(Text::FactorOffNow).row(yes_no(
            voice,
            Text::ButtonFactorSetUp,
            Colour::Creates,
            set_up,
        )),
        Status::On {
            since,
            codes,
            prove,
            new_codes,
            drop,
        } => {
            let values = [
                ("age", voice.age(*since).into()),
                ("count", Arg::Count(*codes)),
            ];
            let yes = |text, question: &ConfirmationId| {
                voice.button(text, &Callback::Yes(question.clone()))
            };
            Message::new(voice.fill(Text::FactorOnNow, &values))
                .row([yes(Text::ButtonFactorProve, prove)])
                .row([yes(Text::ButtonNewCodes, new_codes)])
                .row([yes(Text::ButtonFactorDrop, drop).coloured(Colour::Destroys)])
        }
    }
}

/// The picture comes below; its first code is asked for.
pub fn set_up(voice: &Voice<'_>) -> Message {
    voice
        .message(Text::FactorSetUp)
        .row([super::link::cancel(voice)])
}

/// A code is asked for before something is done.
pub fn ask_code(voice: &Voice<'_>, action: &Action) -> Message {
    let deed = deed(action).map(|deed| voice.say(deed)).unwrap_or_default();
    Message::new(voice.fill(Text::FactorAsk, &[("deed", deed.into())]))
        .row([super::link::cancel(voice)])
}

/// Named: whoever else sits at this account could have asked for something else.
const fn deed(action: &Action) -> Option<Text> {
    Some(match action {
        Action::Unlink { .. } => Text::ButtonUnlink,
        Action::Offer { .. }
        | Action::Share {
            what: Sharing::Offer,
            ..
        } => Text::ButtonMakeLink,
        Action::Share {
            what: Sharing::End, ..
        } => Text::ButtonShareEndYes,
        Action::Share {
            what: Sharing::TakeOver,
            ..
        } => Text::ButtonTakeOverYes,
        Action::DropFactor => Text::ButtonFactorDrop,
        Action::ProveFactor => Text::ButtonFactorProve,
        Action::NewFactorCodes | Action::NewAccountCodes => Text::ButtonNewCodes,
        Action::Panic { .. } => Text::ButtonRevokeAll,
        // No code is asked for these; one more that is does not compile without its words.
        Action::CreateKey { .. }
        | Action::RevokeKey { .. }
        | Action::RotateKey { .. }
        | Action::ReplaceCredential { .. }
        | Action::Bind { .. }
        | Action::Unbind { .. }
        | Action::Grant { .. }
        | Action::Claim { .. }
        | Action::ShowYourself { .. }
        | Action::GoOn { .. }
        | Action::SetUpFactor
        | Action::Accept { .. }
        | Action::Pause { .. } => return None,
    })
}
