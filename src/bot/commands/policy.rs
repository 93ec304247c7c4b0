//! `/policy`, and the buttons that set its rules.

use crate::{
    app::{Turn, policy},
    bot::{
        context::{Answer, Context, Outcome},
        view,
    },
    domain::{Rule, RuleKind},
};

/// `/policy`
pub async fn show(context: &Context, turn: &mut Turn) -> Outcome {
    let shown = policy::show(context.app(), turn).await?;
    let voice = context.voice(turn);
    Ok(Answer::send(view::policy::policy(&voice, &shown)))
}

/// Back from the choices.
pub async fn back(context: &Context, turn: &mut Turn) -> Outcome {
    let shown = policy::show_to_manager(context.app(), turn).await?;
    Ok(Answer::edit(
        context.incoming.message,
        view::policy::policy(&context.voice(turn), &shown),
    ))
}

/// What can be chosen for a rule.
pub async fn choose(context: &Context, turn: &mut Turn, kind: RuleKind) -> Outcome {
    let shown = policy::show_to_manager(context.app(), turn).await?;
    Ok(Answer::edit(
        context.incoming.message,
        view::policy::choices(&context.voice(turn), shown.policy, kind),
    ))
}

/// A rule was chosen: its message shows all rules as they are now, also those that somebody else has changed.
pub async fn set(context: &Context, turn: &mut Turn, rule: Rule) -> Outcome {
    let shown = policy::set(context.app(), turn, rule).await?;
    let voice = context.voice(turn);
    Ok(Answer::edit(
        context.incoming.message,
        view::policy::policy(&voice, &shown),
    ))
}
