-- Searches that would otherwise read the whole table: of the ledger in one project or account, and of a person's open questions.

CREATE INDEX operations_by_scope ON operations (scope, ended_at);
CREATE INDEX operations_by_account ON operations (account, ended_at);
CREATE INDEX confirmations_by_person ON confirmations (person, chat, used_at);
