//! The program: arguments, settings, and calls of the library. It holds no logic.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use keyporter::{
    app::{backup, rekey},
    check::{self, Finding},
    config::{LogSettings, Settings, environment},
    cores,
    demo::Demo,
    logging,
    ports::Ports,
    restore,
    store::Store,
    vault::{MasterKey, Vault},
};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A self-hosted Telegram bot that issues, lists, rotates and revokes API keys of third-party platforms.
/// Settings come from the environment and from `.env`; the README lists them.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the bot (the default)
    Run,
    /// Try it on a page, with an emulated Telegram and emulated providers on this machine
    Demo {
        /// Port of the page; without it 8099, or any free one
        #[arg(long)]
        port: Option<u16>,
    },
    /// Look at settings, database, master key, Telegram and providers, and say what needs a look
    Check,
    /// Print a new master key
    Keygen,
    /// Seal everything anew with today's master key, so that older ones can go
    Rekey,
    /// Write an encrypted copy of the database to a new file; the bot may run meanwhile
    Backup {
        /// The new file, or a folder in which it gets a name with the time
        file: PathBuf,
    },
    /// Put a backup into the database, which must be empty
    Restore {
        /// The backup
        file: PathBuf,
        /// Only prove that it can be restored, in a scratch place; the database is not touched
        #[arg(long)]
        verify: bool,
    },
}

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    logging::quiet_panics();
    let done = match Arguments::parse().command.unwrap_or(Command::Run) {
        Command::Run => run(),
        Command::Demo { port } => on_runtime(demo(port)),
        Command::Check => on_runtime(check_all()),
        Command::Keygen => keygen(),
        Command::Rekey => on_runtime(rekey_all()),
        Command::Backup { file } => on_runtime(until_stopped(write_backup(&file))),
        Command::Restore { file, verify } => {
            on_runtime(until_stopped(restore_backup(&file, verify)))
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => fail(&error.to_string()),
    }
}

fn on_runtime(work: impl Future<Output = Result<ExitCode, Failure>>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(work);
    // A blocked helper thread must not hold up the end.
    runtime.shutdown_background();
    done
}

fn fail(text: &str) -> ExitCode {
    // If even that cannot be written there is nowhere left to say it.
    let _ = writeln!(std::io::stderr(), "keyporter: {text}");
    ExitCode::FAILURE
}

fn say(text: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// The settings, or all their faults as one text.
fn settings() -> Result<Settings, Failure> {
    let variables = environment().map_err(|fault| fault.to_string())?;
    Settings::from_environment(&variables).map_err(|faults| {
        let lines: Vec<_> = faults.iter().map(|fault| format!("\n  {fault}")).collect();
        format!("these settings are wrong or missing:{}", lines.concat()).into()
    })
}

fn run() -> Result<ExitCode, Failure> {
    let settings = settings()?;
    tracing::subscriber::set_global_default(logging::subscriber(&settings.log, std::io::stderr))?;
    // Before the runtime is there: its threads keep to what this one keeps to.
    if let Err(error) = cores::keep_to(settings.cores) {
        tracing::warn!(%error, "the processor cores cannot be chosen; all are used");
    }
    on_runtime(async {
        let running = keyporter::run(settings, Ports::system(), stop_on_signals()?);
        // On a worker like everything that it talks to: each way between it and this thread would cost two switches.
        tokio::spawn(running).await??;
        Ok(ExitCode::SUCCESS)
    })
}

async fn demo(port: Option<u16>) -> Result<ExitCode, Failure> {
    let log = LogSettings {
        filter: "warn".to_owned(),
        json: false,
    };
    tracing::subscriber::set_global_default(logging::subscriber(&log, std::io::stderr))?;
    let (ports, stop) = (Ports::system(), stop_on_signals()?);
    let demo = Demo::prepare(&ports, port).await?;
    say(&format!(
        "Keyporter's demo is on {} — open it in a browser. Ctrl-C ends it.",
        demo.url
    ))?;
    demo.run(ports, stop).await?;
    Ok(ExitCode::SUCCESS)
}

fn stop_on_signals() -> Result<CancellationToken, Failure> {
    let stop = CancellationToken::new();
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let stopping = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stopping.cancel();
    });
    Ok(stop)
}

async fn check_all() -> Result<ExitCode, Failure> {
    say_all(&check::check(settings()?, &Ports::system()).await)
}

/// Says what was found; a failure when something needs a look.
fn say_all(findings: &[Finding]) -> Result<ExitCode, Failure> {
    for finding in findings {
        let mark = if finding.good { "ok  " } else { "LOOK" };
        say(&format!("{mark} {}: {}", finding.subject, finding.text))?;
    }
    let all_good = findings.iter().all(|finding| finding.good);
    Ok(if all_good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "printing the key is what the operator asked for"
)]
fn keygen() -> Result<ExitCode, Failure> {
    say(MasterKey::generate(&Ports::system())?.expose())?;
    Ok(ExitCode::SUCCESS)
}

async fn rekey_all() -> Result<ExitCode, Failure> {
    let (ports, options) = (Ports::system(), keyporter::Options::default());
    let (_app, store, vault) = keyporter::open_app(settings()?, &ports, &options).await?;
    let done = rekey::rekey(&store, &vault).await?;
    store.close().await;
    say(&format!(
        "{} values sealed anew with {}, {} were already",
        done.renewed,
        vault.current_key(),
        done.current
    ))?;
    for row in &done.unreadable {
        say(&format!("LOOK {row}"))?;
    }
    if done.is_complete() {
        say("No value needs an older key any more: KEYPORTER_MASTER_KEYS_OLD can go.")?;
        return Ok(ExitCode::SUCCESS);
    }
    say("Not everything could be sealed anew; keep the older keys and run this again.")?;
    Ok(ExitCode::FAILURE)
}

/// Does the work, or drops it at a signal: what is half done then goes with it.
async fn until_stopped(
    work: impl Future<Output = Result<ExitCode, Failure>>,
) -> Result<ExitCode, Failure> {
    let stop = stop_on_signals()?;
    tokio::select! {
        done = work => done,
        () = stop.cancelled() => Err("stopped before the end; nothing was kept".into()),
    }
}

async fn write_backup(file: &Path) -> Result<ExitCode, Failure> {
    let (settings, ports) = (settings()?, Ports::system());
    let store = Store::inspect(settings.database_url.as_str()).await?;
    let vault = Vault::new(settings.master_key, settings.old_master_keys, ports.clone());
    let written = backup::write(&store, &vault, &ports, file).await;
    store.close().await;
    let written = written?;
    say(&format!(
        "{}: {} rows, {} bytes, sealed with master key {}",
        written.path.display(),
        written.rows,
        written.bytes,
        vault.current_key()
    ))?;
    Ok(ExitCode::SUCCESS)
}

async fn restore_backup(file: &Path, verify: bool) -> Result<ExitCode, Failure> {
    let (settings, ports) = (settings()?, Ports::system());
    let findings = if verify {
        restore::verify(settings, &ports, file).await?
    } else {
        restore::restore(settings, &ports, file).await?
    };
    say_all(&findings)
}
