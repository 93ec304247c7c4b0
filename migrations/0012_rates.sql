-- Limits that all replicas share: when the next call under that name may go, by the database's clock, in microseconds.
CREATE TABLE rates (
    name     TEXT   NOT NULL PRIMARY KEY,
    next_us  BIGINT NOT NULL
);
CREATE INDEX rates_by_next ON rates (next_us);

-- What waits is gone through in portions.
CREATE INDEX outbox_by_time ON outbox (created_at, id);
