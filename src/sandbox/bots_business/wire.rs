//! `Bots.Business` over HTTP: bare objects and arrays, the key in the query.

use serde_json::{Value, json};

use super::{Account, Behaviour, Core, ErrorShape, KEY_CHARS, State};
use crate::sandbox::{
    clock::rfc3339,
    dice::URL_SAFE,
    service::{Answer, Emulated, Incoming},
};

impl Emulated for Core {
    async fn answer(&self, incoming: &Incoming) -> Answer {
        self.state.change(|state| {
            let behaviour = state.behaviour;
            match self.act(state, incoming) {
                Ok(body) => Answer::json(200, &body),
                Err((status, message)) => refuse(behaviour, status, message),
            }
        })
    }

    /// No limits are documented; the status says it all.
    fn too_many(&self, _: &Incoming, retry_after_s: u64) -> Answer {
        let behaviour = self.state.look(|state| state.behaviour);
        refuse(behaviour, 429, "Too many requests").header("retry-after", &retry_after_s)
    }
}

impl Core {
    fn act(&self, state: &mut State, incoming: &Incoming) -> Result<Value, (u16, &'static str)> {
        let route = (incoming.method.as_str(), incoming.path.as_str());
        if !matches!(
            route,
            ("GET", "/v2/user" | "/v2/user/linked_accounts" | "/v2/bots")
                | ("POST", "/v2/user/reset_api_key")
        ) {
            return Err((404, "Not found"));
        }
        let query = incoming.query_pairs();
        let [(name, key)] = query.as_slice() else {
            return Err((401, "Unauthorized"));
        };
        let mut accounts = state.accounts.iter_mut();
        let account = accounts.find(|account| name == "api_key" && account.api_key == *key);
        let account = account.ok_or((401, "Unauthorized"))?;
        Ok(match route.1 {
            "/v2/user/linked_accounts" => Value::Array(account.linked_accounts.clone()),
            "/v2/bots" => bots(account),
            "/v2/user" => user(account),
            _ => {
                account.api_key = self.dice.text(URL_SAFE, KEY_CHARS);
                user(account)
            }
        })
    }
}

fn refuse(behaviour: Behaviour, status: u16, message: &str) -> Answer {
    let body = match behaviour.error_shape {
        ErrorShape::Error => json!({ "error": message }),
        ErrorShape::Errors => json!({ "errors": [message] }),
    };
    let status = if behaviour.errors_with_200 {
        200
    } else {
        status
    };
    let effect = false;
    Answer {
        effect,
        ..Answer::json(status, &body)
    }
}

fn user(account: &Account) -> Value {
    json!({
        "id": account.id,
        "created_at": rfc3339(account.created_at_ms),
        "api_key": account.api_key,
        "email": account.email,
    })
}

/// Holds a Telegram token in clear, as the real list does: nobody who manages keys has a reason to ask for it.
fn bots(account: &Account) -> Value {
    let created_at = rfc3339(account.created_at_ms);
    json!([{
        "id": account.id + 1,
        "name": "shop_bot",
        "token": "2000000002:SANDBOX-telegram-token-of-a-bot-000",
        "created_at": created_at,
        "updated_at": created_at,
        "status": "works",
        "pic_url": null,
    }])
}
