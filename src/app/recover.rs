//! `/recover`: whoever has lost a Telegram account takes its linked accounts over with a recovery code, after three days in which the
//! old one can stop it. A wrong code is answered alike, whatever is wrong with it.

use std::time::Duration;

use super::{
    App, AppError, CodeFault, MoveFault, Turn, UserError,
    audit::Note,
    confirm,
    moves::{check_room, tell_begun},
    showings, wrong_codes,
};
use crate::{
    domain::{
        Account, Action, AuditAction, ConfirmationId, Move, MoveId, MoveKind, PersonId, Purpose,
        Shows, Timestamp,
    },
    secret::Secret,
    store::{accounts, codes, moves},
    vault::codes::coded,
};

/// Between the code and the move: long enough for a person on a journey to see the warning.
const WAIT: Duration = Duration::from_hours(72);

/// How it stands with a person's recovery codes.
#[derive(Debug)]
pub struct Status {
    /// Whether to make new ones; none for whoever has no account that could be lost.
    pub new_codes: Option<ConfirmationId>,
    /// How many are left.
    pub codes: i64,
}

/// Whether somebody who has linked an account is to be told that there are recovery codes: as long as they have none.
pub async fn is_worth_a_hint(app: &App, turn: &Turn) -> Result<bool, AppError> {
    let mut c = app.store.read().await?;
    Ok(codes::count(&mut c, turn.person.id, Purpose::Account).await? == 0)
}

/// How it stands.
pub async fn status(app: &App, turn: &mut Turn) -> Result<Status, AppError> {
    let person = turn.person.id;
    let mut c = app.store.read().await?;
    let codes = codes::count(&mut c, person, Purpose::Account).await?;
    let any = accounts::of_owner(&mut c, person).await?;
    // Of what somebody else shares with them nothing moves.
    let any = any.iter().any(|account| account.owner == person);
    drop(c);
    let new_codes = if any {
        Some(confirm::ask(app, turn, Action::NewAccountCodes, None).await?)
    } else {
        None
    };
    Ok(Status { new_codes, codes })
}

/// New recovery codes, in the place of the old ones, are shown in a moment.
pub async fn new_codes(app: &App, turn: &mut Turn) -> Result<(), AppError> {
    showings::want(app, turn, Shows::AccountCodes).await
}

/// Fails when the person of the turn has typed too many wrong codes.
pub async fn check(app: &App, turn: &Turn) -> Result<(), AppError> {
    wrong_codes::check(app, turn, Purpose::Account).await
}

/// Takes a typed code: the accounts of whoever it belongs to move when the time is over in which that can be stopped.
pub async fn claim(
    app: &App,
    turn: &mut Turn,
    typed: &Secret,
) -> Result<(Timestamp, Vec<Account>), AppError> {
    check(app, turn).await?;
    let person = turn.person.id;
    let code = coded(&app.code_key, Purpose::Account, typed);
    let giver = match &code {
        Some(code) => codes::owner(&mut *app.store.read().await?, Purpose::Account, code).await?,
        None => None,
    };
    let giver = giver.filter(|giver| *giver != person);
    if let (Some(code), Some(giver)) = (code, giver) {
        match begin(app, turn, giver, &code).await {
            Err(AppError::User(UserError::Code(CodeFault::WrongRecovery))) => turn.undo(),
            done => return done.inspect_err(|_| turn.undo()),
        }
    }
    wrong_codes::count(turn, Purpose::Account).await?;
    Err(CodeFault::WrongRecovery.into())
}

async fn begin(
    app: &App,
    turn: &mut Turn,
    giver: PersonId,
    code: &[u8; 32],
) -> Result<(Timestamp, Vec<Account>), AppError> {
    let (now, person) = (turn.now, turn.person.id);
    let new = Move {
        id: MoveId::from_random(app.ports.random()?),
        kind: MoveKind::Recovery,
        giver,
        giver_name: String::new(),
        taker: person,
        taker_name: turn.name.clone(),
        ends_at: now,
        due_at: now.plus(WAIT),
        accounts: Vec::new(),
    };
    let tx = turn.tx().await?;
    let mut theirs = accounts::of_owner(tx, giver).await?;
    theirs.retain(|account| account.owner == giver);
    if theirs.is_empty() || !codes::take(tx, giver, Purpose::Account, code).await? {
        return Err(CodeFault::WrongRecovery.into());
    }
    // Of two codes at the same moment one begins it.
    let mut ids: Vec<_> = theirs.iter().map(|account| &account.id).collect();
    ids.sort_unstable();
    for id in ids {
        accounts::lock(tx, id).await?;
    }
    let open = moves::of_giver(tx, giver).await?;
    if open.iter().any(|open| open.kind == MoveKind::Recovery) {
        return Err(MoveFault::Already.into());
    }
    check_room(tx, person, &theirs).await?;
    let new = Move {
        accounts: theirs.iter().map(|account| account.id.clone()).collect(),
        ..new
    };
    moves::add(tx, &new).await?;
    for account in &theirs {
        let note = Note::account(
            &account.id,
            now,
            person,
            AuditAction::RecoveryBegun,
            &account.name,
        );
        app.write_down(tx, note).await?;
    }
    tell_begun(turn, &new, theirs.clone());
    Ok((new.due_at, theirs))
}
