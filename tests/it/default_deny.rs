//! Default deny, proven: every command and every kind of button, by everybody, everywhere. The table is made from the lists themselves,
//! so a new command or button does not compile until it is said in `rules` who may use it where.

mod rules;

use keyporter::{
    bot::{callback::CallbackKind, command::Command},
    domain::{AccountId, Allowed, ConfirmationId, PersonId},
    sandbox::telegram::{Group, Person, Role, Saying},
};
use rules::{Place, Who, button, may, takes};
use serde_json::{Value, json};
use strum::IntoEnumIterator;

use crate::world::{ADA, BORIS, VERA, World};

/// A world with one account of Ada's in three groups, where everybody has their role.
struct Table {
    groups: [(Place, i64); 3],
    account: AccountId,
    next: std::cell::Cell<i64>,
}

impl Table {
    async fn set(world: &mut World) -> Self {
        world.stop().await;
        world.options.telegram_rate = Some(1_000_000);
        world.sandbox.telegram().limit(|limits| {
            (
                limits.overall_per_s,
                limits.group_per_min,
                limits.group_edits_per_min,
            ) = (1_000_000, 1_000_000, 1_000_000);
            (limits.private_burst, limits.private_interval_ms) = (1_000_000, 1);
        });
        let people = Who::iter().filter(|who| who.is_person());
        world.allowed = Allowed::Only(
            people
                .clone()
                .filter(|who| *who != Who::Stranger)
                .map(|who| PersonId(who.id()))
                .collect(),
        );
        world.start();
        let groups = [
            (Place::Group, world.crew_of(Group::new("Basic").basic())),
            (Place::Supergroup, world.crew_of(Group::new("Super"))),
            (Place::Topic, world.crew_of(Group::new("Forum").forum())),
        ];
        let topic = Saying::new("hello").topic(7);
        world.ada().send_in(groups[2].1, topic);
        world.linked_project().await;
        let telegram = world.sandbox.telegram().clone();
        for who in people {
            if ![ADA, BORIS, VERA].contains(&who.id()) {
                telegram.add_person(Person::new(who.id(), &format!("{who:?}")));
                for (_, group) in groups {
                    telegram
                        .set_role(who.id(), group, who.id(), Role::Member)
                        .unwrap();
                }
            }
            world.talker(who.id()).say("/start");
        }
        for (_, group) in groups {
            world.binds(group).await;
            for (role, who) in [
                ("manager", Who::Manager),
                ("issuer", Who::Issuer),
                ("revoker", Who::Revoker),
                ("viewer", Who::Viewer),
                ("manager", Who::Gone),
            ] {
                world.grants(group, role, who.id()).await;
            }
            telegram
                .set_role(ADA, group, Who::Gone.id(), Role::Kicked)
                .unwrap();
        }
        let shared = format!(
            "UPDATE accounts SET second_owner = {}",
            Who::SecondOwner.id()
        );
        world.database.execute(&shared);
        let account = AccountId::new(world.database.find("SELECT id FROM accounts").remove(0));
        Self {
            groups,
            account,
            next: std::cell::Cell::new(500_000),
        }
    }

    fn chat(&self, who: Who, place: Place) -> Value {
        let group = self
            .groups
            .iter()
            .find(|(other, _)| *other == place)
            .map(|(_, id)| *id);
        let (kind, id) = match place {
            Place::Private => ("private", who.id()),
            Place::Group => ("group", group.unwrap()),
            Place::Supergroup | Place::Topic => ("supergroup", group.unwrap()),
            Place::Channel => ("channel", -1_009_000_000_001),
        };
        json!({ "id": id, "type": kind, "title": "Any" })
    }

    fn update(&self, world: &World, who: Who, place: Place, text: Result<&str, &str>) {
        let number = self.next.replace(self.next.get() + 1);
        let from =
            json!({ "id": who.id(), "is_bot": !who.is_person(), "first_name": format!("{who:?}") });
        let mut message = json!({ "message_id": number, "date": 1, "chat": self.chat(who, place) });
        if place == Place::Topic {
            (message["message_thread_id"], message["is_topic_message"]) = (json!(7), json!(true));
        }
        let update = match text {
            Ok(text) => {
                (message["text"], message["from"]) = (json!(text), from);
                match who {
                    Who::Anonymous => message["sender_chat"] = message["chat"].clone(),
                    Who::Channel => {
                        message["sender_chat"] = json!({ "id": -1_009_000_000_002_i64, "type": "channel", "title": "N" });
                    }
                    _ => {}
                }
                json!({ "message": message })
            }
            Err(data) => {
                json!({ "callback_query": { "id": number.to_string(), "from": from, "chat_instance": "1", "message": message, "data": data } })
            }
        };
        world.sandbox.telegram().inject(update);
    }
}

/// All that must not change, and all that was asked of the provider.
fn touched(world: &World) -> (Vec<Vec<String>>, usize) {
    let rows = [
        "SELECT id || name || state || CAST(key_age AS TEXT) FROM accounts ORDER BY id",
        "SELECT CAST(chat AS TEXT) || account || CAST(asleep_at AS TEXT) FROM bindings ORDER BY chat",
        "SELECT CAST(chat AS TEXT) || CAST(person AS TEXT) || role FROM grants ORDER BY chat, person, role",
        "SELECT CAST(number AS TEXT) || step FROM operations ORDER BY number",
        "SELECT id || CAST(used_at AS TEXT) FROM confirmations WHERE action NOT LIKE '%show_yourself%' ORDER BY id",
        "SELECT account || CAST(seq AS TEXT) FROM audit ORDER BY account, seq",
        "SELECT CAST(chat AS TEXT) FROM watched_groups ORDER BY chat",
        "SELECT CAST(chat AS TEXT) || CAST(issue AS TEXT) FROM policies ORDER BY chat",
    ];
    (
        rows.map(|rows| world.database.find(rows)).to_vec(),
        world.sandbox.botsubscription().service().calls().len(),
    )
}

fn typed(command: &Command) -> String {
    let words = match command {
        Command::NewKey(_) => "ci",
        Command::Rotate(_) | Command::Revoke(_) | Command::Panic(_) => "dashboard",
        Command::Leakwatch(_) => "on",
        Command::Grant(_) => "viewer 100002",
        Command::Ungrant(_) => "100002",
        _ => "",
    };
    format!("/{} {words}", command.name())
}

story! {
    async fn whoever_may_not_changes_nothing_and_reaches_no_provider(world) {
        let table = Table::set(world).await;
        // Questions and a request that are Ada's, which everybody else tries to press.
        let ada = world.ada();
        let mut questions = Vec::new();
        for (_, group) in table.groups {
            ada.asks_in(group, "/newkey hers", "Create key hers").await;
            let newest = format!("SELECT id FROM confirmations WHERE action LIKE '%hers%' AND chat = {group}");
            questions.push(ConfirmationId::new(world.database.find(&newest).remove(0)));
        }
        ada.press_in(table.groups[0].1, "Create key").unwrap();
        // Drawn when it is recorded that the secret was shown.
        ada.sees_in(table.groups[0].1, "private chat with me").await;
        let group = table.groups[0].1;
        ada.asks_in(group, "/policy", "Revocations: nobody").await;
        ada.presses_in(group, "Revocations", "Choose what").await;
        ada.presses_in(group, "1 person", "Revocations: one").await;
        ada.asks_in(group, "/revoke dashboard", "Revoke dashboard").await;
        ada.presses_in(group, "Revoke key", "Waits for others").await;
        world.idle().await;
        let before = touched(world);
        let mut cells = 0;
        for (who, place) in Who::iter().flat_map(|who| Place::iter().map(move |place| (who, place))) {
            for command in Command::menu(true).filter(|command| !may(takes(command), who, place)) {
                table.update(world, who, place, Ok(&typed(&command)));
                cells += 1;
            }
            for kind in CallbackKind::iter() {
                // The question that stands in that very group, where there is one.
                let of_place = table.groups.iter().position(|(other, _)| *other == place);
                let question = &questions[of_place.unwrap_or(0)];
                let (callback, takes) = button(kind, &table.account, question);
                if !may(takes, who, place) {
                    table.update(world, who, place, Err(&callback.encode()));
                    cells += 1;
                }
            }
        }
        world.idle().await;
        assert_eq!(touched(world), before);
        assert!(cells > 2_500, "{cells} cells");
    }
}

story! {
    async fn whoever_may_is_let_through(world) {
        let table = Table::set(world).await;
        world.idle().await;
        for (who, place) in Who::iter().flat_map(|who| Place::iter().map(move |place| (who, place))) {
            for command in Command::menu(true).filter(|command| may(takes(command), who, place)) {
                if matches!(command, Command::Grant(_) | Command::Ungrant(_) | Command::Bind(_) | Command::Cancel(_) | Command::Leakwatch(_)) {
                    // Done already, or told in stories of their own.
                    continue;
                }
                // A list that was read a moment ago is not read again.
                world.pass(std::time::Duration::from_secs(3));
                let before = touched(world);
                table.update(world, who, place, Ok(&typed(&command)));
                world.idle().await;
                assert_ne!(touched(world), before, "{command:?} {who:?} {place:?}");
            }
        }
    }
}
