//! `/recover`: the accounts of a lost Telegram account move by a recovery code, slowly, loudly, and not against their owner.
