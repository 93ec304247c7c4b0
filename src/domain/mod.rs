//! Plain types and rules of the trade: what a key, an account, an operation is.
//! No input or output, no async, no clock: everything here can be tested as a table.

mod account;
mod age;
mod audit;
mod confirmation;
mod digits;
mod fingerprint;
mod ids;
mod key;
mod language;
mod likeness;
mod moves;
pub mod operation;
mod person;
mod policy;
mod provider;
mod sealed;
mod showing;
mod time;
mod timezone;
mod tricks;
mod watch;
mod workspace;

pub use account::{Account, AccountState, ProjectId, Scope, ShownOn};
pub use age::{KeyAge, KeyAges};
pub use audit::{AuditAction, AuditEntry, AuditFilter, AuditKind, ChainBreak, GENESIS};
pub use confirmation::{Action, Confirmation};
pub use digits::digits_of;
pub use fingerprint::{Fingerprint, KeyCode, is_joint, is_key_byte};
pub use ids::{
    AccountId, ChatId, ConfirmationId, KeyId, MessageId, MoveId, OperationNumber, PersonId, Place,
    ThreadId, UpdateId,
};
pub use key::{Key, KeyRef, Label, TextFault, plain_line};
pub use language::Language;
pub use likeness::{likely_last_four, looks_secret};
pub use moves::{Move, MoveKind, Sharing};
pub use operation::{Operation, Verb};
pub use person::{Allowed, Person};
pub use policy::{MOST_APPROVALS, Policy, Rule, RuleKind, WaitsFor};
pub use provider::{Capabilities, Keys, ProviderKind};
pub use sealed::Sealed;
pub use showing::{Purpose, Showing, Shows, WrongCodes};
pub use time::Timestamp;
pub use timezone::Timezone;
pub use tricks::without_tricks;
pub use watch::{Drift, SeenKey};
pub use workspace::{Grant, GroupEvent, Named, Right, Role, Roles, Standing};
