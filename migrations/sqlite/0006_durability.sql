-- Taking up blobs that no row names, by one process at a time.

CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    holder BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- Which blobs a row names is asked for every blob there is.
CREATE INDEX instance_by_object ON instance (object);
CREATE INDEX refusal_by_object ON refusal (object) WHERE object IS NOT NULL;
