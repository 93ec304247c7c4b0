//! Rows that somebody or something has damaged: each blocks only itself. Its person is told, the log and `keyporter check` name it,
//! and everything else goes on.

use keyporter::check::{Finding, check};

use crate::world::{World, logged_by};

/// Two accounts of Ada; their ids, the older first.
async fn two_accounts(world: &mut World) -> [String; 2] {
    world.linked_project().await;
    world.linked_project().await;
    let ids = world
        .database
        .find("SELECT id FROM accounts ORDER BY linked_at");
    ids.try_into().unwrap()
}

async fn looks(world: &World) -> Vec<Finding> {
    let mut findings = check(world.settings(), &world.ports()).await;
    findings.retain(|finding| !finding.good);
    findings
}

story! {
    async fn a_credential_that_does_not_open_keeps_nobody_from_the_others(world) {
        let [broken, whole] = two_accounts(world).await;
        let ada = world.ada();
        ada.asks("/newkey ci", "In which account").await;
        ada.presses(&name_of(world, &broken), "Create key ci").await;
        world.database.execute(&format!(
            "UPDATE accounts SET credential = (SELECT credential FROM accounts WHERE id = '{whole}') WHERE id = '{broken}'"
        ));
        let keys = ada.asks("/keys", "is damaged: I cannot open it").await;
        assert!(keys.text.contains("dashboard"), "the other account's keys are there: {keys}");
        assert!(logged_by("a stored credential does not open").contains(&broken));
        // What waits for it says so, and goes on when it is linked again.
        ada.press("Create key");
        ada.sees("Link it again, and I go on").await;
        let found = looks(world).await;
        assert!(matches!(found.as_slice(), [one] if one.text.contains(&broken)), "{found:#?}");
        let token = token_of(world, &broken);
        ada.presses("Link again", "API token").await;
        ada.asks(&token, "Linked").await;
        ada.sees("It disappears after ten minutes").await;
        ada.presses("I saved it", "is created and saved").await;
        assert_eq!(looks(world).await, []);
    }
}

fn name_of(world: &World, account: &str) -> String {
    let name = format!("SELECT name FROM accounts WHERE id = '{account}'");
    world.database.find(&name).remove(0)
}

fn token_of(world: &World, account: &str) -> String {
    let project = world.database.find(&format!(
        "SELECT project FROM accounts WHERE id = '{account}'"
    ));
    let keys = world.sandbox.botsubscription().keys(&project[0]);
    keys.into_iter().find(|key| key.is_first).unwrap().secret
}

story! {
    async fn a_request_with_an_unknown_step_stands_still_alone(world) {
        world.linked_project().await;
        let ada = world.ada();
        for label in ["one", "two"] {
            ada.asks(&format!("/newkey {label}"), "Create key").await;
            ada.press("Create key");
            ada.sees("key stands in this chat").await;
        }
        world.database.execute("UPDATE operations SET step = 'dancing' WHERE number = 1");
        let status = ada.asks("/status", "request 1 is damaged").await;
        assert!(status.text.contains("New key two"), "{status}");
        ada.presses("I saved it", "is created and saved").await;
        ada.asks("/status", "request 1 is damaged").await;
        let found = looks(world).await;
        assert!(matches!(found.as_slice(), [one] if one.subject == "requests" && one.text.contains("operations: 1: unknown step")), "{found:#?}");
        assert!(logged_by("operations: 1: unknown step").contains("ERROR"));
        // Not over a restart either.
        world.restart().await;
        ada.asks("/newkey three", "Create key three").await;
        ada.press("Create key");
        ada.sees("It disappears after ten minutes").await;
        ada.presses("I saved it", "is created and saved").await;
        ada.asks("/unlink", "").await;
        ada.presses("Unlink", "Unlinked: ").await;
    }
}

story! {
    async fn a_broken_history_is_told_and_goes_on(world) {
        let [broken, whole] = two_accounts(world).await;
        let ada = world.ada();
        let audit = ada.asks("/audit", "newest first").await;
        assert!(!audit.text.contains("⚠️"), "{audit}");
        for tampering in ["subject = 'another'", "action = 'danced'"] {
            world.database.execute(&format!("UPDATE audit SET {tampering} WHERE account = '{broken}'"));
            let audit = ada.asks("/audit", "was changed by somebody else than me").await;
            assert_eq!(audit.text.matches("⚠️").count(), 1, "{audit}");
            assert!(audit.text.contains("newest first") && audit.text.contains("· linked ·"), "{audit}");
            let found = looks(world).await;
            assert!(matches!(found.as_slice(), [one] if one.subject == "audit" && one.text.contains(&broken)), "{found:#?}");
        }
        let logged = logged_by("the chain of an account is broken");
        assert!(logged.contains(&broken) && !logged.contains(&whole), "{logged}");
        // Both accounts can be used as before.
        for account in [broken, whole] {
            ada.asks("/newkey ci", "In which account").await;
            ada.presses(&name_of(world, &account), "Create key ci").await;
            ada.press("Create key");
            ada.sees("It disappears after ten minutes").await;
            ada.presses("I saved it", "is created and saved").await;
        }
    }
}
