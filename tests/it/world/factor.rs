//! Ada's authenticator app, and her slip of paper with the recovery codes.

use std::time::Duration;

use keyporter::{
    ports::Clock,
    sandbox::telegram::{Content, Shown},
};
use totp_rs::{Builder, Secret};

use super::{LIMIT, World};

/// The secret under a picture, as a person types it off.
pub fn secret_in(picture: &Shown) -> String {
    assert_eq!(picture.content, Content::Photo);
    picture.text.lines().last().unwrap().to_owned()
}

/// What the app shows for a secret, so many steps from now.
pub fn code(world: &World, secret: &str, steps: i64) -> String {
    let seconds = world.clock.now().millis() / 1000 + 30 * steps;
    let seed = Secret::try_from_base32(secret).unwrap();
    let app = Builder::new().with_secret(seed).build().unwrap();
    app.generate(seconds.try_into().unwrap()).to_string()
}

impl World {
    /// Waits until it is written down where something stands that is shown once.
    pub async fn stands(&self, what: &str) {
        let rows = format!("SELECT id FROM showings WHERE what = '{what}' AND message <> 0");
        for _ in 0..LIMIT.as_millis() / 20 {
            if !self.database.find(&rows).is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{what} never stands anywhere");
    }

    /// Ada sets her second factor up; tells its secret and her recovery codes.
    pub async fn second_factor(&mut self) -> (String, Vec<String>) {
        let ada = self.ada();
        ada.asks("/secondfactor", "No second factor").await;
        ada.press("Set it up");
        let picture = ada.sees("Scan this with").await;
        self.stands("factor").await;
        let secret = secret_in(&picture);
        // The step before: the present one is still good for what comes next.
        ada.asks(&code(self, &secret, -1), "The second factor is on")
            .await;
        let codes = self.recovery_codes("for the second factor").await;
        ada.sees_gone(picture.id).await;
        (secret, codes)
    }

    /// Ada reads the recovery codes that are shown to her, and says that she has them.
    pub async fn recovery_codes(&mut self, words: &str) -> Vec<String> {
        let ada = self.ada();
        let shown = ada.sees(words).await;
        assert!(shown.protected, "{shown}");
        let what = if words.contains("second factor") {
            "factor_codes"
        } else {
            "account_codes"
        };
        self.stands(what).await;
        ada.press("I saved them");
        ada.sees_gone(shown.id).await;
        let codes = shown.text.lines().filter(|line| line.len() == 19);
        codes.map(str::to_owned).collect()
    }
}
