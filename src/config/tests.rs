use super::*;

const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn variables(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    let minimum = [("TELOXIDE_TOKEN", "1:abc"), ("KEYPORTER_MASTER_KEY", KEY)];
    minimum
        .iter()
        .chain(pairs)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn faults(pairs: &[(&str, &str)]) -> Vec<String> {
    let faults = Settings::from_environment(&variables(pairs)).unwrap_err();
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn the_defaults_are_those_of_the_documentation() {
    let settings = Settings::from_environment(&variables(&[])).unwrap();
    assert_eq!(settings.telegram_url, "https://api.telegram.org");
    assert_eq!(settings.database_url.as_str(), "sqlite://keyporter.db");
    assert_eq!(
        settings.providers.botsubscription,
        "https://api.botsubscription.com"
    );
    assert_eq!(
        settings.providers.bots_business,
        "https://api.bots.business"
    );
    assert_eq!(
        settings.providers.botanalytics,
        "https://api.beta.botanalytics.co"
    );
    assert_eq!(settings.telegram_rate, 30);
    assert_eq!(settings.public_url, None);
    assert_eq!((settings.listen, settings.metrics_listen), (None, None));
    assert_eq!(settings.allowed, Allowed::Only(Vec::new()));
    assert!(!settings.allowed.allows(PersonId(7)));
}

#[test]
fn all_faults_come_at_once_and_no_secret_stands_in_them() {
    let wrong = [
        ("TELOXIDE_TOKEN", "canary-token"),
        ("TELOXIDE_API_URL", "ftp://canary-host"),
        ("DATABASE_URL", "mysql://user:canary@host/db"),
        ("KEYPORTER_MASTER_KEY", "canary-key"),
        ("KEYPORTER_MASTER_KEYS_OLD", "canary-old"),
        ("KEYPORTER_ALLOWED_USERS", "12, me"),
        ("KEYPORTER_PUBLIC_URL", "http://canary.example"),
        ("KEYPORTER_LISTEN", "8080"),
        ("KEYPORTER_METRICS_LISTEN", "localhost"),
        ("BOTS_BUSINESS_API_URL", "https://user:canary@host"),
        ("KEYPORTER_TELEGRAM_RATE", "0"),
        ("KEYPORTER_CORES", "all"),
        ("RUST_LOG", "a=b=c"),
        ("KEYPORTER_LOG_FORMAT", "xml"),
    ];
    let faults = faults(&wrong);
    for (name, _) in wrong {
        assert!(
            faults.iter().any(|fault| fault.starts_with(name)),
            "{name}: {faults:#?}"
        );
    }
    assert_eq!(faults.len(), wrong.len());
    assert!(!faults.concat().contains("canary"), "{faults:#?}");
}

#[test]
fn a_missing_minimum_names_the_way_out() {
    let faults = Settings::from_environment(&HashMap::new()).unwrap_err();
    let text: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(text.len(), 2);
    assert!(
        text[0].contains("BotFather") && text[1].contains("keygen"),
        "{text:?}"
    );
}

#[test]
fn lists_of_people_are_read() {
    let settings = Settings::from_environment(&variables(&[
        ("KEYPORTER_ALLOWED_USERS", "4503599627370495, 8"),
        ("KEYPORTER_OPERATORS", "8"),
    ]))
    .unwrap();
    assert!(settings.allowed.allows(PersonId(4_503_599_627_370_495)));
    assert!(!settings.allowed.allows(PersonId(9)));
    assert_eq!(settings.operators, [PersonId(8)]);
    let everybody =
        Settings::from_environment(&variables(&[("KEYPORTER_ALLOWED_USERS", "*")])).unwrap();
    assert!(everybody.allowed.allows(PersonId(9)));
}

#[test]
fn an_address_of_a_database_is_read_before_anything_starts() {
    for url in [
        "keyporter.db",
        "sqlite::memory:",
        "sqlite://",
        "postgres://user:can@ry@host:no-port/db",
    ] {
        let faults = faults(&[("DATABASE_URL", url), ("KEYPORTER_LISTEN", "x")]);
        assert_eq!(faults.len(), 2, "{url}: {faults:?}");
        assert!(faults[0].starts_with("DATABASE_URL: "), "{faults:?}");
        assert!(!faults[0].contains("ry@host"), "{faults:?}");
    }
    for url in ["sqlite:keys.db", "postgresql://user:pa%40ss@host/db"] {
        let settings = Settings::from_environment(&variables(&[("DATABASE_URL", url)]));
        assert_eq!(settings.unwrap().database_url.as_str(), url);
    }
}

#[test]
fn a_public_address_brings_a_web_server() {
    let read = |pairs: &[(&str, &str)]| Settings::from_environment(&variables(pairs)).unwrap();
    let public = read(&[("KEYPORTER_PUBLIC_URL", "https://Keys.example:443/")]);
    assert_eq!(public.public_url.as_deref(), Some("https://keys.example"));
    assert_eq!(public.listen.unwrap().to_string(), "127.0.0.1:8080");
    let local = read(&[("KEYPORTER_PUBLIC_URL", "http://127.0.0.1:9000")]);
    assert!(local.public_url.is_some());
    let polls = read(&[
        ("KEYPORTER_LISTEN", "[::1]:80"),
        ("KEYPORTER_METRICS_LISTEN", "127.0.0.1:9100"),
    ]);
    assert_eq!(polls.listen.unwrap().to_string(), "[::1]:80");
    assert_eq!(polls.metrics_listen.unwrap().to_string(), "127.0.0.1:9100");
    for wrong in [
        "http://keys.example",
        "https://me:canary@keys.example",
        "https://keys.example?canary",
        "https://keys.example#canary",
        "ftp://127.0.0.1",
        "keys.example",
        "https://keys.example/canary",
    ] {
        let faults = faults(&[("KEYPORTER_PUBLIC_URL", wrong)]);
        assert!(
            faults.len() == 1 && !faults[0].contains("canary"),
            "{faults:?}"
        );
    }
}

#[test]
fn two_ways_to_one_master_key_are_refused() {
    let faults = faults(&[("KEYPORTER_MASTER_KEY_FILE", "/run/key")]);
    assert!(faults[0].contains("both set"), "{faults:?}");
}

#[test]
fn odd_settings_are_told_and_do_not_stop_the_start() {
    let settings = Settings::from_environment(&variables(&[
        ("KEYPORTER_ALOWED_USERS", "8"),
        ("BOTSUBSCRIPTION_API_URL", "http://keys.example/base/"),
        ("TELOXIDE_API_URL", "http://127.0.0.1:8081"),
    ]))
    .unwrap();
    let warnings = settings.warnings.join("\n");
    assert!(
        warnings.contains("KEYPORTER_ALOWED_USERS is not a setting"),
        "{warnings}"
    );
    assert!(
        warnings.contains("BOTSUBSCRIPTION_API_URL: secrets travel"),
        "{warnings}"
    );
    assert!(!warnings.contains("TELOXIDE_API_URL"), "{warnings}");
    assert_eq!(
        settings.providers.botsubscription,
        "http://keys.example/base"
    );
}

#[test]
fn settings_can_be_printed() {
    let settings = Settings::from_environment(&variables(&[
        ("DATABASE_URL", "postgres://user:canary@host/db"),
        ("TELOXIDE_TOKEN", "1:canary"),
    ]))
    .unwrap();
    assert!(!format!("{settings:?}").contains("canary"));
}
