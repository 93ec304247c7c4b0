//! Mini Apps: what a client hands to a page that a button opens, in the address's fragment: who has pressed it, coded with the bot's
//! token. Source: core.telegram.org/bots/webapps, "Initializing Mini Apps" and "Validating data received via the Mini App".

use std::fmt::Write as _;

use form_urlencoded::Serializer;
use serde_json::json;

use super::{
    saying::{ActError, Which},
    wire,
    world::World,
};
use crate::sandbox::dice::mac;

/// The Mini App features that the client knows.
const VERSION: &str = "9.6";

/// What a light client looks like.
const LIGHT: &str = r##"{"bg_color":"#ffffff","text_color":"#000000","hint_color":"#707579","link_color":"#3390ec","button_color":"#3390ec","button_text_color":"#ffffff","secondary_bg_color":"#f4f4f5","destructive_text_color":"#df3f40"}"##;

/// What a dark one looks like.
const DARK: &str = r##"{"bg_color":"#212121","text_color":"#ffffff","hint_color":"#aaaaaa","link_color":"#8774e1","button_color":"#8774e1","button_text_color":"#ffffff","secondary_bg_color":"#0f0f0f","destructive_text_color":"#e53935"}"##;

impl World {
    /// The address at which the person's client opens what stands behind a button of that kind.
    pub(super) fn open_page(
        &mut self,
        person: i64,
        chat: i64,
        message_id: i64,
        which: &Which<'_>,
        dark: bool,
        now_ms: i64,
    ) -> Result<String, ActError> {
        let chat = self.is_there(person, chat)?;
        let message = chat.message(message_id);
        let message = message.ok_or(ActError::NoSuchMessage(message_id))?;
        let button = which.find(message)?;
        let page = button.web_app.clone();
        let page = page.ok_or_else(|| ActError::SendsNothing(button.text.clone()))?;
        let data = self.launch_data(person, now_ms)?;
        let fragment = Serializer::new(String::new())
            .append_pair("tgWebAppData", &data)
            .append_pair("tgWebAppVersion", VERSION)
            .append_pair("tgWebAppPlatform", "weba")
            .append_pair("tgWebAppThemeParams", if dark { DARK } else { LIGHT })
            .finish();
        Ok(format!("{}#{fragment}", page.url))
    }

    /// What Telegram says of whoever opens a page.
    pub(super) fn launch_data(&mut self, person: i64, now_ms: i64) -> Result<String, ActError> {
        let known = self.people.get(&person);
        let known = known.ok_or(ActError::UnknownPerson(person))?;
        let mut user = wire::person(&known.person);
        self.launches += 1;
        user["allows_write_to_pm"] = json!(true);
        let mut fields = vec![
            ("query_id", format!("AAH{:016x}", self.launches)),
            ("user", user.to_string()),
            ("auth_date", (now_ms / 1000).to_string()),
            ("signature", "A".repeat(86)),
        ];
        fields.sort_unstable();
        let lines: Vec<_> = fields
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let secret = mac(b"WebAppData", self.bot.token.as_bytes());
        let mut hash = String::new();
        for byte in mac(&secret, lines.join("\n").as_bytes()) {
            let _ = write!(hash, "{byte:02x}");
        }
        fields.push(("hash", hash));
        Ok(Serializer::new(String::new()).extend_pairs(fields).finish())
    }
}
