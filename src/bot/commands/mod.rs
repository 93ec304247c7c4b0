//! Commands and the buttons that lead to them, one file a verb: Telegram in, one call of the app, a view out.

pub mod accounts;
pub mod age;
pub mod approvals;
pub mod audit;
pub mod cancel;
pub mod factor;
pub mod keys;
pub mod language;
pub mod leakwatch;
pub mod link;
pub mod newkey;
pub mod panic;
pub mod pause;
pub mod policy;
pub mod recover;
pub mod revoke;
pub mod rotate;
pub mod second_owner;
pub mod start;
pub mod status;
pub mod timezone;
pub mod transfer;
pub mod unlink;
pub mod workspace;

use super::{
    command::{Command, Place},
    context::{Answer, Context, Outcome},
};
use crate::{app::Turn, texts::Text};

/// Carries a command out, for somebody who may use the bot, in a place where it may be used.
pub async fn run(
    context: &Context,
    turn: &mut Turn,
    command: Command,
    first_name: &str,
) -> Outcome {
    if context.chat().is_private() && command.place() == Place::Group {
        return Ok(Answer::send(context.voice(turn).message(Text::GroupOnly)));
    }
    match command {
        Command::Start(way) => start::start(context, turn, &way, first_name).await,
        Command::Help(_) => start::help(context, turn),
        Command::Link(_) => link::providers(context, turn).await,
        Command::Accounts(_) => accounts::list(context, turn).await,
        Command::Keys(_) => keys::all(context, turn).await,
        Command::NewKey(label) => newkey::command(context, turn, &label).await,
        Command::Rotate(wanted) => rotate::command(context, turn, &wanted).await,
        Command::Revoke(wanted) => revoke::command(context, turn, &wanted).await,
        Command::Panic(wanted) => panic::command(context, turn, &wanted).await,
        Command::Status(number) => status::command(context, turn, &number).await,
        Command::Age(wanted) => age::command(context, turn, &wanted).await,
        Command::Audit(wanted) => audit::command(context, turn, &wanted).await,
        Command::Leakwatch(_) => leakwatch::in_private(context, turn),
        Command::Unlink(_) => unlink::command(context, turn).await,
        Command::Transfer(_) => transfer::command(context, turn).await,
        Command::SecondOwner(_) => second_owner::command(context, turn).await,
        Command::Recover(typed) => recover::command(context, turn, typed).await,
        Command::SecondFactor(_) => factor::command(context, turn).await,
        Command::Bind(_) => workspace::bind(context, turn).await,
        Command::Unbind(_) => workspace::unbind(context, turn).await,
        Command::Grant(words) => workspace::grant(context, turn, &words).await,
        Command::Ungrant(words) => workspace::ungrant(context, turn, &words).await,
        Command::Roles(_) => workspace::list(context, turn).await,
        Command::Policy(_) => policy::show(context, turn).await,
        Command::Language(_) => language::ask(context, turn),
        Command::Timezone(wanted) => timezone::command(context, turn, &wanted).await,
        Command::Cancel(_) => cancel::command(context, turn).await,
        Command::Pause(_) => pause::command(context, turn).await,
    }
}
