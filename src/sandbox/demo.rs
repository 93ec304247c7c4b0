//! The first world of `cargo run -- demo`: three people, their group, and an account at each provider.

use super::{
    Sandbox,
    telegram::{Group, Person, Role},
};

/// Ada's number.
const ADA: i64 = 100_001;
/// Boris's number.
const BORIS: i64 = 100_002;
/// Vera's number.
const VERA: i64 = 100_003;

/// Fills an empty sandbox.
pub fn demo_world(sandbox: &Sandbox) {
    let telegram = sandbox.telegram();
    telegram.add_person(Person::new(ADA, "Ada").username("ada").language("en"));
    telegram.add_person(Person::new(BORIS, "Boris").username("boris").language("ru"));
    telegram.add_person(Person::new(VERA, "Vera").username("vera").language("en"));
    let crew = Group::new("Release crew").member(ADA, Role::Owner);
    let crew = crew.member(VERA, Role::Administrator);
    telegram.add_group(crew.member(BORIS, Role::Member));

    let project = sandbox.botsubscription().add_project();
    for label in ["staging bot", "ci-deploy"] {
        sandbox
            .botsubscription()
            .create_key_outside(&project.id, label);
    }
    sandbox.bots_business().add_account("ada@example.com");
    for claim in ["universal", "facebook-messenger"] {
        sandbox.botanalytics().add_channel(claim);
    }
}
