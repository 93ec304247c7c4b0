//! `/start`, `/help`, `/language`, groups, and commands as people type them.

use keyporter::sandbox::telegram::{Group, Person, Role, Saying};
use serde_json::json;

use crate::world::{ADA, BORIS};

story! {
    async fn a_person_is_greeted_by_name_and_shown_the_way(world) {
        let greeting = world.ada().asks("/start", "Hello, Ada!").await;
        for words in ["Link account", "My keys", "Help"] {
            assert!(greeting.button(words).is_some(), "{words}: {greeting}");
        }
        let help = world.ada().presses("Help", "/newkey").await;
        assert!(!help.text.contains("/pause"), "only operators see it: {help}");
    }
}

story! {
    async fn somebody_without_a_name_is_greeted_too(world) {
        world.sandbox.telegram().add_person(Person::new(77, ""));
        let greeting = world.talker(77).asks("/start", "Hello!").await;
        assert!(greeting.text.starts_with("👋 Hello! I look after"), "{greeting}");
    }
}

story! {
    async fn a_name_cannot_pretend_to_be_markup(world) {
        world.sandbox.telegram().add_person(Person::new(77, "<b>x</b> \u{202E}evil &amp;"));
        let greeting = world.talker(77).asks("/start", "Hello").await;
        assert!(greeting.text.contains("<b>x</b> \u{FFFD}evil &amp;"), "{greeting}");
        assert!(greeting.entities.is_empty(), "{greeting}");
    }
}

story! {
    async fn commands_are_understood_as_people_type_them(world) {
        let ada = world.ada();
        for command in ["/KEYS", "/keys\n", "/keys@keyporter_demo_bot", "/Keys@Keyporter_Demo_Bot now", "  /keys"] {
            ada.asks(command, "No account is linked yet").await;
        }
        ada.asks("/keyz", "I don't know that command").await;
        ada.asks("good morning", "I understand commands").await;
    }
}

story! {
    async fn commands_for_other_bots_are_left_alone(world) {
        let ada = world.ada();
        ada.say("/keys@other_bot");
        ada.asks("/start", "Hello").await;
        let from_bot = ada.chat().iter().filter(|message| message.from_bot()).count();
        assert_eq!(from_bot, 1, "only the greeting was said");
    }
}

story! {
    async fn the_menu_stands_in_every_language_and_operators_have_theirs(world) {
        world.ada().asks("/start", "Hello").await;
        world.stop().await;
        world.operators = vec![ADA];
        world.start();
        let lists = world.until("all menus", |sandbox| {
            let lists = sandbox.telegram().commands();
            (lists.len() == 6).then_some(lists)
        }).await;
        let names = |chat_only: bool, language: &str| -> Vec<String> {
            let list = lists.iter().find(|list| {
                let is_chat = format!("{:?}", list.scope).contains(&ADA.to_string());
                is_chat == chat_only && list.language_code == language
            });
            list.expect("the menu is there").commands.iter().map(|command| command.command.clone()).collect()
        };
        for language in ["", "ru"] {
            assert!(!names(false, language).contains(&"pause".to_owned()));
            assert!(names(true, language).contains(&"pause".to_owned()));
            assert!(names(false, language).contains(&"newkey".to_owned()));
        }
    }
}

story! {
    async fn a_group_is_only_shown_the_way_to_the_private_chat(world) {
        let group = Group::new("Crew").bot(Role::Member).member(ADA, Role::Owner).member(BORIS, Role::Member);
        let group = world.sandbox.telegram().add_group(group);
        let ada = world.ada();
        ada.say_in(group, "/link@keyporter_demo_bot");
        let answer = ada.sees_in(group, "private chat").await;
        let button = answer.button("Open private chat").expect("the way");
        assert_eq!(button.url.as_deref(), Some("https://t.me/keyporter_demo_bot?start=group"));
        ada.say_in(group, "/keys@other_bot");
        ada.say_in(group, "nothing for bots");
        world.settle().await;
        let said = world.sandbox.telegram().messages(group).iter().filter(|message| message.from_bot()).count();
        assert_eq!(said, 1);
    }
}

story! {
    async fn a_group_is_greeted_when_the_bot_comes_and_not_when_it_rises(world) {
        let group = Group::new("Crew").bot(Role::Left).member(ADA, Role::Owner);
        let group = world.sandbox.telegram().add_group(group);
        let greetings = |world: &World| {
            let said = world.sandbox.telegram().messages(group);
            said.iter().filter(|message| message.from_bot()).count()
        };
        let ada = world.ada();
        for (role, greeted) in [(Role::Member, 1), (Role::Administrator, 1), (Role::Member, 1), (Role::Left, 1), (Role::Administrator, 2)] {
            world.sandbox.telegram().set_bot_role(ADA, group, role).unwrap();
            ada.asks("/status", "no open requests").await;
            world.until("the greeting", |_| (greetings(world) >= greeted).then_some(())).await;
            assert_eq!(greetings(world), greeted, "{role:?}");
        }
        let member = |status: &str| json!({ "status": status, "user": { "id": 1, "is_bot": true, "first_name": "K" } });
        world.sandbox.telegram().inject(json!({ "my_chat_member": {
            "chat": { "id": -100_500, "type": "channel", "title": "News" }, "from": { "id": ADA, "first_name": "Ada" }, "date": 1,
            "old_chat_member": member("left"), "new_chat_member": member("administrator"),
        } }));
        ada.asks("/status", "no open requests").await;
        let asked = world.sandbox.telegram().calls_of("sendMessage");
        assert!(asked.iter().all(|call| !format!("{:?}", call.body).contains("-100500")), "{asked:?}");
    }
}

story! {
    async fn an_anonymous_administrator_is_shown_the_way_too(world) {
        let group = Group::new("Crew").bot(Role::Member).member(ADA, Role::Owner);
        let group = world.sandbox.telegram().add_group(group);
        let ada = world.ada();
        let saying = Saying::new("/link").anonymous();
        world.sandbox.telegram().say_with(ADA, group, saying).unwrap();
        ada.sees_in(group, "private chat").await;
    }
}

story! {
    async fn the_language_is_telegrams_until_somebody_chooses(world) {
        let ada = world.ada();
        ada.asks("/language", "In which language").await;
        ada.presses("English", "I speak English now").await;
        ada.asks("/language", "In which language").await;
        ada.presses("As in Telegram", "I follow Telegram's language").await;
    }
}

story! {
    async fn the_whole_story_can_be_lived_in_russian(world) {
        let project = world.sandbox.botsubscription().add_project();
        world.sandbox.telegram().add_person(Person::new(88, "Вера").language("ru-RU"));
        let vera = world.talker(88);
        vera.asks("/start", "Здравствуйте, Вера!").await;
        vera.presses("Привязать аккаунт", "Где находится аккаунт").await;
        vera.presses("BotSubscription", "ID проекта").await;
        vera.asks(&project.id, "API-токен").await;
        vera.asks("wrong-token-0123456789", "не принял этот ключ").await;
        vera.asks(&project.token, "Привязано").await;
        vera.asks("/newkey тестовый бот", "Создать ключ тестовый бот").await;
        vera.press("Создать ключ");
        vera.sees("Через десять минут он исчезнет").await;
        vera.presses("Ключ сохранён", "создан и сохранён").await;
        vera.asks("/revoke ТЕСТОВЫЙ БОТ", "Отозвать тестовый бот").await;
        vera.presses("Отозвать ключ", "Отозван: тестовый бот").await;
        vera.asks("/audit", "отзыв принят").await;
        vera.asks("/language", "На каком языке").await;
        vera.presses("English", "I speak English now").await;
        vera.asks("/keys", "used by Keyporter").await;
    }
}
