//! What went wrong: what happened, what is now true, what to do next. No host, no URL, no secret.

use super::{Voice, link, name};
use crate::{
    app::{CodeFault, MoveFault, UserError, pages::PageFault},
    bot::message::{Button, Message},
    domain::{ProviderKind, Right, TextFault},
    texts::{Rich, Style, Text},
};

/// A user's error as a message, with the button that leads on where there is one.
pub fn message(voice: &Voice<'_>, error: &UserError) -> Message {
    let (text, button) = words(voice, error);
    Message::new(text).row(button)
}

/// The same in parts.
pub fn words(voice: &Voice<'_>, error: &UserError) -> (Rich, Option<Button>) {
    let of = |text: Text, provider: &ProviderKind| {
        voice.fill(text, &[("provider", provider.name().into())])
    };
    let text = match error {
        UserError::NoAccounts => {
            let button = voice.link_button();
            return (voice.say(Text::ErrorNoAccounts), Some(button));
        }
        UserError::LinkAgain {
            account,
            name: account_name,
            provider,
        } => {
            let values = [
                ("provider", provider.name().into()),
                ("name", name(account_name).into()),
            ];
            return (
                voice.fill(Text::ErrorLinkAgain, &values),
                Some(link::again(voice, account)),
            );
        }
        UserError::CredentialUnreadable {
            account,
            name: account_name,
        } => {
            let values = [("name", name(account_name).into())];
            return (
                voice.fill(Text::ErrorCredentialUnreadable, &values),
                Some(link::again(voice, account)),
            );
        }
        UserError::NoSuchAccount => voice.say(Text::ErrorNoSuchAccount),
        UserError::TooManyAccounts => voice.say(Text::ErrorTooManyAccounts),
        UserError::BadLabel(TextFault::Empty) => voice.say(Text::ErrorLabelEmpty),
        UserError::BadLabel(TextFault::TooLong) => voice.say(Text::ErrorLabelTooLong),
        UserError::BadLabel(TextFault::Invisible) => voice.say(Text::ErrorLabelInvisible),
        UserError::BadProject => voice.say(Text::ErrorBadProject),
        UserError::BadCredential(ProviderKind::Botanalytics) => {
            voice.say(Text::ErrorBadCredentialBotanalytics)
        }
        UserError::BadCredential(provider) => of(Text::ErrorBadCredential, provider),
        UserError::CredentialRefused(provider) => of(Text::ErrorCredentialRefused, provider),
        UserError::TooManyRefusals(wait) => voice.fill(
            Text::ErrorTooManyRefusals,
            &[("wait", voice.wait(*wait).into())],
        ),
        UserError::ProjectUnknown(provider) => of(Text::ErrorProjectUnknown, provider),
        UserError::ProviderRefused(provider, words) if words.is_empty() => {
            of(Text::ErrorProviderRefused, provider)
        }
        UserError::ProviderRefused(provider, words) => {
            let values = [
                ("provider", provider.name().into()),
                ("words", words.as_str().into()),
            ];
            voice.fill(Text::ErrorProviderRefusedWords, &values)
        }
        UserError::ProviderAway(provider) => of(Text::ErrorProviderAway, provider),
        UserError::ProviderBusy(provider, wait) => {
            let values = [
                ("provider", provider.name().into()),
                ("wait", voice.wait(*wait).into()),
            ];
            voice.fill(Text::ErrorProviderBusy, &values)
        }
        UserError::Paused => voice.say(Text::ErrorPaused),
        UserError::OperatorsOnly => voice.say(Text::ErrorOperatorsOnly),
        UserError::NoSuchOperation => voice.say(Text::ErrorNoSuchRequest),
        UserError::MovedOn => voice.say(Text::ToastMovedOn),
        UserError::NothingBound => voice.say(Text::ErrorNothingBound),
        UserError::AdministratorsOnly => voice.say(Text::ErrorAdministratorsOnly),
        UserError::NothingToBind => voice.say(Text::ErrorNothingToBind),
        UserError::AllBound => voice.say(Text::ErrorAllBound),
        UserError::NothingToUnbind => voice.say(Text::ErrorNothingToUnbind),
        UserError::NotInGroup => voice.say(Text::ErrorNotInGroup),
        UserError::NoRight(right) => voice.say(no_right(*right)),
        UserError::GroupAway => voice.say(Text::ErrorGroupAway),
        UserError::GroupNotShown => voice.say(Text::ErrorGroupNotShown),
        UserError::OwnerLeft => voice.say(Text::ErrorOwnerLeft),
        UserError::GrantSelf => voice.say(Text::ErrorGrantSelf),
        UserError::GrantBot => voice.say(Text::ErrorGrantBot),
        UserError::GrantGone => voice.say(Text::ErrorGrantGone),
        UserError::TooManyGrants => voice.say(Text::ErrorTooManyGrants),
        UserError::Code(fault) => code(voice, *fault),
        UserError::Move(fault) => voice.say(moving(*fault)),
        UserError::Page(fault) => page(voice, *fault),
        UserError::ApproveOwn => voice.say(Text::ErrorApproveOwn),
        UserError::ApprovedAlready => voice.say(Text::ErrorApprovedAlready),
        UserError::TooManyWaiting => voice.say(Text::ErrorTooManyWaiting),
        UserError::KeyBusy(number) => {
            voice.fill(Text::ErrorKeyBusy, &[("number", number.0.into())])
        }
        UserError::KeyReplaced => voice.say(Text::ErrorKeyReplaced),
        UserError::KeyRevoked => voice.say(Text::ErrorKeyRevoked),
        UserError::AtProvider(number) => {
            voice.fill(Text::ErrorAtProvider, &[("number", number.0.into())])
        }
    };
    (text, None)
}

/// The same on a page, where nobody sends a message: what was brought there stands in the form still.
pub fn on_page(voice: &Voice<'_>, error: &UserError) -> Rich {
    let (text, provider) = match error {
        UserError::BadProject => return voice.say(Text::PageBadProject),
        UserError::BadCredential(ProviderKind::Botanalytics) => {
            return voice.say(Text::PageBadCredentialBotanalytics);
        }
        UserError::BadCredential(provider) => (Text::PageBadCredential, provider),
        UserError::CredentialRefused(provider) => (Text::PageCredentialRefused, provider),
        UserError::ProjectUnknown(provider) => (Text::PageProjectUnknown, provider),
        _ => return words(voice, error).0,
    };
    voice.fill(text, &[("provider", provider.name().into())])
}

fn code(voice: &Voice<'_>, fault: CodeFault) -> Rich {
    let text = match fault {
        CodeFault::TooMany(wait) => {
            let values = [("wait", voice.wait(wait).into())];
            return voice.fill(Text::ErrorTooManyWrongCodes, &values);
        }
        CodeFault::Wrong => Text::ErrorWrongCode,
        CodeFault::Used => Text::ErrorCodeUsed,
        CodeFault::WrongFirst => Text::ErrorWrongFirstCode,
        CodeFault::NotShown => Text::ErrorFactorNotShown,
        CodeFault::FactorOn => Text::ErrorFactorOn,
        CodeFault::FactorOff => Text::ErrorFactorOff,
        CodeFault::FactorFirst => Text::ErrorFactorFirst,
        CodeFault::FactorNeeded => Text::ErrorFactorNeeded,
        CodeFault::WrongRecovery => Text::ErrorWrongRecoveryCode,
    };
    voice.say(text)
}

fn page(voice: &Voice<'_>, fault: PageFault) -> Rich {
    let text = match fault {
        PageFault::Opened(at) => {
            return voice.fill(Text::PageOpened, &[("time", at.to_minute().into())]);
        }
        PageFault::LaunchUsed => Text::PageLaunchUsed,
        PageFault::NoSession => Text::PageNoSession,
        PageFault::NotAllowed => Text::PageNotAllowed,
        PageFault::NotOpened => Text::PageNotOpened,
        PageFault::NoKey => Text::PageNoKey,
    };
    voice.say(text)
}

const fn moving(fault: MoveFault) -> Text {
    match fault {
        MoveFault::Already => Text::ErrorAlreadyMoving,
        MoveFault::OfferOver => Text::ErrorOfferOver,
        MoveFault::OwnOffer => Text::ErrorOwnOffer,
        MoveFault::NoRoom => Text::ErrorNoRoom,
        MoveFault::FirstOwnerOnly => Text::ErrorFirstOwnerOnly,
        MoveFault::HasSecondOwner => Text::ErrorHasSecondOwner,
        MoveFault::YoursAlready => Text::ErrorYoursAlready,
        MoveFault::NoSecondOwner => Text::ErrorNoSecondOwner,
        MoveFault::NothingToStop => Text::ErrorNothingToStop,
    }
}

const fn no_right(right: Right) -> Text {
    match right {
        Right::View => Text::ErrorNoRightView,
        Right::Issue => Text::ErrorNoRightIssue,
        Right::Revoke => Text::ErrorNoRightRevoke,
        Right::Rotate => Text::ErrorNoRightRotate,
        Right::Manage => Text::ErrorNoRightManage,
    }
}

/// Something broke; the log has the cause under the same id.
pub fn fault(voice: &Voice<'_>, id: &str) -> Message {
    Message::new(voice.fill(
        Text::ErrorFault,
        &[("id", Rich::styled(id, Style::Code).into())],
    ))
}
