//! Buttons: what was pressed, and who may. A button outlives the message it came with and can be pressed by anyone who sees it,
//! so nothing is taken from it but an id; whom it is for is looked up, each time.

use super::{
    callback::Callback,
    command::Place,
    commands,
    context::{Answer, Context, Outcome},
    conversation,
};
use crate::{
    app::{
        Turn,
        confirm::{self, Press, Stale},
        factor,
    },
    domain::{Action, Confirmation, ConfirmationId},
    texts::Text,
};

/// A press of somebody who may use the bot, in a private chat.
pub async fn pressed(context: &Context, turn: &mut Turn, data: &str) -> Outcome {
    let Some(callback) = Callback::parse(data) else {
        return Ok(Answer::stray(context.voice(turn).say(Text::ToastUnknown)));
    };
    if callback.place() == Place::Group {
        return Ok(Answer::stray(context.voice(turn).say(Text::ToastUnknown)));
    }
    if !callback.begins_dialogue() {
        return act_on(context, turn, callback).await;
    }
    let open = conversation::open(turn);
    let answer = act_on(context, turn, callback).await?;
    // What was asked before must not be answered to the new question unawares.
    match open.filter(|open| turn.asks() && !open.is_expired() && !open.is_a_menu()) {
        Some(open) if open.question == context.incoming.message => Ok(answer),
        Some(open) => Ok(answer
            .after(context.voice(turn).say(Text::CancelledByCommand))
            .stripping(open.question)),
        None => Ok(answer),
    }
}

/// What a button does, for somebody who may press it here.
pub(super) async fn act_on(context: &Context, turn: &mut Turn, callback: Callback) -> Outcome {
    match callback {
        Callback::Link => commands::link::providers(context, turn).await,
        Callback::Keys => commands::keys::all(context, turn).await,
        Callback::Help => commands::start::help(context, turn),
        Callback::LinkAt(provider) => commands::link::at(context, turn, provider).await,
        Callback::LinkAgain(account) => commands::link::again(context, turn, account).await,
        Callback::Cancel => commands::cancel::press(context, turn).await,
        Callback::KeysOf(account, page) => {
            commands::keys::page(context, turn, &account, page).await
        }
        Callback::NewKeyIn(account) => {
            commands::newkey::ask_label(context, turn, Some(account)).await
        }
        Callback::Rename(account) => commands::accounts::ask_name(context, turn, account).await,
        Callback::Unlink(account) => commands::unlink::ask(context, turn, &account)
            .await
            .map(Answer::send),
        Callback::RotateOnly(account) => commands::rotate::only_key(context, turn, &account).await,
        Callback::PanicIn(account) => commands::panic::all(context, turn, Some(&account)).await,
        Callback::PanicEverywhere => commands::panic::all(context, turn, None).await,
        Callback::HaveNewKey(account) => {
            commands::rotate::ask_for_new(context, turn, &account).await
        }
        Callback::Yes(id) => confirmed(context, turn, &id, Choice::Yes).await,
        Callback::OldKeyDies(question, dies) => {
            match commands::rotate::choose(context, turn, &question, dies).await? {
                Ok(answer) => Ok(answer),
                Err(stale) => Ok(stale_answer(context, turn, stale)),
            }
        }
        Callback::Another(id) => confirmed(context, turn, &id, Choice::Another).await,
        Callback::No(id) => confirmed(context, turn, &id, Choice::No).await,
        Callback::Choose(question, index) => {
            conversation::choice(context, turn, question, index).await
        }
        Callback::Request(number, press) => {
            commands::status::press(context, turn, number, &press).await
        }
        Callback::ShowRequest(number) => commands::status::one(context, turn, number).await,
        Callback::StopTrying(number) => commands::status::stop_trying(context, turn, number).await,
        Callback::KeepTrying(number) => commands::status::keep_trying(context, turn, number).await,
        Callback::Speak(language) => commands::language::choose(context, turn, language).await,
        Callback::AuditFrom(offset, filter) => {
            commands::audit::page(context, turn, context.incoming.message, offset, filter).await
        }
        Callback::AuditAccounts(filter) => commands::audit::accounts(context, turn, &filter).await,
        Callback::AuditExport => commands::audit::export(context, turn).await,
        Callback::AuditVerify => commands::audit::verify(context, turn).await,
        Callback::Age(account) => commands::age::ask(context, turn, &account).await,
        Callback::SetAge(account, age) => commands::age::choose(context, turn, &account, age).await,
        Callback::RotateKey(account, last_four) => {
            commands::age::rotate(context, turn, &account, &last_four).await
        }
        Callback::RevokeKey(account, last_four) => {
            commands::revoke::leaked(context, turn, &account, &last_four).await
        }
        // Groups have it before this.
        Callback::Me(_) => Ok(Answer::stray(context.voice(turn).say(Text::ToastUnknown))),
        Callback::Later => commands::age::later(context, turn),
        Callback::SavedCodes => commands::factor::saved(context, turn).await,
        Callback::StopMove(id) => commands::transfer::stop(context, turn, &id).await,
        Callback::ShowOn(account, place) => {
            commands::accounts::show_on(context, turn, &account, place).await
        }
        Callback::Share(account, what) => {
            commands::second_owner::ask(context, turn, &account, what).await
        }
        Callback::Approve(number) => commands::approvals::approve(context, turn, number).await,
        Callback::Reject(number) => commands::approvals::reject(context, turn, number).await,
        Callback::Object(number, why) => {
            commands::approvals::explain(context, turn, number, why).await
        }
        Callback::Policy => commands::policy::back(context, turn).await,
        Callback::ChooseRule(kind) => commands::policy::choose(context, turn, kind).await,
        Callback::SetRule(rule) => commands::policy::set(context, turn, rule).await,
    }
}

enum Choice {
    Yes,
    Another,
    No,
}

/// The answer to a question: whoever is first uses it up, and only then something happens.
async fn confirmed(
    context: &Context,
    turn: &mut Turn,
    id: &ConfirmationId,
    choice: Choice,
) -> Outcome {
    let found = match confirm::look(context.app(), turn, id).await? {
        Press::Go(found) => found,
        Press::Stale(stale) => return Ok(stale_answer(context, turn, stale)),
    };
    let yes = matches!(choice, Choice::Yes);
    if yes && factor::is_asked_for(context.app(), turn, &found.action).await? {
        return commands::factor::ask_code(context, turn, &found).await;
    }
    let confirmation = match confirm::use_up(turn, found).await? {
        Press::Go(confirmation) => confirmation,
        Press::Stale(stale) => return Ok(stale_answer(context, turn, stale)),
    };
    match choice {
        Choice::No => Ok(Answer::edit(
            context.incoming.message,
            context.voice(turn).message(Text::Cancelled),
        )),
        Choice::Another => commands::link::link_another(context, turn, &confirmation).await,
        Choice::Yes => act(context, turn, &confirmation).await,
    }
}

/// Does what was confirmed.
pub(super) async fn act(
    context: &Context,
    turn: &mut Turn,
    confirmation: &Confirmation,
) -> Outcome {
    match &confirmation.action {
        Action::CreateKey { .. } => commands::newkey::confirmed(context, turn, confirmation).await,
        Action::RevokeKey { .. } => commands::revoke::confirmed(context, turn, confirmation).await,
        Action::Panic { .. } => commands::panic::confirmed(context, turn, confirmation).await,
        Action::RotateKey { .. } => commands::rotate::confirmed(context, turn, confirmation).await,
        Action::Unlink { .. } => commands::unlink::confirmed(context, turn, confirmation).await,
        Action::ReplaceCredential { .. } => {
            commands::link::replace(context, turn, confirmation).await
        }
        Action::Bind { .. } => commands::workspace::bound(context, turn, confirmation).await,
        Action::Unbind { .. } => commands::workspace::unbound(context, turn, confirmation).await,
        // Answered elsewhere, by other buttons or after a look at who it is about.
        Action::Grant { .. }
        | Action::Claim { .. }
        | Action::ShowYourself { .. }
        | Action::GoOn { .. } => Ok(Answer::stray(context.voice(turn).say(Text::ToastUnknown))),
        Action::SetUpFactor => commands::factor::set_up(context, turn).await,
        Action::DropFactor => commands::factor::drop(context, turn).await,
        Action::NewFactorCodes => commands::factor::new_codes(context, turn).await,
        Action::ProveFactor => commands::factor::proved(context, turn).await,
        Action::NewAccountCodes => commands::recover::new_codes(context, turn).await,
        Action::Offer { .. } => commands::transfer::offered(context, turn, confirmation).await,
        Action::Share { what, .. } => {
            commands::second_owner::confirmed(context, turn, confirmation, *what).await
        }
        Action::Accept { .. } => commands::transfer::accepted(context, turn, confirmation).await,
        Action::Pause { on } => commands::pause::confirmed(context, turn, *on).await,
    }
}

/// Why a press does nothing.
pub(super) fn stale_answer(context: &Context, turn: &Turn, stale: Stale) -> Answer {
    let voice = context.voice(turn);
    match stale {
        Stale::NotYours => Answer::not_yours(&voice),
        Stale::Used => Answer::toast(voice.say(Text::ToastUsed)),
        Stale::Expired => {
            // The buttons go, since they can do nothing any more.
            let mut answer =
                Answer::edit(context.incoming.message, voice.message(Text::ToastExpired));
            answer.toast = Answer::alert(voice.say(Text::ToastExpired)).toast;
            answer
        }
    }
}
