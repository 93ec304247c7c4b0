//! People and chats.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{limits::Limits, message::Message};
use crate::sandbox::rate::{Pace, Window};

const MINUTE_MS: i64 = 60_000;

/// Someone who uses Telegram.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Telegram's number: positive, up to 52 bits.
    pub id: i64,
    /// Shown in chats.
    pub first_name: String,
    /// Without `@`.
    pub username: Option<String>,
    /// Of the person's client, such as `en` or `pt-br`.
    pub language_code: Option<String>,
}

impl Person {
    /// A person without a username, whose client tells no language.
    pub fn new(id: i64, first_name: &str) -> Self {
        Self {
            id,
            first_name: first_name.to_owned(),
            username: None,
            language_code: None,
        }
    }

    /// With that username, without `@`.
    #[must_use]
    pub fn username(mut self, username: &str) -> Self {
        self.username = Some(username.to_owned());
        self
    }

    /// With a client in that language.
    #[must_use]
    pub fn language(mut self, code: &str) -> Self {
        self.language_code = Some(code.to_owned());
        self
    }
}

/// What someone is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Made the group.
    Owner,
    /// Has all rights of an administrator.
    Administrator,
    /// An ordinary member.
    Member,
    /// A member who may only read.
    Restricted,
    /// Not in the group (any more).
    Left,
    /// Banned.
    Kicked,
}

impl Role {
    /// Whether one with this role is in the group.
    pub fn is_in(self) -> bool {
        !matches!(self, Self::Left | Self::Kicked)
    }

    /// Whether one with this role has an administrator's rights.
    pub fn is_admin(self) -> bool {
        matches!(self, Self::Owner | Self::Administrator)
    }

    /// Telegram's word for it.
    pub(super) fn status(self) -> &'static str {
        match self {
            Self::Owner => "creator",
            Self::Administrator => "administrator",
            Self::Member => "member",
            Self::Restricted => "restricted",
            Self::Left => "left",
            Self::Kicked => "kicked",
        }
    }
}

/// A group to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    title: String,
    kind: ChatKind,
    bot: Role,
    members: BTreeMap<i64, Role>,
}

impl Group {
    /// A supergroup with the bot as an ordinary member, and nobody else.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            kind: ChatKind::Supergroup,
            bot: Role::Member,
            members: BTreeMap::new(),
        }
    }

    /// A basic group instead, which may become a supergroup.
    #[must_use]
    pub fn basic(mut self) -> Self {
        self.kind = ChatKind::Group;
        self
    }

    /// A supergroup with topics instead.
    #[must_use]
    pub fn forum(mut self) -> Self {
        self.kind = ChatKind::Forum;
        self
    }

    /// With the bot in that role; `Left` if it was never there.
    #[must_use]
    pub fn bot(mut self, role: Role) -> Self {
        self.bot = role;
        self
    }

    /// With that person in that role.
    #[must_use]
    pub fn member(mut self, person: i64, role: Role) -> Self {
        self.members.insert(person, role);
        self
    }

    pub(super) fn chat(self, id: i64) -> Chat {
        let mut chat = Chat::new(id, self.kind, &self.title);
        chat.bot = self.bot;
        chat.members = self.members;
        chat
    }

    pub(super) fn is_basic(&self) -> bool {
        self.kind == ChatKind::Group
    }
}

/// The kinds of chats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    /// Between one person and the bot.
    Private,
    /// A basic group.
    Group,
    /// A supergroup.
    Supergroup,
    /// A supergroup with topics.
    Forum,
}

/// A chat without its messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChatView {
    /// Of a private chat: the person's number. Of a group: negative.
    pub id: i64,
    /// What kind of chat it is.
    pub kind: ChatKind,
    /// Empty for private chats.
    pub title: String,
    /// What the bot is in it.
    pub bot: Role,
    /// Who was ever in the group, and as what.
    pub members: BTreeMap<i64, Role>,
    /// The supergroup that a basic group has become.
    pub migrated_to: Option<i64>,
}

/// A person, and how they stand to the bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PersonView {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// Whether the bot may write to them.
    pub started: bool,
    /// Whether they have blocked the bot.
    pub blocked: bool,
}

pub(super) struct Chat {
    pub(super) id: i64,
    pub(super) kind: ChatKind,
    /// Of a group; empty for private chats.
    pub(super) title: String,
    pub(super) members: BTreeMap<i64, Role>,
    /// Who speaks as the group.
    pub(super) anonymous: BTreeSet<i64>,
    pub(super) bot: Role,
    pub(super) topics: BTreeSet<i64>,
    pub(super) messages: BTreeMap<i64, Message>,
    pub(super) migrated_to: Option<i64>,
    /// The number of the last message in a supergroup, which counts for itself.
    pub(super) last_message: i64,
    /// Counts what the bot writes and changes here.
    pub(super) written: watch::Sender<u64>,
    pace: Pace,
    sends: Window,
    edits: Window,
}

impl Chat {
    pub(super) fn new(id: i64, kind: ChatKind, title: &str) -> Self {
        Self {
            id,
            kind,
            title: title.to_owned(),
            members: BTreeMap::new(),
            anonymous: BTreeSet::new(),
            bot: Role::Member,
            topics: BTreeSet::new(),
            messages: BTreeMap::new(),
            migrated_to: None,
            last_message: 0,
            written: watch::Sender::new(0),
            pace: Pace::default(),
            sends: Window::default(),
            edits: Window::default(),
        }
    }

    pub(super) fn view(&self) -> ChatView {
        ChatView {
            id: self.id,
            kind: self.kind,
            title: self.title.clone(),
            bot: self.bot,
            members: self.members.clone(),
            migrated_to: self.migrated_to,
        }
    }

    pub(super) fn is_private(&self) -> bool {
        self.kind == ChatKind::Private
    }

    pub(super) fn is_supergroup(&self) -> bool {
        matches!(self.kind, ChatKind::Supergroup | ChatKind::Forum)
    }

    pub(super) fn role(&self, person: i64) -> Role {
        self.members.get(&person).copied().unwrap_or(Role::Left)
    }

    /// A message that is still there.
    pub(super) fn message(&self, id: i64) -> Option<&Message> {
        let message = self.messages.get(&id);
        message.filter(|message| !message.is_deleted())
    }

    pub(super) fn message_mut(&mut self, id: i64) -> Option<&mut Message> {
        let message = self.messages.get_mut(&id);
        message.filter(|message| !message.is_deleted())
    }

    /// Milliseconds until the bot may send here.
    pub(super) fn send_wait_ms(&mut self, now_ms: i64, limits: &Limits) -> i64 {
        if self.is_private() {
            let pace = &self.pace;
            return pace.wait_ms(now_ms, limits.private_burst, limits.private_interval_ms);
        }
        self.sends.wait_ms(now_ms, limits.group_per_min, MINUTE_MS)
    }

    pub(super) fn sent(&mut self, now_ms: i64, limits: &Limits) {
        if self.is_private() {
            self.pace.take(now_ms, limits.private_interval_ms);
        } else {
            self.sends.take(now_ms);
        }
    }

    /// Milliseconds until the bot may edit here; only groups have a limit.
    pub(super) fn edit_wait_ms(&mut self, now_ms: i64, limits: &Limits) -> i64 {
        if self.is_private() {
            return 0;
        }
        let limit = limits.group_edits_per_min;
        self.edits.wait_ms(now_ms, limit, MINUTE_MS)
    }

    pub(super) fn edited(&mut self, now_ms: i64) {
        if !self.is_private() {
            self.edits.take(now_ms);
        }
    }
}
