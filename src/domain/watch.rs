//! What the watch over an account compares: the keys that lived at the last look with those that live now.

use std::collections::BTreeMap;

use super::{Key, KeyId, KeyRef};

/// A key as it is remembered between two looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenKey {
    /// The provider's id.
    pub id: KeyId,
    /// Its last four characters.
    pub last_four: String,
    /// The last reminder of its end: so many days before; zero for none yet.
    pub reminded: i64,
}

impl SeenKey {
    /// The living keys of a list; what was said about them before is remembered.
    pub fn living(listed: &[Key], before: &[Self]) -> Vec<Self> {
        let before: BTreeMap<_, _> = before
            .iter()
            .map(|key| ((&key.id, &key.last_four), key.reminded))
            .collect();
        let living = listed.iter().filter(|key| key.is_alive());
        living
            .map(|key| Self {
                id: key.id.clone(),
                last_four: key.last_four.clone(),
                // Where there is one key, only its last four tell it from the one before.
                reminded: before
                    .get(&(&key.id, &key.last_four))
                    .copied()
                    .unwrap_or_default(),
            })
            .collect()
    }

    /// True when that reminder has not been given, nor a later one.
    pub const fn lacks(&self, reminder: i64) -> bool {
        self.reminded == 0 || reminder < self.reminded
    }
}

/// What has changed at a provider, and not through Keyporter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// Living keys that were not there.
    pub appeared: Vec<KeyRef>,
    /// Keys that lived and are revoked or gone; one that is gone has no label any more.
    pub vanished: Vec<KeyRef>,
}

impl Drift {
    /// Compares. `ours` are the keys that Keyporter has made, revoked, or told its people of since.
    pub fn between(before: &[SeenKey], listed: &[Key], ours: &[KeyRef]) -> Self {
        let before: BTreeMap<_, _> = before.iter().map(|key| (&key.id, key)).collect();
        let living: BTreeMap<_, _> = listed
            .iter()
            .filter(|key| key.is_alive())
            .map(|key| (&key.id, key))
            .collect();
        let label = |id: &KeyId| {
            let listed = listed.iter().find(|key| key.id == *id);
            listed.map_or_else(String::new, |key| key.label.clone())
        };
        Self {
            appeared: living
                .values()
                .filter(|key| !before.contains_key(&key.id))
                .map(|key| key.to_ref())
                .filter(|key| !is_one_of(ours, key))
                .collect(),
            vanished: before
                .values()
                .filter(|key| !living.contains_key(&key.id))
                .map(|key| KeyRef {
                    id: key.id.clone(),
                    label: label(&key.id),
                    last_four: key.last_four.clone(),
                })
                .filter(|key| !is_one_of(ours, key))
                .collect(),
        }
    }

    /// Nothing has changed.
    pub fn is_none(&self) -> bool {
        self.appeared.is_empty() && self.vanished.is_empty()
    }
}

/// A provider may have answered without the new key's id: then label and last four tell.
fn is_one_of(ours: &[KeyRef], key: &KeyRef) -> bool {
    ours.iter().any(|our| match our.id.as_str() {
        "" => our.label == key.label && our.last_four == key.last_four,
        _ => our.id == key.id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    fn key(id: &str, revoked: bool) -> Key {
        Key {
            id: KeyId::new(id),
            label: format!("label {id}"),
            last_four: format!("{id:0>4}"),
            created_at: Timestamp::from_millis(5),
            revoked_at: Timestamp::from_millis(i64::from(revoked)),
        }
    }

    fn ids(keys: &[KeyRef]) -> Vec<&str> {
        keys.iter().map(|key| key.id.as_str()).collect()
    }

    #[test]
    fn what_others_have_done_is_told_from_what_we_have_done() {
        let before = SeenKey::living(&["a", "b", "c", "d"].map(|id| key(id, false)), &[]);
        let now = [
            key("a", false),
            key("b", true),
            key("d", true),
            key("e", false),
            key("f", false),
            key("g", true),
            key("h", false),
        ];
        let nameless = KeyRef {
            id: KeyId::new(""),
            ..key("h", false).to_ref()
        };
        let ours = [key("d", true).to_ref(), key("f", false).to_ref(), nameless];
        let drift = Drift::between(&before, &now, &ours);
        assert_eq!(ids(&drift.appeared), ["e"]);
        assert_eq!(ids(&drift.vanished), ["b", "c"]);
        assert_eq!(drift.vanished[0].label, "label b");
        assert_eq!(drift.vanished[1].label, "", "it is listed no more");
        assert!(Drift::between(&SeenKey::living(&now, &before), &now, &[]).is_none());
    }
}
