//! Looks at the sources themselves: what a person would otherwise have to remember to keep in order.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use keyporter::{
    bot::command::Command,
    config::VARIABLES,
    store::{MIGRATIONS, copy, sealed},
    texts::Text,
};

/// What each module may import of the others. Modules that tie the layers (`lib`, `main`, `start`, `demo`, `check`, `restore`) may import all.
const ARROWS: &str = "\
domain:
secret:
http:
sandbox:
metrics:
cores:
ports: domain
rates: domain ports
vault: domain ports secret
store: domain
providers: domain http metrics ports rates secret
telegram: http metrics secret
replica: ports store
app: domain ports providers rates replica secret store vault
intake: domain metrics ports replica secret store telegram vault
texts: domain
bot: app domain intake ports rates replica secret telegram texts
web: app domain intake metrics ports secret texts
config: domain secret store vault
logging: config";

const TIES: &[&str] = &["lib", "main", "start", "demo", "check", "restore"];

/// The files of the bot that take a secret in or hand one out.
const BOT_WITH_SECRETS: &[&str] = &[
    "bot/commands/factor.rs",
    "bot/commands/recover.rs",
    "bot/commands/rotate.rs",
    "bot/dialogues/step.rs",
    "bot/reply/messenger.rs",
    "bot/reply/picture.rs",
    "bot/reply/presenter.rs",
];

/// The files in which a plain secret may be looked at, and what for.
const EXPOSING: &[(&str, &str)] = &[
    ("bot/reply/messenger.rs", "shows a new key"),
    ("bot/reply/picture.rs", "draws a second factor"),
    ("app/pages/session.rs", "keeps a digest of a session"),
    ("bot/reply/presenter.rs", "shows codes once"),
    ("intake/hook.rs", "tells Telegram the webhook's address"),
    ("main.rs", "prints a generated master key"),
    ("providers/botanalytics.rs", "sends it, reads its claims"),
    ("providers/bots_business.rs", "sends the credential"),
    ("providers/botsubscription.rs", "sends the credential"),
    ("secret.rs", "is the secret"),
    ("telegram.rs", "sends the bot's token"),
    ("vault.rs", "seals"),
    ("vault/codes.rs", "codes recovery codes one way"),
    ("vault/totp.rs", "compares codes of a second factor"),
    ("web/app/api.rs", "shows a new key on the page"),
    ("web/app/init_data.rs", "checks what Telegram coded"),
];

/// Longest source file, in lines; most are far shorter.
const LONGEST_FILE: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(&path))
        .unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == ending)
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Each source file under `src`: its path from there, and its text without comments and without its tests.
fn sources() -> Vec<(String, String)> {
    let sources = root().join("src");
    files("src", "rs")
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(&sources)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            (name, without_comments(&fs::read_to_string(path).unwrap()))
        })
        .filter(|(name, _)| {
            !name.ends_with("tests.rs")
                && !name.contains("/tests/")
                && !name.ends_with("testing.rs")
        })
        .collect()
}

fn without_comments(text: &str) -> String {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let tests = code.find("#[cfg(test)]\nmod tests {").unwrap_or(code.len());
    code[..tests].to_owned()
}

/// The top-level modules that a text names after `crate::`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (place, _) in code.match_indices("crate::") {
        let rest = &code[place + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(first_names(group)),
            None => found.extend(name_at(rest)),
        }
    }
    found
}

/// The first names of the items of a `{…}` group.
fn first_names(group: &str) -> Vec<String> {
    let (mut depth, mut item, mut names) = (0, String::new(), Vec::new());
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.extend(name_at(&std::mem::take(&mut item))),
            _ if depth == 0 => item.push(c),
            _ => {}
        }
    }
    names.extend(name_at(&item));
    names
}

fn name_at(text: &str) -> Option<String> {
    let name: String = text
        .trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    (!name.is_empty()).then_some(name)
}

fn module_of(file: &str) -> &str {
    let end = file.find(['/', '.']).unwrap();
    &file[..end]
}

#[test]
fn modules_import_only_what_they_may() {
    let split = |line: &'static str| line.split_once(':');
    let arrows: BTreeMap<_, _> = ARROWS.lines().filter_map(split).collect();
    let mut faults = Vec::new();
    for (file, code) in sources() {
        let module = module_of(&file);
        if TIES.contains(&module) {
            continue;
        }
        let allowed = arrows.get(module).unwrap_or_else(|| {
            panic!("src/{file}: module {module} has no arrows; decide what it may import")
        });
        for import in imports(&code) {
            if import != module && !allowed.split(' ').any(|name| name == import) {
                faults.push(format!("src/{file} imports {import}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn secrets_pass_only_through_named_files() {
    let mut faults = Vec::new();
    for (file, code) in sources() {
        let handles = imports(&code).contains("secret");
        if file.starts_with("bot/") && handles && !BOT_WITH_SECRETS.contains(&file.as_str()) {
            faults.push(format!("src/{file} handles secrets"));
        }
        let exposes = code.contains(".expose()") || code.contains("expose_secret()");
        if exposes != EXPOSING.iter().any(|(other, _)| *other == file) {
            faults.push(format!("src/{file} looks at plain secrets: {exposes}"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_module_says_what_it_is_for_and_none_is_too_long() {
    for path in files("src", "rs")
        .into_iter()
        .chain(files("tests", "rs"))
        .chain(files("benches", "rs"))
    {
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        // A list of names, one a line, is no code.
        let is_list = path.ends_with("texts/id.rs");
        assert!(
            is_list || lines <= LONGEST_FILE,
            "{} has {lines} lines",
            path.display()
        );
        let is_test_module = path.ends_with("tests.rs")
            || path
                .parent()
                .is_some_and(|folder| folder.ends_with("tests"));
        let opening = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .count();
        assert!(
            is_test_module && path.starts_with(root().join("src")) || (1..=6).contains(&opening),
            "{} opens with {opening} lines of purpose",
            path.display()
        );
    }
}

#[test]
fn nothing_is_left_to_do_or_thrown_away_in_silence() {
    for (file, code) in sources() {
        for word in [
            "todo!",
            "unimplemented!",
            "dbg!",
            "FIXME",
            "TODO",
            "#[ignore",
        ] {
            assert!(!code.contains(word), "src/{file}: {word}");
        }
    }
}

#[test]
fn every_setting_is_in_the_example_and_in_the_readme() {
    let (example, readme) = (read(".env.example"), read("README.md"));
    for variable in VARIABLES {
        let shown = example.lines().any(|line| {
            line.trim_start_matches("# ")
                .starts_with(&format!("{}=", variable.name))
        });
        assert!(shown, ".env.example does not show {}", variable.name);
        assert!(
            readme.contains(&format!("`{}`", variable.name)),
            "README.md does not name {}",
            variable.name
        );
    }
    for line in example.lines() {
        let Some((name, value)) = line.trim_start_matches("# ").split_once('=') else {
            continue;
        };
        if name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        {
            let variable = VARIABLES.iter().find(|variable| variable.name == name);
            let variable = variable
                .unwrap_or_else(|| panic!(".env.example shows {name}, which nothing reads"));
            assert!(
                !variable.secret || value.is_empty() || value.starts_with("sqlite:"),
                ".env.example holds a value for {name}"
            );
        }
    }
}

#[test]
fn every_command_is_in_the_readme_and_has_a_story() {
    let readme = read("README.md");
    let stories: String = files("tests/it", "rs")
        .into_iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for command in Command::menu(true) {
        let name = format!("/{}", command.name());
        assert!(
            readme.contains(&format!("`{name}")),
            "README.md does not name {name}"
        );
        assert!(
            stories.contains(&format!("\"{name}")),
            "no story uses {name}"
        );
    }
}

#[test]
fn every_text_is_said_somewhere() {
    let bot: String = sources()
        .into_iter()
        .filter(|(file, _)| file.starts_with("bot/") || file.starts_with("web/"))
        .map(|(_, code)| code)
        .collect();
    for text in Text::all() {
        let name = format!("Text::{text:?}");
        let said = bot.match_indices(&name).any(|(place, _)| {
            !bot[place + name.len()..].starts_with(|c: char| c.is_alphanumeric())
        });
        assert!(said, "{name} is never said");
    }
}

#[test]
fn every_migration_is_run_and_every_table_and_sealed_column_is_walked() {
    let known: Vec<_> = MIGRATIONS
        .iter()
        .map(|(version, name, _)| format!("{version:04}_{name}.sql"))
        .collect();
    let found: Vec<_> = files("migrations", "sql")
        .iter()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(found, known);
    let (mut tables, mut columns) = (Vec::<String>::new(), BTreeSet::new());
    for line in MIGRATIONS.iter().flat_map(|(_, _, text)| text.lines()) {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            tables.extend(name_at(rest));
        }
        let column = name_at(line).unwrap_or_default();
        if !line.starts_with("--")
            && line.contains(" BYTEA ")
            && !["audit_head", "code", "digest"].contains(&column.as_str())
        {
            columns.insert(format!("{}.{column}", tables.last().unwrap()));
        }
    }
    let walked: BTreeSet<_> = sealed::COLUMNS
        .iter()
        .map(|column| column.name.to_owned())
        .collect();
    assert_eq!(
        columns, walked,
        "a column of sealed bytes would stay behind when the master key changes"
    );
    assert_eq!(tables, copy::TABLES, "a table would not be in a backup");
}

#[test]
fn every_document_that_is_named_is_there() {
    for document in ["README.md", "CHANGELOG.md"]
        .map(PathBuf::from)
        .into_iter()
        .chain(files("docs", "md"))
    {
        let text = read(&document);
        for (place, _) in text.match_indices("](") {
            let target: String = text[place + 2..]
                .chars()
                .take_while(|c| *c != ')' && *c != '#')
                .collect();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let folder = root().join(&document).parent().unwrap().to_owned();
            assert!(
                folder.join(&target).exists(),
                "{} links to {target}",
                document.display()
            );
        }
    }
}
