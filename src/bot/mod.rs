//! The bot: updates in, answers out. Each update runs through the handler tree in a turn of its own; what it changes is
//! committed before anything is said about it.

pub mod callback;
pub mod command;
pub mod commands;
pub mod context;
pub mod conversation;
pub mod dialogues;
pub mod group;
pub mod leaks;
pub mod limits;
pub mod menu;
pub mod message;
mod news;
mod notice;
pub mod outbox;
pub mod presses;
pub mod reply;
pub mod rights;
mod runner;
mod secrets;
pub mod tree;
pub mod view;

pub use context::Core;
pub use runner::{Bot, SLOW};
