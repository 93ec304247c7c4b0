//! Who may do what. A passed check is a value: what acts on an account takes an [`Owned`] or a [`Permitted`] and cannot be called
//! without it. In a group it counts who Telegram says that the person is there, in this very turn.

use super::{App, AppError, MoveFault, Turn, UserError, workspace::Visit};
use crate::{
    domain::{Account, AccountId, AccountState, ChatId, PersonId, Right, Roles, Standing},
    store::{Connection, accounts, workspaces},
    vault::Row,
};

/// An account of which the person who acts is an owner, checked now.
#[derive(Clone, Debug)]
pub struct Owned(Account);

impl Owned {
    /// Checks. Somebody else's account and one that does not exist look the same.
    pub(super) async fn check(
        c: &mut Connection,
        person: PersonId,
        id: &AccountId,
    ) -> Result<Self, AppError> {
        Self::of(accounts::get(c, id).await?, person)
    }

    /// Checks, and keeps the row as it is until the transaction's end.
    pub(super) async fn lock(
        c: &mut Connection,
        person: PersonId,
        id: &AccountId,
    ) -> Result<Self, AppError> {
        Self::of(accounts::lock(c, id).await?, person)
    }

    fn of(account: Option<Account>, person: PersonId) -> Result<Self, AppError> {
        account
            .filter(|account| {
                account.is_owned_by(person) && account.state != AccountState::Unlinked
            })
            .map(Self)
            .ok_or_else(|| UserError::NoSuchAccount.into())
    }

    /// Fails for a second owner: giving it away is not theirs to decide.
    pub(super) fn decided_by(self, person: PersonId) -> Result<Self, AppError> {
        if self.0.owner != person {
            return Err(MoveFault::FirstOwnerOnly.into());
        }
        Ok(self)
    }

    /// The account.
    pub const fn account(&self) -> &Account {
        &self.0
    }
}

impl AsRef<Account> for Owned {
    fn as_ref(&self) -> &Account {
        &self.0
    }
}

/// An account on which the person who acts may do what was asked for, here and now: its owner in the private chat, or whoever has
/// the right in a group to which it is bound.
#[derive(Clone, Debug)]
pub struct Permitted {
    account: Account,
    workspace: Option<ChatId>,
}

impl From<Owned> for Permitted {
    fn from(owned: Owned) -> Self {
        Self {
            account: owned.0,
            workspace: None,
        }
    }
}

impl AsRef<Account> for Permitted {
    fn as_ref(&self) -> &Account {
        &self.account
    }
}

/// Who acts in a turn, and where.
#[derive(Clone, Debug)]
pub(super) struct Who {
    pub(super) person: PersonId,
    pub(super) chat: ChatId,
    pub(super) visit: Option<Visit>,
}

impl Who {
    /// The visit to a group, where there is one.
    pub(super) const fn visit(&self) -> Option<&Visit> {
        self.visit.as_ref()
    }
}

impl Permitted {
    /// Checks.
    pub(super) async fn check(
        c: &mut Connection,
        who: &Who,
        id: &AccountId,
        right: Right,
    ) -> Result<Self, AppError> {
        let account = accounts::get(c, id).await?;
        Self::of(c, who, account, right).await
    }

    /// Checks for the person of a turn, now.
    pub(super) async fn now(
        app: &App,
        turn: &Turn,
        id: &AccountId,
        right: Right,
    ) -> Result<Self, AppError> {
        let (who, mut c) = (turn.who(), app.store.read().await?);
        Self::check(&mut c, &who, id, right).await
    }

    /// The same in the turn's transaction, with what the turn itself has written.
    pub(super) async fn within(
        turn: &mut Turn,
        id: &AccountId,
        right: Right,
    ) -> Result<Self, AppError> {
        let who = turn.who();
        Self::check(turn.tx().await?, &who, id, right).await
    }

    /// Checks, and keeps the account's row as it is until the transaction's end.
    pub(super) async fn lock(
        c: &mut Connection,
        who: &Who,
        id: &AccountId,
        right: Right,
    ) -> Result<Self, AppError> {
        let account = accounts::lock(c, id).await?;
        Self::of(c, who, account, right).await
    }

    async fn of(
        c: &mut Connection,
        who: &Who,
        account: Option<Account>,
        right: Right,
    ) -> Result<Self, AppError> {
        let Some(visit) = who.visit() else {
            // Without a look into the group nobody has a right there.
            let owned = Owned::of(account, who.person)?;
            let private = who.chat == who.person.private_chat();
            return private
                .then(|| owned.into())
                .ok_or_else(|| UserError::NoSuchAccount.into());
        };
        let account = account.filter(|account| account.state != AccountState::Unlinked);
        let account = account.ok_or(UserError::NoSuchAccount)?;
        if !workspaces::is_bound(c, visit.chat, &account.id).await? {
            return Err(UserError::NoSuchAccount.into());
        }
        let owner_is_here = account.is_owned_by(who.person) && visit.standing != Standing::Gone;
        if !owner_is_here && !roles(c, visit, who.person).await?.may(right) {
            return Err(UserError::NoRight(right).into());
        }
        Ok(Self {
            account,
            workspace: Some(visit.chat),
        })
    }

    /// All accounts on which the person of a turn may do that, oldest first. None at all is an error that says why.
    pub async fn here(app: &App, turn: &Turn, right: Right) -> Result<Vec<Self>, AppError> {
        let (who, mut c) = (turn.who(), app.store.read().await?);
        let accounts = match who.visit() {
            Some(visit) => accounts::bound_to(&mut c, visit.chat).await?,
            None => accounts::of_owner(&mut c, who.person).await?,
        };
        if accounts.is_empty() {
            return Err(match who.visit() {
                Some(_) => UserError::NothingBound.into(),
                None => UserError::NoAccounts.into(),
            });
        }
        let mut allowed = Vec::with_capacity(accounts.len());
        for account in accounts {
            match Self::of(&mut c, &who, Some(account), right).await {
                Err(AppError::User(UserError::NoRight(_))) => {}
                account => allowed.push(account?),
            }
        }
        if allowed.is_empty() {
            return Err(UserError::NoRight(right).into());
        }
        Ok(allowed)
    }

    /// The account.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// The group from which it is acted on; none in the owner's private chat.
    pub(super) const fn workspace(&self) -> Option<ChatId> {
        self.workspace
    }

    /// An error when its credential is known to be dead. One that was refused is worth a try by [`list_keys`](super::list_keys).
    pub(super) fn usable(&self) -> Result<&Account, AppError> {
        match self.account.state {
            AccountState::Linked => Ok(&self.account),
            AccountState::Refused | AccountState::Lost | AccountState::Unlinked => {
                Err(self.link_again().into())
            }
        }
    }

    pub(super) fn link_again(&self) -> UserError {
        UserError::LinkAgain {
            account: self.account.id.clone(),
            name: self.account.name.clone(),
            provider: self.account.provider,
        }
    }
}

/// The roles of a person in the group that they visit.
pub(super) async fn roles(
    c: &mut Connection,
    visit: &Visit,
    person: PersonId,
) -> Result<Roles, AppError> {
    let mut grants = workspaces::grants(c, visit.chat).await?;
    grants.retain(|grant| grant.person == person);
    let granted = grants.into_iter().map(|grant| grant.role).collect();
    Ok(Roles::of(visit.standing, granted))
}

impl App {
    /// The accounts of which a person is an owner, oldest first.
    pub async fn accounts(&self, person: PersonId) -> Result<Vec<Owned>, AppError> {
        let accounts = accounts::of_owner(&mut *self.store.read().await?, person).await?;
        Ok(accounts.into_iter().map(Owned).collect())
    }

    /// Those of them that the person may give away or unlink.
    pub async fn accounts_decided_by(&self, person: PersonId) -> Result<Vec<Owned>, AppError> {
        let mut accounts = self.accounts(person).await?;
        let any = !accounts.is_empty();
        accounts.retain(|owned| owned.0.owner == person);
        if any && accounts.is_empty() {
            return Err(MoveFault::FirstOwnerOnly.into());
        }
        Ok(accounts)
    }

    /// One account of a person.
    pub async fn account(&self, person: PersonId, id: &AccountId) -> Result<Owned, AppError> {
        Owned::check(&mut *self.store.read().await?, person, id).await
    }
}

/// The place of an account's sealed credential.
pub(super) fn credential_row(id: &AccountId) -> Row<'_> {
    Row {
        column: "accounts.credential",
        id: id.as_str(),
    }
}
