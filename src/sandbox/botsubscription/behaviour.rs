//! What the documents of `BotSubscription` leave open, as switches with the plausible default.

/// The two shapes in which errors are documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorShape {
    /// `{"error":{"message","code"}}`, without `ok`.
    Overview,
    /// `{"ok":false, …, "error":{"error_code","message"}}`.
    ErrorCode,
}

/// Documented rate limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls a minute with one key.
    pub per_key: usize,
    /// Calls a minute from one address.
    pub per_address: usize,
    /// Calls a second from one address. The documents don't say whose burst is meant.
    pub burst: usize,
}

/// How the service behaves where the documents leave it open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// The shape of errors.
    pub error_shape: ErrorShape,
    /// Whether revoked keys stay in the list.
    pub lists_revoked: bool,
    /// Whether the project's first token is in the list.
    pub lists_first_token: bool,
    /// The answer to the revoking of a revoked key: 200 with its metadata, else 404.
    pub revokes_again: bool,
    /// The status for a living key of another project: 404 (it is not told whether there is such a project) or 403.
    pub foreign_project_status: u16,
    /// The longest label, in characters; a longer one is answered 422.
    pub label_chars_max: usize,
    /// How long new secrets are, in characters.
    pub secret_chars: usize,
    /// Rate limits.
    pub limits: Limits,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            error_shape: ErrorShape::Overview,
            lists_revoked: true,
            lists_first_token: true,
            revokes_again: true,
            foreign_project_status: 404,
            label_chars_max: 255,
            secret_chars: 48,
            limits: Limits {
                per_key: 100,
                per_address: 300,
                burst: 20,
            },
        }
    }
}
