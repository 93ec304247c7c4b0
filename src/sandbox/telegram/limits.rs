//! Telegram's limits on rate and time, as numbers that a test may change.

/// How much the bot may do, and for how long things last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Messages sent in a second, over all chats.
    pub overall_per_s: usize,
    /// Messages sent to one private chat at once, before the pace counts.
    pub private_burst: u32,
    /// The pace of one private chat: milliseconds between messages on average.
    pub private_interval_ms: i64,
    /// Messages sent to one group in a minute.
    pub group_per_min: usize,
    /// Edits in one group in a minute (a Telegram developer's word, not a document).
    pub group_edits_per_min: usize,
    /// How long a press can be answered. Not documented.
    pub answer_ms: i64,
    /// How long messages can be deleted.
    pub delete_ms: i64,
    /// How long updates wait for the bot.
    pub update_ms: i64,
    /// How long presses wait for the bot.
    pub press_update_ms: i64,
    /// How long a delivery to the webhook that failed waits first; each time twice as long.
    pub webhook_retry_ms: i64,
    /// How long it waits at most.
    pub webhook_retry_max_ms: i64,
    /// Mini Apps may be at plain http on this machine, which Telegram itself does not take.
    pub local_pages: bool,
    /// Who is in a group is told only to a bot that is an administrator there.
    pub hide_members: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            overall_per_s: 30,
            private_burst: 20,
            private_interval_ms: 1000,
            group_per_min: 20,
            group_edits_per_min: 20,
            answer_ms: 60_000,
            delete_ms: 48 * 3_600_000,
            update_ms: 24 * 3_600_000,
            press_update_ms: 150_000,
            webhook_retry_ms: 1000,
            webhook_retry_max_ms: 60_000,
            local_pages: true,
            hide_members: false,
        }
    }
}
