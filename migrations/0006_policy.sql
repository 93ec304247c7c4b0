-- How many other people have to approve what is asked for in a group, and for how many hours a request waits for them.
CREATE TABLE policies (
    chat    BIGINT NOT NULL PRIMARY KEY,
    issue   BIGINT NOT NULL,
    rotate  BIGINT NOT NULL,
    revoke  BIGINT NOT NULL,
    hours   BIGINT NOT NULL
);
