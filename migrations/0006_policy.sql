-- How many other people have to approve what is asked for in a group, for how many hours a request waits for them, and whether a new key
-- takes a code of the second factor (1) or not (0).
CREATE TABLE policies (
    chat    BIGINT NOT NULL PRIMARY KEY,
    issue   BIGINT NOT NULL,
    rotate  BIGINT NOT NULL,
    revoke  BIGINT NOT NULL,
    hours   BIGINT NOT NULL,
    code    BIGINT NOT NULL
);
