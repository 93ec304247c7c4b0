-- The second factor, and recovery codes. Times are milliseconds since 1970 (0: never), as everywhere.

-- Whoever has one. While it is being set up it counts for nothing; switched off, the row goes, and the secret with it.
CREATE TABLE second_factors (
    person     BIGINT NOT NULL PRIMARY KEY,
    secret     BYTEA  NOT NULL, -- sealed
    since      BIGINT NOT NULL, -- when it was switched on; 0 while it is being set up
    step       BIGINT NOT NULL, -- the last time step whose code was taken: none counts twice
    proved_at  BIGINT NOT NULL  -- when a code was given ahead of one action in a group; 0: none waits
);

-- Codes on paper: a keyed code of each, by which it is known again and from which it cannot be learnt. A used one goes.
CREATE TABLE recovery_codes (
    code     BYTEA  NOT NULL PRIMARY KEY,
    person   BIGINT NOT NULL,
    purpose  TEXT   NOT NULL -- factor, account
);
CREATE INDEX recovery_codes_by_person ON recovery_codes (person, purpose);

-- Wrong codes of a person since a time; too many, and none is tried for a while.
CREATE TABLE wrong_codes (
    person   BIGINT NOT NULL,
    purpose  TEXT   NOT NULL,
    since    BIGINT NOT NULL,
    count    BIGINT NOT NULL,
    PRIMARY KEY (person, purpose)
);

-- What is shown to a person once and then taken out of the chat. It holds no secret: that is rolled when it is shown.
CREATE TABLE showings (
    id       TEXT   NOT NULL PRIMARY KEY,
    person   BIGINT NOT NULL,
    what     TEXT   NOT NULL, -- factor, factor_codes, account_codes
    message  BIGINT NOT NULL, -- where it stands; 0 until it is known to stand anywhere
    try_at   BIGINT NOT NULL,
    ends_at  BIGINT NOT NULL
);
CREATE INDEX showings_by_person ON showings (person, what);
CREATE INDEX showings_by_try ON showings (try_at);
