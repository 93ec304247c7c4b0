//! The updates that wait for the bot, as text, so that a test may queue what is no valid JSON.

use std::collections::{HashSet, VecDeque};

use serde_json::Value;

use super::{limits::Limits, refusal::Refusal};

/// Every kind of update in Bot API 10.3.
const KINDS: [&str; 27] = [
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "guest_message",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "managed_bot",
    "subscription",
    "stopped_message_generation",
];
/// Kinds that a bot gets only if it asks for them.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// An update that waits for the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingUpdate {
    /// Its place in the queue; confirmed by asking for a higher one.
    pub update_id: i64,
    /// As it will be sent.
    pub json: String,
}

/// Updates of one line are delivered to a webhook one after another: those of a chat, and apart from them the presses of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Line {
    Chat(i64),
    Presses(i64),
    Others,
}

struct Queued {
    update: PendingUpdate,
    line: Line,
    ends_ms: i64,
}

pub(super) struct Updates {
    next_id: i64,
    queue: VecDeque<Queued>,
    confirmed: Vec<i64>,
    /// As last asked for; none: the default set.
    allowed: Option<Vec<String>>,
    /// The number of the poll that may take updates; earlier ones end.
    poll: u64,
    /// Why the poll before it ended.
    ended_by: &'static str,
}

impl Default for Updates {
    fn default() -> Self {
        Self {
            next_id: 710_000_001,
            queue: VecDeque::new(),
            confirmed: Vec::new(),
            allowed: None,
            poll: 0,
            ended_by: "",
        }
    }
}

impl Updates {
    /// Queues an update if the bot wants that kind.
    pub(super) fn push(&mut self, kind: &str, content: Value, now_ms: i64, limits: &Limits) {
        if !self.wants(kind) {
            return;
        }
        let mut update = serde_json::Map::new();
        update.insert("update_id".to_owned(), self.next_id.into());
        update.insert(kind.to_owned(), content);
        let lives_ms = match kind {
            "callback_query" => limits.press_update_ms,
            _ => limits.update_ms,
        };
        let json = Value::Object(update).to_string();
        self.queue(self.next_id, json, now_ms + lives_ms);
    }

    /// Queues any object, wanted or not, with a fresh id unless it has one.
    pub(super) fn inject(&mut self, mut update: Value, ends_ms: i64) -> i64 {
        let fresh = self.next_id;
        if let Some(fields) = update.as_object_mut() {
            fields.entry("update_id").or_insert_with(|| fresh.into());
        }
        self.inject_text(update.to_string(), ends_ms)
    }

    /// Queues any text. Its place is the `update_id` that can be read in it, else a fresh one.
    pub(super) fn inject_text(&mut self, text: String, ends_ms: i64) -> i64 {
        let id = written_id(&text).unwrap_or(self.next_id);
        self.queue(id, text, ends_ms);
        id
    }

    fn queue(&mut self, update_id: i64, json: String, ends_ms: i64) {
        self.next_id = self.next_id.max(update_id.saturating_add(1));
        let line = line_of(&json);
        let update = PendingUpdate { update_id, json };
        self.queue.push_back(Queued {
            update,
            line,
            ends_ms,
        });
    }

    /// Drops updates that have waited too long.
    pub(super) fn expire(&mut self, now_ms: i64) {
        self.queue.retain(|queued| queued.ends_ms > now_ms);
    }

    pub(super) fn wants(&self, kind: &str) -> bool {
        match &self.allowed {
            None => !ON_REQUEST.contains(&kind),
            Some(allowed) => allowed.iter().any(|allowed| allowed == kind),
        }
    }

    /// Remembers which kinds the bot wants; an empty list means the default set again.
    pub(super) fn allow(&mut self, kinds: Vec<String>) -> Result<(), Refusal> {
        let known = |kind: &String| KINDS.contains(&kind.as_str());
        if !kinds.iter().all(known) {
            return Err(Refusal::bad("unknown kind of update in allowed_updates"));
        }
        self.allowed = Some(kinds).filter(|kinds| !kinds.is_empty());
        Ok(())
    }

    pub(super) fn allowed(&self) -> Option<&[String]> {
        self.allowed.as_deref()
    }

    /// Forgets all updates before `offset`; a negative one counts from the end.
    pub(super) fn confirm(&mut self, offset: i64) {
        let first = match usize::try_from(offset.unsigned_abs()) {
            Ok(last) if offset < 0 => {
                let start = self.queue.len().saturating_sub(last);
                let first = self.queue.get(start).map(|queued| queued.update.update_id);
                first.unwrap_or(i64::MIN)
            }
            _ => offset,
        };
        let confirmed = &mut self.confirmed;
        self.queue.retain(|queued| {
            let keeps = queued.update.update_id >= first;
            if !keeps {
                confirmed.push(queued.update.update_id);
            }
            keeps
        });
    }

    /// The first update of each line that still waits.
    pub(super) fn heads(&self, now_ms: i64) -> Vec<(Line, PendingUpdate)> {
        let mut lines = HashSet::new();
        let alive = self.queue.iter().filter(|queued| queued.ends_ms > now_ms);
        alive
            .filter(|queued| lines.insert(queued.line))
            .map(|queued| (queued.line, queued.update.clone()))
            .collect()
    }

    /// Forgets an update that a webhook has taken.
    pub(super) fn delivered(&mut self, update: &PendingUpdate) {
        let place = self
            .queue
            .iter()
            .position(|queued| queued.update == *update);
        if let Some(delivered) = place.and_then(|place| self.queue.remove(place)) {
            self.confirmed.push(delivered.update.update_id);
        }
    }

    /// Forgets all updates.
    pub(super) fn drop_pending(&mut self) {
        self.queue.clear();
    }

    /// Ends the poll that waits, and gives the number of the one that may follow.
    pub(super) fn begin_poll(&mut self, ended_by: &'static str) -> u64 {
        self.poll += 1;
        self.ended_by = ended_by;
        self.poll
    }

    /// The first updates as a JSON list, or none if there are none; refused if another poll has begun.
    pub(super) fn take(
        &self,
        poll: u64,
        limit: usize,
        now_ms: i64,
    ) -> Result<Option<String>, Refusal> {
        if poll != self.poll {
            return Err(Refusal::conflict(self.ended_by));
        }
        let alive = self.queue.iter().filter(|queued| queued.ends_ms > now_ms);
        let updates: Vec<&str> = alive
            .take(limit)
            .map(|queued| queued.update.json.as_str())
            .collect();
        Ok((!updates.is_empty()).then(|| format!("[{}]", updates.join(","))))
    }

    pub(super) fn pending(&self, now_ms: i64) -> Vec<PendingUpdate> {
        let alive = self.queue.iter().filter(|queued| queued.ends_ms > now_ms);
        alive.map(|queued| queued.update.clone()).collect()
    }

    pub(super) fn confirmed(&self) -> &[i64] {
        &self.confirmed
    }
}

fn line_of(json: &str) -> Line {
    let update: Value = serde_json::from_str(json).unwrap_or_default();
    let id = |path: &str| update.pointer(path).and_then(Value::as_i64);
    if let Some(person) = id("/callback_query/from/id") {
        return Line::Presses(person);
    }
    let kinds = ["message", "edited_message", "my_chat_member", "chat_member"];
    let chat = kinds
        .iter()
        .find_map(|kind| id(&format!("/{kind}/chat/id")));
    chat.map_or(Line::Others, Line::Chat)
}

/// The `update_id` in a text that need not be JSON.
fn written_id(text: &str) -> Option<i64> {
    let (_, rest) = text.split_once("\"update_id\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '-');
    rest[..digits.unwrap_or(rest.len())].parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids(updates: &Updates) -> Vec<i64> {
        let pending = updates.pending(0);
        pending.iter().map(|update| update.update_id).collect()
    }

    #[test]
    fn injected_updates_keep_their_id_and_the_rest_follows() {
        let mut updates = Updates::default();
        let first = updates.inject(json!({"message": 1}), 9);
        assert_eq!(
            updates.inject(json!({"update_id": 5_000_000_000_i64}), 9),
            5_000_000_000
        );
        let broken = updates.inject_text("{\"text\":\"\\ud800\"}".to_owned(), 9);
        assert_eq!(ids(&updates), [first, 5_000_000_000, 5_000_000_001]);
        assert_eq!(broken, 5_000_000_001);
        assert!(updates.take(0, 9, 0).unwrap().unwrap().contains("\\ud800"));
    }

    #[test]
    fn an_offset_confirms() {
        let mut updates = Updates::default();
        let first = updates.inject(json!({}), 9);
        updates.inject(json!({}), 9);
        updates.inject(json!({}), 9);
        updates.confirm(first + 1);
        assert_eq!(ids(&updates), [first + 1, first + 2]);
        updates.confirm(-1);
        assert_eq!(ids(&updates), [first + 2]);
        assert_eq!(updates.confirmed(), [first, first + 1]);
    }

    #[test]
    fn the_default_set_leaves_some_kinds_out() {
        let mut updates = Updates::default();
        assert!(updates.wants("my_chat_member") && !updates.wants("chat_member"));
        updates.allow(vec!["chat_member".to_owned()]).unwrap();
        assert!(updates.wants("chat_member") && !updates.wants("message"));
        assert!(updates.allow(vec!["massage".to_owned()]).is_err());
        updates.allow(vec![]).unwrap();
        assert!(updates.wants("message"));
    }
}
