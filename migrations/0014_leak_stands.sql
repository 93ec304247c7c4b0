-- Whether the message of the leak that was told last could not be deleted: then the next one that stands is told as well.

ALTER TABLE fingerprints ADD COLUMN told_stands BIGINT NOT NULL DEFAULT 0;
