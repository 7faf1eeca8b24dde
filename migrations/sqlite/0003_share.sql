-- What is lent out: links, the granted series, proved browsers, sessions.

CREATE TABLE share (
    id BLOB NOT NULL PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collection (id),
    secret_hash BLOB NOT NULL,
    -- HMAC-SHA-256(link secret, passcode): the database alone cannot guess it. NULL: no passcode.
    passcode_verifier BLOB,
    recipient TEXT NOT NULL,
    purpose TEXT NOT NULL,
    may TEXT NOT NULL,
    created_by BLOB,
    shared_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    max_uses INTEGER NOT NULL,
    uses INTEGER NOT NULL DEFAULT 0,
    failed_attempts INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER NOT NULL DEFAULT 0,
    frozen_at INTEGER NOT NULL DEFAULT 0,
    revoked_at INTEGER NOT NULL DEFAULT 0,
    first_opened_at INTEGER NOT NULL DEFAULT 0,
    last_opened_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX share_by_time ON share (created_at, id);

-- The series as they were at creation. whole_study: the sharer chose the study, not single series.
CREATE TABLE share_grant (
    share BLOB NOT NULL REFERENCES share (id),
    study INTEGER NOT NULL REFERENCES study (id),
    series INTEGER NOT NULL REFERENCES series (id),
    whole_study INTEGER NOT NULL,
    PRIMARY KEY (share, study, series)
) STRICT;
CREATE INDEX share_grant_by_study ON share_grant (study);

CREATE TABLE share_device (
    cookie_hash BLOB NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    share BLOB NOT NULL REFERENCES share (id),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE share_session (
    id BLOB NOT NULL PRIMARY KEY,
    cookie_hash BLOB NOT NULL,
    share BLOB NOT NULL REFERENCES share (id),
    device BLOB NOT NULL,
    -- A link without factors counts its use with the first image byte.
    use_counted INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    accepted_at INTEGER NOT NULL DEFAULT 0,
    ended_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX share_session_by_share ON share_session (share);
