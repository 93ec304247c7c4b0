//! Environment to settings: every fault is found and named at once, by its variable, never with a secret's value.
//! Nothing else in the program reads the environment.

mod read;

use std::{collections::HashMap, fmt, net::SocketAddr, num::NonZeroUsize};

use crate::{
    domain::{Allowed, PersonId},
    secret::Secret,
    vault::MasterKey,
};

use read::Reader;

/// A variable, what it means, its default, for `.env.example`, the README and the check that they are complete.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// True when its value is never shown.
    pub secret: bool,
}

const fn open(name: &'static str) -> Variable {
    Variable {
        name,
        secret: false,
    }
}

const fn secret(name: &'static str) -> Variable {
    Variable { name, secret: true }
}

/// Every variable that Keyporter reads.
pub const VARIABLES: &[Variable] = &[
    secret("TELOXIDE_TOKEN"),
    open("TELOXIDE_API_URL"),
    secret("DATABASE_URL"),
    secret("KEYPORTER_MASTER_KEY"),
    open("KEYPORTER_MASTER_KEY_FILE"),
    secret("KEYPORTER_MASTER_KEYS_OLD"),
    open("KEYPORTER_ALLOWED_USERS"),
    open("KEYPORTER_OPERATORS"),
    open("KEYPORTER_PUBLIC_URL"),
    open("KEYPORTER_LISTEN"),
    open("KEYPORTER_METRICS_LISTEN"),
    open("BOTSUBSCRIPTION_API_URL"),
    open("BOTS_BUSINESS_API_URL"),
    open("BOTANALYTICS_API_URL"),
    open("KEYPORTER_TELEGRAM_RATE"),
    open("KEYPORTER_CORES"),
    open("RUST_LOG"),
    open("KEYPORTER_LOG_FORMAT"),
];

/// All that an operator chooses.
#[derive(Debug)]
pub struct Settings {
    /// The bot's token.
    pub token: Secret,
    /// Bot API base, without a slash at its end.
    pub telegram_url: String,
    /// Where the database is; may hold a password.
    pub database_url: DatabaseUrl,
    /// The key that seals.
    pub master_key: MasterKey,
    /// Keys that only read.
    pub old_master_keys: Vec<MasterKey>,
    /// Who may use the bot, besides its operators.
    pub allowed: Allowed,
    /// Who gets alerts and may pause; they may always use the bot.
    pub operators: Vec<PersonId>,
    /// Where the world reaches us, without a slash at its end; nothing: long polling.
    pub public_url: Option<String>,
    /// The web server's address; nothing: there is none.
    pub listen: Option<SocketAddr>,
    /// The address of the metrics; nothing: there are none.
    pub metrics_listen: Option<SocketAddr>,
    /// Where the providers are.
    pub providers: ProviderUrls,
    /// Messages a second overall.
    pub telegram_rate: u32,
    /// Processor cores to keep to.
    pub cores: NonZeroUsize,
    /// How to log.
    pub log: LogSettings,
    /// Sentences for the log: odd, but not wrong.
    pub warnings: Vec<String>,
}

/// A database address that is never printed.
pub struct DatabaseUrl(pub(crate) String);

impl DatabaseUrl {
    /// For tests and the demo.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The address itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.split("://").next().unwrap_or_default())?;
        f.write_str("://…")
    }
}

/// Provider origins without a version, without a slash at their end.
#[derive(Clone, Debug)]
pub struct ProviderUrls {
    /// BotSubscription.
    pub botsubscription: String,
    /// Bots.Business.
    pub bots_business: String,
    /// Botanalytics.
    pub botanalytics: String,
}

/// How the log looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// `RUST_LOG`'s directives.
    pub filter: String,
    /// One JSON object a line instead of text.
    pub json: bool,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            filter: "info".to_owned(),
            json: false,
        }
    }
}

/// What is wrong with one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The variable.
    pub variable: String,
    /// What is wrong and what would be right.
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.variable, self.text)
    }
}

/// The process's environment, with a `.env` file of the working directory behind it.
pub fn environment() -> Result<HashMap<String, String>, Fault> {
    let mut variables = HashMap::new();
    match dotenvy::dotenv_iter() {
        Ok(lines) => {
            for line in lines {
                // The error's own text would show the line, which may hold a secret.
                let (name, value) = line.map_err(|_| Fault {
                    variable: ".env".to_owned(),
                    text: format!("cannot be read after {} good lines: put values with spaces or # into quotes", variables.len()),
                })?;
                variables.insert(name, value);
            }
        }
        Err(error) if error.not_found() => {}
        Err(_) => {
            return Err(Fault {
                variable: ".env".to_owned(),
                text: "cannot be opened".to_owned(),
            });
        }
    }
    let process = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    variables.extend(process);
    Ok(variables)
}

impl Settings {
    /// Reads all variables; on failure all faults, in the order of [`VARIABLES`].
    pub fn from_environment(variables: &HashMap<String, String>) -> Result<Self, Vec<Fault>> {
        let mut reader = Reader::new(variables);
        let token = reader.token();
        let telegram_url = reader.url("TELOXIDE_API_URL", "https://api.telegram.org");
        let database_url = reader.database_url();
        let master_key = reader.master_key();
        let old_master_keys = reader.old_master_keys();
        let operators = reader.people("KEYPORTER_OPERATORS");
        let allowed = reader.allowed(&operators);
        let public_url = reader.public_url();
        let listen = reader.listen(public_url.is_some());
        let metrics_listen = reader.address("KEYPORTER_METRICS_LISTEN");
        let providers = ProviderUrls {
            botsubscription: reader
                .url("BOTSUBSCRIPTION_API_URL", "https://api.botsubscription.com"),
            bots_business: reader.url("BOTS_BUSINESS_API_URL", "https://api.bots.business"),
            botanalytics: reader.url("BOTANALYTICS_API_URL", "https://api.beta.botanalytics.co"),
        };
        let telegram_rate = reader.rate();
        let cores = reader.cores();
        let log = reader.log();
        reader.name_strangers();
        let (faults, warnings) = reader.finish();
        match (token, master_key) {
            (Some(token), Some(master_key)) if faults.is_empty() => Ok(Self {
                token,
                telegram_url,
                database_url,
                master_key,
                old_master_keys,
                allowed,
                operators,
                public_url,
                listen,
                metrics_listen,
                providers,
                telegram_rate,
                cores,
                log,
                warnings,
            }),
            _ => Err(faults),
        }
    }
}

#[cfg(test)]
mod tests;
