-- How many days a key may live (0: for ever) whose owner has chosen that for it alone; all others live as their account says.
CREATE TABLE key_ages (
    account    TEXT   NOT NULL REFERENCES accounts (id),
    key_id     TEXT   NOT NULL,
    days       BIGINT NOT NULL,
    PRIMARY KEY (account, key_id)
);
