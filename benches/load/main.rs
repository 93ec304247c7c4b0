//! Drives Keyporter, and other bots that take the same settings, with many people at once against the sandbox in this process, and
//! tells what an update costs. No thresholds: `cargo bench --bench load -- --help`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a bench measures the real time of real processes, prints it, and stops at the first surprise"
)]

mod balancer;
mod cell;
mod database;
mod people;
mod process;
mod report;
mod run;
mod seed;

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use self::{cell::Story, database::Engine};

/// How updates reach the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Intake {
    Poll,
    Webhook,
}

/// Many people at once, one bot after the other, side by side in one table.
#[derive(Debug, Parser)]
struct Arguments {
    /// People, each with a linked account of their own
    #[arg(long, default_value_t = 200)]
    people: usize,
    /// How many of them wait for an answer at the same time; one cell each
    #[arg(long, value_delimiter = ',', default_values_t = [1, 32])]
    in_flight: Vec<usize>,
    /// What they do; one cell each
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["keys", "newkey"])]
    story: Vec<Story>,
    /// How updates reach the bot; one run each
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["poll", "webhook"])]
    intake: Vec<Intake>,
    /// Updates measured in a cell of /keys; a cell of /newkey has half as many
    #[arg(long, default_value_t = 6000)]
    updates: usize,
    /// Another bot that takes the same settings from its environment, beside Keyporter; always on an SQLite file
    #[arg(long, value_name = "NAME=COMMAND")]
    bot: Vec<String>,
    /// Leave Keyporter itself out
    #[arg(long)]
    only_others: bool,
    /// Keyporter's database
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Engine,
    /// Linked accounts of other people that are in Keyporter's database besides
    #[arg(long, default_value_t = 0)]
    accounts: usize,
    /// A PostgreSQL server on which databases may be made
    #[arg(long, default_value = "postgres://postgres@127.0.0.1:5432")]
    server: String,
    /// Processes of Keyporter on one PostgreSQL database, behind a small balancer when by webhook
    #[arg(long, default_value_t = 1)]
    replicas: usize,
    /// Where the figures go as JSON, besides the table
    #[arg(long)]
    json: Option<PathBuf>,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let arguments = Arguments::parse();
    // One thread: what the load program and the sandbox take is then taken from at most one of the machine's cores.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let lines = runtime.block_on(run::all(&arguments));
    if let Some(file) = &arguments.json {
        let json = serde_json::to_string_pretty(&lines).unwrap();
        std::fs::write(file, json).unwrap();
    }
}
