//! After every story: the tables are in order, and Telegram has refused nothing that the story did not provoke.

use super::World;

impl World {
    /// Whatever the story was: a secret goes with its operation, and nothing happens without its audit.
    pub(super) fn the_ledger_is_in_order(&self) {
        for (what, rows) in [
            (
                "a sealed secret outlives its operation",
                "SELECT CAST(d.operation AS TEXT) FROM deliveries d JOIN operations o ON o.number = d.operation WHERE o.ended_at <> 0",
            ),
            (
                "an operation has no start in the audit",
                "SELECT CAST(number AS TEXT) FROM operations WHERE number NOT IN (SELECT operation FROM audit WHERE action LIKE '%_started')",
            ),
            (
                "an operation has no end in the audit",
                "SELECT CAST(number AS TEXT) FROM operations WHERE ended_at <> 0 AND number NOT IN (SELECT operation FROM audit WHERE action = 'ended')",
            ),
            (
                "an account has no audit",
                "SELECT id FROM accounts WHERE id NOT IN (SELECT account FROM audit)",
            ),
        ] {
            assert_eq!(self.database.find(rows), Vec::<String>::new(), "{what}");
        }
    }

    /// Every call that Telegram refuses is a fault of ours, unless the story is about it.
    pub(super) fn no_call_was_refused(&self) {
        // What is repeated after a race or a crash finds that it is done already.
        let harmless = [
            "is not modified",
            "message to edit not found",
            "message to delete not found",
            "query is too old",
        ];
        for call in self.sandbox.telegram().calls() {
            let Some(refusal) = call
                .refusal
                .filter(|_| matches!(call.status, Some(400 | 404 | 501)))
            else {
                continue;
            };
            let expected = self
                .expected_refusals
                .iter()
                .any(|method| call.path.ends_with(method));
            let expected = expected || harmless.iter().any(|words| refusal.contains(words));
            assert!(
                expected,
                "Telegram refused: {refusal} {} {:?}",
                call.path, call.body
            );
        }
    }
}
