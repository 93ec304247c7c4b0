//! A group in which Ada is the owner and Boris a member, and what people do there.

use std::time::Duration;

use keyporter::sandbox::telegram::{Group, Person, Role, Saying, Shown};

use super::{ADA, BORIS, World};

/// An administrator of the group.
pub const VERA: i64 = 100_003;

impl World {
    /// The group: Ada owns it, Vera is an administrator, Boris a member. The bot is an ordinary member, as after being added.
    pub fn crew(&mut self) -> i64 {
        self.crew_of(Group::new("Crew"))
    }

    /// The same as another kind of group.
    pub fn crew_of(&mut self, group: Group) -> i64 {
        let telegram = self.sandbox.telegram();
        telegram.add_person(Person::new(VERA, "Vera").language("en"));
        telegram.add_group(
            group
                .member(ADA, Role::Owner)
                .member(VERA, Role::Administrator)
                .member(BORIS, Role::Member),
        )
    }

    /// Ada links a project and binds it to the group.
    pub async fn bound_project(
        &mut self,
        group: i64,
    ) -> keyporter::sandbox::botsubscription::Project {
        let project = self.linked_project().await;
        self.binds(group).await;
        project
    }

    /// Ada binds the account that she has linked last.
    pub async fn binds(&mut self, group: i64) -> Shown {
        let ada = self.ada();
        ada.say_in(group, "/bind");
        let question = ada.sees_in(group, "Which account").await;
        let button = &question.keyboard.inline_keyboard[0][0];
        ada.press_on(group, question.id, &button.text.clone())
            .unwrap();
        ada.sees_in(group, "Bound").await
    }

    /// Ada grants somebody a role, with a mention.
    pub async fn grants(&mut self, group: i64, role: &str, person: i64) {
        let ada = self.ada();
        ada.send_in(
            group,
            Saying::new(&format!("/grant {role} them")).mention(person),
        );
        ada.sees_in(group, &format!("now has the role {role} here"))
            .await;
    }

    /// Waits until the bot has handled all that it has received, and has nothing left to say.
    pub async fn idle(&self) {
        let left = || {
            let waiting = "SELECT CAST(update_id AS TEXT) FROM inbox WHERE state = 'waiting'";
            let unsent = "SELECT id FROM outbox";
            let pending = self.sandbox.telegram().pending_updates();
            let pending = pending.iter().map(|update| format!("{update:?}")).collect();
            [
                pending,
                self.database.find(waiting),
                self.database.find(unsent),
            ]
        };
        for _ in 0..10_000 {
            if left().iter().all(Vec::is_empty) {
                return;
            }
            let a_moment = Duration::from_millis(20);
            let _ = self
                .sandbox
                .wait_until(a_moment, "nothing", |_| None::<()>)
                .await;
        }
        panic!(
            "the bot does not come to rest; updates, inbox, outbox: {:?}",
            left()
        );
    }
}
