use super::*;
use crate::domain::{KeyId, ProviderKind};

fn text(text: &str) -> Input {
    Input::Text(text.to_owned())
}

fn key(label: &str) -> KeyRef {
    KeyRef {
        id: KeyId::new("k"),
        label: label.to_owned(),
        last_four: "9a1c".to_owned(),
    }
}

fn project() -> Dialogue {
    Dialogue::LinkProject {
        provider: ProviderKind::BotSubscription,
        again: None,
    }
}

fn credential() -> Dialogue {
    Dialogue::LinkCredential {
        provider: ProviderKind::BotSubscription,
        project: Some("p1".to_owned()),
        again: None,
    }
}

#[test]
fn linking_asks_for_the_project_and_then_for_the_token() {
    let Step::Ask(next) = project().step(text(" p1 ")) else {
        panic!()
    };
    assert_eq!(next, credential());
    assert!(next.expects_secret());
    let Step::Done(Request::Link(brought)) = next.step(text("  token-1234\n")) else {
        panic!()
    };
    assert_eq!(brought.project.unwrap().as_str(), "p1");
    assert!(
        brought
            .credential
            .is_same(&Secret::new("token-1234".to_owned()))
    );
}

#[test]
fn hostile_project_ids_are_asked_for_again() {
    for hostile in ["a/b", "../x", "%2e%2e", "a b", "", &"x".repeat(10_000)] {
        let Step::Again(Complaint::BadProject) = project().step(text(hostile)) else {
            panic!("{hostile:.20}")
        };
    }
}

#[test]
fn labels_are_checked_before_anything_is_asked() {
    let ask = |label: &str| Dialogue::NewKeyLabel { account: None }.step(text(label));
    assert!(
        matches!(ask("staging bot"), Step::Done(Request::NewKey(None, label)) if label.as_str() == "staging bot")
    );
    assert!(matches!(
        ask(" "),
        Step::Again(Complaint::BadLabel(TextFault::Empty))
    ));
    assert!(matches!(
        ask(&"x".repeat(65)),
        Step::Again(Complaint::BadLabel(TextFault::TooLong))
    ));
    assert!(matches!(
        ask("a\u{202E}b"),
        Step::Again(Complaint::BadLabel(TextFault::Invisible))
    ));
}

#[test]
fn a_choice_counts_only_for_its_own_question() {
    let which = || Dialogue::RevokeWhich {
        question: "q2".to_owned(),
        keys: vec![
            (AccountId::new("a"), key("one")),
            (AccountId::new("b"), key("two")),
        ],
    };
    let choice = |question: &str, index| Input::Choice(question.to_owned(), index);
    let Step::Done(Request::Revoke(account, chosen)) = which().step(choice("q2", 1)) else {
        panic!()
    };
    assert_eq!((account.as_str(), chosen.label.as_str()), ("b", "two"));
    for stale in [choice("q1", 1), choice("q2", 2), choice("q2", usize::MAX)] {
        assert!(matches!(
            which().step(stale),
            Step::Again(Complaint::OtherQuestion)
        ));
    }
    assert!(matches!(
        which().step(text("one")),
        Step::Again(Complaint::UseTheButtons)
    ));
    assert!(matches!(
        credential().step(choice("q2", 0)),
        Step::Again(Complaint::OtherQuestion)
    ));
}

#[test]
fn a_keys_age_is_what_its_button_says() {
    let asked = || Dialogue::KeyAge {
        question: "q".to_owned(),
        account: AccountId::new("a"),
        key: key("ci"),
    };
    let press = |index| asked().step(Input::Choice("q".to_owned(), index));
    let ages: Vec<_> = Dialogue::ages().collect();
    assert_eq!(ages.last(), Some(&None));
    for (index, expected) in ages.iter().enumerate() {
        let Step::Done(Request::SetAge(_, chosen, age)) = press(index) else {
            panic!()
        };
        assert_eq!((chosen.label.as_str(), age), ("ci", *expected));
    }
    assert!(matches!(
        press(ages.len()),
        Step::Again(Complaint::OtherQuestion)
    ));
}

#[test]
fn files_are_no_answers() {
    for dialogue in [
        project(),
        credential(),
        Dialogue::NewKeyLabel { account: None },
    ] {
        assert!(matches!(
            dialogue.step(Input::Attachment),
            Step::Again(Complaint::TextOnly)
        ));
    }
}

#[test]
fn every_state_survives_being_stored() {
    let account = || AccountId::new("a");
    for state in [
        project(),
        credential(),
        Dialogue::NewKeyLabel {
            account: Some(account()),
        },
        Dialogue::NewKeyAccount {
            question: "q".into(),
            label: "<b>".into(),
            accounts: vec![account()],
        },
        Dialogue::RevokeWhich {
            question: "q".into(),
            keys: vec![(account(), key("я"))],
        },
        Dialogue::AgeWhich {
            question: "q".into(),
            keys: vec![(account(), key("я"))],
        },
        Dialogue::KeyAge {
            question: "q".into(),
            account: account(),
            key: key("я"),
        },
        Dialogue::RotateWhich {
            question: "q".into(),
            keys: Vec::new(),
        },
        Dialogue::UnlinkWhich {
            question: "q".into(),
            accounts: vec![account()],
        },
        Dialogue::Rename { account: account() },
        Dialogue::RotateGuided { account: account() },
    ] {
        let stored = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<Dialogue>(&stored).unwrap(), state);
    }
}

#[test]
fn a_typed_code_is_a_secret_whatever_it_is_for_and_the_question_goes_with_it() {
    let question = ConfirmationId::new("q");
    let given = Dialogue::FactorCode {
        question: question.clone(),
        place: MessageId(7),
    };
    for state in [
        Dialogue::FactorFirstCode,
        given.clone(),
        Dialogue::RecoveryCode,
    ] {
        assert!(state.expects_secret() && state.may_be_secret("hello"));
        let attachment = state.clone().step(Input::Attachment);
        assert!(matches!(attachment, Step::Again(Complaint::TextOnly)));
        let pressed = state.step(Input::Choice("q".to_owned(), 0));
        assert!(matches!(pressed, Step::Again(Complaint::OtherQuestion)));
    }
    let typed = Secret::new("123 456".to_owned());
    let Step::Done(Request::Code(asked, place, code)) = given.step(text(" 123 456\n")) else {
        panic!()
    };
    assert!(asked == question && place == MessageId(7) && code.is_same(&typed));
}

#[test]
fn one_account_or_all_of_them_can_be_offered() {
    let accounts = ["a", "b"].map(AccountId::new).to_vec();
    let state = Dialogue::TransferWhich {
        question: "q".to_owned(),
        accounts: accounts.clone(),
    };
    for (pressed, index, offered) in [
        ("q", 1, Some(&accounts[1..])),
        ("q", 2, Some(&accounts[..])),
        ("q", 3, None),
        ("r", 0, None),
    ] {
        match state.clone().step(Input::Choice(pressed.to_owned(), index)) {
            Step::Done(Request::Transfer(chosen)) => assert_eq!(Some(&chosen[..]), offered),
            Step::Again(Complaint::OtherQuestion) => assert_eq!(None, offered),
            other => panic!("{other:?}"),
        }
    }
}
