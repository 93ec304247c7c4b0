-- A second owner of an account, who may do with it whatever its owner may, but neither give it away nor unlink it.

ALTER TABLE accounts ADD COLUMN second_owner BIGINT NOT NULL DEFAULT 0; -- 0: none
CREATE INDEX accounts_by_second_owner ON accounts (second_owner);
