-- The pages (the Mini App). Times are milliseconds since 1970 (0: never), as everywhere.

-- Short sessions of people on a page. Only a digest of each is kept.
CREATE TABLE page_sessions (
    digest   BYTEA  NOT NULL PRIMARY KEY,
    person   BIGINT NOT NULL,
    ends_at  BIGINT NOT NULL
);
CREATE INDEX page_sessions_by_end ON page_sessions (ends_at);

-- Launch data that was used: it opens one session and no other. The row goes when it would be too old anyway.
CREATE TABLE used_launches (
    digest   BYTEA  NOT NULL PRIMARY KEY,
    ends_at  BIGINT NOT NULL
);
CREATE INDEX used_launches_by_end ON used_launches (ends_at);

-- Where an account's new keys are shown: page, chat, or empty for the usual.
ALTER TABLE accounts ADD COLUMN shown_on TEXT NOT NULL DEFAULT '';

-- When the secret was opened on a page; it is not opened there twice.
ALTER TABLE deliveries ADD COLUMN opened_at BIGINT NOT NULL DEFAULT 0;
