//! Keyporter: a self-hosted Telegram bot with which people issue, list, rotate and revoke API keys by chatting.
//! `docs/ARCHITECTURE.md` is the map. This file ties the layers and holds no logic of its own.

pub mod app;
pub mod bot;
pub mod check;
pub mod config;
pub mod cores;
pub mod demo;
pub mod domain;
pub mod http;
pub mod intake;
pub mod logging;
pub mod metrics;
pub mod ports;
pub mod providers;
pub mod rates;
pub mod replica;
pub mod restore;
pub mod sandbox;
pub mod secret;
mod start;
pub mod store;
pub mod telegram;
pub mod texts;
pub mod vault;
pub mod web;

pub use start::{GRACE, Options, StartError, open_app, run, run_with};
