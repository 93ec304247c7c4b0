//! Who comes, goes and rises in chats, the bot too, and which updates the bot gets for it.

use serde_json::{Value, json};

use super::{
    acts::as_typed,
    chat::{Chat, ChatKind, Group, Role},
    message::{Author, Content},
    saying::ActError,
    wire,
    world::World,
};

impl World {
    /// Blocks or unblocks the bot; nothing happens if it is so already.
    pub(super) fn set_blocked(
        &mut self,
        person: i64,
        blocked: bool,
        now_ms: i64,
    ) -> Result<(), ActError> {
        let user = self.people.get_mut(&person);
        let user = user.ok_or(ActError::UnknownPerson(person))?;
        if user.blocked == blocked {
            return Ok(());
        }
        user.blocked = blocked;
        let change = if blocked {
            (Role::Member, Role::Kicked)
        } else {
            (Role::Kicked, Role::Member)
        };
        self.tell_member(
            "my_chat_member",
            person,
            person,
            self.bot.id(),
            change,
            now_ms,
        );
        Ok(())
    }

    /// Gives the bot another role in a group.
    pub(super) fn set_bot_role(
        &mut self,
        by: i64,
        chat_id: i64,
        role: Role,
        now_ms: i64,
    ) -> Result<(), ActError> {
        let bot = self.bot.id();
        let chat = self.decides(by, chat_id)?;
        let old = std::mem::replace(&mut chat.bot, role);
        if old == role {
            return Ok(());
        }
        self.tell_member("my_chat_member", by, chat_id, bot, (old, role), now_ms);
        if role.is_in() && !old.is_in() {
            let service = json!({"new_chat_members": [wire::bot(&self.bot)]});
            self.serve(chat_id, Author::Person(by), service, now_ms);
        }
        Ok(())
    }

    /// Gives a person another role in a group; one who comes or goes may do it alone.
    pub(super) fn set_role(
        &mut self,
        by: i64,
        chat_id: i64,
        person: i64,
        role: Role,
        now_ms: i64,
    ) -> Result<(), ActError> {
        if !self.people.contains_key(&person) {
            return Err(ActError::UnknownPerson(person));
        }
        let moves = by == person && matches!(role, Role::Member | Role::Left);
        let chat = if moves {
            self.group(chat_id)?
        } else {
            self.decides(by, chat_id)?
        };
        let old = chat.role(person);
        chat.members.insert(person, role);
        if old != role && chat.bot.is_admin() {
            self.tell_member("chat_member", by, chat_id, person, (old, role), now_ms);
        }
        if old.is_in() && !role.is_in() {
            let left = json!({"left_chat_member": wire::user(self, person)});
            self.serve(chat_id, Author::Person(by), left, now_ms);
        }
        Ok(())
    }

    /// Turns a basic group into a supergroup and gives its new number.
    pub(super) fn upgrade(&mut self, by: i64, chat_id: i64, now_ms: i64) -> Result<i64, ActError> {
        let chat = self.decides(by, chat_id)?;
        if chat.kind != ChatKind::Group {
            return Err(ActError::UnknownChat(chat_id));
        }
        let mut group = Group::new(&chat.title).bot(chat.bot);
        for (person, role) in &chat.members {
            group = group.member(*person, *role);
        }
        let new_id = self.add_group(group);
        let author = Author::Person(by);
        self.serve(
            chat_id,
            author,
            json!({"migrate_to_chat_id": new_id}),
            now_ms,
        );
        self.serve(
            new_id,
            author,
            json!({"migrate_from_chat_id": chat_id}),
            now_ms,
        );
        if let Some(chat) = self.chats.get_mut(&chat_id) {
            chat.migrated_to = Some(new_id);
        }
        Ok(new_id)
    }

    /// The group, if the person is its administrator.
    fn decides(&mut self, person: i64, chat_id: i64) -> Result<&mut Chat, ActError> {
        let chat = self.group(chat_id)?;
        if chat.role(person).is_admin() {
            Ok(chat)
        } else {
            Err(ActError::NotAllowed {
                person,
                chat: chat_id,
            })
        }
    }

    /// Puts a service message into a group.
    fn serve(&mut self, chat_id: i64, author: Author, fields: Value, now_ms: i64) {
        let id = self.put(chat_id, author, as_typed(""), now_ms, |message| {
            message.content = Content::Service(fields);
        });
        self.tell_message("message", chat_id, id, now_ms);
    }

    fn tell_member(
        &mut self,
        kind: &str,
        by: i64,
        chat_id: i64,
        member: i64,
        (old, new): (Role, Role),
        now_ms: i64,
    ) {
        let Some(chat) = self.chats.get(&chat_id) else {
            return;
        };
        let change = json!({
            "chat": wire::chat(self, chat),
            "from": wire::user(self, by),
            "date": now_ms / 1000,
            "old_chat_member": wire::member(self, chat, member, old),
            "new_chat_member": wire::member(self, chat, member, new),
        });
        self.tell(kind, change, now_ms);
    }
}
