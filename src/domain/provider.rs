//! The providers and what each of them can do. Keyboards, texts and the ledger's steps are built from this data,
//! so nothing else asks "is it BotSubscription?".

use serde::{Deserialize, Serialize};

/// A platform with API keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// Many labelled keys per project.
    BotSubscription,
    /// One key per account, replaced in place.
    BotsBusiness,
    /// One key per channel, changed only in its dashboard.
    Botanalytics,
}

/// How keys live at a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Many: listed, created with a label, revoked one by one; old and new live side by side.
    Many,
    /// One, replaced by a call that kills the very credential we hold.
    One,
    /// One, replaced by a person in the provider's dashboard while the bot shows the way.
    Guided,
}

/// What a provider can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// See [`Keys`].
    pub keys: Keys,
    /// Linking asks for a project id before the credential.
    pub needs_project: bool,
    /// The account's `project` names it surely. Otherwise two accounts may bear the same one.
    pub project_is_unique: bool,
}

impl ProviderKind {
    /// All providers, in the order of the menu.
    pub const ALL: [Self; 3] = [
        Self::BotSubscription,
        Self::BotsBusiness,
        Self::Botanalytics,
    ];

    /// What it can do.
    pub const fn capabilities(self) -> Capabilities {
        match self {
            Self::BotSubscription => Capabilities {
                keys: Keys::Many,
                needs_project: true,
                project_is_unique: true,
            },
            Self::BotsBusiness => Capabilities {
                keys: Keys::One,
                needs_project: false,
                project_is_unique: true,
            },
            Self::Botanalytics => Capabilities {
                keys: Keys::Guided,
                needs_project: false,
                project_is_unique: false,
            },
        }
    }

    /// The name that people know it by; the same in every language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BotSubscription => "BotSubscription",
            Self::BotsBusiness => "Bots.Business",
            Self::Botanalytics => "Botanalytics",
        }
    }

    /// As it stands in the database, in buttons and in logs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::BotSubscription => "botsubscription",
            Self::BotsBusiness => "bots_business",
            Self::Botanalytics => "botanalytics",
        }
    }

    /// The provider with that code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
