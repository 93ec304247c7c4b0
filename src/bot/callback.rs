//! The data of every button, as one type. What comes back is hostile until parsed, and says nothing about who may press:
//! that is checked against the rows behind it, each time.

use super::command::Place;
use crate::{
    app::requests::Press,
    domain::{
        AccountId, AuditFilter, ConfirmationId, KeyAge, Language, MoveId, OperationNumber,
        ProviderKind, Rule, RuleKind, Sharing, Timestamp,
        operation::{Objection, OldKeyDies},
    },
};

/// Telegram's limit for a button's data, in bytes.
pub const DATA_LIMIT: usize = 64;

/// A button's meaning.
#[derive(Clone, Debug, PartialEq, Eq, strum::EnumDiscriminants)]
#[strum_discriminants(
    name(CallbackKind),
    derive(strum::EnumIter),
    doc = "The kinds of buttons, without what they hold."
)]
pub enum Callback {
    /// `Link account`.
    Link,
    /// `My keys`.
    Keys,
    /// `Help`.
    Help,
    /// A provider in the menu of `/link`.
    LinkAt(ProviderKind),
    /// `Link again`.
    LinkAgain(AccountId),
    /// `Cancel` of a dialogue.
    Cancel,
    /// The page of one account's keys.
    KeysOf(AccountId, usize),
    /// `New key` in an account.
    NewKeyIn(AccountId),
    /// `Rename`.
    Rename(AccountId),
    /// `Unlink`.
    Unlink(AccountId),
    /// `Rotate key`, offered for an account with one key.
    RotateOnly(AccountId),
    /// `All keys of` an account, after a leak.
    PanicIn(AccountId),
    /// `All keys of all accounts`, after a leak.
    PanicEverywhere,
    /// `I have the new key`.
    HaveNewKey(AccountId),
    /// The yes of a question.
    Yes(ConfirmationId),
    /// The no of a question.
    No(ConfirmationId),
    /// When the old key of the rotation that is asked about dies.
    OldKeyDies(ConfirmationId, OldKeyDies),
    /// The other yes: link as another account.
    Another(ConfirmationId),
    /// A choice of a dialogue: which question it belongs to, and which answer.
    Choose(String, usize),
    /// Something about a request.
    Request(OperationNumber, Press),
    /// A request of the list of `/status`.
    ShowRequest(OperationNumber),
    /// `Stop trying` under a reminder.
    StopTrying(OperationNumber),
    /// `Keep trying` under a reminder.
    KeepTrying(OperationNumber),
    /// A language, or as in Telegram.
    Speak(Option<Language>),
    /// A page of the audit: the wanted entries after that many newer ones.
    AuditFrom(i64, AuditFilter),
    /// The accounts by which the audit can be filtered, and how it is filtered now.
    AuditAccounts(AuditFilter),
    /// The audit as files.
    AuditExport,
    /// A walk over the audit's chains.
    AuditVerify,
    /// `/age` of one account.
    Age(AccountId),
    /// How old its keys may become.
    SetAge(AccountId, KeyAge),
    /// `Rotate` on a reminder: the account, and the key's last four characters.
    RotateKey(AccountId, String),
    /// `Revoke` on an alert: the account, and the key's last four characters.
    RevokeKey(AccountId, String),
    /// `Later` on a reminder.
    Later,
    /// `This is me`.
    Me(ConfirmationId),
    /// `I saved them`, under recovery codes.
    SavedCodes,
    /// `Stop it`: accounts stay where they are.
    StopMove(MoveId),
    /// Something about an account's second owner.
    Share(AccountId, Sharing),
    /// `Approve`.
    Approve(OperationNumber),
    /// `Reject`.
    Reject(OperationNumber),
    /// Why it was rejected.
    Object(OperationNumber, Objection),
    /// The group's policy.
    Policy,
    /// The choices for one of its rules.
    ChooseRule(RuleKind),
    /// Another rule in its place.
    SetRule(Rule),
}

impl Callback {
    /// True for a button that may open a dialogue in the place of the present one.
    pub const fn begins_dialogue(&self) -> bool {
        matches!(
            self,
            Self::Link
                | Self::LinkAt(_)
                | Self::LinkAgain(_)
                | Self::NewKeyIn(_)
                | Self::Rename(_)
                | Self::HaveNewKey(_)
                | Self::Yes(_)
                | Self::RotateKey(..)
                | Self::RevokeKey(..)
        )
    }

    /// Where it may be pressed. One that is for the private chat is not even drawn in groups.
    pub const fn place(&self) -> Place {
        match self {
            Self::Link
            | Self::Keys
            | Self::Help
            | Self::LinkAt(_)
            | Self::LinkAgain(_)
            | Self::NewKeyIn(_)
            | Self::Rename(_)
            | Self::Unlink(_)
            | Self::PanicIn(_)
            | Self::PanicEverywhere
            | Self::HaveNewKey(_)
            | Self::Another(_)
            | Self::StopTrying(_)
            | Self::KeepTrying(_)
            | Self::Speak(_)
            | Self::AuditFrom(..)
            | Self::AuditAccounts(_)
            | Self::AuditVerify
            | Self::AuditExport
            | Self::RevokeKey(..)
            | Self::Age(_)
            | Self::SetAge(..)
            | Self::RotateKey(..)
            | Self::SavedCodes
            | Self::StopMove(_)
            | Self::Share(..)
            | Self::Later => Place::Private,
            Self::Me(_)
            | Self::Approve(_)
            | Self::Reject(_)
            | Self::Object(..)
            | Self::Policy
            | Self::ChooseRule(_)
            | Self::SetRule(_) => Place::Group,
            Self::Cancel
            | Self::KeysOf(..)
            | Self::RotateOnly(_)
            | Self::Yes(_)
            | Self::No(_)
            | Self::OldKeyDies(..)
            | Self::Choose(..)
            | Self::Request(..)
            | Self::ShowRequest(_) => Place::Everywhere,
        }
    }

    /// As it stands in a button.
    pub fn encode(&self) -> String {
        match self {
            Self::Link => "link".to_owned(),
            Self::Keys => "keys".to_owned(),
            Self::Help => "help".to_owned(),
            Self::LinkAt(provider) => format!("at:{}", provider.code()),
            Self::LinkAgain(account) => format!("again:{account}"),
            Self::Cancel => "cancel".to_owned(),
            Self::KeysOf(account, page) => format!("list:{account}:{page}"),
            Self::NewKeyIn(account) => format!("new:{account}"),
            Self::Rename(account) => format!("name:{account}"),
            Self::Unlink(account) => format!("unlink:{account}"),
            Self::RotateOnly(account) => format!("rotate:{account}"),
            Self::PanicIn(account) => format!("panic:{account}"),
            Self::PanicEverywhere => "panic".to_owned(),
            Self::HaveNewKey(account) => format!("have:{account}"),
            Self::Yes(question) => format!("yes:{question}"),
            Self::No(question) => format!("no:{question}"),
            Self::OldKeyDies(question, dies) => format!("old:{question}:{}", dies.code()),
            Self::Another(question) => format!("other:{question}"),
            Self::Choose(question, index) => format!("pick:{question}:{index}"),
            Self::Request(number, press) => format!("req:{number}:{}", encode_press(press)),
            Self::ShowRequest(number) => format!("show:{number}"),
            Self::StopTrying(number) => format!("stop:{number}"),
            Self::KeepTrying(number) => format!("try:{number}"),
            Self::Speak(language) => format!("speak:{}", language.map_or("auto", Language::code)),
            Self::AuditFrom(offset, filter) => match filter.encode().as_str() {
                "" => format!("audit:{offset}"),
                filter => format!("audit:{offset}:{filter}"),
            },
            Self::AuditAccounts(filter) => format!("audit:of:{}", filter.encode()),
            Self::AuditExport => "audit:export".to_owned(),
            Self::AuditVerify => "audit:verify".to_owned(),
            Self::Age(account) => format!("age:{account}"),
            Self::SetAge(account, age) => format!("age:{account}:{}", age.days()),
            Self::RotateKey(account, last_four) => format!("turn:{account}:{last_four}"),
            Self::RevokeKey(account, last_four) => format!("kill:{account}:{last_four}"),
            Self::Later => "later".to_owned(),
            Self::Me(question) => format!("me:{question}"),
            Self::SavedCodes => "codes".to_owned(),
            Self::StopMove(id) => format!("halt:{id}"),
            Self::Share(account, what) => format!("share:{account}:{}", what.code()),
            Self::Approve(number) => format!("approve:{number}"),
            Self::Reject(number) => format!("reject:{number}"),
            Self::Object(number, why) => format!("why:{number}:{}", why.code()),
            Self::Policy => "policy".to_owned(),
            Self::ChooseRule(kind) => format!("policy:{}", kind.code()),
            Self::SetRule(rule) => format!("policy:{}", rule.encode()),
        }
    }

    /// Reads a button's data; `None` for anything that no version of us has written.
    pub fn parse(data: &str) -> Option<Self> {
        // Whatever else was never written by us, and some of it no database takes.
        if data.len() > DATA_LIMIT || !data.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mut parts = data.split(':');
        let (word, first, second) = (parts.next()?, parts.next(), parts.next());
        if parts.next().is_some() {
            return None;
        }
        Some(match (word, first, second) {
            ("link", None, None) => Self::Link,
            ("keys", None, None) => Self::Keys,
            ("help", None, None) => Self::Help,
            ("cancel", None, None) => Self::Cancel,
            ("at", Some(code), None) => Self::LinkAt(ProviderKind::from_code(code)?),
            ("again", Some(id), None) => Self::LinkAgain(AccountId::new(id)),
            ("list", Some(id), Some(page)) => Self::KeysOf(AccountId::new(id), page.parse().ok()?),
            ("new", Some(id), None) => Self::NewKeyIn(AccountId::new(id)),
            ("name", Some(id), None) => Self::Rename(AccountId::new(id)),
            ("unlink", Some(id), None) => Self::Unlink(AccountId::new(id)),
            ("rotate", Some(id), None) => Self::RotateOnly(AccountId::new(id)),
            ("panic", Some(id), None) => Self::PanicIn(AccountId::new(id)),
            ("panic", None, None) => Self::PanicEverywhere,
            ("have", Some(id), None) => Self::HaveNewKey(AccountId::new(id)),
            ("yes", Some(id), None) => Self::Yes(ConfirmationId::new(id)),
            ("no", Some(id), None) => Self::No(ConfirmationId::new(id)),
            ("old", Some(id), Some(code)) => {
                Self::OldKeyDies(ConfirmationId::new(id), OldKeyDies::from_code(code)?)
            }
            ("other", Some(id), None) => Self::Another(ConfirmationId::new(id)),
            ("pick", Some(question), Some(index)) => {
                Self::Choose(question.to_owned(), index.parse().ok()?)
            }
            ("req", Some(number), Some(press)) => {
                Self::Request(OperationNumber(number.parse().ok()?), parse_press(press)?)
            }
            ("show", Some(number), None) => {
                Self::ShowRequest(OperationNumber(number.parse().ok()?))
            }
            ("stop", Some(number), None) => Self::StopTrying(OperationNumber(number.parse().ok()?)),
            ("try", Some(number), None) => Self::KeepTrying(OperationNumber(number.parse().ok()?)),
            ("speak", Some("auto"), None) => Self::Speak(None),
            ("speak", Some(code), None) => Self::Speak(Some(Language::from_code(code)?)),
            ("audit", Some("export"), None) => Self::AuditExport,
            ("audit", Some("verify"), None) => Self::AuditVerify,
            ("audit", Some("of"), Some(filter)) => Self::AuditAccounts(AuditFilter::parse(filter)?),
            ("audit", Some(offset), filter) => Self::AuditFrom(
                offset.parse::<u32>().ok()?.into(),
                AuditFilter::parse(filter.unwrap_or_default())?,
            ),
            ("age", Some(id), None) => Self::Age(AccountId::new(id)),
            ("age", Some(id), Some(days)) => {
                Self::SetAge(AccountId::new(id), KeyAge::chosen(days.parse().ok()?)?)
            }
            ("turn", Some(id), Some(last_four)) if !last_four.is_empty() => {
                Self::RotateKey(AccountId::new(id), last_four.to_owned())
            }
            ("kill", Some(id), Some(last_four)) if !last_four.is_empty() => {
                Self::RevokeKey(AccountId::new(id), last_four.to_owned())
            }
            ("later", None, None) => Self::Later,
            ("codes", None, None) => Self::SavedCodes,
            ("halt", Some(id), None) => Self::StopMove(MoveId::new(id)),
            ("share", Some(id), Some(code)) => {
                Self::Share(AccountId::new(id), Sharing::from_code(code)?)
            }
            ("me", Some(id), None) => Self::Me(ConfirmationId::new(id)),
            ("approve", Some(number), None) => Self::Approve(OperationNumber(number.parse().ok()?)),
            ("reject", Some(number), None) => Self::Reject(OperationNumber(number.parse().ok()?)),
            ("why", Some(number), Some(code)) => Self::Object(
                OperationNumber(number.parse().ok()?),
                Objection::from_code(code)?,
            ),
            ("policy", None, None) => Self::Policy,
            ("policy", Some(code), None) => Self::ChooseRule(RuleKind::from_code(code)?),
            ("policy", Some(code), Some(value)) => {
                Self::SetRule(Rule::parse(&format!("{code}:{value}"))?)
            }
            _ => return None,
        })
    }
}

fn encode_press(press: &Press) -> String {
    match press {
        Press::Saved => "saved".to_owned(),
        Press::ShowAgain => "show".to_owned(),
        Press::Lost => "lost".to_owned(),
        Press::KeepSuspect => "keep".to_owned(),
        Press::RevokeSuspect(mark) => format!("kill-{mark}"),
        Press::RevokeOld => "old".to_owned(),
        Press::TakeBack => "back".to_owned(),
        Press::KeepOld(end) => format!("longer-{}", end.millis()),
    }
}

fn parse_press(text: &str) -> Option<Press> {
    Some(match text {
        "saved" => Press::Saved,
        "show" => Press::ShowAgain,
        "lost" => Press::Lost,
        "keep" => Press::KeepSuspect,
        "old" => Press::RevokeOld,
        "back" => Press::TakeBack,
        _ => match text.split_once('-')? {
            ("kill", mark) => Press::RevokeSuspect(mark.to_owned()),
            ("longer", end) => Press::KeepOld(Timestamp::from_millis(end.parse().ok()?)),
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests;
