-- Groups that work with accounts. Times are milliseconds since 1970 (0: never), as everywhere.

CREATE TABLE workspaces (
    chat   BIGINT NOT NULL PRIMARY KEY,
    title  TEXT   NOT NULL
);

-- Which accounts a group works with. One that sleeps gives nobody a right until its owner binds it again.
CREATE TABLE bindings (
    chat       BIGINT NOT NULL,
    account    TEXT   NOT NULL REFERENCES accounts (id),
    bound_at   BIGINT NOT NULL,
    asleep_at  BIGINT NOT NULL,
    PRIMARY KEY (chat, account)
);
CREATE INDEX bindings_by_account ON bindings (account);

-- What people were granted in a group, by their ids.
CREATE TABLE grants (
    chat        BIGINT NOT NULL,
    person      BIGINT NOT NULL,
    role        TEXT   NOT NULL,
    granted_by  BIGINT NOT NULL,
    granted_at  BIGINT NOT NULL,
    PRIMARY KEY (chat, person, role)
);

-- Who has acted on an account from a group before: its owner was told of the first time.
CREATE TABLE actors (
    chat     BIGINT NOT NULL,
    account  TEXT   NOT NULL REFERENCES accounts (id),
    person   BIGINT NOT NULL,
    PRIMARY KEY (chat, account, person)
);
CREATE INDEX operations_by_chat ON operations (chat, ended_at);
