//! Telegram as a bot meets it, over HTTP.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod chats;
mod commands;
mod deleting;
mod documents;
mod editing;
mod people;
mod photos;
mod polling;
mod pressing;
mod requests;
mod sending;
mod webhook;
