-- Accounts that are to move to another person. Times are milliseconds since 1970 (0: never), as everywhere.

-- Open ones only: what has moved or was stopped stands in the audit.
CREATE TABLE moves (
    id          TEXT   NOT NULL PRIMARY KEY,
    kind        TEXT   NOT NULL, -- transfer, recovery
    giver       BIGINT NOT NULL,
    giver_name  TEXT   NOT NULL, -- what people were called, for the other one to read
    taker       BIGINT NOT NULL, -- 0 until somebody has accepted
    taker_name  TEXT   NOT NULL,
    ends_at     BIGINT NOT NULL, -- until when it can be accepted
    due_at      BIGINT NOT NULL  -- when the accounts move; 0 until somebody has accepted
);
CREATE INDEX moves_by_giver ON moves (giver);
CREATE INDEX moves_by_due ON moves (due_at);

CREATE TABLE move_accounts (
    move     TEXT   NOT NULL REFERENCES moves (id),
    account  TEXT   NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (move, account)
);
CREATE INDEX move_accounts_by_account ON move_accounts (account);
