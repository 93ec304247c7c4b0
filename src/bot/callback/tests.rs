use super::*;
use crate::domain::AuditKind;

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
        Callback::AuditFrom(u32::MAX.into(), AuditFilter::default()),
        Callback::AuditAccounts(AuditFilter::default()),
        Callback::AuditExport,
        Callback::AuditVerify,
        Callback::Age(account()),
        Callback::RotateKey(account(), "x".repeat(8)),
        Callback::RevokeKey(account(), "x".repeat(8)),
        Callback::Later,
        Callback::Me(question()),
        Callback::SavedCodes,
        Callback::StopMove(MoveId::from_random([0xff; 16])),
        Callback::Approve(OperationNumber(i64::MAX)),
        Callback::Reject(OperationNumber(i64::MAX)),
        Callback::Policy,
    ];
    all.extend(Objection::ALL.map(|why| Callback::Object(OperationNumber(i64::MAX), why)));
    for kind in RuleKind::ALL {
        all.push(Callback::ChooseRule(kind));
        all.extend(kind.choices().into_iter().map(Callback::SetRule));
    }
    all.extend(KeyAge::CHOICES.map(|age| Callback::SetAge(account(), age)));
    all.extend(OldKeyDies::ALL.map(|dies| Callback::OldKeyDies(question(), dies)));
    for kind in [None].into_iter().chain(AuditKind::ALL.map(Some)) {
        let filter = AuditFilter {
            kind,
            account: Some(account()),
        };
        all.push(Callback::AuditAccounts(filter.clone()));
        all.push(Callback::AuditFrom(u32::MAX.into(), filter));
    }
    all.extend(ProviderKind::ALL.map(Callback::LinkAt));
    all.extend(Language::ALL.map(|language| Callback::Speak(Some(language))));
    let presses = [
        Press::Saved,
        Press::ShowAgain,
        Press::Lost,
        Press::KeepSuspect,
        Press::RevokeSuspect("f".repeat(16)),
        Press::RevokeOld,
        Press::KeepOld(Timestamp::FAR),
        Press::TakeBack,
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
        "req:1:longer-x",
        "old:a:never",
        "req:x:saved",
        "pick:a:b:c",
        "speak:xx",
        "at:github",
        "audit:now",
        "audit:0:x",
        "audit:of:xyz",
        "age",
        "age:a:31",
        "turn:a",
        "turn:a:",
        "kill:a",
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
        "req:17:old",
        "req:17:longer-1764000000000",
        "old:abcdefghijklmnopqrstuv:week",
        "show:17",
        "speak:en",
        "speak:ru",
        "speak:auto",
        "audit:10",
        "audit:10:kabcdefghijkl",
        "audit:of:eabcdefghijkl",
        "audit:export",
        "audit:verify",
        "age:abcdefghijkl",
        "age:abcdefghijkl:90",
        "turn:abcdefghijkl:9a1c",
        "kill:abcdefghijkl:9a1c",
        "later",
        "me:abcdefghijklmnopqrstuv",
    ] {
        let parsed = Callback::parse(data).unwrap_or_else(|| panic!("{data}"));
        assert_eq!(parsed.encode(), data);
    }
}
