//! Stories, told as a person would live them: over real HTTP, on a real database, each on SQLite and on PostgreSQL.
//! One file a verb or a kind of bad day; `world` is what they happen in.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "tests fail by panicking, and stand for the people and machines around the program"
)]

#[macro_use]
mod world;

mod accounts;
mod age;
mod alerts;
mod approvals;
mod audit;
mod backup;
mod bad_input;
mod bad_rows;
mod bind;
mod cancel;
mod database_days;
mod default_deny;
mod demo_page;
mod factor;
mod group;
mod health;
mod issue_key;
mod leak;
mod limits;
mod link;
mod list_keys;
mod many_presses;
mod metrics;
mod outages;
mod page_key;
mod page_link;
mod panic;
mod postgres_days;
mod process;
mod program;
mod provider_days;
mod recover;
mod reminder;
mod restart;
mod revoke_key;
mod roles;
mod rolling;
mod rotate_key;
mod rotate_mode;
mod second_owner;
mod start;
mod strangers;
mod telegram_days;
mod transfer;
mod two_pollers;
mod unsaved;
mod watch;
mod webhook;
mod wiping;
