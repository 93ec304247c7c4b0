-- The watch for leaked keys. Times are milliseconds since 1970, as everywhere.

-- What is left of the keys that Keyporter has handed out or holds: a keyed code, by which one is known again and from which it
-- cannot be learnt.
CREATE TABLE fingerprints (
    account    TEXT   NOT NULL REFERENCES accounts (id),
    key_id     TEXT   NOT NULL, -- empty: the account's own credential
    label      TEXT   NOT NULL,
    last_four  TEXT   NOT NULL,
    length     BIGINT NOT NULL,
    code       BYTEA  NOT NULL,
    added      BIGINT NOT NULL, -- by the counter 'leaks': whoever has read up to there reads on from there
    told_at    BIGINT NOT NULL, -- when its leak was told last (0: never), and in which chat it was
    told_chat  BIGINT NOT NULL,
    PRIMARY KEY (account, key_id)
);
CREATE INDEX fingerprints_by_code ON fingerprints (code);
CREATE INDEX fingerprints_by_added ON fingerprints (added);

-- The groups whose messages are looked at, who wanted it, and since when.
CREATE TABLE watched_groups (
    chat    BIGINT NOT NULL PRIMARY KEY,
    person  BIGINT NOT NULL,
    since   BIGINT NOT NULL
);

-- Grows with every fingerprint and every change of the groups.
INSERT INTO counters (name, value) VALUES ('leaks', 0);
