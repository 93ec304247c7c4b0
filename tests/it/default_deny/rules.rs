//! Who may use what where: each command and each kind of button is named here, or this does not compile.

use keyporter::app::requests::Press;
use keyporter::{
    bot::{
        callback::{Callback, CallbackKind},
        command::Command,
    },
    domain::{
        AccountId, AuditFilter, ConfirmationId, KeyAge, Language, MoveId, OperationNumber,
        ProviderKind, Rule, RuleKind, Sharing, Verb,
        operation::{Objection, OldKeyDies},
    },
};

use crate::world::{ADA, BORIS, VERA};

/// Who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
pub enum Who {
    Owner,
    SecondOwner,
    Administrator,
    Manager,
    Issuer,
    Revoker,
    Viewer,
    Member,
    Gone,
    Stranger,
    Anonymous,
    Channel,
    Bot,
}

/// Where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
pub enum Place {
    Private,
    Group,
    Supergroup,
    Topic,
    Channel,
}

impl Who {
    pub fn id(self) -> i64 {
        match self {
            Self::Owner => ADA,
            Self::Administrator => VERA,
            Self::Member => BORIS,
            Self::Anonymous => 1_087_968_824,
            Self::Channel => 136_817_688,
            Self::Manager => 201,
            Self::Issuer => 202,
            Self::Revoker => 203,
            Self::Viewer => 204,
            Self::Gone => 205,
            Self::Stranger => 206,
            Self::Bot => 207,
            Self::SecondOwner => 208,
        }
    }

    pub fn is_person(self) -> bool {
        !matches!(self, Self::Anonymous | Self::Channel | Self::Bot)
    }
}

/// What it takes to change something, or to make the bot ask a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// It never does, whoever sends it.
    Nothing,
    /// An owner, in the private chat.
    Owner,
    /// The same, but not the second one.
    FirstOwner,
    /// Anybody who may use the bot, in their own private chat: it opens a question of their own.
    Own,
    /// The owner in the private chat, or a role in a group.
    View,
    Issue,
    Rotate,
    Revoke,
    /// A manager, in a group.
    Manage,
    /// Somebody else who may revoke, in the group where the request waits.
    Approve,
    /// An administrator who is an owner, in a group.
    Bind,
    /// An owner, in a group.
    Unbind,
    /// An administrator, in a group.
    Administer,
    /// It is bound to one person, here Ada, in the place where it was shown.
    Row,
}

pub fn takes(command: &Command) -> Takes {
    match command {
        // Of one's own questions only.
        Command::Cancel(_) => Takes::Row,
        // They read rows only, or open a question of the person's own.
        Command::Start(_)
        | Command::Help(_)
        | Command::Language(_)
        | Command::Timezone(_)
        | Command::Link(_)
        | Command::Accounts(_)
        | Command::Age(_)
        | Command::Audit(_)
        | Command::Status(_)
        | Command::Roles(_)
        | Command::Policy(_)
        | Command::SecondOwner(_)
        | Command::Pause(_) => Takes::Nothing,
        Command::Keys(_) => Takes::View,
        Command::NewKey(_) => Takes::Issue,
        Command::Rotate(_) => Takes::Rotate,
        Command::Revoke(_) => Takes::Revoke,
        Command::Panic(_) => Takes::Owner,
        Command::Unlink(_) | Command::Transfer(_) | Command::Recover(_) => Takes::FirstOwner,
        Command::SecondFactor(_) => Takes::Own,
        Command::Bind(_) => Takes::Bind,
        Command::Unbind(_) => Takes::Unbind,
        Command::Leakwatch(_) => Takes::Administer,
        Command::Grant(_) | Command::Ungrant(_) => Takes::Manage,
    }
}

/// A button with what it takes; the ids in it are real ones of Ada's.
pub fn button(
    kind: CallbackKind,
    account: &AccountId,
    question: &ConfirmationId,
) -> (Callback, Takes) {
    let (account, question) = (account.clone(), question.clone());
    match kind {
        CallbackKind::Link => (Callback::Link, Takes::Nothing),
        CallbackKind::Keys => (Callback::Keys, Takes::Owner),
        CallbackKind::Help => (Callback::Help, Takes::Nothing),
        CallbackKind::LinkAt => (
            Callback::LinkAt(ProviderKind::BotSubscription),
            Takes::Nothing,
        ),
        CallbackKind::LinkAgain => (Callback::LinkAgain(account), Takes::Owner),
        CallbackKind::Cancel => (Callback::Cancel, Takes::Nothing),
        CallbackKind::KeysOf => (Callback::KeysOf(account, 0), Takes::View),
        CallbackKind::NewKeyIn => (Callback::NewKeyIn(account), Takes::Owner),
        CallbackKind::Rename => (Callback::Rename(account), Takes::Owner),
        CallbackKind::Unlink => (Callback::Unlink(account), Takes::FirstOwner),
        CallbackKind::RotateOnly => (Callback::RotateOnly(account), Takes::Rotate),
        CallbackKind::PanicIn => (Callback::PanicIn(account), Takes::Owner),
        CallbackKind::PanicEverywhere => (Callback::PanicEverywhere, Takes::Owner),
        CallbackKind::HaveNewKey => (Callback::HaveNewKey(account), Takes::Owner),
        CallbackKind::Yes => (Callback::Yes(question), Takes::Row),
        CallbackKind::No => (Callback::No(question), Takes::Row),
        CallbackKind::Another => (Callback::Another(question), Takes::Row),
        // Nobody was asked to choose.
        CallbackKind::Choose => (Callback::Choose("00000000".to_owned(), 0), Takes::Nothing),
        CallbackKind::Request => (
            Callback::Request(OperationNumber(1), Press::Lost),
            Takes::Row,
        ),
        CallbackKind::ShowRequest => (Callback::ShowRequest(OperationNumber(1)), Takes::Nothing),
        CallbackKind::StopTrying => (Callback::StopTrying(OperationNumber(1)), Takes::Row),
        CallbackKind::KeepTrying => (Callback::KeepTrying(OperationNumber(1)), Takes::Nothing),
        CallbackKind::Speak => (Callback::Speak(Some(Language::English)), Takes::Nothing),
        CallbackKind::AuditFrom => (
            Callback::AuditFrom(0, AuditFilter::default()),
            Takes::Nothing,
        ),
        CallbackKind::AuditAccounts => (
            Callback::AuditAccounts(AuditFilter::default()),
            Takes::Nothing,
        ),
        // They read one's own rows only.
        CallbackKind::AuditVerify => (Callback::AuditVerify, Takes::Nothing),
        CallbackKind::AuditExport => (Callback::AuditExport, Takes::Nothing),
        CallbackKind::Age => (Callback::Age(account), Takes::Nothing),
        CallbackKind::SetAge => (Callback::SetAge(account, KeyAge::CHOICES[0]), Takes::Owner),
        CallbackKind::RotateKey => (
            Callback::RotateKey(account, "9a1c".to_owned()),
            Takes::Owner,
        ),
        CallbackKind::RevokeKey => (
            Callback::RevokeKey(account, "9a1c".to_owned()),
            Takes::Owner,
        ),
        CallbackKind::OldKeyDies => (Callback::OldKeyDies(question, OldKeyDies::Week), Takes::Row),
        CallbackKind::Later => (Callback::Later, Takes::Nothing),
        // What stands in one's own chat; accounts that are on their way, by an id that nobody else was told.
        CallbackKind::SavedCodes => (Callback::SavedCodes, Takes::Nothing),
        CallbackKind::StopMove => (
            Callback::StopMove(MoveId::new(question.as_str())),
            Takes::Nothing,
        ),
        CallbackKind::Share => (Callback::Share(account, Sharing::End), Takes::Owner),
        // Request 2 is Ada's, and waits in the first group for somebody else who may revoke.
        CallbackKind::Approve => (Callback::Approve(OperationNumber(2)), Takes::Approve),
        CallbackKind::Reject => (Callback::Reject(OperationNumber(2)), Takes::Approve),
        // It was not rejected.
        CallbackKind::Object => (
            Callback::Object(OperationNumber(2), Objection::Wrong),
            Takes::Nothing,
        ),
        CallbackKind::Policy => (Callback::Policy, Takes::Nothing),
        CallbackKind::ChooseRule => (Callback::ChooseRule(RuleKind::WaitsFor), Takes::Nothing),
        CallbackKind::SetRule => (
            Callback::SetRule(Rule::Approvals(Verb::Issue, 5)),
            Takes::Manage,
        ),
        // It is no question to whoever shows themselves.
        CallbackKind::Me => (Callback::Me(question), Takes::Nothing),
    }
}

/// Whether that may change something or ask a provider.
pub fn may(takes: Takes, who: Who, place: Place) -> bool {
    let in_group = matches!(place, Place::Group | Place::Supergroup | Place::Topic);
    let manages = matches!(who, Who::Administrator | Who::Manager);
    let owns = matches!(who, Who::Owner | Who::SecondOwner);
    match takes {
        Takes::Nothing => false,
        Takes::Owner => owns && place == Place::Private,
        Takes::FirstOwner => who == Who::Owner && place == Place::Private,
        Takes::Own => who.is_person() && who != Who::Stranger && place == Place::Private,
        Takes::View | Takes::Issue | Takes::Rotate | Takes::Revoke if place == Place::Private => {
            owns
        }
        _ if place == Place::Channel || !who.is_person() => false,
        Takes::View => {
            in_group && (manages || owns || matches!(who, Who::Issuer | Who::Revoker | Who::Viewer))
        }
        Takes::Issue => in_group && (manages || owns || who == Who::Issuer),
        Takes::Revoke => in_group && (manages || owns || who == Who::Revoker),
        Takes::Rotate => in_group && (manages || owns),
        Takes::Manage => in_group && (manages || who == Who::Owner),
        Takes::Approve => {
            place == Place::Group && (manages || matches!(who, Who::SecondOwner | Who::Revoker))
        }
        Takes::Administer => in_group && matches!(who, Who::Owner | Who::Administrator),
        Takes::Bind => in_group && who == Who::Owner,
        Takes::Unbind => in_group && owns,
        // Ada's own presses are not part of this table.
        Takes::Row => who == Who::Owner,
    }
}
