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
    reminded   BIGINT NOT NULL, -- the last reminder of its end: so many days before; 0: none yet
    PRIMARY KEY (account, key_id)
);

-- How many days the keys of an account may live (0: for ever), and how many minutes east of UTC a person lives.
ALTER TABLE accounts ADD COLUMN key_age BIGINT NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN timezone BIGINT NOT NULL DEFAULT 0;
