-- Several processes on one PostgreSQL database. Times are milliseconds since 1970, by the database's own clock.

-- The processes that run, each until its last sign of life is too old.
CREATE TABLE replicas (
    id     TEXT   NOT NULL PRIMARY KEY,
    until  BIGINT NOT NULL
);

-- Whose each update and each unsent answer is; empty: a process of an older version, which names nobody.
ALTER TABLE inbox ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN holder TEXT NOT NULL DEFAULT '';

-- Who draws an operation's card now; empty: nobody.
ALTER TABLE operations ADD COLUMN teller TEXT NOT NULL DEFAULT '';
