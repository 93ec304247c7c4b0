//! `/secondfactor`: set up by a right code, asked for before what weighs most, each code once; guessed by nobody, kept nowhere.

use std::time::Duration;

use keyporter::{
    app::{AppError, CodeFault, Turn, UserError, factor},
    domain::{ChatId, PersonId, ThreadId, UpdateId},
    sandbox::{
        fault::{Fault, Rule, ServiceName},
        telegram::Content,
    },
};

use serde_json::json;

use crate::world::{ADA, World, code, logged_by, secret_in};

fn factors(world: &World) -> usize {
    world
        .database
        .find("SELECT CAST(person AS TEXT) FROM second_factors WHERE since > 0")
        .len()
}

fn linked(world: &World) -> usize {
    world
        .database
        .find("SELECT id FROM accounts WHERE state <> 'unlinked'")
        .len()
}

/// Ada wants to unlink her only account and is asked for a code.
async fn is_asked(world: &mut World) {
    let ada = world.ada();
    ada.asks("/unlink", "Unlink BotSubscription").await;
    ada.presses("Unlink", "Now send me a code").await;
}

story! {
    async fn it_counts_from_the_first_right_code_on_and_its_secret_stays_nowhere(world) {
        let ada = world.ada();
        ada.asks("/secondfactor", "No second factor").await;
        ada.press("Set it up");
        let picture = ada.sees("Scan this with").await;
        world.stands("factor").await;
        let secret = secret_in(&picture);
        assert!(picture.protected && picture.content == Content::Photo, "{picture}");
        assert!(picture.file.as_ref().unwrap().starts_with(b"\x89PNG"));
        assert_eq!(picture.button("Copy").unwrap().copy_text.as_ref().unwrap().text, secret);
        let wrong = ada.say(&code(world, &secret, 7));
        ada.sees("does not fit the picture").await;
        ada.sees_gone(wrong).await;
        assert_eq!(factors(world), 0);
        let spaced = code(world, &secret, 0);
        let right = ada.say(&format!("{} {}", &spaced[..3], &spaced[3..]));
        ada.sees("The second factor is on").await;
        ada.sees_gone(right).await;
        ada.sees_gone(picture.id).await;
        let codes = world.recovery_codes("for the second factor").await;
        assert_eq!((factors(world), codes.len()), (1, 10));
        let dump = String::from_utf8_lossy(&world.database.dump()).into_owned();
        for shown in codes.iter().chain([&secret]) {
            assert!(!dump.contains(shown.as_str()), "{shown} stands in the database");
            assert!(logged_by(shown).is_empty(), "{shown} stands in the log");
        }
        let status = ada.asks("/secondfactor", "The second factor is on").await;
        assert!(status.text.contains("10 recovery codes are left"), "{status}");
    }
}

story! {
    async fn what_is_not_set_up_after_all_leaves_the_chat(world) {
        let ada = world.ada();
        ada.asks("/secondfactor", "No second factor").await;
        ada.press("Set it up");
        let picture = ada.sees("Scan this with").await;
        world.stands("factor").await;
        ada.asks("/cancel", "Cancelled").await;
        ada.sees_gone(picture.id).await;
        let late = code(world, &secret_in(&picture), 0);
        ada.asks(&late, "I understand commands").await;
        assert_eq!(factors(world), 0);
    }
}

story! {
    async fn unlinking_waits_for_a_right_code_and_each_counts_once(world) {
        world.linked_project().await;
        world.linked_account().await;
        let (secret, _) = world.second_factor().await;
        let ada = world.ada();
        let given = code(world, &secret, 0);
        ada.asks("/unlink", "Which account").await;
        let question = ada.presses("Bots.Business", "Unlink Bots.Business").await;
        ada.presses("Unlink", "Now send me a code").await;
        assert_eq!(linked(world), 2);
        let typed = ada.say(&given);
        let done = ada.sees("Unlinked: Bots.Business").await;
        assert_eq!(done.id, question.id, "the question turns into its answer");
        ada.sees_gone(typed).await;
        is_asked(world).await;
        let replayed = ada.say(&given);
        ada.sees("That code was used before").await;
        ada.sees_gone(replayed).await;
        assert_eq!(linked(world), 1);
        let next = ada.say(&code(world, &secret, 1));
        ada.sees("Unlinked: BotSubscription").await;
        ada.sees_gone(next).await;
        assert_eq!(linked(world), 0);
        ada.asks("/audit", "unlinked").await;
    }
}

story! {
    async fn all_keys_wait_for_a_code_and_one_key_does_not(world) {
        let project = world.linked_project().await;
        let outside = |label: &str| world.sandbox.botsubscription().create_key_outside(&project.id, label).unwrap();
        for label in ["ci", "web"] {
            outside(label);
        }
        let (secret, _) = world.second_factor().await;
        let ada = world.ada();
        ada.asks("/panic ci", "Revoke this key").await;
        ada.presses("Revoke all", "Revoked: ci").await;
        ada.asks("/panic", "What has leaked").await;
        let question = ada.presses(&format!("All keys of BotSubscription {}", &project.id[..8]), "Revoke these 2 keys").await;
        ada.presses("Revoke all", "Now send me a code").await;
        let living = |world: &World| {
            let keys = world.sandbox.botsubscription().keys(&project.id);
            keys.iter().filter(|key| key.revoked_at_ms.is_none()).count()
        };
        ada.asks("000000", "no code that counts now").await;
        assert_eq!(living(world), 2);
        ada.say(&code(world, &secret, 0));
        let card = ada.sees("All 2 keys are revoked").await;
        assert_eq!((card.id, living(world)), (question.id, 0), "the question turns into the card");
    }
}

story! {
    async fn five_wrong_codes_and_none_counts_for_a_while(world) {
        world.linked_project().await;
        let (secret, codes) = world.second_factor().await;
        let ada = world.ada();
        is_asked(world).await;
        for number in 0..5 {
            let wrong = ada.say(&format!("00000{number}"));
            ada.sees("no code that counts now").await;
            ada.sees_gone(wrong).await;
        }
        let right = code(world, &secret, 0);
        for late in [&right, &codes[0]] {
            let typed = ada.say(late);
            ada.sees("Too many wrong codes").await;
            ada.sees_gone(typed).await;
            is_asked(world).await;
        }
        assert_eq!(linked(world), 1);
        world.pass(Duration::from_mins(10));
        is_asked(world).await;
        ada.asks(&code(world, &secret, 0), "Unlinked").await;
    }
}

story! {
    async fn a_recovery_code_stands_in_once_and_new_ones_replace_the_old(world) {
        world.linked_project().await;
        let (secret, old) = world.second_factor().await;
        let ada = world.ada();
        ada.asks("/secondfactor", "10 recovery codes").await;
        ada.presses("Make recovery codes", "Now send me a code").await;
        ada.say(&old[0].to_lowercase());
        ada.sees("New recovery codes come").await;
        let new = world.recovery_codes("for the second factor").await;
        assert_eq!(new.len(), 10);
        is_asked(world).await;
        for dead in &old[..2] {
            ada.asks(dead, "no code that counts now").await;
        }
        ada.asks(&new[3].replace('-', " "), "Unlinked").await;
        ada.asks("/secondfactor", "9 recovery codes").await;
        ada.presses("Switch it off", "Now send me a code").await;
        ada.asks(&new[3], "no code that counts now").await;
        ada.asks(&code(world, &secret, 0), "The second factor is off").await;
        let left = ["SELECT CAST(person AS TEXT) FROM second_factors", "SELECT CAST(person AS TEXT) FROM recovery_codes"];
        for rows in left {
            assert!(world.database.find(rows).is_empty(), "{rows}");
        }
        // Nobody is asked for what is not there.
        world.linked_project().await;
        ada.asks("/unlink", "Unlink BotSubscription").await;
        ada.presses("Unlink", "Unlinked").await;
    }
}

story! {
    async fn what_is_not_set_up_in_time_goes_and_leaves_nothing(world) {
        let ada = world.ada();
        ada.asks("/secondfactor", "No second factor").await;
        ada.press("Set it up");
        let picture = ada.sees("Scan this with").await;
        world.stands("factor").await;
        let old = secret_in(&picture);
        world.pass(Duration::from_mins(11));
        // At its next look, if it looks just now.
        world.hurry("the picture goes", |sandbox| {
            sandbox.telegram().message(ADA, picture.id).filter(|shown| shown.deleted)
        }).await;
        ada.asks(&code(world, &old, 0), "does not stand here").await;
        // Anew, while the message still waits for its code: another secret, and only that one counts.
        ada.asks("/secondfactor", "No second factor").await;
        ada.press("Set it up");
        let picture = ada.sees("Scan this with").await;
        world.stands("factor").await;
        let new = secret_in(&picture);
        assert_ne!(old, new);
        ada.asks(&code(world, &old, 0), "does not fit the picture").await;
        ada.asks("/cancel", "Cancelled").await;
        world.pass(Duration::from_mins(11));
        ada.sees_gone(picture.id).await;
        world.idle().await;
        assert!(world.database.find("SELECT CAST(person AS TEXT) FROM second_factors").is_empty());
    }
}

story! {
    async fn a_picture_whose_answer_was_lost_counts_for_nothing(world) {
        let ada = world.ada();
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::CutAfter).path("sendPhoto"));
        ada.asks("/secondfactor", "No second factor").await;
        ada.press("Set it up");
        let lost = ada.sees("Scan this with").await;
        ada.asks(&code(world, &secret_in(&lost), 0), "does not stand here").await;
        let shown = world.hurry("another picture", |sandbox| {
            let messages = sandbox.telegram().messages(ADA);
            messages.into_iter().find(|message| message.id > lost.id && message.content == Content::Photo)
        }).await;
        world.stands("factor").await;
        ada.asks(&code(world, &secret_in(&lost), 0), "does not fit the picture").await;
        ada.asks(&code(world, &secret_in(&shown), 0), "The second factor is on").await;
    }
}

story! {
    async fn a_crash_between_the_code_and_the_deed_does_it_once(world) {
        world.linked_project().await;
        let (secret, _) = world.second_factor().await;
        let ada = world.ada();
        is_asked(world).await;
        let typed = code(world, &secret, 0);
        world.stop().await;
        ada.say(&typed);
        world.start();
        ada.sees("Unlinked").await;
        world.crash().await;
        world.start();
        world.idle().await;
        assert_eq!(world.database.find("SELECT action FROM audit WHERE action = 'unlinked'").len(), 1);
        world.linked_project().await;
        is_asked(world).await;
        ada.asks(&typed, "used before").await;
        // Too late, too: the question's time is over.
        world.pass(Duration::from_mins(6));
        ada.asks(&code(world, &secret, 0), "").await;
        assert_eq!(linked(world), 1);
    }
}

story! {
    async fn another_master_key_takes_the_secret_along(world) {
        world.linked_project().await;
        let (secret, codes) = world.second_factor().await;
        world.stop().await;
        let fresh = keyporter::vault::MasterKey::generate(&keyporter::ports::Ports::system()).unwrap();
        world.master_keys.insert(0, fresh.expose().to_owned());
        {
            let (_, store, vault) = keyporter::open_app(world.settings(), &world.ports(), &world.options).await.unwrap();
            let done = keyporter::app::rekey::rekey(&store, &vault).await.unwrap();
            assert!(done.unreadable.is_empty() && done.moved == 0, "{done:?}");
            store.close().await;
        }
        world.master_keys.truncate(1);
        world.start();
        let ada = world.ada();
        is_asked(world).await;
        ada.asks(&codes[5], "Unlinked").await;
        world.linked_project().await;
        is_asked(world).await;
        ada.asks(&code(world, &secret, 0), "Unlinked").await;
    }
}

/// What a press in a group finds, so many times after each other in one turn.
async fn presses_in_a_group(world: &World, times: usize) -> Vec<bool> {
    let opened = keyporter::open_app(world.settings(), &world.ports(), &world.options).await;
    let (app, store, _) = opened.unwrap();
    let (group, thread, ada) = (ChatId(-1_001), ThreadId(0), PersonId(ADA));
    let turn = Turn::begin(&app, UpdateId(1), group, thread, ada, String::new(), None).await;
    let (mut turn, mut passed) = (turn.unwrap(), Vec::new());
    for _ in 0..times {
        passed.push(match factor::require_ahead(&mut turn).await {
            Ok(()) => true,
            Err(AppError::User(UserError::Code(CodeFault::FactorFirst))) => false,
            Err(error) => panic!("{error}"),
        });
    }
    drop(turn);
    store.close().await;
    passed
}

story! {
    async fn a_code_given_ahead_serves_one_press_in_a_group_for_five_minutes(world) {
        world.stop().await;
        assert_eq!(presses_in_a_group(world, 2).await, [true, true], "without a second factor none is asked for");
        world.start();
        let (secret, _) = world.second_factor().await;
        world.stop().await;
        assert_eq!(presses_in_a_group(world, 1).await, [false]);
        world.start();
        let ada = world.ada();
        ada.asks("/secondfactor", "The second factor is on").await;
        ada.presses("Give a code for a group", "Now send me a code").await;
        ada.say(&code(world, &secret, 0));
        ada.sees("For five minutes").await;
        world.stop().await;
        // A turn that is thrown away has used nothing up.
        assert_eq!(presses_in_a_group(world, 2).await, [true, false]);
        assert_eq!(presses_in_a_group(world, 1).await, [true]);
        world.pass(Duration::from_mins(6));
        assert_eq!(presses_in_a_group(world, 1).await, [false]);
        world.start();
    }
}

story! {
    async fn codes_that_never_stood_anywhere_do_not_count(world) {
        let (secret, old) = world.second_factor().await;
        let ada = world.ada();
        ada.asks("/secondfactor", "10 recovery codes").await;
        ada.presses("Make recovery codes", "Now send me a code").await;
        let blocked = json!({ "ok": false, "error_code": 403, "description": "Forbidden: bot was blocked by the user" });
        world.sandbox.faults().add(Rule::new(ServiceName::Telegram, Fault::Status(403, Some(blocked))).path("sendMessage"));
        ada.say(&code(world, &secret, 0));
        ada.sees("New recovery codes come").await;
        world.until("they cannot be shown", |sandbox| sandbox.faults().pending().is_empty().then_some(())).await;
        world.idle().await;
        // Those before count on: nobody has seen others.
        ada.asks("/secondfactor", "10 recovery codes").await;
        ada.presses("Switch it off", "Now send me a code").await;
        ada.say(&old[0]);
        ada.sees("The second factor is off").await;
    }
}
