//! How long keys may live, by their owner's choice, and when the owner is reminded.

use std::{collections::BTreeMap, time::Duration};

use super::{Key, KeyId, SeenKey, Timestamp};

const DAY: Duration = Duration::from_hours(24);

/// So many days before the end the owner is reminded.
const REMINDERS: [i64; 3] = [30, 7, 1];

/// How old keys may become, in days; zero: as old as they like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyAge(i64);

impl KeyAge {
    /// What can be chosen.
    pub const CHOICES: [Self; 5] = [Self(30), Self(90), Self(180), Self(365), Self(0)];

    /// As stored.
    pub const fn from_days(days: i64) -> Self {
        Self(days)
    }

    /// As a button names it; nothing for what cannot be chosen.
    pub fn chosen(days: i64) -> Option<Self> {
        Self::CHOICES.into_iter().find(|age| age.0 == days)
    }

    /// The days; zero for no end.
    pub const fn days(self) -> i64 {
        self.0
    }

    /// When a key of that birth is to be replaced; nothing when it may live on, or when its birth is not known.
    pub fn due(self, created_at: Timestamp) -> Option<Timestamp> {
        let days = u32::try_from(self.0).ok().filter(|days| *days > 0)?;
        (created_at.millis() > 1).then(|| created_at.plus(DAY * days))
    }

    /// The reminder whose time has come: so many days before the end. Only those that lie within the key's life, and of several
    /// only the last: who comes late is not reminded three times.
    pub fn reminder(self, created_at: Timestamp, now: Timestamp) -> Option<i64> {
        let left = self.due(created_at)?.since(now);
        let has_come =
            |days: &i64| *days < self.0 && left <= DAY * u32::try_from(*days).unwrap_or_default();
        REMINDERS.into_iter().filter(has_come).min()
    }
}

/// How old the keys of one account may become: a key's own age wins over its account's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyAges {
    /// What counts for a key without an age of its own.
    pub account: KeyAge,
    /// The keys with an age of their own.
    pub own: BTreeMap<KeyId, KeyAge>,
}

impl KeyAges {
    /// What counts for that key.
    pub fn of(&self, key: &KeyId) -> KeyAge {
        self.own.get(key).copied().unwrap_or(self.account)
    }

    /// The keys with an age of their own that have died. One that is neither listed nor was seen before is younger than the list.
    pub fn gone(&self, listed: &[Key], before: &[SeenKey]) -> Vec<&KeyId> {
        let has_died = |id: &&KeyId| match listed.iter().find(|key| key.id == **id) {
            Some(key) => !key.is_alive(),
            None => before.iter().any(|key| key.id == **id),
        };
        self.own.keys().filter(has_died).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reminder_has_its_time() {
        let born = Timestamp::from_millis(1_000_000);
        let after = |days: u32| born.plus(DAY * days);
        let reminders = |age: i64, at: u32| KeyAge(age).reminder(born, after(at));
        for (age, at, expected) in [
            (90, 0, None),
            (90, 59, None),
            (90, 60, Some(30)),
            (90, 82, Some(30)),
            (90, 83, Some(7)),
            (90, 89, Some(1)),
            (90, 500, Some(1)),
            (30, 0, None),
            (30, 23, Some(7)),
            (0, 5000, None),
        ] {
            assert_eq!(reminders(age, at), expected, "{age} days, after {at}");
        }
        assert_eq!(KeyAge(30).due(Timestamp::NEVER), None);
        assert_eq!(KeyAge(30).due(born), Some(after(30)));
    }

    #[test]
    fn a_keys_own_age_wins_until_the_key_is_gone() {
        let key = |id: &str, revoked: i64| Key {
            id: KeyId::new(id),
            label: String::new(),
            last_four: String::new(),
            created_at: Timestamp::from_millis(5),
            revoked_at: Timestamp::from_millis(revoked),
        };
        let ids = ["alive", "revoked", "vanished", "new"].map(KeyId::new);
        let ages = KeyAges {
            account: KeyAge(90),
            own: ids.into_iter().map(|id| (id, KeyAge(0))).collect(),
        };
        assert_eq!(ages.of(&KeyId::new("alive")), KeyAge(0));
        assert_eq!(ages.of(&KeyId::new("other")), KeyAge(90));
        let before = SeenKey::living(&[key("alive", 0), key("vanished", 0)], &[]);
        let gone = ages.gone(&[key("alive", 0), key("revoked", 7)], &before);
        assert_eq!(gone, [&KeyId::new("revoked"), &KeyId::new("vanished")]);
    }

    #[test]
    fn only_what_is_offered_can_be_chosen() {
        for age in KeyAge::CHOICES {
            assert_eq!(KeyAge::chosen(age.days()), Some(age));
        }
        assert_eq!(KeyAge::chosen(31), None);
        assert_eq!(KeyAge::chosen(-30), None);
    }
}
