//! `keyporter check`: looks at everything that a start needs and at the rows that need a person, and says each. It changes nothing.

use serde::Deserialize;
use serde_json::json;

use crate::{
    app::{AppError, audit_key, rekey, verify_audit},
    config::Settings,
    domain::{Operation, ProviderKind, Timestamp, operation::Step},
    metrics::Metrics,
    ports::Ports,
    providers::{self, Providers},
    store::{Store, audit, inbox, operations},
    telegram::Telegram,
    vault::Vault,
};

/// One line of the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// What was found.
    pub text: String,
    /// Nothing needs to be done about it.
    pub good: bool,
}

pub(crate) fn good(subject: &str, text: impl Into<String>) -> Finding {
    Finding {
        subject: subject.to_owned(),
        text: text.into(),
        good: true,
    }
}

pub(crate) fn bad(subject: &str, text: impl Into<String>) -> Finding {
    Finding {
        subject: subject.to_owned(),
        text: text.into(),
        good: false,
    }
}

/// Requests that are open for longer are named.
const LONG_OPEN: std::time::Duration = std::time::Duration::from_hours(24);

/// Looks at everything; may run beside a running Keyporter.
pub async fn check(settings: Settings, ports: &Ports) -> Vec<Finding> {
    let mut findings: Vec<_> = settings
        .warnings
        .iter()
        .map(|warning| bad("settings", warning))
        .collect();
    if findings.is_empty() {
        findings.push(good("settings", "all are understood"));
    }
    findings.push(telegram(&settings).await);
    let options = providers::Options {
        botsubscription: settings.providers.botsubscription.clone(),
        bots_business: settings.providers.bots_business.clone(),
        botanalytics: settings.providers.botanalytics.clone(),
        call_timeout: providers::CALL_TIMEOUT,
        way: None,
    };
    let Ok(providers) = Providers::new(&options, ports, &Metrics::default()) else {
        findings.push(bad("providers", "no HTTP client can be made"));
        return findings;
    };
    for kind in ProviderKind::ALL {
        findings.push(match providers.reach(kind).await {
            Ok(()) => good(kind.name(), "answers"),
            Err(error) => bad(kind.name(), error.to_string()),
        });
    }
    findings.extend(database(settings, ports).await);
    findings
}

#[derive(Deserialize)]
struct Me {
    #[serde(default)]
    username: String,
}

async fn telegram(settings: &Settings) -> Finding {
    let asked = async {
        Telegram::new(&settings.telegram_url, &settings.token, None)?
            .call::<Me>("getMe", &json!({}))
            .await
    };
    match asked.await {
        Ok(me) => good("Telegram", format!("answers; the bot is @{}", me.username)),
        Err(error) => bad("Telegram", error.to_string()),
    }
}

async fn database(settings: Settings, ports: &Ports) -> Vec<Finding> {
    let store = match Store::inspect(settings.database_url.as_str()).await {
        Ok(store) => store,
        Err(error) => return vec![bad("database", error.to_string())],
    };
    let mut findings = vec![good("database", "opens, and its schema is this program's")];
    let vault = Vault::new(settings.master_key, settings.old_master_keys, ports.clone());
    findings.extend(sealed_and_written_down(&store, &vault).await);
    findings.extend(rows(&store, ports.now()).await);
    store.close().await;
    findings
}

/// Whether everything that is sealed opens, and whether the audit chains of all accounts are whole.
pub async fn sealed_and_written_down(store: &Store, vault: &Vault) -> Vec<Finding> {
    let mut findings = master_key(store, vault).await;
    findings.extend(match audits(store, vault).await {
        Ok(findings) => findings,
        Err(error) => vec![bad("audit", error.to_string())],
    });
    findings
}

async fn master_key(store: &Store, vault: &Vault) -> Vec<Finding> {
    let surveyed = match rekey::survey(store, vault).await {
        Ok(surveyed) => surveyed,
        Err(error) => return vec![bad("master key", error.to_string())],
    };
    let mut findings: Vec<_> = surveyed
        .unreadable
        .iter()
        .map(|row| bad("sealed value", row))
        .collect();
    if surveyed.renewed > 0 {
        let text = format!(
            "{} values need an older key; run `keyporter rekey`",
            surveyed.renewed
        );
        findings.push(bad("master key", text));
    } else if findings.is_empty() {
        let text = format!(
            "{} opens all {} sealed values",
            vault.current_key(),
            surveyed.current
        );
        findings.push(good("master key", text));
    }
    findings
}

async fn rows(store: &Store, now: Timestamp) -> Vec<Finding> {
    // Where both keys live, or people are asked, nothing is late.
    let is_late = |open: &Operation| {
        !matches!(open.step, Step::Overlap | Step::Approval)
            && now.since(open.started_at) >= LONG_OPEN
    };
    let looked = async {
        let mut c = store.read().await?;
        let set_aside = inbox::all_set_aside(&mut c).await?;
        let waiting = inbox::count_waiting(&mut c).await?;
        let (mut long_open, mut damaged) = (Vec::new(), Vec::new());
        for number in operations::all_open(&mut c).await? {
            match operations::get(&mut c, number).await {
                Ok(open) => long_open.extend(open.filter(is_late).map(|_| number)),
                Err(error) => damaged.push(error),
            }
        }
        Ok::<_, crate::store::StoreError>((set_aside, waiting, long_open, damaged))
    };
    let (set_aside, waiting, long_open, damaged) = match looked.await {
        Ok(looked) => looked,
        Err(error) => return vec![bad("rows", error.to_string())],
    };
    let mut findings = vec![good("inbox", format!("{waiting} updates wait"))];
    findings.extend(set_aside.iter().map(|update| {
        bad(
            "inbox",
            format!(
                "update {} of {} was given up",
                update.id,
                update.received_at.to_minute()
            ),
        )
    }));
    findings.extend(
        damaged
            .iter()
            .map(|error| bad("requests", error.to_string())),
    );
    findings.extend(long_open.iter().map(|number| {
        bad(
            "requests",
            format!("request {number} is open for more than a day"),
        )
    }));
    findings
}

async fn audits(store: &Store, vault: &Vault) -> Result<Vec<Finding>, AppError> {
    let key = audit_key(store, vault).await?;
    let accounts = audit::accounts(&mut *store.read().await?).await?;
    let mut findings = Vec::new();
    for account in &accounts {
        match verify_audit(store, &key, account).await {
            Ok(None) => {}
            Ok(Some(broken)) => findings.push(bad(
                "audit",
                format!("the chain of account {account} is broken: {broken:?}"),
            )),
            Err(error) => findings.push(bad("audit", format!("account {account}: {error}"))),
        }
    }
    if findings.is_empty() {
        findings.push(good(
            "audit",
            format!("the chains of {} accounts are whole", accounts.len()),
        ));
    }
    Ok(findings)
}
