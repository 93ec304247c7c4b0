-- The watch over accounts. Times are milliseconds since 1970, as everywhere.

-- When an account is looked at next (0: not planned yet), and when its keys were read last (0: never).
ALTER TABLE accounts ADD COLUMN look_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN looked_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX accounts_by_look ON accounts (provider, state, look_at);

-- The keys that lived at the last look: what is not here and not of our making has come from outside.
CREATE TABLE seen_keys (
    account    TEXT   NOT NULL REFERENCES accounts (id),
    key_id     TEXT   NOT NULL,
    last_four  TEXT   NOT NULL,
    PRIMARY KEY (account, key_id)
);
