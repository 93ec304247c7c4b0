-- One schema for SQLite and PostgreSQL: only BIGINT, TEXT and BYTEA, everything NOT NULL, every id from the program.
-- Times are milliseconds since 1970 (0: never); BYTEA columns named below are sealed by the vault.

-- Single values: the poll's offset, the bot's id, the check of the master key.
CREATE TABLE facts (
    name    TEXT   NOT NULL PRIMARY KEY,
    value   TEXT   NOT NULL
);

-- Random keys of the database's own (sealed): audit chain, fingerprints.
CREATE TABLE data_keys (
    name    TEXT   NOT NULL PRIMARY KEY,
    sealed  BYTEA  NOT NULL
);

CREATE TABLE people (
    id                 BIGINT NOT NULL PRIMARY KEY,
    chosen_language    TEXT   NOT NULL,
    telegram_language  TEXT   NOT NULL,
    refused_since      BIGINT NOT NULL,
    refused_count      BIGINT NOT NULL
);

CREATE TABLE accounts (
    id             TEXT   NOT NULL PRIMARY KEY,
    owner          BIGINT NOT NULL,
    provider       TEXT   NOT NULL,
    project        TEXT   NOT NULL,
    name           TEXT   NOT NULL,
    credential     BYTEA  NOT NULL, -- sealed; empty when unlinked
    last_four      TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    linked_at      BIGINT NOT NULL,
    credential_at  BIGINT NOT NULL,
    audit_count    BIGINT NOT NULL,
    audit_head     BYTEA  NOT NULL
);
CREATE INDEX accounts_by_owner ON accounts (owner, linked_at);

-- Keys that Keyporter itself had made or recorded: metadata only.
CREATE TABLE keys (
    account     TEXT   NOT NULL REFERENCES accounts (id),
    key_id      TEXT   NOT NULL,
    label       TEXT   NOT NULL,
    last_four   TEXT   NOT NULL,
    operation   BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (account, key_id)
);

-- Updates from Telegram, stored before they are acknowledged; a done one is wiped to a tombstone of its id.
CREATE TABLE inbox (
    update_id    BIGINT NOT NULL PRIMARY KEY,
    chat         BIGINT NOT NULL,
    person       BIGINT NOT NULL,
    payload      BYTEA  NOT NULL, -- sealed; empty when done
    state        TEXT   NOT NULL, -- waiting, done, set_aside
    attempts     BIGINT NOT NULL,
    received_at  BIGINT NOT NULL
);
CREATE INDEX inbox_by_state ON inbox (state, received_at);

-- Answers that say what a transaction has made true, sent after its commit.
CREATE TABLE outbox (
    id          TEXT   NOT NULL PRIMARY KEY,
    chat        BIGINT NOT NULL,
    payload     BYTEA  NOT NULL, -- sealed
    created_at  BIGINT NOT NULL
);

CREATE TABLE dialogues (
    chat     BIGINT NOT NULL,
    person   BIGINT NOT NULL,
    thread   BIGINT NOT NULL,
    state    TEXT   NOT NULL,
    message  BIGINT NOT NULL, -- the question; 0 while unknown
    ends_at  BIGINT NOT NULL,
    PRIMARY KEY (chat, person, thread)
);

CREATE TABLE confirmations (
    id          TEXT   NOT NULL PRIMARY KEY,
    person      BIGINT NOT NULL,
    chat        BIGINT NOT NULL,
    action      TEXT   NOT NULL,
    credential  BYTEA  NOT NULL, -- sealed; empty for most
    update_id   BIGINT NOT NULL,
    ends_at     BIGINT NOT NULL,
    used_at     BIGINT NOT NULL
);
CREATE INDEX confirmations_by_end ON confirmations (ends_at);

CREATE TABLE counters (
    name   TEXT   NOT NULL PRIMARY KEY,
    value  BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('operation', 0);

CREATE TABLE operations (
    number       BIGINT NOT NULL PRIMARY KEY,
    person       BIGINT NOT NULL,
    chat         BIGINT NOT NULL,
    thread       BIGINT NOT NULL,
    card         BIGINT NOT NULL,
    account      TEXT   NOT NULL REFERENCES accounts (id),
    provider     TEXT   NOT NULL,
    scope        TEXT   NOT NULL,
    verb         TEXT   NOT NULL,
    step         TEXT   NOT NULL,
    detail       TEXT   NOT NULL,
    update_id    BIGINT NOT NULL,
    started_at   BIGINT NOT NULL,
    sent_at      BIGINT NOT NULL,
    next_try_at  BIGINT NOT NULL,
    tries        BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL,
    untold       BIGINT NOT NULL  -- how much was recorded that the card does not show yet
);
CREATE INDEX operations_open ON operations (ended_at, next_try_at);
CREATE INDEX operations_untold ON operations (untold);
CREATE INDEX operations_by_update ON operations (update_id, number);
CREATE INDEX operations_by_person ON operations (person, ended_at);

-- Who works on a provider's project or account now. The fence grows with every holder.
CREATE TABLE leases (
    scope   TEXT   NOT NULL PRIMARY KEY,
    holder  TEXT   NOT NULL,
    fence   BIGINT NOT NULL,
    until   BIGINT NOT NULL
);

-- New secrets on their way to one person. The row is removed with the secret.
CREATE TABLE deliveries (
    operation  BIGINT NOT NULL PRIMARY KEY REFERENCES operations (number),
    secret     BYTEA  NOT NULL, -- sealed
    ends_at    BIGINT NOT NULL
);

CREATE TABLE audit (
    account    TEXT   NOT NULL REFERENCES accounts (id),
    seq        BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    actor      BIGINT NOT NULL,
    action     TEXT   NOT NULL,
    operation  BIGINT NOT NULL,
    subject    TEXT   NOT NULL,
    outcome    TEXT   NOT NULL,
    code       BYTEA  NOT NULL,
    PRIMARY KEY (account, seq)
);
