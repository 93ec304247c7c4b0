//! One question, pressed by everybody at once.

use keyporter::sandbox::telegram::{Person, Role};

use crate::world::{ADA, VERA};

story! {
    async fn a_thousand_presses_by_fifty_people_execute_once_by_the_right_one(world) {
        let group = world.crew();
        let project = world.bound_project(group).await;
        let telegram = world.sandbox.telegram().clone();
        for id in 1000..1049 {
            telegram.add_person(Person::new(id, "Somebody"));
            telegram.set_role(id, group, id, Role::Administrator).unwrap_or_else(|_| telegram.set_role(ADA, group, id, Role::Administrator).unwrap());
        }
        let vera = world.talker(VERA);
        vera.asks("/start", "Hello").await;
        let question = vera.asks_in(group, "/newkey once", "Create key once").await;
        let data = question.button("Create key").unwrap().callback_data.clone().unwrap();
        let presses: Vec<_> = (0..20)
            .flat_map(|_| (1000..1049).chain([VERA]))
            .map(|id| (id, telegram.press_raw(id, Some((group, question.id)), &data).unwrap()))
            .collect();
        assert_eq!(presses.len(), 1000);
        vera.sees("Tap to uncover").await;
        world.idle().await;
        let keys = world.sandbox.botsubscription().keys(&project.id);
        assert_eq!(keys.iter().filter(|key| key.label == "once").count(), 1);
        assert_eq!(world.database.find("SELECT CAST(person AS TEXT) FROM operations"), [VERA.to_string()]);
        for (id, press) in presses.iter().filter(|(id, _)| *id != VERA) {
            let (told, _) = world.talker(*id).toast(press).await;
            // Whoever waited in the line was told so, and a group is not told of strangers' presses.
            assert!(told == "This button is not for you." || told.contains("Checking"), "{told}");
        }
        let said = telegram.messages(group);
        assert!(said.iter().all(|message| !message.text.contains("not for you")));
    }
}
