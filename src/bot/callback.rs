//! The data of every button, as one type. What comes back is hostile until parsed, and says nothing about who may press:
//! that is checked against the rows behind it, each time.

use crate::{
    app::requests::Press,
    domain::{AccountId, ConfirmationId, KeyAge, Language, OperationNumber, ProviderKind},
};

/// Telegram's limit for a button's data, in bytes.
pub const DATA_LIMIT: usize = 64;

/// A button's meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// A page of the audit: the entries after that many newer ones.
    AuditFrom(i64),
    /// `/age` of one account.
    Age(AccountId),
    /// How old its keys may become.
    SetAge(AccountId, KeyAge),
    /// `Rotate` on a reminder: the account, and the key's last four characters.
    RotateKey(AccountId, String),
    /// `Later` on a reminder.
    Later,
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
                | Self::RotateKey(..)
        )
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
            Self::Another(question) => format!("other:{question}"),
            Self::Choose(question, index) => format!("pick:{question}:{index}"),
            Self::Request(number, press) => format!("req:{number}:{}", encode_press(press)),
            Self::ShowRequest(number) => format!("show:{number}"),
            Self::StopTrying(number) => format!("stop:{number}"),
            Self::KeepTrying(number) => format!("try:{number}"),
            Self::Speak(language) => format!("speak:{}", language.map_or("auto", Language::code)),
            Self::AuditFrom(offset) => format!("audit:{offset}"),
            Self::Age(account) => format!("age:{account}"),
            Self::SetAge(account, age) => format!("age:{account}:{}", age.days()),
            Self::RotateKey(account, last_four) => format!("turn:{account}:{last_four}"),
            Self::Later => "later".to_owned(),
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
            ("audit", Some(offset), None) => Self::AuditFrom(offset.parse::<u32>().ok()?.into()),
            ("age", Some(id), None) => Self::Age(AccountId::new(id)),
            ("age", Some(id), Some(days)) => {
                Self::SetAge(AccountId::new(id), KeyAge::chosen(days.parse().ok()?)?)
            }
            ("turn", Some(id), Some(last_four)) if !last_four.is_empty() => {
                Self::RotateKey(AccountId::new(id), last_four.to_owned())
            }
            ("later", None, None) => Self::Later,
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
    }
}

fn parse_press(text: &str) -> Option<Press> {
    Some(match text {
        "saved" => Press::Saved,
        "show" => Press::ShowAgain,
        "lost" => Press::Lost,
        "keep" => Press::KeepSuspect,
        _ => Press::RevokeSuspect(text.strip_prefix("kill-")?.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Callback> {
        let account = || AccountId::from_random([0xff; 9]);
        let question = || ConfirmationId::from_random([0xff; 16]);
        let mut all = vec![
            Callback::Link,
            Callback::Keys,
            Callback::Help,
            Callback::Cancel,
            Callback::LinkAgain(account()),
            Callback::KeysOf(account(), usize::MAX),
            Callback::NewKeyIn(account()),
            Callback::Rename(account()),
            Callback::Unlink(account()),
            Callback::RotateOnly(account()),
            Callback::PanicIn(account()),
            Callback::PanicEverywhere,
            Callback::StopTrying(OperationNumber(i64::MAX)),
            Callback::KeepTrying(OperationNumber(i64::MAX)),
            Callback::HaveNewKey(account()),
            Callback::Yes(question()),
            Callback::No(question()),
            Callback::Another(question()),
            Callback::Choose("AAAAAAAAAAA".to_owned(), usize::MAX),
            Callback::Speak(None),
            Callback::ShowRequest(OperationNumber(i64::MAX)),
            Callback::AuditFrom(u32::MAX.into()),
            Callback::Age(account()),
            Callback::RotateKey(account(), "x".repeat(8)),
            Callback::Later,
        ];
        all.extend(KeyAge::CHOICES.map(|age| Callback::SetAge(account(), age)));
        all.extend(ProviderKind::ALL.map(Callback::LinkAt));
        all.extend(Language::ALL.map(|language| Callback::Speak(Some(language))));
        let presses = [
            Press::Saved,
            Press::ShowAgain,
            Press::Lost,
            Press::KeepSuspect,
            Press::RevokeSuspect("f".repeat(16)),
        ];
        all.extend(presses.map(|press| Callback::Request(OperationNumber(i64::MAX), press)));
        all
    }

    #[test]
    fn every_button_fits_and_reads_back() {
        for callback in all() {
            let data = callback.encode();
            assert!((1..=DATA_LIMIT).contains(&data.len()), "{data}");
            assert_eq!(Callback::parse(&data), Some(callback), "{data}");
        }
    }

    #[test]
    fn hostile_data_means_nothing() {
        for data in [
            "",
            ":",
            "yes",
            "link:",
            "keys:1",
            "stop:x",
            "list:a",
            "list:a:-1",
            "req:1:kill",
            "req:1:kill0",
            "req:x:saved",
            "pick:a:b:c",
            "speak:xx",
            "at:github",
            "audit:now",
            "age",
            "age:a:31",
            "turn:a",
            "turn:a:",
            "later:1",
            &"y".repeat(65),
            "\u{0}",
            "yes:a\u{0}b",
            "pick:é:0",
            "yes:a:b",
        ] {
            assert_eq!(Callback::parse(data), None, "{data:?}");
        }
    }

    /// Buttons outlive the version that drew them: these stood in chats once and must keep their meaning.
    #[test]
    fn buttons_of_older_versions_still_parse() {
        for data in [
            "link",
            "keys",
            "help",
            "cancel",
            "at:botsubscription",
            "at:bots_business",
            "at:botanalytics",
            "again:abcdefghijkl",
            "list:abcdefghijkl:0",
            "new:abcdefghijkl",
            "name:abcdefghijkl",
            "unlink:abcdefghijkl",
            "rotate:abcdefghijkl",
            "panic:abcdefghijkl",
            "panic",
            "stop:17",
            "try:17",
            "have:abcdefghijkl",
            "yes:abcdefghijklmnopqrstuv",
            "no:abcdefghijklmnopqrstuv",
            "other:abcdefghijklmnopqrstuv",
            "pick:abc:0",
            "req:17:saved",
            "req:17:show",
            "req:17:lost",
            "req:17:keep",
            "req:17:kill-9f1c2d3e4b5a6978",
            "show:17",
            "speak:en",
            "speak:ru",
            "speak:auto",
            "audit:10",
            "age:abcdefghijkl",
            "age:abcdefghijkl:90",
            "turn:abcdefghijkl:9a1c",
            "later",
        ] {
            let parsed = Callback::parse(data).unwrap_or_else(|| panic!("{data}"));
            assert_eq!(parsed.encode(), data);
        }
    }
}
