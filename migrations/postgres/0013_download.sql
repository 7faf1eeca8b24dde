-- What of a link's ZIP was handed over, so that its owner can be told that all of it was.

-- etag: SHA-256 of what decides the bytes. covered: intervals of bytes, `from-to` with the byte behind
-- the last, ascending and apart, joined by commas.
CREATE TABLE share_download (
    share BYTEA NOT NULL REFERENCES share (id),
    etag BYTEA NOT NULL,
    total BIGINT NOT NULL,
    covered TEXT COLLATE "C" NOT NULL DEFAULT '',
    begun_at BIGINT NOT NULL,
    completed_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (share, etag)
);

-- Ranges under way. lost: the service ended meanwhile, and nobody counted how far it came.
CREATE TABLE share_download_range (
    access BYTEA NOT NULL PRIMARY KEY,
    share BYTEA NOT NULL,
    etag BYTEA NOT NULL,
    range_from BIGINT NOT NULL,
    range_to BIGINT NOT NULL,
    begun_at BIGINT NOT NULL,
    lost BIGINT NOT NULL DEFAULT 0,
    FOREIGN KEY (share, etag) REFERENCES share_download (share, etag)
);
CREATE INDEX share_download_range_by_share ON share_download_range (share, etag);

-- Servers on this database: what one of them has under way is not lost when another one starts.
CREATE TABLE server (
    id BYTEA NOT NULL PRIMARY KEY,
    begun_at BIGINT NOT NULL,
    -- Moved on while it runs; when it is over, the server counts as gone.
    alive_until BIGINT NOT NULL
);
