//! Reads single variables and collects what is wrong with them.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
};

use reqwest::Url;
use tracing_subscriber::EnvFilter;

use super::{DatabaseUrl, Fault, LogSettings, VARIABLES};
use crate::{
    domain::{Allowed, PersonId},
    secret::Secret,
    store::address_fault,
    vault::MasterKey,
};

/// Telegram's own limit for a bot, in messages a second.
const DEFAULT_RATE: u32 = 30;

/// Only for a reverse proxy on the same machine.
const USUAL_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

pub(super) struct Reader<'a> {
    variables: &'a HashMap<String, String>,
    faults: Vec<Fault>,
    warnings: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(variables: &'a HashMap<String, String>) -> Self {
        Self {
            variables,
            faults: Vec::new(),
            warnings: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (Vec<Fault>, Vec<String>) {
        (self.faults, self.warnings)
    }

    /// A variable's text; an empty one counts as unset, since many tools cannot unset.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.variables
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    fn fault(&mut self, variable: &str, text: impl Into<String>) {
        self.faults.push(Fault {
            variable: variable.to_owned(),
            text: text.into(),
        });
    }

    pub(super) fn token(&mut self) -> Option<Secret> {
        let name = "TELOXIDE_TOKEN";
        let Some(text) = self.text(name) else {
            self.fault(name, "is missing; @BotFather gives it");
            return None;
        };
        let shaped = text.split_once(':').is_some_and(|(id, rest)| {
            !id.is_empty()
                && id.bytes().all(|b| b.is_ascii_digit())
                && !rest.is_empty()
                && rest
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        });
        if !shaped {
            self.fault(name, "does not look like a bot token (123456:ABC-…)");
            return None;
        }
        Some(Secret::new(text.to_owned()))
    }

    pub(super) fn url(&mut self, name: &str, default: &str) -> String {
        let Some(text) = self.text(name) else {
            return default.to_owned();
        };
        let plain = text.trim_end_matches('/');
        match Url::parse(plain) {
            Ok(url) if is_plain(&url) => {
                if url.scheme() == "http" && !is_loopback(&url) {
                    self.warnings.push(format!(
                        "{name}: secrets travel to this address without encryption"
                    ));
                }
                plain.to_owned()
            }
            _ => {
                self.fault(
                    name,
                    "is not an address like https://host (no user, query or #)",
                );
                default.to_owned()
            }
        }
    }

    pub(super) fn database_url(&mut self) -> DatabaseUrl {
        let name = "DATABASE_URL";
        let url = self.text(name).unwrap_or("sqlite://keyporter.db");
        if let Some(fault) = address_fault(url) {
            self.fault(name, fault);
        }
        DatabaseUrl(url.to_owned())
    }

    pub(super) fn master_key(&mut self) -> Option<MasterKey> {
        let (name, file_name) = ("KEYPORTER_MASTER_KEY", "KEYPORTER_MASTER_KEY_FILE");
        match (self.text(name), self.text(file_name)) {
            (Some(_), Some(_)) => {
                self.fault(
                    name,
                    format!("and {file_name} are both set; set one of them"),
                );
                None
            }
            (None, None) => {
                self.fault(
                    name,
                    format!("is missing (or {file_name}); `keyporter keygen` makes one"),
                );
                None
            }
            (Some(text), None) => self.parse_key(name, Secret::new(text.to_owned())),
            (None, Some(path)) => match std::fs::read_to_string(path) {
                Ok(text) => self.parse_key(file_name, Secret::new(text)),
                Err(error) => {
                    self.fault(
                        file_name,
                        format!("names a file that cannot be read: {error}"),
                    );
                    None
                }
            },
        }
    }

    fn parse_key(&mut self, name: &str, text: Secret) -> Option<MasterKey> {
        let key = MasterKey::parse(&text);
        drop(text);
        if key.is_none() {
            self.fault(
                name,
                "is not base64 of 32 bytes; `keyporter keygen` makes one",
            );
        }
        key
    }

    pub(super) fn old_master_keys(&mut self) -> Vec<MasterKey> {
        let name = "KEYPORTER_MASTER_KEYS_OLD";
        let texts: Vec<_> = self.text(name).map(words).unwrap_or_default();
        texts
            .into_iter()
            .filter_map(|text| self.parse_key(name, Secret::new(text.to_owned())))
            .collect()
    }

    pub(super) fn allowed(&mut self, operators: &[PersonId]) -> Allowed {
        let name = "KEYPORTER_ALLOWED_USERS";
        if self.text(name) == Some("*") {
            return Allowed::Everybody;
        }
        let people = self.people(name);
        if people.is_empty() && self.text(name).is_none() {
            let who = if operators.is_empty() {
                "nobody"
            } else {
                "only its operators"
            };
            self.warnings.push(format!(
                "{name} is unset: {who} may use the bot; it tells everybody else the id to add"
            ));
        }
        Allowed::Only(people)
    }

    pub(super) fn people(&mut self, name: &str) -> Vec<PersonId> {
        let texts: Vec<_> = self.text(name).map(words).unwrap_or_default();
        let mut people = Vec::new();
        for text in texts {
            match text.parse::<i64>() {
                Ok(id) if id > 0 => people.push(PersonId(id)),
                _ => self.fault(
                    name,
                    format!("\"{text}\" is not a Telegram user id (a positive number)"),
                ),
            }
        }
        people
    }

    /// Our own address: https, or http for whoever is on the same machine.
    pub(super) fn public_url(&mut self) -> Option<String> {
        let name = "KEYPORTER_PUBLIC_URL";
        let text = self.text(name)?;
        match Url::parse(text) {
            // As browsers say it, since pages and webhook are told by it.
            Ok(url)
                if is_plain(&url)
                    && url.path() == "/"
                    && (url.scheme() == "https" || is_loopback(&url)) =>
            {
                Some(url.origin().ascii_serialization())
            }
            _ => {
                self.fault(
                    name,
                    "is not an address like https://keys.example.org (http only for this machine; no path, user, query or #)",
                );
                None
            }
        }
    }

    /// With a public address there is always a web server; without, only for whoever asks for one.
    pub(super) fn listen(&mut self, is_public: bool) -> Option<SocketAddr> {
        let address = self.address("KEYPORTER_LISTEN");
        address.or_else(|| is_public.then_some(USUAL_LISTEN))
    }

    pub(super) fn address(&mut self, name: &str) -> Option<SocketAddr> {
        let address = self.text(name)?.parse().ok();
        if address.is_none() {
            self.fault(name, "is not an address like 127.0.0.1:8080");
        }
        address
    }

    pub(super) fn rate(&mut self) -> u32 {
        let name = "KEYPORTER_TELEGRAM_RATE";
        let Some(text) = self.text(name) else {
            return DEFAULT_RATE;
        };
        match text.parse() {
            Ok(rate) if rate > 0 => rate,
            _ => {
                self.fault(name, "is not a number of messages a second (1 or more)");
                DEFAULT_RATE
            }
        }
    }

    pub(super) fn cores(&mut self) -> NonZeroUsize {
        let name = "KEYPORTER_CORES";
        let Some(text) = self.text(name) else {
            return NonZeroUsize::MIN;
        };
        text.parse().unwrap_or_else(|_| {
            self.fault(name, "is not a number of processor cores (1 or more)");
            NonZeroUsize::MIN
        })
    }

    pub(super) fn log(&mut self) -> LogSettings {
        let mut log = LogSettings::default();
        if let Some(filter) = self.text("RUST_LOG") {
            match EnvFilter::try_new(filter) {
                Ok(_) => filter.clone_into(&mut log.filter),
                Err(_) => self.fault("RUST_LOG", "is not a filter like info or keyporter=debug"),
            }
        }
        match self.text("KEYPORTER_LOG_FORMAT") {
            None | Some("text") => {}
            Some("json") => log.json = true,
            Some(_) => self.fault("KEYPORTER_LOG_FORMAT", "must be text or json"),
        }
        log
    }

    /// A misspelt variable would silently mean its default.
    pub(super) fn name_strangers(&mut self) {
        let known = |name: &str| VARIABLES.iter().any(|variable| variable.name == name);
        let mut strangers: Vec<_> = self
            .variables
            .keys()
            .filter(|name| name.starts_with("KEYPORTER_") && !known(name))
            .map(|name| format!("{name} is not a setting of this version"))
            .collect();
        strangers.sort();
        self.warnings.append(&mut strangers);
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split([',', ' ', ';'])
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .collect()
}

/// The web, and nothing but a host and a path.
fn is_plain(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host
            .parse::<Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}
