-- What of a link's ZIP was handed over, so that its owner can be told that all of it was.

-- etag: SHA-256 of what decides the bytes. covered: intervals of bytes, `from-to` with the byte behind
-- the last, ascending and apart, joined by commas.
CREATE TABLE share_download (
    share BLOB NOT NULL REFERENCES share (id),
    etag BLOB NOT NULL,
    total INTEGER NOT NULL,
    covered TEXT NOT NULL DEFAULT '',
    begun_at INTEGER NOT NULL,
    completed_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (share, etag)
) STRICT;

-- Ranges under way. lost: the service ended meanwhile, and nobody counted how far it came.
CREATE TABLE share_download_range (
    access BLOB NOT NULL PRIMARY KEY,
    share BLOB NOT NULL,
    etag BLOB NOT NULL,
    range_from INTEGER NOT NULL,
    range_to INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    lost INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (share, etag) REFERENCES share_download (share, etag)
) STRICT;
CREATE INDEX share_download_range_by_share ON share_download_range (share, etag);

-- Servers on this database: what one of them has under way is not lost when another one starts.
CREATE TABLE server (
    id BLOB NOT NULL PRIMARY KEY,
    begun_at INTEGER NOT NULL,
    -- Moved on while it runs; when it is over, the server counts as gone.
    alive_until INTEGER NOT NULL
) STRICT;
