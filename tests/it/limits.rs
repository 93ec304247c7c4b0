//! Limits that others set: Telegram's, with reminders and commands at once; a chat that says a thousand things at once; a provider's.

use std::sync::Arc;

use keyporter::{
    bot::message::{self, Message},
    domain::{ChatId, ThreadId},
    secret::Secret,
    store::{self, Store, outbox},
    texts::Rich,
    vault::{MasterKey, Row, Vault},
};

use crate::world::{ADA, World};

const FIRST: i64 = 700_000;
const REMINDED: i64 = 50;

/// People who have opened their chat with the bot.
async fn meet(world: &mut World) {
    for person in FIRST..FIRST + REMINDED {
        let person = keyporter::sandbox::telegram::Person::new(person, "Somebody").language("en");
        world.sandbox.telegram().add_person(person);
    }
    for person in FIRST..FIRST + REMINDED {
        world.talker(person).say("/start");
    }
    for person in FIRST..FIRST + REMINDED {
        world.talker(person).sees("Hello").await;
    }
}

/// Puts reminders where the watch would have put them, while the bot is off.
async fn remind(world: &World) {
    let key = MasterKey::parse(&Secret::new(world.master_keys[0].clone())).unwrap();
    let vault = Arc::new(Vault::new(key, Vec::new(), world.ports()));
    let store = Store::open(&world.database.url(), store::Options::default())
        .await
        .unwrap();
    let mut tx = store.begin().await.unwrap();
    for person in FIRST..FIRST + REMINDED {
        let chat = ChatId(person);
        let words = Message::new(Rich::plain("A key is to be replaced."));
        let call = serde_json::to_vec(&message::send(chat, ThreadId(0), &words)).unwrap();
        let id = format!("news-{person:016x}");
        let row = Row {
            column: "outbox.payload",
            id: &id,
        };
        let payload = vault.seal_bytes(row, &call).unwrap();
        let created_at = world
            .ports()
            .now()
            .minus(std::time::Duration::from_hours(1));
        let answer = outbox::StoredAnswer {
            id,
            chat,
            payload,
            created_at,
        };
        outbox::add(&mut tx, &answer, "").await.unwrap();
    }
    tx.commit().await.unwrap();
    store.close().await;
}

fn was_reminded(world: &World, person: i64) -> bool {
    let messages = world.sandbox.telegram().messages(person);
    messages
        .iter()
        .any(|message| message.text.contains("to be replaced"))
}

story! {
    async fn a_command_is_answered_while_many_are_reminded_and_telegram_need_not_ask_to_wait(world) {
        meet(world).await;
        world.stop().await;
        remind(world).await;
        world.sandbox.telegram().limit(|limits| limits.overall_per_s = 10);
        world.options.telegram_rate = Some(10);
        // What was said before is no matter of the new limit.
        world.pass(std::time::Duration::from_secs(1));
        world.start();
        world.until("the first reminder", |_| was_reminded(world, FIRST).then_some(())).await;
        world.ada().asks("/accounts", "No account").await;
        let reminded = (FIRST..FIRST + REMINDED).filter(|person| was_reminded(world, *person)).count();
        assert!(reminded < 50, "the command has waited for all of them");
        world.until("everybody is reminded", |_| (FIRST..FIRST + REMINDED).all(|person| was_reminded(world, person)).then_some(())).await;
        let refused = world.sandbox.telegram().calls_of("sendMessage").into_iter().filter(|call| call.status == Some(429));
        assert_eq!(refused.count(), 0);
    }
}

story! {
    async fn a_chat_that_says_a_thousand_things_at_once_is_told_to_wait_and_delays_nobody(world) {
        world.options.commands = None;
        world.restart().await;
        let (ada, boris) = (world.ada(), world.boris());
        for _ in 0..1000 {
            world.sandbox.telegram().say(ADA, ADA, "/accounts").unwrap();
        }
        world.sandbox.telegram().say(ADA, ADA, "/help").unwrap();
        boris.asks("/accounts", "No account").await;
        world.until("she is told to wait", |sandbox| {
            sandbox.telegram().messages(ADA).iter().any(|message| message.text.contains("too fast")).then_some(())
        })
        .await;
        ada.sees("What you can send me").await;
        let answers: Vec<_> = ada.chat().into_iter().filter(keyporter::sandbox::telegram::Shown::from_bot).collect();
        let told = answers.iter().filter(|answer| answer.text.contains("too fast")).count();
        assert!((1..=3).contains(&told), "told once a minute, not {told} times");
        // What came last is done, and soon: nobody waits until a thousand answers have gone, one a second.
        assert!((2..100).contains(&answers.len()), "{} answers", answers.len());
        let refused = world.sandbox.telegram().calls_of("sendMessage").into_iter().filter(|call| call.status == Some(429));
        assert_eq!(refused.count(), 0);
        // Whoever has waited is listened to again.
        boris.asks("/help", "/keys").await;
    }
}

/// People who want a key at the same moment.
const CROWD: i64 = 30;

story! {
    async fn many_people_at_once_get_their_keys_within_a_providers_limits(world) {
        let mut projects = Vec::new();
        for person in FIRST..FIRST + CROWD {
            let somebody = keyporter::sandbox::telegram::Person::new(person, "Somebody").language("en");
            world.sandbox.telegram().add_person(somebody);
            let project = world.sandbox.botsubscription().add_project();
            let talker = world.talker(person);
            talker.links_project(&project).await;
            talker.asks("/newkey ci", "Create key ci").await;
            projects.push((talker, project.id));
        }
        // As documented: 20 a second and 300 a minute from one address.
        let before = world.sandbox.botsubscription().calls().len();
        for (talker, _) in &projects {
            talker.press("Create key");
        }
        for (talker, project) in &projects {
            talker.sees("Tap to uncover").await;
            let keys = world.sandbox.botsubscription().keys(project);
            assert_eq!(keys.iter().filter(|key| key.label == "ci").count(), 1);
        }
        let calls = world.sandbox.botsubscription().calls();
        let asked = &calls[before..];
        assert!(asked.len() >= 40, "more than a second's worth: {}", asked.len());
        let refused = calls.iter().filter(|call| call.status == Some(429));
        assert_eq!(refused.count(), 0, "the provider never has to ask for a pause");
    }
}
