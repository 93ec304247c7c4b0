//! Commands and the buttons that lead to them, one file a verb: Telegram in, one call of the app, a view out.

pub mod accounts;
pub mod age;
pub mod audit;
pub mod cancel;
pub mod keys;
pub mod language;
pub mod link;
pub mod newkey;
pub mod panic;
pub mod pause;
pub mod revoke;
pub mod rotate;
pub mod start;
pub mod status;
pub mod timezone;
pub mod unlink;

use super::{
    command::Command,
    context::{Context, Outcome},
};
use crate::app::Turn;

/// Carries a command out, in a private chat, for somebody who may use the bot.
pub async fn run(
    context: &Context,
    turn: &mut Turn,
    command: Command,
    first_name: &str,
) -> Outcome {
    match command {
        Command::Start(_) => start::start(context, turn, first_name),
        Command::Help(_) => start::help(context, turn),
        Command::Link(_) => link::providers(context, turn).await,
        Command::Accounts(_) => accounts::list(context, turn).await,
        Command::Keys(_) => keys::all(context, turn).await,
        Command::NewKey(label) => newkey::command(context, turn, &label).await,
        Command::Rotate(wanted) => rotate::command(context, turn, &wanted).await,
        Command::Revoke(wanted) => revoke::command(context, turn, &wanted).await,
        Command::Panic(wanted) => panic::command(context, turn, &wanted).await,
        Command::Status(number) => status::command(context, turn, &number).await,
        Command::Audit(_) => audit::command(context, turn).await,
        Command::Age(_) => age::command(context, turn).await,
        Command::Unlink(_) => unlink::command(context, turn).await,
        Command::Language(_) => language::ask(context, turn),
        Command::Timezone(wanted) => timezone::command(context, turn, &wanted).await,
        Command::Cancel(_) => cancel::command(context, turn).await,
        Command::Pause(_) => pause::command(context, turn).await,
    }
}
